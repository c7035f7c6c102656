// A project: its first file is parsed and formatted, the whole of it compiled and emitted.

#include <algorithm>

#include "lang/diag/diagnostic.h"
#include "lang/format/format.h"
#include "lang/parse/parser.h"
#include "lang/source/check.h"
#include "plugins/amd/api.h"
#include "plugins/fake/api.h"
#include "plugins/host/host.h"
#include "plugins/nvidia/api.h"
#include "tests/fuzz/compiling.h"
#include "tests/fuzz/targets.h"

namespace gpuspec::fuzz {

namespace {

struct Parsed {
  explicit Parsed(std::string text)
      : file_id(sources.add("main.gpuspec", std::move(text))),
        tree(parse::parse(sources, file_id, sink)) {}
  Parsed(const Parsed&) = delete;

  const source::File& file() const { return sources.file(file_id); }
  std::string formatted() const { return format::format(tree, file()); }

  source::SourceMap sources;
  source::FileId file_id;
  diag::Sink sink;
  syntax::Tree tree;
};

void checkTree(const syntax::Tree& tree, syntax::NodeId id) {
  const syntax::Node node = tree[id];
  std::uint32_t end = node.begin;
  for (const syntax::NodeId child : tree.children(id)) {
    GPUSPEC_CHECK(tree[child].begin >= node.begin && tree[child].end <= node.end,
                  "a node is outside of its parent");
    GPUSPEC_CHECK(tree[child].begin >= end, "a node begins inside the one before it");
    end = tree[child].end;
    checkTree(tree, child);
  }
}

// Everything but blanks, commas and a byte order mark, which is what formatting may never change;
// in an order of its own, as a comment before a comma may stand behind it.
std::string inkOf(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  std::string ink;
  for (const char c : text) {
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n' && c != ',') ink += c;
  }
  std::sort(ink.begin(), ink.end());
  return ink;
}

void checkFormat(const std::string& text) {
  const Parsed parsed(text);
  checkTree(parsed.tree, parsed.tree.root());
  syntax::dump(parsed.tree);
  const bool clean = parsed.sink.size() == 0;
  const Parsed again(parsed.formatted());
  // How a broken text is read depends on how it is laid out, and so on its formatting.
  GPUSPEC_CHECK(!clean || syntax::sameStructure(parsed.tree, again.tree),
                "formatting changes the tree");
  GPUSPEC_CHECK(!clean || again.formatted() == again.file().text(),
                "formatting twice changes the text");
  GPUSPEC_CHECK(inkOf(text) == inkOf(again.file().text()),
                "formatting changes more than blanks and commas");
}

const ir::VendorSet& vendors() {
  static const ir::VendorSet set = [] {
    ir::VendorSet out;
    out.add(llvm::cantFail(host::makeVendor(nvidia::vendorApi(), "nvidia")));
    out.add(llvm::cantFail(host::makeVendor(amd::vendorApi(), "amd")));
    out.add(llvm::cantFail(host::makeVendor(fake::vendorApi(), "fake")));
    return out;
  }();
  return set;
}

}  // namespace

void spec(std::string_view input) {
  const std::vector<Document> documents = documentsOf(input);
  checkFormat(documents[0].text);
  Project(documents).compile(vendors());
}

}  // namespace gpuspec::fuzz
