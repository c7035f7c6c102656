#include <gtest/gtest.h>

#include "backends/helm/helm.h"
#include "scenarios.h"

namespace gpuspec::testing {
namespace {

ir::ReleasePlan plan(const std::string& name, std::int64_t order,
                     const std::string& in_namespace = "gpu") {
  return {name, name, "https://charts.example.com", "1.0", in_namespace, order, {}, {}};
}

ir::Release own(World& world, const std::string& name, const std::string& in_namespace) {
  return {world.next(),
          {"", "release", name},
          ir::ClusterId{0},
          "chart",
          "https://charts.example.com",
          "2.0",
          in_namespace,
          {}};
}

World withStack() {
  World world;
  world.aks("c", true);
  world.accelerator("nvidia");
  return world;
}

TEST(Helm, StacksComeFirstInTheirOrderThenTheUsersOwn) {
  World world = withStack();
  world.release("nvidia", plan("exporter", 20));
  world.release("nvidia", plan("plugin", 10));
  world.spec.releases = {own(world, "aaa", "x")};
  std::vector<std::string> names;
  for (const helm::Release& release : helm::releases(world.placement(), ir::ClusterId{0}))
    names.push_back(release.name);
  EXPECT_EQ(names, (std::vector<std::string>{"plugin", "exporter", "aaa"}));
}

TEST(Helm, OnlyTheClustersOwnReleases) {
  World world = withStack();
  world.release("nvidia", plan("plugin", 10));
  world.aks("d", true);
  EXPECT_TRUE(helm::releases(world.placement(), ir::ClusterId{1}).empty());
  EXPECT_TRUE(emitAll(world, 1).files.empty());
}

TEST(Helm, ReleaseWithoutValuesHasAnEmptyMap) {
  World world = withStack();
  world.spec.releases = {own(world, "kueue", "kueue-system")};
  const Output output = emitAll(world);
  const std::string& values = output["helm/kueue/values.yaml"];
  EXPECT_EQ(values.substr(values.size() - 3), "{}\n");
}

TEST(Helm, OneNameInTwoNamespacesHasTwoFolders) {
  World world = withStack();
  world.spec.releases = {own(world, "queue", "a"), own(world, "queue", "b")};
  const Output output = emitAll(world);
  EXPECT_TRUE(output.findings.empty());
  EXPECT_NE(output["helm/a.queue/values.yaml"], "");
  EXPECT_NE(output["helm/b.queue/values.yaml"], "");
}

TEST(HelmLimits, OneNameTwiceInANamespace) {
  World world = withStack();
  world.release("nvidia", plan("queue", 10, "a"));
  world.spec.releases = {own(world, "queue", "a")};
  const Output output = emitAll(world);
  ASSERT_TRUE(output.has(4121));
  EXPECT_EQ(output.findings[0].at, world.spec.releases[0].at);
}

TEST(HelmLimits, NamesThatHelmRefuses) {
  for (const std::string name : {"Upper", "with.dot", "-x", "x-", "",
                                 "a54aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
    World world = withStack();
    world.spec.releases = {own(world, name, "a")};
    EXPECT_TRUE(emitAll(world).has(4120)) << name;
  }
  World world = withStack();
  world.spec.releases = {own(world, "a53aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "a")};
  EXPECT_FALSE(emitAll(world).has(4120));
}

}  // namespace
}  // namespace gpuspec::testing
