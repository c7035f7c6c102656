#include "backends/deploy/model/arm_rules.h"

#include <gtest/gtest.h>

#include <set>

namespace gpuspec::deploy::model {
namespace {

constexpr const char* kPool = "managedClusters/agentPools";
constexpr const char* kCluster = "managedClusters";

TEST(ArmRules, HowEachPropertyChanges) {
  struct Case {
    const char *kind, *path;
    Change change;
  };
  static constexpr Case kCases[] = {
      {kPool, "properties.vmSize", Change::Immutable},
      {kPool, "properties.maxCount", Change::Updatable},
      {kPool, "properties.kubeletConfig.cpuManagerPolicy", Change::Immutable},
      {kPool, "properties.availabilityZones[0]", Change::Immutable},
      {kPool, "properties.nodeTaints", Change::Updatable},
      {kPool, "properties.provisioningState", Change::ReadOnly},
      {kCluster, "properties.kubernetesVersion", Change::Upgrade},
      {kCluster, "properties.dnsPrefix", Change::CreateOnly},
      {kCluster, "properties.networkProfile.networkPlugin", Change::CreateOnly},
      {kCluster, "properties.networkProfile.networkPluginMode", Change::Updatable},
      {kCluster, "location", Change::CreateOnly},
      {kCluster, "tags.team", Change::Updatable},
      {kPool, "properties.securityProfile.sshAccess", Change::Updatable},
      // A name that only begins like one of the table.
      {kPool, "properties.vmSizes", Change::Updatable},
      {kPool, "properties.countOfSomething", Change::Updatable},
      // Of the other kind.
      {kCluster, "properties.vmSize", Change::Updatable},
      {kPool, "location", Change::Updatable},
  };
  for (const Case& c : kCases)
    EXPECT_EQ(armRule(c.kind, c.path).change, c.change) << c.kind << " " << c.path;
}

TEST(ArmRules, TheEffectOnRunningWorkIsKnown) {
  EXPECT_EQ(armRule(kPool, "properties.orchestratorVersion").effect,
            "drains and upgrades its nodes, a few at a time");
  EXPECT_EQ(armRule(kPool, "properties.securityProfile.enableVTPM").effect,
            "makes every node anew");
  EXPECT_EQ(armRule(kPool, "properties.maxCount").effect, "");
}

TEST(ArmRules, EachPathHasOneRule) {
  std::set<std::pair<std::string, std::string>> known;
  for (const ArmRule& rule : armRules()) {
    EXPECT_TRUE(known.emplace(rule.kind, rule.path).second) << rule.kind << " " << rule.path;
    EXPECT_TRUE(rule.kind == kPool || rule.kind == kCluster) << rule.kind;
    EXPECT_EQ(&armRule(rule.kind, rule.path), &rule) << rule.path;
  }
}

}  // namespace
}  // namespace gpuspec::deploy::model
