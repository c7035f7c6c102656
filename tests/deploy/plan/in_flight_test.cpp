#include "tests/deploy/plan/fixture.h"

namespace gpuspec::deploy::plan {
namespace {

// What Azure is still at, whoever asked for it: a run that was killed, another run, a person.

constexpr const char* kPool = R"({"vmSize": "V", "count": 1})";

std::string poolIn(const std::string& state, int count = 1) {
  return R"({"vmSize": "V", "count": )" + std::to_string(count) + R"(, "provisioningState": ")" +
         state + "\"}";
}

class InFlight : public ::testing::Test {
 protected:
  InFlight() {
    world_.wantCluster();
    world_.haveCluster(R"({"provisioningState": "Succeeded"})");
  }
  // The cluster as Azure shows it while it makes it.
  void clusterIsBeingMade() {
    world_.live.resources.front().body.setPath("properties.provisioningState", "Creating");
    world_.cluster().state = "Creating";
    world_.cluster().reachable = false;
  }

  World world_;
};

TEST_F(InFlight, APoolThatIsBeingCreatedIsWaitedForBeforeWhatItReplacesGoes) {
  world_.wantPool("h400", kPool);
  world_.havePool("h400", poolIn("Creating"));
  world_.havePool("h300", poolIn("Succeeded"));
  const Plan plan = world_.plan();
  EXPECT_EQ(actions(plan),
            "wait managedClusters/agentPools/shared/h400, delete "
            "managedClusters/agentPools/shared/h300");
  const Change& wait = changeOf(plan, "managedClusters/agentPools", "shared/h400");
  EXPECT_EQ(wait.reason, "is being created");
  EXPECT_TRUE(wait.body.isNull());
  EXPECT_TRUE(wait.effects.empty());
  EXPECT_TRUE(isBefore(plan, wait, changeOf(plan, "managedClusters/agentPools", "shared/h300")));
  EXPECT_FALSE(plan.empty());
}

TEST_F(InFlight, AWorkloadWaitsForThePoolThatIsBeingCreated) {
  world_.wantPool("h400", kPool);
  world_.havePool("h400", poolIn("Creating"));
  Desired& job = world_.want(
      "job.train", R"({"kind": "Job", "metadata": {"name": "train", "namespace": "ml"}})");
  job.needs = {world_.live.resources.back().key};
  const Plan plan = world_.plan();
  EXPECT_TRUE(isBefore(plan, changeOf(plan, "managedClusters/agentPools", "shared/h400"),
                       changeOf(plan, "Job", "train")));
}

TEST_F(InFlight, EveryStateThatIsNotFinalIsWaitedFor) {
  world_.wantPool("h", kPool);
  for (const auto& [state, words] :
       {std::pair("Updating", "is being updated"), std::pair("Upgrading", "is being upgraded"),
        std::pair("Scaling", "is being scaled"), std::pair("Migrating", "is Migrating in Azure")}) {
    World world = world_;
    world.havePool("h", poolIn(state));
    const Plan plan = world.plan();
    const Change& change = changeOf(plan, "managedClusters/agentPools", "shared/h");
    EXPECT_EQ(change.action, Action::Wait) << state;
    EXPECT_EQ(change.reason, words);
  }
}

TEST_F(InFlight, WhatDiffersIsChangedOnceAzureIsDone) {
  world_.wantPool("h", kPool);
  world_.havePool("h", poolIn("Updating", 2));
  const Plan plan = world_.plan();
  const Change& change = changeOf(plan, "managedClusters/agentPools", "shared/h");
  EXPECT_EQ(change.action, Action::Update);
  EXPECT_EQ(change.reason, "differs from the spec; is being updated, waited for first");
}

TEST_F(InFlight, WhatEndedBadlyIsSentAgain) {
  world_.wantPool("h", kPool);
  for (const auto& [state, words] :
       {std::pair("Failed", "its last operation failed in Azure: sent again"),
        std::pair("Canceled", "its last operation was cancelled in Azure: sent again")}) {
    World world = world_;
    world.havePool("h", poolIn(state));
    const Plan plan = world.plan();
    const Change& change = changeOf(plan, "managedClusters/agentPools", "shared/h");
    EXPECT_EQ(change.action, Action::Update) << state;
    EXPECT_EQ(change.reason, words);
    EXPECT_FALSE(change.body.isNull());
  }
}

TEST_F(InFlight, WhatIsNotWrittenAnyMoreGoesWhateverAzureIsAt) {
  world_.havePool("old", poolIn("Creating"));
  EXPECT_EQ(actions(world_.plan()), "delete managedClusters/agentPools/shared/old");
}

TEST_F(InFlight, AClusterThatIsBeingCreatedIsAsIfItWereNotThereYet) {
  clusterIsBeingMade();
  world_.wantPool("system", kPool).made_with_cluster = true;
  world_.wantPool("h", kPool);
  world_.want("team.ml", R"({"kind": "Namespace", "metadata": {"name": "ml"}})").needs = {
      world_.live.resources.front().key};
  const Plan plan = world_.plan();
  EXPECT_EQ(actions(plan),
            "wait managedClusters/shared, create managedClusters/agentPools/shared/h, create "
            "Namespace/ml");
  EXPECT_TRUE(isBefore(plan, changeOf(plan, "managedClusters", "shared"),
                       changeOf(plan, "Namespace", "ml")));
  ASSERT_FALSE(plan.not_checked.empty());
  EXPECT_EQ(plan.not_checked.front(), "what is in cluster shared, which is being created");
}

TEST_F(InFlight, APoolThatComesWithItsClusterIsWaitedForAfterIt) {
  clusterIsBeingMade();
  world_.wantPool("system", kPool).made_with_cluster = true;
  world_.havePool("system", poolIn("Creating"));
  EXPECT_EQ(actions(world_.plan()),
            "wait managedClusters/shared, wait managedClusters/agentPools/shared/system");
}

TEST_F(InFlight, OthersWorkOnWhatIsTheirsIsTheirs) {
  world_.wantPool("h", kPool);
  world_.havePool("h", poolIn("Creating")).owner = {OwnerKind::Other, "somebody"};
  const Plan plan = world_.plan();
  EXPECT_TRUE(plan.changes.empty());
  ASSERT_EQ(plan.conflicts.size(), 1u);
}

}  // namespace
}  // namespace gpuspec::deploy::plan
