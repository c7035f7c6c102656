#include "tests/deploy/plan/fixture.h"

namespace gpuspec::deploy::plan {
namespace {

using Lines = std::vector<std::string>;

constexpr const char* kTeam = R"({"kind": "Namespace", "metadata": {"name": "chat"}})";

model::PoolFacts facts(const std::string& name, const std::string& vm, std::int64_t gpus,
                       std::int64_t least, std::int64_t most) {
  model::PoolFacts pool;
  pool.cluster = kCluster;
  pool.name = name;
  pool.vm = vm;
  pool.gpus_per_node = gpus;
  pool.min_nodes = least;
  pool.max_nodes = most;
  pool.allocatable = {{"example.com/gpu", gpus}};
  return pool;
}

World withPool(const std::string& wanted, const std::string& live) {
  World world;
  world.options.allow_replace = true;
  world.want("team.chat", kTeam);
  world.have("team.chat", kTeam);
  if (!wanted.empty()) world.wantPool("h", wanted);
  world.havePool("h", live);
  return world;
}

Lines effectsOn(const World& world) {
  const Plan plan = world.plan();
  return changeOf(plan, "managedClusters/agentPools", "shared/h").effects;
}

TEST(Effects, AReplacedPoolIsDrained) {
  World world = withPool(R"({"vmSize": "B"})", R"({"vmSize": "A"})");
  EXPECT_EQ(effectsOn(world), Lines{"has no nodes now"});
  world.run("h", "chat", "a");
  world.run("h", "chat", "b");
  world.run("other", "chat", "c");
  EXPECT_EQ(effectsOn(world), Lines{"drains 1 node: 2 pods of team chat"});
  world.run("h", "default", "d");
  EXPECT_EQ(effectsOn(world),
            Lines{"drains 1 node: 3 pods of namespace default (1), team chat (2)"});
}

TEST(Effects, WhatRunsInAClusterThatDoesNotAnswerIsNotGuessed) {
  World world = withPool(R"({"vmSize": "B"})", R"({"vmSize": "A"})");
  world.cluster().reachable = false;
  EXPECT_EQ(effectsOn(world), Lines{"drains its nodes"});
}

TEST(Effects, ARemovedPoolIsDrainedToo) {
  World world = withPool("", R"({"vmSize": "A"})");
  world.run("h", "chat", "a");
  EXPECT_EQ(effectsOn(world), Lines{"drains 1 node: 1 pod of team chat"});
}

TEST(Effects, AClusterTakesEverythingAlong) {
  World world = withPool("", R"({"vmSize": "A"})");
  world.haveCluster();
  world.options.destroy = true;
  const auto effects = [&] { return changeOf(world.plan(), "managedClusters", "shared").effects; };
  EXPECT_EQ(effects(), Lines{"everything in it goes, too"});
  world.run("h", "chat", "a");
  world.run("t", "chat", "b");
  EXPECT_EQ(effects(), Lines{"everything in it goes, too: 2 nodes, 2 pods of team chat"});
}

TEST(Effects, PodsThatEndedAndDaemonsDoNotCount) {
  World world = withPool("", R"({"vmSize": "A"})");
  world.run("h", "chat", "over");
  world.cluster().pods.back().at("status").set("phase", "Succeeded");
  world.run("h", "chat", "daemon");
  world.cluster()
      .pods.back()
      .at("metadata")
      .set("ownerReferences", json(R"([{"kind": "DaemonSet"}])"));
  EXPECT_EQ(effectsOn(world), Lines{"drains 1 node, no pod on it"});
}

TEST(Effects, FewerNodesThanRun) {
  World world =
      withPool(R"({"enableAutoScaling": true, "minCount": 0, "maxCount": 1})",
               R"({"enableAutoScaling": true, "minCount": 0, "maxCount": 4, "count": 3})");
  world.run("h", "chat", "a");
  EXPECT_EQ(effectsOn(world), Lines{}) << "one node runs, one may stay";
  for (const char* name : {"n2", "n3"})
    world.cluster().nodes.push_back(json(std::string(R"({"metadata": {"name": ")") + name +
                                         R"(", "labels": {"agentpool": "h"}}})"));
  EXPECT_EQ(effectsOn(world), Lines{"takes 2 nodes away; 1 pod of team chat runs on the pool now"});
}

TEST(Effects, PropertiesThatMakeNodesAnew) {
  World world =
      withPool(R"({"orchestratorVersion": "1.36"})", R"({"orchestratorVersion": "1.35.2"})");
  EXPECT_EQ(effectsOn(world), Lines{"drains and upgrades its nodes, a few at a time"});
}

TEST(Effects, AQuotaBelowWhatIsUsed) {
  const auto quota = [](const char* amount) {
    return std::string(R"({"kind": "ResourceQuota", "metadata": {"name": "q", "namespace": "chat"},
        "spec": {"hard": {"requests.example.com/gpu": ")") +
           amount + "\"}}}";
  };
  World world;
  world.want("team.chat", quota("4"));
  world.have("team.chat", quota("8"))
      .body.set("status", json(R"({"used": {"requests.example.com/gpu": "6"}})"));
  EXPECT_EQ(changeOf(world.plan(), "ResourceQuota", "q").effects,
            Lines{"example.com/gpu in use now: 6; running pods stay, new ones wait"});
  world.desired.resources[0].body.at("spec").at("hard").set("requests.example.com/gpu", "6000m");
  EXPECT_EQ(changeOf(world.plan(), "ResourceQuota", "q").effects, Lines{});
}

TEST(Effects, ANamespaceTakesItsPodsAlong) {
  World world;
  world.have("team.chat", kTeam);
  EXPECT_EQ(changeOf(world.plan(), "Namespace", "chat").effects,
            Lines{"everything in it goes, too"});
  world.run("h", "chat", "a");
  world.run("h", "chat", "b");
  EXPECT_EQ(changeOf(world.plan(), "Namespace", "chat").effects,
            Lines{"everything in it goes, too, and 2 pods that run there now"});
}

TEST(Effects, WorkloadsThatRestart) {
  const auto deployment = [](const char* kind, const char* image) {
    return std::string(R"({"apiVersion": "apps/v1", "kind": ")") + kind +
           R"(", "metadata": {"name": "w", "namespace": "chat"}, "spec": {"template": {"spec": {"containers": [
              {"name": "a", "image": ")" +
           image + R"("}]}}}})";
  };
  for (const char* kind : {"Deployment", "DaemonSet", "StatefulSet"}) {
    World world;
    world.want("team.chat", deployment(kind, "2"));
    world.have("team.chat", deployment(kind, "1"));
    EXPECT_EQ(changeOf(world.plan(), kind, "w").effects,
              Lines{"restarts its pods, a few at a time"});
  }
  World world;
  world.options.allow_replace = true;
  world.want("team.chat", deployment("Job", "2"));
  world.have("team.chat", deployment("Job", "1"));
  EXPECT_EQ(changeOf(world.plan(), "Job", "w").effects,
            Lines{"ends its running pods and begins anew"});
}

std::string gpus(const GpuTotals& totals) {
  return std::to_string(totals.min_before) + ".." + std::to_string(totals.max_before) + " " +
         std::to_string(totals.min_after) + ".." + std::to_string(totals.max_after) +
         (totals.before_known ? "" : " unknown");
}

constexpr const char* kScaled = R"({"vmSize": "A", "minCount": 1, "maxCount": 2, "count": 2})";

TEST(Gpus, BeforeAndAfter) {
  World world;
  world.desired.pools = {facts("h", "A", 8, 1, 4), facts("t", "B", 1, 2, 2)};
  world.wantPool("h", R"({"vmSize": "A", "minCount": 1, "maxCount": 4})");
  world.wantPool("t", R"({"vmSize": "B", "count": 2})");
  world.havePool("h", kScaled);
  const Plan plan = world.plan();
  EXPECT_EQ(gpus(plan.gpus), "8..16 10..34");
  EXPECT_EQ(gpus(*changeOf(plan, "managedClusters/agentPools", "shared/h").gpus), "8..16 8..32");
  EXPECT_EQ(gpus(*changeOf(plan, "managedClusters/agentPools", "shared/t").gpus), "0..0 2..2");
}

TEST(Gpus, OfNodesThatSomebodyElseRunsNothingChanges) {
  World world;
  world.desired.targets.front().platform = ir::Platform::Kubernetes;
  world.desired.pools = {facts("h", "", 8, 2, 2)};
  world.desired.pools.front().selector = {{"kubernetes.azure.com/agentpool", "h"}};
  world.run("h", "chat", "a");
  world.run("other", "chat", "b");
  EXPECT_EQ(gpus(world.plan().gpus), "8..8 8..8");
  world.options.destroy = true;
  EXPECT_EQ(gpus(world.plan().gpus), "8..8 8..8");
}

TEST(Gpus, DestroyLeavesNone) {
  World world;
  world.desired.pools = {facts("h", "A", 8, 1, 4)};
  world.havePool("h", kScaled);
  world.options.destroy = true;
  const Plan plan = world.plan();
  EXPECT_EQ(gpus(plan.gpus), "8..16 0..0");
  EXPECT_EQ(gpus(*changeOf(plan, "managedClusters/agentPools", "shared/h").gpus), "8..16 0..0");
}

TEST(Gpus, OfASizeThatTheSpecNoLongerNames) {
  World world;
  world.options.allow_replace = true;
  world.desired.pools = {facts("h", "B", 4, 1, 1)};
  world.wantPool("h", R"({"vmSize": "B", "count": 1})");
  world.havePool("h", kScaled);
  Plan plan = world.plan();
  EXPECT_EQ(gpus(plan.gpus), "0..0 4..4 unknown");
  EXPECT_EQ(plan.not_checked.size(), 1U);

  world.run("h", "chat", "a");
  world.cluster().nodes.back().at("status").at("allocatable").set("example.com/gpu", "8");
  plan = world.plan();
  EXPECT_EQ(gpus(plan.gpus), "8..16 4..4") << "its nodes say it";
  EXPECT_TRUE(plan.not_checked.empty());
}

TEST(Gpus, MachinesWithoutAnyAreNotUnknown) {
  World world;
  world.desired.pools = {facts("h", "A", 8, 1, 2)};
  world.wantPool("h", kScaled);
  world.havePool("h", kScaled);
  world.havePool("cpu", R"({"vmSize": "C", "count": 3})");
  world.run("cpu", "chat", "a");
  EXPECT_EQ(gpus(world.plan().gpus), "8..16 8..16");
}

}  // namespace
}  // namespace gpuspec::deploy::plan
