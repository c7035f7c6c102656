// The corpus runner itself: it reads annotations as its header says, and lets nothing through.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/corpus/case.h"

namespace gpuspec::corpus {
namespace {

test::Finding finding(const std::string& code, std::uint32_t line, std::uint32_t begin,
                      std::uint32_t end) {
  test::Finding out;
  out.code = code;
  out.level = "error";
  out.message = "`x` is wrong";
  out.file = "main.gpuspec";
  out.begin = {line, begin};
  out.end = {line, end};
  return out;
}

test::Outcome outcome(std::vector<test::Finding> findings) {
  test::Outcome out;
  out.findings = std::move(findings);
  return out;
}

std::string allOf(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += text + "\n";
  return out;
}

const char* const kOneError =
    "  let a = x\n"
    "//        ^ expect-error: GS2001 `x` is\n";

TEST(ReadCase, CaretsMarkTheLineAbove) {
  const Case read = readCase("fail_x", "eval", kOneError);
  EXPECT_EQ(allOf(read.problems), "");
  EXPECT_EQ(read.request.until, driver::Phase::Evaluate);
  ASSERT_EQ(read.expectations.size(), 1u);
  const Expectation& expectation = read.expectations[0];
  EXPECT_EQ(expectation.code, "GS2001");
  EXPECT_EQ(expectation.text, "`x` is");
  EXPECT_EQ(expectation.line, 1u);
  EXPECT_EQ(expectation.begin, 11u);
  EXPECT_EQ(expectation.end, 12u);
  EXPECT_EQ(expectation.extent, Extent::InLine);
}

TEST(ReadCase, SeveralAnnotationsAreAboutOneLine) {
  const Case read = readCase("fail_x", "eval",
                             "let a = x + y\n"
                             "//      ^ expect-error: GS2001 x\n"
                             "//          ^ expect-error: GS2001 y\n"
                             "// and-help: z\n"
                             "// and-note: there\n");
  ASSERT_EQ(read.expectations.size(), 2u);
  EXPECT_EQ(read.expectations[0].line, 1u);
  EXPECT_EQ(read.expectations[1].line, 1u);
  EXPECT_EQ(read.expectations[1].begin, 13u);
  EXPECT_EQ(read.expectations[1].helps, std::vector<std::string>{"z"});
  EXPECT_EQ(read.expectations[1].notes, std::vector<std::string>{"there"});
  EXPECT_TRUE(read.expectations[0].helps.empty());
}

TEST(ReadCase, OtherExtents) {
  const Case read = readCase("fail_x", "eval",
                             "let a = [\n"
                             "//      ^> expect-error: GS1006 never closed\n"
                             "//       | expect-warning: GS2045 here\n"
                             "// expect-note: GS8093 somewhere\n");
  ASSERT_EQ(read.expectations.size(), 3u);
  EXPECT_EQ(read.expectations[0].extent, Extent::PastLine);
  EXPECT_EQ(read.expectations[1].extent, Extent::Empty);
  EXPECT_EQ(read.expectations[1].begin, 10u);
  EXPECT_EQ(read.expectations[2].extent, Extent::Project);
  EXPECT_EQ(read.expectations[2].file, "");
}

TEST(ReadCase, SplitsFilesAndReadsOptions) {
  const Case read =
      readCase("x", "place",
               "// with: --env prod --param n=3 --param name=a=b --until sema --as-of 2027-01-31\n"
               "// --- file: main.gpuspec\n"
               "import \"./b.gpuspec\"\n"
               "// --- file: b.gpuspec\n"
               "let b = y\n"
               "//      ^ expect-error: GS2001 y\n"
               "// --- file: c.yaml\n"
               "a: 1\n"
               "#^ expect-error: GS2050 c\n");
  EXPECT_EQ(allOf(read.problems), "");
  EXPECT_EQ(read.request.environment, "prod");
  EXPECT_EQ(read.request.as_of, "2027-01-31");
  EXPECT_EQ(read.request.until, driver::Phase::Analyze);
  ASSERT_EQ(read.request.parameters.size(), 2u);
  EXPECT_EQ(read.request.parameters[1].name, "name");
  EXPECT_EQ(read.request.parameters[1].text, "a=b");
  ASSERT_EQ(read.request.files.size(), 3u);
  EXPECT_EQ(read.request.files[0].name, "main.gpuspec");
  EXPECT_EQ(read.request.files[0].text, "import \"./b.gpuspec\"\n");
  EXPECT_EQ(read.request.files[1].name, "b.gpuspec");
  ASSERT_EQ(read.expectations.size(), 2u);
  EXPECT_EQ(read.expectations[0].file, "b.gpuspec");
  EXPECT_EQ(read.expectations[0].line, 1u);
  EXPECT_EQ(read.expectations[1].file, "c.yaml");
}

TEST(ReadCase, SaysWhatIsWrongWithTheFile) {
  const auto problems = [](const std::string& text) {
    return allOf(readCase("x", "eval", text).problems);
  };
  EXPECT_NE(problems("// with: --evn prod\n"), "");
  EXPECT_NE(problems("// with: --env\n"), "");
  EXPECT_NE(problems("let a = 1\n// ^ expect-eror: GS2001 x\n"), "");
  EXPECT_NE(problems("let a = 1\n// ^ expect-error: 2001 x\n"), "");
  EXPECT_NE(problems("let a = 1\n// ^ expect-error: GS2001\n"), "");
  EXPECT_NE(problems("let a = 1\n// ^ expect-error GS2001 x\n"), "");
  EXPECT_NE(problems("// ^ expect-error: GS2001 x\n"), "");
  EXPECT_NE(problems("// and-help: x\n"), "");
}

TEST(Differences, NoneWhenAllIsAsExpected) {
  EXPECT_EQ(allOf(differences(readCase("fail_x", "eval", kOneError),
                              outcome({finding("GS2001", 1, 11, 12)}))),
            "");
  EXPECT_EQ(allOf(differences(readCase("x", "eval", "let a = 1\n"), outcome({}))), "");
}

TEST(Differences, EveryDeviationIsOne) {
  const Case expected = readCase("fail_x", "eval", kOneError);
  const auto differ = [&](const test::Finding& found) {
    return differences(expected, outcome({found})).size();
  };
  EXPECT_EQ(differ(finding("GS2002", 1, 11, 12)), 2u) << "another code";
  EXPECT_EQ(differ(finding("GS2001", 2, 11, 12)), 2u) << "another line";
  EXPECT_EQ(differ(finding("GS2001", 1, 10, 12)), 2u) << "another column";
  EXPECT_EQ(differ(finding("GS2001", 1, 11, 13)), 2u) << "another end";
  test::Finding other = finding("GS2001", 1, 11, 12);
  other.message = "`y` is wrong";
  EXPECT_EQ(differ(other), 2u) << "another text";
  other = finding("GS2001", 1, 11, 12);
  other.level = "warning";
  EXPECT_EQ(differ(other), 3u) << "another level, so that nothing errs";
  other = finding("GS2001", 1, 11, 12);
  other.file = "b.gpuspec";
  EXPECT_EQ(differ(other), 2u) << "another file";
}

TEST(Differences, UnexpectedMissingAndTwice) {
  const Case expected = readCase("fail_x", "eval", kOneError);
  EXPECT_EQ(differences(expected, outcome({})).size(), 2u) << "missing, and nothing errs";
  EXPECT_EQ(
      differences(expected, outcome({finding("GS2001", 1, 11, 12), finding("GS2001", 1, 11, 12)}))
          .size(),
      1u);
  EXPECT_EQ(differences(readCase("x", "eval", "let a = 1\n"), outcome({finding("GS2001", 1, 1, 2)}))
                .size(),
            2u);
}

TEST(Differences, TheNameSaysWhetherItErrs) {
  EXPECT_EQ(
      differences(readCase("x", "eval", kOneError), outcome({finding("GS2001", 1, 11, 12)})).size(),
      1u);
  EXPECT_EQ(differences(readCase("fail_x", "eval", "let a = 1\n"), outcome({})).size(), 1u);
}

TEST(Differences, HelpAndNotesCount) {
  const Case expected =
      readCase("fail_x", "eval", std::string(kOneError) + "// and-help: try `y`\n");
  test::Finding found = finding("GS2001", 1, 11, 12);
  EXPECT_EQ(differences(expected, outcome({found})).size(), 2u);
  found.help = {"you may try `y` here"};
  EXPECT_EQ(allOf(differences(expected, outcome({found}))), "");
}

TEST(Differences, UnreadableFilesCount) {
  test::Outcome none;
  none.world_error = "no such file";
  EXPECT_EQ(differences(readCase("x", "eval", "let a = 1\n"), none).size(), 1u);
}

TEST(Golden, ComparesAndRewrites) {
  namespace fs = std::filesystem;
  const fs::path path = fs::path(testing::TempDir()) / "gpuspec_golden.txt";
  std::ofstream(path) << "old\n";
  EXPECT_EQ(checkGolden(path.string(), "old\n", false), GoldenResult::Same);
  EXPECT_EQ(checkGolden(path.string(), "new\n", false), GoldenResult::Different);
  EXPECT_EQ(checkGolden(path.string(), "new\n", true), GoldenResult::Rewritten);
  EXPECT_EQ(checkGolden(path.string(), "new\n", true), GoldenResult::Same);
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  EXPECT_EQ(text.str(), "new\n");
  fs::remove(path);
}

TEST(Golden, PrintsEachForm) {
  test::Outcome made;
  made.dump = "dump\n";
  made.files = {{"c/arm/azuredeploy.json", "{}\n", {}},
                {"c/helm/r/values.yaml", "v: 1\n", {}},
                {"c/kubernetes/a.yaml", "a: 1\n", {}},
                {"c/kubernetes/kustomization.yaml", "k: 1\n", {}}};
  EXPECT_EQ(printed(made, ".txt"), "dump\n");
  EXPECT_EQ(printed(made, ".arm.json"), "{}\n");
  EXPECT_EQ(printed(made, ".k8s.yaml"), "---\n# file: c/kubernetes/a.yaml\na: 1\n");
  EXPECT_EQ(printed(made, ".values.yaml"), "---\n# file: c/helm/r/values.yaml\nv: 1\n");
}

}  // namespace
}  // namespace gpuspec::corpus
