#include "tests/support/shuffle.h"

#include <random>
#include <vector>

#include "lang/parse/parser.h"
#include "lang/source/check.h"

namespace gpuspec::test {

namespace {

// Up to the end of each item, from the end of the one before; an annotation belongs to the item
// after it.
std::vector<std::string> itemTexts(const std::string& text) {
  source::SourceMap sources;
  diag::Sink sink;
  const syntax::Tree tree = parse::parse(sources, sources.add("shuffled.gpuspec", text), sink);
  GPUSPEC_CHECK(sink.ok(), "only a text without syntax errors can be shuffled");
  std::vector<std::string> out;
  std::size_t begin = 0;
  for (const syntax::NodeId item : tree.children(tree.root())) {
    if (tree[item].kind == syntax::NodeKind::Annotation) continue;
    out.push_back(text.substr(begin, tree[item].end - begin));
    begin = tree[item].end;
  }
  return out;
}

}  // namespace

std::string shuffled(const std::string& text, std::uint32_t seed) {
  std::vector<std::string> items = itemTexts(text);
  std::mt19937 random(seed);
  // Not std::shuffle, whose order the standard leaves open.
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random() % i]);
  std::string out;
  for (const std::string& item : items) out += item + "\n";
  return out;
}

}  // namespace gpuspec::test
