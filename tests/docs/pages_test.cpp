// docs/diagnostics: every code has a page, what it says fails does fail by that code, and what it
// says is right compiles.

#include <gtest/gtest.h>

#include <filesystem>
#include <regex>

#include "tests/docs/exempt.h"
#include "tests/docs/programs.h"

namespace gpuspec::docs {
namespace {

std::string pageOf(std::uint16_t code) {
  return "docs/diagnostics/" + diag::codeName(code) + ".md";
}

class PageOf : public testing::TestWithParam<std::uint16_t> {};

TEST_P(PageOf, HoldsWhatItSays) {
  const std::uint16_t code = GetParam();
  const std::string page = pageOf(code);
  const std::string text = readText(std::string(GPUSPEC_ROOT) + "/" + page);
  ASSERT_FALSE(text.empty()) << page << " is missing";
  EXPECT_TRUE(text.starts_with("# " + diag::codeName(code) + ": ")) << page;
  int failing = 0, mended = 0;
  for (const Fence& fence : fencesOf(page, text)) {
    if (!fence.isProgram()) continue;
    const test::Outcome outcome = compile(fence);
    std::set<std::string> others = errorsOf(outcome);
    others.erase(diag::codeName(code));
    EXPECT_TRUE(others.empty()) << fence.where() << " has errors of its own\n" << outcome.rendered;
    EXPECT_EQ(codesOf(outcome).contains(diag::codeName(code)), fence.has("fails"))
        << fence.where() << "\n"
        << outcome.rendered;
    ++(fence.has("fails") ? failing : mended);
  }
  if (exemptionOf(code) != nullptr) return;
  EXPECT_GE(failing, 1) << page << " shows no program that fails";
  EXPECT_GE(mended, 1) << page << " shows no way out";
}

std::vector<std::uint16_t> catalogue() {
  std::vector<std::uint16_t> codes;
  for (const diag::CodeInfo* info : diag::allCodes()) codes.push_back(info->code);
  return codes;
}

INSTANTIATE_TEST_SUITE_P(Diagnostics, PageOf, testing::ValuesIn(catalogue()),
                         [](const auto& test) { return diag::codeName(test.param); });

TEST(Pages, AreAllOfCodesThatExist) {
  static const std::regex kName("docs/diagnostics/GS([0-9]{4})\\.md");
  for (const std::string& page : pages("docs/diagnostics")) {
    std::smatch match;
    ASSERT_TRUE(std::regex_match(page, match, kName)) << page;
    EXPECT_NE(diag::findCode(static_cast<std::uint16_t>(std::stoi(match[1]))), nullptr) << page;
  }
}

// The line above the text: "(level: error, names)", for readers and for `gpuspec explain`.
TEST(Pages, SayTheLevelOfTheCatalogue) {
  for (const diag::CodeInfo* info : diag::allCodes()) {
    const std::string text = readText(std::string(GPUSPEC_ROOT) + "/" + pageOf(info->code));
    if (text.empty()) continue;  // which is what the test above is about
    const std::string title = text.substr(0, text.find('\n'));
    EXPECT_NE(title.find(std::string(diag::levelName(info->level)) + ","), std::string::npos)
        << title;
  }
}

}  // namespace
}  // namespace gpuspec::docs
