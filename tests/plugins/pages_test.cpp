// Every finding that a vendor declares has a page with a program that fires it and one that does
// not.

#include <gtest/gtest.h>

#include <set>

#include "lang/diag/declared.h"
#include "tests/docs/programs.h"

namespace gpuspec::docs {
namespace {

std::vector<const diag::CodeInfo*> declared() {
  test::testVendors();  // which declares them
  return diag::declaredCodes();
}

class DeclaredFinding : public testing::TestWithParam<const diag::CodeInfo*> {};

TEST_P(DeclaredFinding, HoldsWhatItsPageSays) {
  const std::string code = diag::codeName(GetParam()->code);
  const std::string& page = diag::declarationOf(*GetParam())->page;
  const std::string title = page.substr(0, page.find('\n'));
  EXPECT_NE(title.find("(level: " + std::string(diag::levelName(GetParam()->level)) + ", "),
            std::string::npos)
      << title;
  int failing = 0, mended = 0;
  for (const Fence& fence : fencesOf(code, page)) {
    if (!fence.isProgram()) continue;
    const test::Outcome outcome = compile(fence);
    std::set<std::string> others = errorsOf(outcome);
    others.erase(code);
    EXPECT_TRUE(others.empty()) << fence.where() << " has errors of its own\n" << outcome.rendered;
    EXPECT_EQ(codesOf(outcome).contains(code), fence.has("fails")) << fence.where() << "\n"
                                                                   << outcome.rendered;
    ++(fence.has("fails") ? failing : mended);
  }
  EXPECT_GE(failing, 1) << code << " shows no program that fires it";
  EXPECT_GE(mended, 1) << code << " shows no way out";
}

INSTANTIATE_TEST_SUITE_P(Vendors, DeclaredFinding, testing::ValuesIn(declared()),
                         [](const auto& test) { return diag::codeName(test.param->code); });

TEST(DeclaredFindings, OfBothVendorsThatHaveThem) {
  std::set<std::string> prefixes;
  for (const diag::CodeInfo* info : declared()) {
    const std::string code = diag::codeName(info->code);
    prefixes.insert(code.substr(0, code.size() - 4));
  }
  EXPECT_EQ(prefixes, (std::set<std::string>{"AMD", "FAKE"}));
}

TEST(DeclaredFindings, CanBeAllowedAndSwitchedOff) {
  const std::string pool =
      "pool f1 { cluster = lab  device = fake.f1  count = 2  nodes = 3  selector { gpu = \"f1\" }"
      "  cut { profile = 2g.8gb } }\n";
  const std::string head =
      "project \"demo\"\ncluster lab { platform = kubernetes  context = \"lab\" }\n"
      "accelerator fake { cluster = lab  stack = plain }\n";
  const auto finding = [](const test::Outcome& outcome) {
    for (const test::Finding& found : outcome.findings) {
      if (found.code == "FAKE0001") return found.level + ": " + found.message;
    }
    return std::string("none");
  };
  EXPECT_EQ(finding(test::compileText(head + pool)),
            "warning: `2g.8gb` cuts an F1 into 2 slices only");
  EXPECT_EQ(finding(test::compileText(head + "@allow(FAKE0001, \"two are enough\")\n" + pool)),
            "allowed: `2g.8gb` cuts an F1 into 2 slices only");
  EXPECT_EQ(finding(test::compileText(head + pool + "policy { deny = [FAKE0001] }\n")),
            "error: `2g.8gb` cuts an F1 into 2 slices only");
  EXPECT_EQ(test::compileText(head + "@allow(FAKE0002, \"x\")\n" + pool).good, false);
}

}  // namespace
}  // namespace gpuspec::docs
