#include "lang/diag/fix.h"

#include <gtest/gtest.h>

#include "tests/diag/spec_text.h"

namespace gpuspec::diag::test {
namespace {

class FixTest : public ::testing::Test {
 protected:
  void add(Source source, std::vector<Edit> edits, bool certain = true) {
    Diagnostic finding;
    finding.info = &kHardInfo;
    finding.at = {edits.empty() ? source::Range{source.file_id, 0, 0} : edits[0].range, {}};
    finding.fixes.push_back({"mend it", std::move(edits), certain});
    findings.push_back(std::move(finding));
  }
  std::string fixedText() {
    result = applyFixes(sources, findings);
    return result.files.empty() ? "" : result.files[0].text;
  }
  source::Range insertion(std::uint32_t at) const { return {b.file_id, at, at}; }

  source::SourceMap sources;
  Source b = test::add(sources, "b.gpuspec", "pool a {\n  profile: 1g\n  nodes 3\n}\n");
  Source a = test::add(sources, "a.gpuspec", "x\r\ny\r\n");
  std::vector<Diagnostic> findings;
  FixResult result;
};

TEST_F(FixTest, NothingToDo) {
  EXPECT_EQ(fixedText(), "");
  EXPECT_TRUE(result.files.empty());
}

TEST_F(FixTest, AppliesSeveralFixesOfOneFile) {
  add(b, {{insertion(b.range(" 3").begin), " ="}});
  add(b, {{b.range(":"), " ="}});
  EXPECT_EQ(fixedText(), "pool a {\n  profile = 1g\n  nodes = 3\n}\n");
  EXPECT_EQ(result.applied.size(), 2u);
  EXPECT_TRUE(result.left.empty());
}

TEST_F(FixTest, TheFirstOfTwoOverlappingFixesWins) {
  add(b, {{b.range("profile:"), "layout ="}});
  add(b, {{b.range(":"), " ="}, {b.range("pool"), "team"}});
  EXPECT_EQ(fixedText(), "pool a {\n  layout = 1g\n  nodes 3\n}\n")
      << "a fix is made whole or not at all";
  ASSERT_EQ(result.left.size(), 1u);
  EXPECT_EQ(result.left[0].finding, 1u);
  EXPECT_EQ(result.left[0].fix, 0u);
}

TEST_F(FixTest, InsertionsAtOnePointClashButEdgesDoNot) {
  add(b, {{insertion(5), "x"}});
  add(b, {{insertion(5), "y"}});
  add(b, {{b.range("a {"), "b {"}});
  add(b, {{insertion(8), "  // new"}});
  EXPECT_EQ(fixedText(), "pool xb {  // new\n  profile: 1g\n  nodes 3\n}\n");
  ASSERT_EQ(result.left.size(), 1u);
  EXPECT_EQ(result.left[0].finding, 1u);
}

TEST_F(FixTest, AnInsertionInsideAReplacementClashes) {
  add(b, {{b.range("profile"), "layout"}});
  add(b, {{insertion(b.range("profile").begin + 2), "!"}});
  EXPECT_EQ(fixedText(), "pool a {\n  layout: 1g\n  nodes 3\n}\n");
  EXPECT_EQ(result.left.size(), 1u);
}

TEST_F(FixTest, TheSameReplacementTwiceIsDoneOnce) {
  add(b, {{b.range("profile"), "layout"}});
  add(b, {{b.range("profile"), "layout"}, {b.range(":"), " ="}});
  EXPECT_EQ(fixedText(), "pool a {\n  layout = 1g\n  nodes 3\n}\n");
  EXPECT_EQ(result.applied.size(), 2u);
}

TEST_F(FixTest, OnlyCertainFixesOfShownFindings) {
  add(b, {{b.range("pool"), "team"}}, false);
  add(b, {{b.range("nodes"), "count"}});
  findings[1].suppressed = true;
  EXPECT_EQ(fixedText(), "");
  EXPECT_TRUE(result.applied.empty());
  EXPECT_TRUE(result.left.empty());
}

TEST_F(FixTest, FilesComeByPathWithTheirLineEnds) {
  add(b, {{b.range("pool"), "team"}});
  add(a, {{{a.file_id, 3, 3}, "new\nline\r\n"}});
  add(a, {{{a.file_id, 6, 6}, "end"}});
  fixedText();
  ASSERT_EQ(result.files.size(), 2u);
  EXPECT_EQ(result.files[0].text, "x\r\nnew\r\nline\r\ny\r\nend");
  EXPECT_EQ(result.files[1].text.substr(0, 6), "team a");
}

TEST_F(FixTest, ImpossibleEditsAreLeft) {
  add(b, {{{b.file_id, 10, 9999}, ""}});
  add(b, {{{b.file_id, 7, 3}, ""}});
  add(b, {{{}, "nowhere"}});
  add(b, {});
  EXPECT_EQ(fixedText(), "");
  EXPECT_EQ(result.left.size(), 4u);
}

}  // namespace
}  // namespace gpuspec::diag::test
