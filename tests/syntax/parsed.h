#pragma once

// One text, parsed, with the findings in order.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "lang/diag/diagnostic.h"
#include "lang/parse/parser.h"
#include "lang/source/source_map.h"
#include "lang/syntax/tree.h"

namespace gpuspec::test {

struct Parsed {
  explicit Parsed(std::string text)
      : file_id(sources.add("main.gpuspec", std::move(text))),
        tree(parse::parse(sources, file_id, sink)),
        findings(sink.finish(sources)) {}
  Parsed(const Parsed&) = delete;

  const source::File& file() const { return sources.file(file_id); }
  std::string dump() const { return syntax::dump(tree); }
  // "1:5-1:8 GS1021 `x` has no value", a line each.
  std::string list() const {
    std::string out;
    for (const diag::Diagnostic& finding : findings) {
      const source::Position begin = sources.begin(finding.at.range),
                             end = sources.end(finding.at.range);
      out += std::to_string(begin.line) + ":" + std::to_string(begin.column) + "-" +
             std::to_string(end.line) + ":" + std::to_string(end.column) + " " +
             diag::codeName(finding.info->code) + " " + finding.message + "\n";
    }
    return out;
  }

  source::SourceMap sources;
  source::FileId file_id;
  diag::Sink sink;
  syntax::Tree tree;
  std::vector<diag::Diagnostic> findings;
};

// A text in which « and » stand around the places of findings.
struct Marked {
  explicit Marked(std::string_view marked) {
    for (std::size_t i = 0; i < marked.size(); ++i) {
      const std::string_view mark = marked.substr(i, 2);
      if (mark == "\xC2\xAB") {
        begins.push_back(text.size());
        ++i;
      } else if (mark == "\xC2\xBB") {
        ends.push_back(text.size());
        ++i;
      } else {
        text += marked[i];
      }
    }
  }
  std::string text;
  std::vector<std::size_t> begins, ends;
};

}  // namespace gpuspec::test
