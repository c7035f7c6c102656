#include <algorithm>

#include "backends/deploy/plan/render.h"
#include "compiler/ir/json.h"
#include "tests/deploy/plan/fixture.h"

// What goes together with a namespace or a cluster, and what keeps it.

namespace gpuspec::deploy::plan {
namespace {

using Lines = std::vector<std::string>;

constexpr const char* kNamespace = R"({"kind": "Namespace", "metadata": {"name": "ml"}})";
constexpr const char* kQuota =
    R"({"kind": "ResourceQuota", "metadata": {"name": "q", "namespace": "ml"}})";
constexpr const char* kWall =
    R"({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "w", "namespace": "ml"}})";
constexpr const char* kJob =
    R"({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "j", "namespace": "ml"}})";

World goingTeam() {
  World world;
  world.have("team.ml", kNamespace);
  world.have("team.ml", kQuota);
  world.have("team.ml", kWall);
  world.have("workload.j", kJob);
  return world;
}

TEST(Emptied, WallsGoWithTheirNamespaceAndAreTold) {
  const Plan plan = goingTeam().plan();
  EXPECT_EQ(actions(plan), "delete Job/j, delete Namespace/ml");
  EXPECT_EQ(changeOf(plan, "Namespace", "ml").effects,
            Lines{"everything in it goes, too: quota, network policy"});
}

TEST(Emptied, WhatOthersHaveInANamespaceKeepsIt) {
  World world = goingTeam();
  world.cluster().others["ml"] = {"Pod ml/shell of kubectl-run", "ConfigMap ml/mine"};
  world.cluster().others["elsewhere"] = {"Pod elsewhere/shell"};
  for (const bool destroys : {false, true}) {
    world.options.destroy = destroys;
    const Plan plan = world.plan();
    ASSERT_EQ(plan.conflicts.size(), 1U);
    EXPECT_EQ(plan.conflicts[0].kind, Conflict::Kind::NamespaceShared);
    EXPECT_EQ(plan.conflicts[0].details,
              (Lines{"ConfigMap ml/mine", "Pod ml/shell of kubectl-run"}));
  }
}

TEST(Emptied, WhatWasSeenTwiceIsNamedOnce) {
  World world = goingTeam();
  world.haveOfOther("argocd",
                    R"({"kind": "ConfigMap", "metadata": {"name": "b", "namespace": "ml"}})");
  world.cluster().others["ml"] = {"ConfigMap ml/b of argocd"};
  EXPECT_EQ(world.plan().conflicts.at(0).details, Lines{"ConfigMap ml/b of argocd"});
}

TEST(Emptied, WhatOnlyLeavesOutKeepsTheNamespace) {
  World world = goingTeam();
  world.options.only = {"team.*"};
  const Plan plan = world.plan();
  ASSERT_EQ(plan.conflicts.size(), 1U);
  EXPECT_EQ(plan.conflicts[0].details, Lines{"Job ml/j, which `--only` leaves out"});
}

TEST(Emptied, PreventDestroyHoldsInsideOfANamespace) {
  World world = goingTeam();
  world.want("team.ml", kQuota).lifecycle.prevent_destroy = true;
  world.options.destroy = true;
  const Plan plan = world.plan();
  ASSERT_EQ(plan.conflicts.size(), 1U);
  EXPECT_EQ(plan.conflicts[0].kind, Conflict::Kind::PreventDestroy);
  EXPECT_EQ(plan.conflicts[0].text, "would go with its namespace, and `prevent_destroy` stands");
}

World goingCluster() {
  World world;
  world.haveCluster();
  world.have("team.ml", kNamespace);
  world.options.destroy = true;
  return world;
}

TEST(Emptied, AClusterWithThingsOfAnotherProjectStays) {
  World world = goingCluster();
  EXPECT_TRUE(world.plan().conflicts.empty());
  world.cluster().other_projects["project b"] = {"Namespace audio", "ConfigMap audio/settings"};
  const Plan plan = world.plan();
  ASSERT_EQ(plan.conflicts.size(), 1U);
  const Conflict& conflict = plan.conflicts[0];
  EXPECT_EQ(conflict.kind, Conflict::Kind::ClusterShared);
  EXPECT_EQ(conflict.key.kind, "managedClusters");
  EXPECT_EQ(conflict.text, "would be deleted with all that others have in it: project b");
  EXPECT_EQ(conflict.details,
            (Lines{"project b: Namespace audio", "project b: ConfigMap audio/settings"}));
  EXPECT_NE(ir::toJson(renderJson(plan)).find("cluster_shared"), std::string::npos);
}

TEST(Emptied, ThingsOfAnotherProjectAreNoMatterWhereTheClusterStays) {
  World world = goingCluster();
  world.cluster().other_projects["project b"] = {"Namespace audio"};
  world.options.only = {"team.*"};
  EXPECT_EQ(actions(world.plan()), "delete Namespace/ml");
  EXPECT_TRUE(world.plan().conflicts.empty());
}

TEST(Emptied, NamespacesOfNobodyAreToldBeforeTheirClusterGoes) {
  World world = goingCluster();
  world.cluster().other_namespaces = {"shop", "web of helm"};
  EXPECT_EQ(changeOf(world.plan(), "managedClusters", "shared").effects,
            (Lines{"everything in it goes, too",
                   "so do namespaces that are not of this project: shop, web of helm"}));
}

TEST(Emptied, SaysWhereOthersHaveToBeLookedFor) {
  EXPECT_EQ(emptiedBy(goingTeam().plan()).at(kCluster).namespaces, std::set<std::string>{"ml"});
  EXPECT_FALSE(emptiedBy(goingTeam().plan()).at(kCluster).cluster);
  EXPECT_TRUE(emptiedBy(goingCluster().plan()).at(kCluster).cluster);
  World world;
  world.want("team.ml", kNamespace);
  world.have("team.ml", kNamespace);
  world.have("team.ml", kQuota);
  EXPECT_TRUE(emptiedBy(world.plan()).empty()) << "nothing is asked where nothing goes";
}

TEST(Emptied, AddressesAreThoseOfTheSpecAndOfWhatIsOurs) {
  World world;
  world.want("team.ml", kNamespace);
  world.have("team.gone", kQuota);
  world.havePool("h", "{}");
  world.haveOfOther("argocd", kWall);
  EXPECT_EQ(addressesOf(world.desired, world.live),
            (Lines{"cluster.shared", "pool.h", "team.gone", "team.ml"}));
}

}  // namespace
}  // namespace gpuspec::deploy::plan
