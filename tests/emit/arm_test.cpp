#include <gtest/gtest.h>

#include "backends/arm/arm.h"
#include "backends/arm/literal.h"
#include "scenarios.h"

namespace gpuspec::testing {
namespace {

using ir::listOf;
using ir::mapOf;
using ir::Tree;

std::vector<Tree> resourcesOf(World& world) {
  return arm::resources(world.placement(), ir::ClusterId{0});
}

const Tree& at(const Tree& tree, std::initializer_list<const char*> path) {
  const Tree* node = &tree;
  for (const char* key : path) {
    node = node->find(key);
    if (!node) ADD_FAILURE() << "no " << key;
    if (!node) std::abort();
  }
  return *node;
}

TEST(ArmLiteral, BracketsAreEscapedOnlyAroundTheWholeString) {
  Tree tree = mapOf("a", "[x]", "b", "[x", "c", "x]", "d", listOf("[[x]", "[]", "["), "[e]", 1);
  arm::makeLiteral(tree);
  EXPECT_EQ(tree,
            mapOf("a", "[[x]", "b", "[x", "c", "x]", "d", listOf("[[[x]", "[[]", "["), "[e]", 1));
}

TEST(ArmLiteral, QuotesInsideExpressionsAreDoubled) {
  EXPECT_EQ(arm::quoted("it's"), "'it''s'");
}

TEST(Arm, EscapeHatchStaysAnExpression) {
  World world;
  world.aks("c", true);
  ir::Pool& pool = world.pool("gpu", "Standard_NC4as_T4_v3", 1);
  pool.labels = {{"odd", world.placed<std::string>("[label]")}};
  pool.arm = mapOf("properties", mapOf("messageOfTheDay", "[base64('x')]"));
  const Tree resource = resourcesOf(world)[0];
  EXPECT_EQ(at(resource, {"properties", "messageOfTheDay"}), Tree("[base64('x')]"));
  EXPECT_EQ(at(resource, {"properties", "nodeLabels", "odd"}), Tree("[[label]"));
}

TEST(Arm, EscapeHatchMergesDeeplyAndNullTakesAway) {
  World world;
  world.aks("c", true);
  ir::Pool& pool = world.pool("gpu", "Standard_NC4as_T4_v3", 1);
  pool.settings = {world.setting("properties.upgradeSettings.maxSurge", "1"),
                   world.setting("properties.upgradeSettings.drainTimeoutInMinutes", 60)};
  pool.arm = mapOf("apiVersion", "2026-06-01", "properties",
                   mapOf("upgradeSettings", mapOf("maxSurge", "33%"), "osType", nullptr));
  const Tree resource = resourcesOf(world)[0];
  EXPECT_EQ(at(resource, {"apiVersion"}), Tree("2026-06-01"));
  EXPECT_EQ(at(resource, {"properties", "upgradeSettings"}),
            mapOf("maxSurge", "33%", "drainTimeoutInMinutes", 60));
  EXPECT_EQ(at(resource, {"properties"}).find("osType"), nullptr);
}

TEST(Arm, OnlyTheResourceWithAPreviewPropertyGetsAPreviewVersion) {
  World world = existingCluster();
  const std::vector<Tree> resources = resourcesOf(world);
  ASSERT_EQ(resources.size(), 3U);
  EXPECT_EQ(at(resources[0], {"apiVersion"}), Tree("2026-05-01"));
  EXPECT_EQ(at(resources[1], {"apiVersion"}), Tree("2026-05-01"));
  EXPECT_EQ(at(resources[2], {"apiVersion"}), Tree("2026-05-02-preview"));
}

TEST(Arm, APreviewSystemPoolTakesTheClusterAlong) {
  World world;
  world.aks("c");
  world.pool("system", "Standard_NC4as_T4_v3", 1, ir::Mode::System);
  world.gpus("system", 1).plan.preview_api = true;
  EXPECT_EQ(at(resourcesOf(world)[0], {"apiVersion"}), Tree("2026-05-02-preview"));
}

TEST(Arm, FirstSystemPoolIsInTheBodyTheOthersFollowSystemPoolsFirst) {
  World world;
  world.aks("c");
  world.pool("alpha", "Standard_D4s_v5", 1);
  world.pool("sysa", "Standard_D4s_v5", 1, ir::Mode::System);
  world.pool("sysb", "Standard_D4s_v5", 1, ir::Mode::System);
  const std::vector<Tree> resources = resourcesOf(world);
  ASSERT_EQ(resources.size(), 3U);
  EXPECT_EQ(at(at(resources[0], {"properties", "agentPoolProfiles"}).asList()[0], {"name"}),
            Tree("sysa"));
  EXPECT_EQ(at(resources[1], {"name"}), Tree("c/sysb"));
  EXPECT_EQ(at(resources[2], {"name"}), Tree("c/alpha"));
  EXPECT_EQ(
      at(resources[2], {"dependsOn"}),
      listOf("[resourceId('Microsoft.ContainerService/managedClusters/agentPools', 'c', 'sysb')]"));
}

TEST(Arm, CountIsExplicitAndStartsAtTheMinimumWhenAutoscaled) {
  World world;
  world.aks("c", true);
  world.autoscaledPool("auto", "Standard_NC4as_T4_v3", 2, 2000);
  world.pool("fixed", "Standard_NC4as_T4_v3", 3);
  ir::Pool& planned = world.autoscaledPool("planned", "Standard_NC4as_T4_v3", 1, 4);
  planned.nodes.fit = true;
  const std::vector<Tree> resources = resourcesOf(world);
  EXPECT_EQ(at(resources[0], {"properties", "count"}), Tree(2));
  EXPECT_EQ(at(resources[0], {"properties", "maxCount"}), Tree(1000));
  EXPECT_EQ(at(resources[1], {"properties", "count"}), Tree(3));
  EXPECT_EQ(resources[1].find("properties")->find("enableAutoScaling"), nullptr);
  EXPECT_EQ(at(resources[2], {"properties", "count"}), Tree(4));
  EXPECT_EQ(resources[2].find("properties")->find("minCount"), nullptr);
}

TEST(Arm, SpotPriceIsANumber) {
  World world;
  world.aks("c", true);
  world.pool("a", "Standard_NC4as_T4_v3", 1).spot = ir::Spot{"-1", "Deallocate", world.next()};
  world.pool("b", "Standard_NC4as_T4_v3", 1).spot = ir::Spot{"0.12345", "Delete", world.next()};
  const std::vector<Tree> resources = resourcesOf(world);
  EXPECT_EQ(at(resources[0], {"properties", "spotMaxPrice"}), Tree(-1));
  EXPECT_EQ(at(resources[1], {"properties", "spotMaxPrice"}), Tree(0.12345));
  EXPECT_EQ(at(resources[0], {"properties", "scaleSetEvictionPolicy"}), Tree("Deallocate"));
}

TEST(Arm, DnsPrefixIsMadeLegal) {
  World world;
  world.aks("c").name = "_my_cluster_" + std::string(60, 'x');
  world.pool("system", "Standard_D4s_v5", 1, ir::Mode::System);
  const std::string prefix = at(resourcesOf(world)[0], {"properties", "dnsPrefix"}).asString();
  EXPECT_EQ(prefix, "my-cluster-" + std::string(42, 'x'));
}

TEST(Arm, NothingForPlainKubernetesOrAnExistingClusterWithoutPools) {
  World plain = plainCluster();
  EXPECT_TRUE(resourcesOf(plain).empty());
  World world;
  world.aks("c", true);
  EXPECT_TRUE(emitAll(world).files.empty());
}

TEST(Arm, LinesKnowWhereTheyComeFrom) {
  World world = sharedCluster();
  const Output output = emitAll(world);
  const artifact::File& file = output.files.at("arm/azuredeploy.json");
  const ir::Pool& h100 = world.spec.pools[0];
  EXPECT_EQ(originOf(file, "Standard_ND96isr_H100_v5"), h100.vm.at);
  EXPECT_EQ(originOf(file, "\"maxCount\": 2"), h100.nodes.at);
  EXPECT_EQ(originOf(file, "\"tier\": \"training\""), h100.labels[0].second.at);
  EXPECT_EQ(originOf(file, "\"networkPolicy\""),
            world.spec.clusters[0].settings[8].value.location());
  EXPECT_EQ(originOf(file, "\"shared/h100\""), h100.at);
}

TEST(ArmLimits, TemplateOverFourMebibytesIsRefused) {
  World world;
  world.aks("c", true);
  ir::Pool& pool = world.pool("gpu", "Standard_NC4as_T4_v3", 1);
  pool.arm = mapOf("properties", mapOf("messageOfTheDay", std::string(4'194'304, 'x')));
  EXPECT_TRUE(emitAll(world).has(4100));
  pool.arm = mapOf("properties", mapOf("messageOfTheDay", std::string(4'190'000, 'x')));
  EXPECT_FALSE(emitAll(world).has(4100));
}

TEST(ArmLimits, IdentityOfAResourceIsFixed) {
  for (const char* field : {"type", "name", "dependsOn"}) {
    World world;
    world.aks("c", true);
    world.pool("gpu", "Standard_NC4as_T4_v3", 1).arm = mapOf(field, "x");
    EXPECT_TRUE(emitAll(world).has(4101)) << field;
  }
  World world = sharedCluster();
  world.spec.clusters[0].arm = mapOf("properties", mapOf("agentPoolProfiles", Tree::list()));
  EXPECT_TRUE(emitAll(world).has(4101));
}

TEST(ArmLimits, UnknownFieldOfAResource) {
  World world;
  world.aks("c", true);
  ir::Pool& pool = world.pool("gpu", "Standard_NC4as_T4_v3", 1);
  pool.arm = mapOf("maxPods", 30);
  const Output output = emitAll(world);
  ASSERT_TRUE(output.has(4102));
  EXPECT_NE(output.findings[0].help[0].find("properties = { maxPods"), std::string::npos);
  pool.arm = mapOf("apiVersion", "2026-06-01", "properties", mapOf("maxPods", 30));
  EXPECT_TRUE(emitAll(world).findings.empty());
}

TEST(ArmLimits, APoolInTheClustersBodyHasPropertiesOnly) {
  World world;
  world.aks("c");
  ir::Pool& pool = world.pool("system", "Standard_D4s_v5", 1, ir::Mode::System);
  pool.arm = mapOf("apiVersion", "2026-06-01");
  EXPECT_TRUE(emitAll(world).has(4102));
  pool.arm = mapOf("properties", mapOf("maxPods", 60));
  EXPECT_TRUE(emitAll(world).findings.empty());
}

TEST(ArmLimits, OwnershipTagsAreTaken) {
  World world = sharedCluster();
  world.spec.clusters[0].tags["gpuspec-project"] = "mine";
  EXPECT_TRUE(emitAll(world).has(4103));
  World in_hatch = sharedCluster();
  in_hatch.spec.pools[0].arm = mapOf("properties", mapOf("tags", mapOf("gpuspec-env", "dev")));
  EXPECT_TRUE(emitAll(in_hatch).has(4103));
}

}  // namespace
}  // namespace gpuspec::testing
