#include "tests/passes/rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace gpuspec::passes {

namespace {

std::vector<Rule> allRules() {
  std::vector<Rule> rules;
  for (const auto& family : {poolRules(), targetRules(), teamRules(), workloadRules()}) {
    rules.insert(rules.end(), family.begin(), family.end());
  }
  return rules;
}

bool belongsToPasses(std::uint16_t code) {
  return (code >= 3001 && code <= 3199) || (code >= 4001 && code <= 4099) ||
         (code >= 7001 && code <= 7099) || (code >= 8001 && code <= 8089);
}

class PassRules : public testing::TestWithParam<Rule> {};

TEST_P(PassRules, FiresAtItsPlace) {
  World world = World::sound();
  const source::Location expected = GetParam().breaks(world);
  const auto findings = world.run(GetParam().as_of);
  const bool found =
      std::any_of(findings.begin(), findings.end(), [&](const diag::Diagnostic& finding) {
        return finding.info == GetParam().info && finding.at.range == expected.range;
      });
  EXPECT_TRUE(found) << "expected at " << expected.range.begin << " in:\n" << print(findings);
  std::set<std::uint16_t> allowed(GetParam().also.begin(), GetParam().also.end());
  allowed.insert(GetParam().info->code);
  for (const diag::Diagnostic& finding : findings) {
    EXPECT_TRUE(allowed.count(finding.info->code)) << "beside the expected one:\n"
                                                   << print({finding});
  }
}

TEST_P(PassRules, KeepsSilentBesideIt) {
  World world = World::sound();
  GetParam().nearly(world);
  const auto findings = world.run(GetParam().as_of);
  for (const diag::Diagnostic& finding : findings)
    EXPECT_NE(finding.info, GetParam().info) << print({finding});
}

TEST_P(PassRules, OffersAWayOut) {
  World world = World::sound();
  GetParam().breaks(world);
  for (const diag::Diagnostic& finding : world.run(GetParam().as_of)) {
    if (finding.info != GetParam().info) continue;
    EXPECT_TRUE(!finding.help.empty() || !finding.notes.empty()) << print({finding});
    EXPECT_EQ(finding.message.find('{'), std::string::npos) << finding.message;
    EXPECT_NE(finding.message.back(), '.') << finding.message;
  }
}

INSTANTIATE_TEST_SUITE_P(Each, PassRules, testing::ValuesIn(allRules()), [](const auto& test) {
  return std::string(test.param.info->name) + "_" + std::to_string(test.index);
});

TEST(PassRules, CoverEveryCodeOfThePasses) {
  std::set<std::uint16_t> covered;
  for (const Rule& rule : allRules()) covered.insert(rule.info->code);
  for (const diag::CodeInfo* info : diag::allCodes()) {
    if (!belongsToPasses(info->code)) continue;
    EXPECT_TRUE(covered.count(info->code)) << info->name;
  }
}

TEST(PassRules, SoundWorldIsSound) {
  World world = World::sound();
  EXPECT_EQ(print(world.run()), "no findings");
  EXPECT_TRUE(world.placement.has_value());
}

}  // namespace

}  // namespace gpuspec::passes
