// Every code of the catalogue is fired by a file of tests/corpus or an example of its page.

#include <gtest/gtest.h>

#include <filesystem>
#include <regex>

#include "tests/docs/exempt.h"
#include "tests/docs/programs.h"

namespace gpuspec::docs {
namespace {

// The corpus' own test holds that these are found, all of them and no others.
std::set<std::string> expectedByCorpus() {
  static const std::regex kExpectation("expect-(?:error|warning|note): (GS[0-9]{4})");
  std::set<std::string> codes;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(std::string(GPUSPEC_ROOT) + "/tests/corpus")) {
    if (entry.path().extension() != ".gpuspec") continue;
    const std::string text = readText(entry.path().string());
    for (std::sregex_iterator match(text.begin(), text.end(), kExpectation), end; match != end;
         ++match) {
      codes.insert((*match)[1]);
    }
  }
  return codes;
}

std::set<std::string> firedByPages() {
  std::set<std::string> codes;
  for (const std::string& page : pages("docs/diagnostics")) {
    for (const Fence& fence : fencesOf(page)) {
      if (!fence.isProgram() || !fence.has("fails")) continue;
      codes.merge(codesOf(compile(fence)));
    }
  }
  return codes;
}

TEST(Coverage, EveryCodeIsFired) {
  std::set<std::string> fired = firedByPages();
  fired.merge(expectedByCorpus());
  for (const diag::CodeInfo* info : diag::allCodes()) {
    if (exemptionOf(info->code) != nullptr) continue;
    EXPECT_TRUE(fired.contains(diag::codeName(info->code)))
        << diag::codeName(info->code) << " " << info->name << " is fired by no example";
  }
}

TEST(Coverage, NoExemptionIsStale) {
  const std::set<std::string> fired = firedByPages();
  for (const diag::CodeInfo* info : diag::allCodes()) {
    EXPECT_FALSE(fired.contains(diag::codeName(info->code)) && exemptionOf(info->code) != nullptr)
        << diag::codeName(info->code);
  }
}

// By its number, or by its name in the catalogue.
TEST(Coverage, ExemptCodesAreFiredByTheTestThatIsNamed) {
  for (const diag::CodeInfo* info : diag::allCodes()) {
    const Exemption* exemption = exemptionOf(info->code);
    if (exemption == nullptr) continue;
    const std::string test = readText(std::string(GPUSPEC_ROOT) + "/" + exemption->fired_by);
    const bool named = test.find(diag::codeName(info->code)) != std::string::npos ||
                       test.find("diag::" + std::string(info->name)) != std::string::npos;
    EXPECT_TRUE(named) << exemption->fired_by << " does not fire " << diag::codeName(info->code)
                       << " " << info->name;
  }
}

}  // namespace
}  // namespace gpuspec::docs
