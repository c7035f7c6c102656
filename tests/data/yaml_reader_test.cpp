// YAML as other readers take it: the values expected here are libyaml's.

#include "compiler/data/yaml_reader.h"

#include <gtest/gtest.h>

namespace gpuspec::data {
namespace {

struct Read {
  explicit Read(const std::string& text) {
    const source::FileId file_id = sources.add("x.yaml", text);
    documents = readYaml(sources, file_id, sink);
    for (const diag::Diagnostic& finding : sink.finish(sources))
      findings.push_back(finding.message);
  }
  // The text of a path of keys and positions in the first document.
  std::string at(const std::vector<std::string>& path) const {
    if (!documents || documents->empty()) return "no document";
    const ir::Tree* tree = &documents->front();
    for (const std::string& step : path) {
      if (tree->isList())
        tree = &tree->asList().at(std::stoul(step));
      else
        tree = tree->find(step);
      if (tree == nullptr) return "no " + step;
    }
    return tree->isString() ? tree->asString() : "no text";
  }

  source::SourceMap sources;
  diag::Sink sink;
  std::optional<std::vector<ir::Tree>> documents;
  std::vector<std::string> findings;
};

TEST(BlockScalars, ANumberCountsFromTheParent) {
  const Read read(
      "a:\n"
      "  b: |2\n"
      "      two\n"
      "    none\n"
      "  c: |-1\n"
      "    one\n"
      "  list:\n"
      "  - |3-\n"
      "        x\n"
      "  - d: |1\n"
      "       y\n"
      "    e: z\n");
  EXPECT_EQ(read.at({"a", "b"}), "  two\nnone\n");
  EXPECT_EQ(read.at({"a", "c"}), " one");
  EXPECT_EQ(read.at({"a", "list", "0"}), "   x");
  EXPECT_EQ(read.at({"a", "list", "1", "d"}), "  y\n");
  EXPECT_EQ(read.at({"a", "list", "1", "e"}), "z");
  EXPECT_EQ(Read("|2\n   x\n").at({}), " x\n");
  EXPECT_EQ(Read("--- >1\n  x\n y\n").at({}), " x\ny\n");
  EXPECT_EQ(Read("\"a b\": !!str &c |1\n  x\n").at({"a b"}), " x\n");
  EXPECT_EQ(Read("&c a: |1 # why\r\n  x\r\n").at({"a"}), " x\n");
  EXPECT_EQ(Read("a: |2\nb: c\n").at({"a"}), "");
  EXPECT_EQ(Read("a: |1\n   \n x\n").at({"a"}), "  \nx\n");
}

TEST(BlockScalars, ChompingAndFolding) {
  EXPECT_EQ(Read("a: |\n  x\n\n\nb: 1\n").at({"a"}), "x\n");
  EXPECT_EQ(Read("a: |-\n  x\n\n\nb: 1\n").at({"a"}), "x");
  EXPECT_EQ(Read("a: |+\n  x\n\n\nb: 1\n").at({"a"}), "x\n\n\n");
  EXPECT_EQ(Read("a: |+\n\n").at({"a"}), "\n");
  EXPECT_EQ(Read("a: >\n  one\n  two\n\n  three\n    four\n  five\n").at({"a"}),
            "one two\nthree\n  four\nfive\n");
  EXPECT_EQ(Read("a: >-\n\n  one\n\n\n  two\n").at({"a"}), "\none\n\ntwo");
  EXPECT_EQ(Read("a: |\n  no end").at({"a"}), "no end");
}

TEST(PlainScalars, WholeNumbersUpToTheirBounds) {
  EXPECT_EQ(plainScalar("-9223372036854775808"), ir::Tree(INT64_MIN));
  EXPECT_EQ(plainScalar("9223372036854775807"), ir::Tree(INT64_MAX));
  EXPECT_TRUE(plainScalar("9223372036854775808").isDouble());
  EXPECT_TRUE(plainScalar("-9223372036854775809").isDouble());
  EXPECT_EQ(plainScalar("-0x10"), ir::Tree(-16));
}

TEST(Keys, OfSeveralLinesAreRefused) {
  const Read read("b c\nd: 2\n");
  EXPECT_FALSE(read.documents);
  EXPECT_EQ(read.findings.size(), 1u);
}

// What only looks like one stays what it is.
TEST(BlockScalars, InsideOfOtherText) {
  EXPECT_EQ(Read("a: 'x\n  b: |2\n  y'\n").at({"a"}), "x b: |2 y");
  EXPECT_EQ(Read("a: \"q \\\" |2\"\nb: c\n").at({"a"}), "q \" |2");
  EXPECT_EQ(Read("a: b |2\n").at({"a"}), "b |2");
  EXPECT_EQ(Read("a: |\n  b: |2\n   c\n").at({"a"}), "b: |2\n c\n");
  EXPECT_EQ(Read("a: [b, c] # |2\nd: e\n").at({"d"}), "e");
  EXPECT_EQ(Read("a: b\n  |2 c\n").at({"a"}), "b |2 c");
}

TEST(BlockScalars, BehindThemPlacesAreRight) {
  const std::string text = "a: |2\n   x\nb: [\n";
  Read read(text);
  EXPECT_FALSE(read.documents);
  EXPECT_EQ(read.findings.size(), 1u);
  const Read good("a: |2\n   x\nb: c\n");
  const source::Location at = good.documents->front().find("b")->location();
  EXPECT_EQ(good.sources.text(at.range), "c");
}

}  // namespace
}  // namespace gpuspec::data
