#include <gtest/gtest.h>

#include "tests/syntax/parsed.h"

namespace gpuspec::syntax {
namespace {

using test::Parsed;

TEST(Tree, NamesAreReadAsMeant) {
  const Parsed parsed(R"(pool "a\tb" { 'x y' = 1 })");
  const Tree& tree = parsed.tree;
  const NodeId pool = tree.child(tree.root(), 0);
  EXPECT_EQ(tree.name(tree.child(pool, 0)), "pool");
  EXPECT_EQ(tree.text(tree.child(pool, 1)), R"("a\tb")");
  EXPECT_EQ(tree.childCount(pool), 3u);
  EXPECT_FALSE(tree.child(pool, 3).valid());
  const NodeId attribute = tree.child(tree.child(pool, 2), 0);
  EXPECT_EQ(tree.name(tree.child(attribute, 0)), "x y");
}

TEST(Tree, DocComments) {
  const Parsed parsed(
      "/// One.\r\n///  Two.\n///\nlet a = 1\n// no doc\nlet b = 2\n/// far\n\nlet c = 3\n  /// "
      "deep\n  let d = 4\n");
  const Tree& tree = parsed.tree;
  EXPECT_EQ(tree.docComment(tree.child(tree.root(), 0)), "One.\n Two.\n");
  EXPECT_EQ(tree.docComment(tree.child(tree.root(), 1)), "");
  EXPECT_EQ(tree.docComment(tree.child(tree.root(), 2)), "");
  EXPECT_EQ(tree.docComment(tree.child(tree.root(), 3)), "deep");
}

TEST(Tree, RangesCoverTheTextOfTheirNodes) {
  const Parsed parsed("let x = -a.b[1] + f(2) * (3)\n");
  const Tree& tree = parsed.tree;
  for (std::uint32_t i = 0; i < tree.size(); ++i) {
    for (NodeId child : tree.children(NodeId{i})) {
      EXPECT_GE(tree[child].begin, tree[NodeId{i}].begin);
      EXPECT_LE(tree[child].end, tree[NodeId{i}].end);
    }
  }
  EXPECT_NE(parsed.dump().find("Unary -"), std::string::npos);
}

// Beyond what 16 bits hold: the text of a block, the nodes to the first child and to the next
// sibling.
std::string longBlock(const char* name) {
  std::string text = "pool " + std::string(name) + " {\n";
  for (int i = 0; i < 30'000; ++i)
    text += "  a" + std::to_string(i) + " = " + std::to_string(i) + "\n";
  return text + "}\n";
}

void expectLongBlock(const Tree& tree, NodeId block, const char* name) {
  EXPECT_EQ(tree.name(tree.child(block, 1)), name);
  EXPECT_EQ(tree.text(block).substr(0, 5), "pool ");
  EXPECT_EQ(tree.text(block).back(), '}');
  const NodeId body = tree.child(block, 2);
  EXPECT_EQ(tree.childCount(body), 30'000u);
  EXPECT_EQ(tree.name(tree.child(tree.child(body, 29'999), 0)), "a29999");
}

TEST(Tree, LongBlocksAndFarSiblings) {
  const Parsed parsed(longBlock("one") + longBlock("two") + "let x = 1\n");
  const Tree& tree = parsed.tree;
  ASSERT_EQ(parsed.list(), "");
  ASSERT_EQ(tree.childCount(tree.root()), 3u);
  expectLongBlock(tree, tree.child(tree.root(), 0), "one");
  expectLongBlock(tree, tree.child(tree.root(), 1), "two");
  EXPECT_EQ(tree.text(tree.child(tree.root(), 2)), "let x = 1");
}

TEST(Tree, LongBlocksThatWereMendedAreMarked) {
  std::string broken = longBlock("one");
  broken.replace(broken.find("a500 ="), 6, "a500 =)");
  const Parsed parsed(broken + longBlock("two"));
  const Tree& tree = parsed.tree;
  ASSERT_NE(parsed.list(), "");
  ASSERT_EQ(tree.childCount(tree.root()), 2u);
  EXPECT_NE(tree[tree.child(tree.root(), 0)].flags & kBroken, 0);
  EXPECT_EQ(tree[tree.child(tree.root(), 1)].flags & kBroken, 0);
  expectLongBlock(tree, tree.child(tree.root(), 1), "two");
}

TEST(Unescape, Plain) {
  EXPECT_EQ(unescape(R"(a\n\t\r\\\"\'\$b)", StringKind::Plain), "a\n\t\r\\\"'$b");
  EXPECT_EQ(unescape(R"(\u{41}\u{e9}\u{20ac}\u{1F600})", StringKind::Plain), "Aé€😀");
  EXPECT_EQ(unescape(R"(a\nb)", StringKind::Raw), R"(a\nb)");
}

TEST(Unescape, TellsWhereAnEscapeIsWrong) {
  for (const char* bad : {R"(ab\q)", R"(ab\u{})", R"(ab\u{D800})", R"(ab\u{110000})", R"(ab\u{12)",
                          R"(ab\u{0})", R"(ab\)"}) {
    std::size_t at = 0;
    unescape(bad, StringKind::Plain, &at);
    EXPECT_EQ(at, 2u) << bad;
  }
}

TEST(Dedent, StripsTheCommonIndentation) {
  const auto dedentOne = [](std::string_view text) { return dedent({text})[0]; };
  EXPECT_EQ(dedentOne("\n    a\n      b\n    "), "a\n  b\n");
  EXPECT_EQ(dedentOne("\n    a\n\n  b\n"), "  a\n\nb\n");
  EXPECT_EQ(dedentOne("one line"), "one line");
  EXPECT_EQ(dedentOne("\r\n  a\r\n  b\r\n  "), "a\nb\n");
  EXPECT_EQ(dedent({"\n  a ", "\n  b\n"}), (std::vector<std::string>{"a ", "\nb\n"}));
}

TEST(Strings, WhatIsNeverClosedKeepsItsLastCharacter) {
  const auto holds = [](const char* text, const char* line) {
    return Parsed(text).dump().find(line) != std::string::npos;
  };
  EXPECT_TRUE(holds("let a = \"abc", "StringPart abc\n"));
  EXPECT_TRUE(holds("let a = \"abc\nlet b = 1\n", "StringPart abc\n"));
  EXPECT_TRUE(holds("let a = 'abc\r\nlet b = 1\n", "StringPart abc\n"));
  EXPECT_TRUE(holds("let a = \"\"\"abc", "StringPart abc\n"));
  EXPECT_TRUE(holds("let a = \"x${b}abc", "StringPart abc\n"));
  EXPECT_TRUE(holds("let a = \"", "StringPart \n"));
  const Parsed name("pool p { 'abc\n = 1 }");
  const Tree& tree = name.tree;
  const NodeId attribute = tree.child(tree.child(tree.child(tree.root(), 0), 2), 0);
  EXPECT_EQ(tree.name(tree.child(attribute, 0)), "abc");
}

TEST(SameStructure, LooksAtMeaningOnly) {
  const auto same = [](const char* a, const char* b) {
    return sameStructure(Parsed(a).tree, Parsed(b).tree);
  };
  EXPECT_TRUE(same("let x = 1_000 // c\n", "let x   =\n  1000"));
  EXPECT_TRUE(same("let x = 'c'", "let x = \"c\""));
  EXPECT_TRUE(same("let x = [1, 2,]", "let x = [1, 2]"));
  EXPECT_TRUE(same("let x = 7 x 1g.10gb", "let x = 7   x\t1g.10gb"));
  EXPECT_FALSE(same("let x = 1", "let x = 2"));
  EXPECT_FALSE(same("let x = 1", "let y = 1"));
  EXPECT_FALSE(same("let x = a + b", "let x = a - b"));
  EXPECT_FALSE(same("let x = a", "let x = (a)"));
  EXPECT_FALSE(same("let x = [1]", "let x = [1, 2]"));
  EXPECT_FALSE(same("let x = \"a${b}\"", "let x = \"a${b}c\""));
  EXPECT_FALSE(same("let x = true", "let x = false"));
  EXPECT_FALSE(same("param a: int", "param a: int secret"));
}

}  // namespace
}  // namespace gpuspec::syntax
