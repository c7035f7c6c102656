#include <gtest/gtest.h>

#include <algorithm>

#include "backends/kubernetes/kubernetes.h"
#include "backends/kubernetes/parts.h"
#include "scenarios.h"

namespace gpuspec::testing {
namespace {

using ir::Direction;
using ir::mapOf;
using ir::NetworkRule;
using ir::PeerKind;
using ir::Tree;

World walled(std::vector<NetworkRule> rules, const std::string& engine = "azure") {
  World world;
  world.aks("c", true).network_policy = world.placed(engine);
  ir::Team& team = world.team("ml");
  team.network.declared = team.network.default_deny = true;
  team.network.rules = std::move(rules);
  return world;
}

std::vector<std::string> policyNamesOf(const World& world) {
  return kubernetes::policyNames(world.spec, world.spec.teams[0]);
}

ObjectList policies(World& world) {
  ObjectList objects;
  kubernetes::addNetworkPolicies({world.placement(), ir::ClusterId{0}}, world.spec.teams[0], "ml",
                                 objects);
  return objects;
}

TEST(NetworkPolicy, NothingWithoutADefaultOfDeny) {
  World scratch;
  World world = walled({rule(scratch, Direction::Ingress, PeerKind::Namespace, "monitoring")});
  world.spec.teams[0].network.default_deny = false;
  EXPECT_TRUE(policies(world).empty());
}

TEST(NetworkPolicy, OrderOfRulesDoesNotShow) {
  World scratch;
  std::vector<NetworkRule> rules = {
      rule(scratch, Direction::Egress, PeerKind::Dns),
      rule(scratch, Direction::Ingress, PeerKind::Self),
      rule(scratch, Direction::Egress, PeerKind::Cidr, "10.0.0.0/8", {443})};
  World one = walled(rules);
  std::reverse(rules.begin(), rules.end());
  World other = walled(rules);
  EXPECT_EQ(emitAll(one)["kubernetes/team-ml.yaml"], emitAll(other)["kubernetes/team-ml.yaml"]);
}

TEST(NetworkPolicy, NamesAreLegalAndTellRulesApart) {
  World scratch;
  NetworkRule holed = rule(scratch, Direction::Egress, PeerKind::Cidr, "10.0.0.0/8");
  holed.except = {scratch.placed<std::string>("10.1.0.0/16")};
  NetworkRule pods = rule(scratch, Direction::Ingress, PeerKind::Pods);
  pods.labels = {{"example.com/Role_Name", std::string(60, 'r')}};
  World world =
      walled({rule(scratch, Direction::Egress, PeerKind::Cidr, "10.0.0.0/8"), holed, pods,
              rule(scratch, Direction::Ingress, PeerKind::Namespace, "monitoring", {9400, 9401})});
  const std::vector<std::string> names = policyNamesOf(world);
  EXPECT_EQ(names[3], "allow-ingress-from-namespace-monitoring-port-9400-9401");
  EXPECT_NE(names[0], names[1]);
  EXPECT_EQ(names[0].substr(0, 32), names[1].substr(0, 32));
  for (const std::string& name : names) {
    EXPECT_LE(name.size(), 72U);
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string::npos)
        << name;
  }
}

TEST(NetworkPolicy, ANameDoesNotDependOnOtherRules) {
  World scratch;
  const NetworkRule first =
      rule(scratch, Direction::Ingress, PeerKind::Namespace, "monitoring", {9400});
  World alone = walled({first});
  World beside =
      walled({first, rule(scratch, Direction::Ingress, PeerKind::Namespace, "monitoring", {9401})});
  EXPECT_EQ(policyNamesOf(alone)[0], policyNamesOf(beside)[0]);
}

TEST(NetworkPolicy, ATeamIsSelectedTogetherWithItsProject) {
  World world = existingCluster();
  ObjectList objects;
  kubernetes::addNetworkPolicies({world.placement(), ir::ClusterId{0}}, world.spec.teams[1],
                                 "research", objects);
  const auto found = std::find_if(objects.begin(), objects.end(), [](const Tree& object) {
    return object.find("metadata")->find("name")->asString() == "allow-ingress-from-team-notebooks";
  });
  ASSERT_NE(found, objects.end());
  const Tree& from = found->find("spec")->find("ingress")->asList()[0].find("from")->asList()[0];
  EXPECT_EQ(from, mapOf("namespaceSelector",
                        mapOf("matchLabels", mapOf("gpuspec.dev/project", "demo",
                                                   "gpuspec.dev/team", "notebooks"))));
}

TEST(NetworkPolicy, LocalDnsOnCiliumNeedsAPolicyOfCiliumsOwn) {
  World scratch;
  World world = walled({rule(scratch, Direction::Egress, PeerKind::Dns)}, "cilium");
  EXPECT_EQ(policies(world).size(), 2U);
  world.pool("gpu", "Standard_NC4as_T4_v3", 1).arm =
      mapOf("properties", mapOf("localDNSProfile", mapOf("mode", "Required")));
  const ObjectList objects = policies(world);
  ASSERT_EQ(objects.size(), 3U);
  EXPECT_EQ(objects[2].find("kind")->asString(), "CiliumNetworkPolicy");
  world.spec.pools[0].arm =
      mapOf("properties", mapOf("localDNSProfile", mapOf("mode", "Disabled")));
  EXPECT_EQ(policies(world).size(), 2U);
}

const Tree& apiServerPeer(const ObjectList& objects) {
  return objects[1].find("spec")->find("egress")->asList()[0].find("to")->asList()[0];
}

TEST(NetworkPolicy, TheApiServerIsNoPod) {
  World scratch;
  World world = walled({rule(scratch, Direction::Egress, PeerKind::KubernetesApi)});
  EXPECT_EQ(apiServerPeer(policies(world)), mapOf("ipBlock", mapOf("cidr", "0.0.0.0/0")));
  world.spec.clusters[0].network_plugin.value = "azure_overlay";
  EXPECT_EQ(apiServerPeer(policies(world)),
            mapOf("ipBlock", mapOf("cidr", "0.0.0.0/0", "except", ir::listOf("10.244.0.0/16"))));
  world.spec.clusters[0].settings = {
      world.setting("properties.networkProfile.podCidr", "10.9.0.0/16")};
  EXPECT_EQ(apiServerPeer(policies(world)),
            mapOf("ipBlock", mapOf("cidr", "0.0.0.0/0", "except", ir::listOf("10.9.0.0/16"))));
}

TEST(NetworkPolicy, CiliumKnowsTheApiServerAndHostNames) {
  World scratch;
  World world = walled({rule(scratch, Direction::Egress, PeerKind::KubernetesApi, "", {443}),
                        rule(scratch, Direction::Egress, PeerKind::Fqdn, "pypi.org")},
                       "cilium");
  const ObjectList objects = policies(world);
  ASSERT_EQ(objects.size(), 3U);
  EXPECT_EQ(*objects[1].find("spec")->find("egress")->asList()[0].find("toFQDNs"),
            ir::listOf(mapOf("matchName", "pypi.org")));
  EXPECT_EQ(*objects[2].find("spec")->find("egress")->asList()[0].find("toEntities"),
            ir::listOf("kube-apiserver"));
}

}  // namespace
}  // namespace gpuspec::testing
