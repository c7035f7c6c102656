// One mistake does not hide another that has nothing to do with it: what each page shows is found
// as well when a declaration beside it is wrong.

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/docs/programs.h"

namespace gpuspec::docs {
namespace {

// Wrong by its type, and nothing refers to it.
constexpr const char* kMistake = "\nrelease \"mistaken-beside\" { chart = 3 }\n";

// Concluded by the emitters, which make nothing of a wrong spec, or from what nothing uses, which
// is known only when all is right.
const std::set<std::string>& neverBeside() {
  static const std::set<std::string> codes = {"GS2045", "GS4100", "GS4101", "GS4102",
                                              "GS4103", "GS4110", "GS4111", "GS4114",
                                              "GS4120", "GS4121", "GS8090"};
  return codes;
}

class Beside : public testing::TestWithParam<std::uint16_t> {};

TEST_P(Beside, AMistakeItIsFound) {
  const std::string code = diag::codeName(GetParam());
  for (Fence fence : fencesOf("docs/diagnostics/" + code + ".md")) {
    if (!fence.isProgram() || !fence.has("fails") || fence.has("fragment")) continue;
    fence.text += kMistake;
    const test::Outcome outcome = compile(fence);
    EXPECT_TRUE(codesOf(outcome).contains(code)) << fence.where() << "\n" << outcome.rendered;
  }
}

std::vector<std::uint16_t> catalogue() {
  std::vector<std::uint16_t> codes;
  for (const diag::CodeInfo* info : diag::allCodes()) {
    const bool is_error = info->level == diag::Level::Error;
    if (is_error && !neverBeside().contains(diag::codeName(info->code)))
      codes.push_back(info->code);
  }
  return codes;
}

INSTANTIATE_TEST_SUITE_P(Diagnostics, Beside, testing::ValuesIn(catalogue()),
                         [](const auto& test) { return diag::codeName(test.param); });

}  // namespace
}  // namespace gpuspec::docs
