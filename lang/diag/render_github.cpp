#include "lang/diag/render_github.h"

namespace gpuspec::diag {

namespace {

// `property`: between `::error` and `::`, where commas and colons mean something.
std::string escaped(std::string_view text, bool property) {
  std::string result;
  for (const char c : text) {
    if (c == '%') {
      result += "%25";
    } else if (c == '\r') {
      result += "%0D";
    } else if (c == '\n') {
      result += "%0A";
    } else if (property && c == ':') {
      result += "%3A";
    } else if (property && c == ',') {
      result += "%2C";
    } else {
      result += c;
    }
  }
  return result;
}

std::string placeOf(const source::SourceMap& sources, const source::Range& range) {
  if (!range.valid()) return "";
  const source::Position begin = sources.begin(range);
  const source::Position end = sources.end(range);
  std::string place = "file=" + escaped(sources.file(range.file_id).path(), true) +
                      ",line=" + std::to_string(begin.line) +
                      ",endLine=" + std::to_string(end.line);
  // Columns count only within one line.
  if (begin.line == end.line) {
    place += ",col=" + std::to_string(begin.column) + ",endColumn=" + std::to_string(end.column);
  }
  return place + ",";
}

}  // namespace

std::string renderGithub(const source::SourceMap& sources,
                         const std::vector<Diagnostic>& findings) {
  std::string out;
  for (const Diagnostic& finding : findings) {
    if (finding.suppressed) continue;
    std::string text = finding.message;
    for (const std::string& fact : finding.facts) text += "\n" + fact;
    for (const std::string& help : finding.help) text += "\nhelp: " + help;
    const std::string_view command =
        finding.level == Level::Note ? "notice" : levelName(finding.level);
    out += "::" + std::string(command) + " " + placeOf(sources, finding.at.range) +
           "title=" + codeName(finding.info->code) + "::" + escaped(text, false) + "\n";
  }
  return out;
}

}  // namespace gpuspec::diag
