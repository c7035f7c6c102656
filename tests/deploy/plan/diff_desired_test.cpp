#include "tests/deploy/plan/fixture.h"

namespace gpuspec::deploy::plan {
namespace {

using Lines = std::vector<std::string>;

std::string deployment(const std::string& containers) {
  return R"({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "x", "namespace": "ml"},
      "spec": {"template": {"spec": {"containers": [)" +
         containers + "]}}}}";
}

model::PoolFacts pool(const std::string& vm, std::int64_t gpus) {
  model::PoolFacts facts;
  facts.cluster = kCluster;
  facts.name = "h";
  facts.vm = vm;
  facts.gpus_per_node = gpus;
  facts.min_nodes = 1;
  facts.max_nodes = 2;
  return facts;
}

TEST(DiffDesired, TheSameSpecIsNoChange) {
  World world;
  world.wantCluster();
  world.wantPool("h", R"({"vmSize": "[parameters('size')]"})");
  world.want("team.ml", deployment(R"({"name": "a"})"));
  EXPECT_TRUE(diffDesired(world.desired, world.desired).empty());
}

TEST(DiffDesired, WhatIsLeftOutGoesWhateverStandsBeforeIt) {
  World before, after;
  before.want("team.ml", deployment(R"({"name": "a", "image": "1"}, {"name": "b", "image": "2"})"));
  after.want("team.ml", deployment(R"({"name": "b", "image": "2"})"));
  const Plan plan = diffDesired(before.desired, after.desired);
  EXPECT_EQ(fields(changeOf(plan, "Deployment", "x")),
            Lines{R"(spec.template.spec.containers[name=a]: {"name":"a","image":"1"} -> (none))"});
}

TEST(DiffDesired, BothSidesSayHowManyGpusTheyHave) {
  World before, after;
  before.desired.pools = {pool("A", 8)};
  after.desired.pools = {pool("B", 1)};
  before.wantPool("h", R"({"vmSize": "A"})");
  after.wantPool("h", R"({"vmSize": "B"})");
  const Plan plan = diffDesired(before.desired, after.desired);
  EXPECT_EQ(plan.gpus.max_before, 16);
  EXPECT_EQ(plan.gpus.max_after, 2);
  EXPECT_TRUE(plan.gpus.before_known);
  const Change& change = changeOf(plan, "managedClusters/agentPools", "shared/h");
  EXPECT_EQ(change.action, Action::Replace);
  EXPECT_EQ(change.gpus.value().min_before, 8);
  EXPECT_EQ(change.effects, Lines{"drains its nodes"}) << "nobody asked how many there are";
  EXPECT_TRUE(plan.not_checked.empty() && plan.conflicts.empty());
}

}  // namespace
}  // namespace gpuspec::deploy::plan
