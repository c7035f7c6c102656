#include "tests/deploy/plan/fixture.h"

namespace gpuspec::deploy::plan {
namespace {

// What somebody has deleted and is still there.

constexpr const char* kMap =
    R"({"kind": "ConfigMap", "metadata": {"name": "a", "namespace": "ml"}, "data": {"x": "1"}})";
constexpr const char* kNamespace = R"({"kind": "Namespace", "metadata": {"name": "ml"}})";

TEST(Going, WhatIsBeingDeletedIsMadeAnew) {
  World world;
  world.want("team.ml", kMap);
  world.have("team.ml", kMap).body.at("metadata").set("deletionTimestamp", "2026-01-01T00:00:00Z");
  const Plan plan = world.plan();
  const Change& change = changeOf(plan, "ConfigMap", "a");
  EXPECT_EQ(change.action, Action::Create);
  EXPECT_EQ(change.reason, "is being deleted, made anew once it is gone");
  EXPECT_EQ(change.uid, "");
}

TEST(Going, WhatOthersAreDeletingIsNoConflict) {
  World world;
  world.want("team.ml", kMap);
  world.haveOfOther("argocd", kMap)
      .body.at("metadata")
      .set("deletionTimestamp", "2026-01-01T00:00:00Z");
  const Plan plan = world.plan();
  EXPECT_TRUE(plan.conflicts.empty());
  EXPECT_EQ(changeOf(plan, "ConfigMap", "a").reason,
            "belonged to argocd; is being deleted, made anew once it is gone");
}

TEST(Going, WhatIsInANamespaceThatGoesIsMadeAnewWithIt) {
  World world;
  world.want("team.ml", kNamespace);
  world.want("team.ml", kMap);
  world.wantRelease("plugin", R"({"chart": "c", "version": "1"})");
  world.have("team.ml", kNamespace)
      .body.at("metadata")
      .set("deletionTimestamp", "2026-01-01T00:00:00Z");
  world.have("team.ml", kMap);
  world.have("team.gone", R"({"kind": "ConfigMap", "metadata": {"name": "b", "namespace": "ml"}})");
  world.haveRelease("plugin", R"({"chart": "c", "version": "1", "status": "deployed"})");
  const Plan plan = world.plan();
  EXPECT_EQ(actions(plan), "create Namespace/ml, create ConfigMap/a");
  EXPECT_EQ(changeOf(plan, "ConfigMap", "a").reason,
            "goes with its namespace, made anew once it is gone");
  EXPECT_TRUE(isBefore(plan, changeOf(plan, "Namespace", "ml"), changeOf(plan, "ConfigMap", "a")));
}

TEST(Going, WhatIsBeingDeletedAndNotWantedIsWaitedFor) {
  World world;
  Live& live = world.have("team.gone", kNamespace);
  live.body.at("metadata").set("deletionTimestamp", "2026-01-01T00:00:00Z");
  world.haveOfOther("argocd",
                    R"({"kind": "ConfigMap", "metadata": {"name": "b", "namespace": "ml"}})");
  const Plan plan = world.plan();
  EXPECT_TRUE(plan.conflicts.empty()) << "it goes whatever is in it";
  EXPECT_EQ(changeOf(plan, "Namespace", "ml").action, Action::Delete);
  EXPECT_EQ(changeOf(plan, "Namespace", "ml").reason,
            "no longer in the spec; being deleted already");
}

TEST(Going, APoolThatAzureIsDeletingIsMadeAnew) {
  World world;
  world.haveCluster();
  world.wantCluster();
  world.wantPool("h", R"({"vmSize": "V", "count": 1})");
  world.havePool("h", R"({"vmSize": "V", "count": 1, "provisioningState": "Deleting"})");
  EXPECT_EQ(actions(world.plan()), "create managedClusters/agentPools/shared/h");
}

TEST(Going, EverythingInAClusterThatGoesIsMadeAnew) {
  World world;
  world.wantCluster();
  world.wantPool("h", R"({"vmSize": "V", "count": 1})").made_with_cluster = true;
  world.want("team.ml", kNamespace);
  world.haveCluster(R"({"provisioningState": "Deleting"})");
  world.havePool("h", R"({"vmSize": "V", "count": 1})");
  world.have("team.ml", kNamespace);
  const Plan plan = world.plan();
  EXPECT_EQ(actions(plan), "create managedClusters/shared, create Namespace/ml");
  EXPECT_EQ(changeOf(plan, "Namespace", "ml").reason,
            "goes with its cluster, made anew once it is gone");
}

}  // namespace
}  // namespace gpuspec::deploy::plan
