// Several errors in one file: all of them are reported, nothing that only follows from one, and the
// rest is understood.

#include <gtest/gtest.h>

#include "tests/syntax/parsed.h"

namespace gpuspec::test {
namespace {

std::string codes(const Parsed& parsed) {
  std::string out;
  for (const diag::Diagnostic& finding : parsed.findings) {
    out += std::to_string(parsed.sources.begin(finding.at.range).line) + ":" +
           diag::codeName(finding.info->code) + " ";
  }
  return out;
}

// Names of the top-level items that were understood.
std::string items(const Parsed& parsed) {
  std::string out;
  for (syntax::NodeId id : parsed.tree.children(parsed.tree.root())) {
    const syntax::NodeId label = parsed.tree.child(id, 1), name = parsed.tree.child(id, 0);
    const bool labelled = (parsed.tree[id].flags & syntax::kHasLabel) != 0 &&
                          parsed.tree[id].kind == syntax::NodeKind::Block;
    out += std::string(parsed.tree.text(labelled ? label : name)) + " ";
  }
  return out;
}

TEST(Recovery, IndependentErrorsAreAllReported) {
  const Parsed parsed(
      "let a = [1 2]\n"
      "pool b {\n"
      "  nodes 3\n"
      "}\n"
      "let c = 1 < 2 < 3\n"
      "team d {\n"
      "  quota { gpu(pool.b = 3 }\n"
      "  network {\n"
      "    allow egress dns\n"
      "    default = deny\n"
      "  }\n"
      "}\n"
      "let e = \"\\q\"\n"
      "nodes = 3\n"
      "let f = 1\n");
  EXPECT_EQ(codes(parsed), "1:GS1001 3:GS1016 5:GS1009 7:GS1001 9:GS1001 13:GS1015 14:GS1017 ")
      << parsed.list();
  EXPECT_EQ(items(parsed), "b c d e f ");
}

TEST(Recovery, ErrorsInTwoItemsOfOneBlock) {
  const Parsed parsed("pool a {\n  x = [1 2]\n  y = 1\n  z = (1 2)\n  w = 4\n}\n");
  EXPECT_EQ(codes(parsed), "2:GS1001 4:GS1001 ");
  EXPECT_NE(parsed.dump().find("Name y"), std::string::npos);
  EXPECT_NE(parsed.dump().find("Name w"), std::string::npos);
}

TEST(Recovery, TwoUnclosedBlocks) {
  const Parsed parsed("pool a {\n  x = 1\n\npool b {\n  y = 2\n\nlet c = 3\n");
  EXPECT_EQ(codes(parsed), "1:GS1006 4:GS1006 ");
  EXPECT_EQ(items(parsed), "a b c ");
}

TEST(Recovery, ABlockWithoutItsHeadIsOneFinding) {
  const Parsed parsed(
      "let before = 1\n"
      "  platform = aks\n"
      "  network { plugin = azure_overlay }\n"
      "  tier = standard\n"
      "}\n"
      "let after = 2\n");
  EXPECT_EQ(codes(parsed), "2:GS1017 ");
  EXPECT_EQ(items(parsed), "before after ");
  EXPECT_TRUE(parsed.tree.has_lost_items);
}

TEST(Recovery, AMapWithoutItsHeadIsOneFinding) {
  const Parsed parsed(
      "  vendor = \"x\", gpus = 1,\n  sizes = [1, 2], os = { a = 1 },\n}\nlet after = 2\n");
  EXPECT_EQ(codes(parsed), "1:GS1017 ");
  EXPECT_EQ(items(parsed), "after ");
}

TEST(Recovery, ALostDeclarationIsRemembered) {
  EXPECT_TRUE(Parsed("pool 3 { }\nlet a = 1\n").tree.has_lost_items);
  EXPECT_FALSE(Parsed("pool a { nodes 3 }\n").tree.has_lost_items);
}

TEST(Recovery, BrokenBlocksAreMarked) {
  const Parsed parsed("pool a {\n  x = [1 2]\n}\npool b {\n  y = 1\n}\n");
  const auto& tree = parsed.tree;
  EXPECT_TRUE(tree[tree.child(tree.root(), 0)].flags & syntax::kBroken);
  EXPECT_FALSE(tree[tree.child(tree.root(), 1)].flags & syntax::kBroken);
}

TEST(Recovery, StopsAfterManyErrors) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "let x" + std::to_string(i) + " = [1 2]\n";
  const Parsed parsed(text);
  ASSERT_EQ(parsed.findings.size(), 21u);
  EXPECT_EQ(diag::codeName(parsed.findings.back().info->code), "GS1024");
  EXPECT_EQ(parsed.findings.back().message,
            "the rest of `main.gpuspec` was not read: 20 syntax errors are enough");
}

TEST(Recovery, NotesPointAtTheOtherPlace) {
  const Parsed parsed("let x = f(1\n  2)\n");
  ASSERT_EQ(parsed.findings.size(), 1u);
  ASSERT_FALSE(parsed.findings[0].notes.empty());
  EXPECT_EQ(parsed.findings[0].notes.back().text, "opened here");
}

TEST(Recovery, FormsAreExplained) {
  const auto helpOf = [](const char* text) {
    const Parsed parsed(text);
    return parsed.findings.size() == 1 && !parsed.findings[0].help.empty()
               ? parsed.findings[0].help[0]
               : parsed.list();
  };
  EXPECT_EQ(helpOf("for t on x { }\n"), "a loop is `for t in list { ... }`");
  EXPECT_EQ(helpOf("import std/x as y\n"),
            "an import is `import \"./file.gpuspec\"`, a library `import \"std/name\" as name`");
  EXPECT_EQ(helpOf("module a \"x\" { }\n"),
            "a module is `module name from \"./file.gpuspec\" { parameter = value }`");
  EXPECT_EQ(helpOf("assert true\n"), "an assertion is `assert condition, \"message\"`");
  EXPECT_EQ(helpOf("param x = 1\n"), "a parameter is `param name: type = default \"doc\"`");
}

}  // namespace
}  // namespace gpuspec::test
