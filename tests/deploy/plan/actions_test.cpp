#include "tests/deploy/plan/fixture.h"

namespace gpuspec::deploy::plan {
namespace {

using Lines = std::vector<std::string>;

constexpr const char* kMap =
    R"({"kind": "ConfigMap", "metadata": {"name": "a", "namespace": "ml"}, "data": {"x": "1"}})";
constexpr const char* kOtherMap =
    R"({"kind": "ConfigMap", "metadata": {"name": "a", "namespace": "ml"}, "data": {"x": "2"}})";
constexpr const char* kNamespace = R"({"kind": "Namespace", "metadata": {"name": "ml"}})";

std::string job(const std::string& image, const std::string& name = "train") {
  return R"({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": ")" + name +
         R"(", "namespace": "ml"}, "spec": {"template": {"spec": {"containers": [{"name": "main", "image": ")" +
         image + R"("}]}}}})";
}

std::string conflicts(const Plan& plan) {
  std::string out;
  for (const Conflict& conflict : plan.conflicts)
    out += conflict.key.kind + "/" + conflict.key.name + " " + conflict.text + "\n";
  return out;
}

TEST(Actions, WhatIsNotThereIsMade) {
  World world;
  world.want("team.ml", kMap);
  const Plan plan = world.plan();
  const Change& change = changeOf(plan, "ConfigMap", "a");
  EXPECT_EQ(change.action, Action::Create);
  EXPECT_EQ(change.reason, "new in the spec");
  EXPECT_EQ(change.address, "team.ml");
  EXPECT_EQ(change.file, "main.gpuspec");
  EXPECT_EQ(change.line, 7U);
  EXPECT_EQ(change.body, world.desired.resources[0].body);
  EXPECT_EQ(change.uid, "") << "it must not exist";
  EXPECT_TRUE(change.fields.empty());
}

TEST(Actions, WhatIsAsItShouldBeIsNotInThePlan) {
  World world;
  world.want("team.ml", kMap);
  world.have("team.ml", kMap);
  const Plan plan = world.plan();
  EXPECT_TRUE(plan.empty()) << actions(plan);
  EXPECT_EQ(plan.unchanged, 1);
}

TEST(Actions, WhatDiffersIsUpdated) {
  World world;
  world.want("team.ml", kMap);
  const std::string uid = world.have("team.ml", kOtherMap).uid;
  const Plan plan = world.plan();
  const Change& change = changeOf(plan, "ConfigMap", "a");
  EXPECT_EQ(change.action, Action::Update);
  EXPECT_EQ(change.reason, "differs from the spec");
  EXPECT_EQ(fields(change), Lines{R"(data.x: "2" -> "1")"});
  EXPECT_EQ(change.uid, uid);
  EXPECT_EQ(plan.unchanged, 0);
}

TEST(Actions, WhatCannotChangeIsReplacedAndNamed) {
  World world;
  world.options.allow_replace = true;
  world.want("team.ml", job("new"));
  world.have("team.ml", job("old"));
  const Plan plan = world.plan();
  const Change& change = changeOf(plan, "Job", "train");
  EXPECT_EQ(change.action, Action::Replace);
  EXPECT_EQ(change.reason, "replaced, because `image` cannot change on a Job");
  EXPECT_EQ(fields(change),
            Lines{R"(spec.template.spec.containers[name=main].image: "old" -> "new" !)"});
  EXPECT_TRUE(plan.conflicts.empty());
}

TEST(Actions, AReplacementIsRefusedUnlessAllowed) {
  World world;
  world.want("team.ml", job("new"));
  world.have("team.ml", job("old"));
  const Plan plan = world.plan();
  EXPECT_EQ(actions(plan), "replace Job/train") << "it is shown all the same";
  ASSERT_EQ(plan.conflicts.size(), 1U);
  EXPECT_EQ(plan.conflicts[0].kind, Conflict::Kind::NeedsReplace);
  EXPECT_EQ(plan.conflicts[0].text, "would be replaced: `image` cannot change on a Job");
  EXPECT_EQ(plan.conflicts[0].way_out,
            "gpuspec apply --allow-replace deletes it and makes it anew");
}

TEST(Actions, WhatIsOursAndNoLongerWrittenGoes) {
  World world;
  const std::string uid = world.have("team.gone", kMap).uid;
  const Plan plan = world.plan();
  const Change& change = changeOf(plan, "ConfigMap", "a");
  EXPECT_EQ(change.action, Action::Delete);
  EXPECT_EQ(change.reason, "no longer in the spec");
  EXPECT_EQ(change.address, "team.gone");
  EXPECT_EQ(change.uid, uid);
  EXPECT_TRUE(change.body.isNull());
}

TEST(Actions, WhatIsNotOursNeverGoes) {
  for (const OwnerKind kind : {OwnerKind::Other, OwnerKind::Project, OwnerKind::Nobody}) {
    for (const bool destroy : {false, true}) {
      World world;
      world.options.destroy = destroy;
      world.have("team.x", kMap).owner = {kind, "x"};
      EXPECT_TRUE(world.plan().empty()) << static_cast<int>(kind);
    }
  }
}

TEST(Actions, RecordsAndWhatControllersMadeStay) {
  World world;
  world.have("",
             R"({"kind": "ConfigMap", "metadata": {"name": "inventory", "namespace": "kube-system",
      "labels": {"gpuspec.dev/record": "inventory"}}})");
  world.have("", R"({"kind": "Pod", "metadata": {"name": "p", "namespace": "ml",
      "ownerReferences": [{"kind": "Job", "name": "train"}]}})");
  EXPECT_EQ(actions(world.plan()), "");
  world.options.destroy = true;
  EXPECT_EQ(actions(world.plan()), "");
}

TEST(Actions, ObjectsOfOthersAreConflictsThatNameTheOwner) {
  World world;
  world.want("team.ml", kMap);
  world.haveOfOther("argocd", kOtherMap);
  const Plan plan = world.plan();
  EXPECT_TRUE(plan.changes.empty());
  ASSERT_EQ(plan.conflicts.size(), 1U);
  EXPECT_EQ(plan.conflicts[0].kind, Conflict::Kind::Foreign);
  EXPECT_EQ(plan.conflicts[0].text, "exists and belongs to argocd");
  EXPECT_EQ(plan.conflicts[0].way_out, "gpuspec apply --adopt takes it over");
  EXPECT_EQ(plan.conflicts[0].file, "main.gpuspec");
}

TEST(Actions, AdoptingTakesItOver) {
  for (const bool by_spec : {false, true}) {
    World world;
    (by_spec ? world.want("team.ml", kMap).adopt : world.options.adopt) = true;
    if (!by_spec) world.want("team.ml", kMap);
    world.haveOfOther("argocd", kOtherMap);
    const Plan plan = world.plan();
    EXPECT_TRUE(plan.conflicts.empty());
    const Change& change = changeOf(plan, "ConfigMap", "a");
    EXPECT_EQ(change.action, Action::Adopt);
    EXPECT_EQ(change.reason, "belonged to argocd");
    EXPECT_TRUE(change.forced);
    EXPECT_EQ(fields(change).front(), R"(data.x: "2" -> "1")");
  }
}

TEST(Actions, AnotherProjectIsNeverTakenOver) {
  World world;
  world.options.adopt = true;
  world.want("team.ml", kMap);
  world.have("team.ml", kMap).owner = {OwnerKind::Project, "project other"};
  const Plan plan = world.plan();
  EXPECT_TRUE(plan.changes.empty());
  EXPECT_EQ(conflicts(plan), "ConfigMap/a exists and belongs to project other\n");
}

TEST(Actions, MovedOnlyChangesTheMark) {
  World world;
  world.want("team.vision", kMap);
  world.have("team.ml", kMap);
  world.desired.moves.push_back({address("team.ml"), address("team.vision")});
  const Plan plan = world.plan();
  const Change& change = changeOf(plan, "ConfigMap", "a");
  EXPECT_EQ(change.action, Action::Move);
  EXPECT_EQ(change.moved_from, "team.ml");
  EXPECT_EQ(change.reason, "moved from team.ml");
  EXPECT_TRUE(change.fields.empty());
}

TEST(Actions, MovedAndChangedIsAnUpdate) {
  World world;
  world.want("team.vision", kMap);
  world.have("team.ml", kOtherMap);
  world.desired.moves.push_back({address("team.ml"), address("team.vision")});
  const Plan plan = world.plan();
  const Change& change = changeOf(plan, "ConfigMap", "a");
  EXPECT_EQ(change.action, Action::Update);
  EXPECT_EQ(change.moved_from, "team.ml");
  EXPECT_EQ(fields(change), Lines{R"(data.x: "2" -> "1")"});
}

TEST(Actions, WhatMovesToAnotherNameSaysSo) {
  World world;
  world.have("team.ml", kNamespace);
  world.want("team.vision", R"({"kind": "Namespace", "metadata": {"name": "vision"}})");
  world.desired.moves.push_back({address("team.ml"), address("team.vision")});
  EXPECT_EQ(changeOf(world.plan(), "Namespace", "ml").reason,
            "moved to team.vision, but Kubernetes cannot rename a namespace: this one goes, and a "
            "new one is made; `namespaces = [\"ml\"]` in team.vision keeps it");
}

TEST(Actions, RemovedWithoutDestroyLetsGo) {
  World world;
  world.have("team.ml", kMap);
  world.have("team.vision", kNamespace);
  world.desired.removals = {{address("team.ml"), false}, {address("team.vision"), true}};
  const Plan plan = world.plan();
  EXPECT_EQ(changeOf(plan, "ConfigMap", "a").action, Action::Release);
  EXPECT_EQ(changeOf(plan, "ConfigMap", "a").reason, "`removed` lets go of it");
  EXPECT_EQ(changeOf(plan, "Namespace", "ml").action, Action::Delete);
}

TEST(Actions, APoolThatWantsItsSuccessorFirstIsNotDeletedFirst) {
  World world;
  world.options.allow_replace = true;
  world.haveCluster();
  world.wantCluster();
  world.wantPool("h", R"({"vmSize": "B"})").lifecycle.replace = "blue_green";
  world.havePool("h", R"({"vmSize": "A"})");
  const Plan refused = world.plan();
  ASSERT_EQ(refused.conflicts.size(), 1U);
  EXPECT_EQ(refused.conflicts[0].kind, Conflict::Kind::NeedsReplace);
  EXPECT_NE(refused.conflicts[0].details.at(0).find("blue_green"), std::string::npos);
  EXPECT_NE(refused.conflicts[0].way_out.find("second pool"), std::string::npos);
  world.desired.resources.back().lifecycle.replace = "in_place";
  EXPECT_TRUE(world.plan().conflicts.empty());
}

TEST(Actions, AMovedPoolSaysThatAzureCannotRenameIt) {
  World world;
  world.haveCluster();
  world.wantCluster();
  world.havePool("h", R"({"vmSize": "A"})");
  world.wantPool("g", R"({"vmSize": "A"})");
  world.desired.moves.push_back({address("pool.h"), address("pool.g")});
  EXPECT_EQ(
      changeOf(world.plan(), "managedClusters/agentPools", "shared/h").reason,
      "moved to pool.g, but Azure cannot rename a pool: this one goes, and a new one is made; "
      "it stays as it is only under its name, h");
}

TEST(Actions, PreventDestroyStopsReplacementsAndDestroy) {
  World world;
  world.options.allow_replace = true;
  world.want("team.ml", job("new")).lifecycle.prevent_destroy = true;
  world.have("team.ml", job("old"));
  const Plan replaced = world.plan();
  ASSERT_EQ(replaced.conflicts.size(), 1U);
  EXPECT_EQ(replaced.conflicts[0].kind, Conflict::Kind::PreventDestroy);
  EXPECT_EQ(replaced.conflicts[0].text, "would be replaced, and `prevent_destroy` stands");

  world.options.destroy = true;
  const Plan destroyed = world.plan();
  ASSERT_EQ(destroyed.conflicts.size(), 1U);
  EXPECT_EQ(destroyed.conflicts[0].text, "would be deleted, and `prevent_destroy` stands");
}

TEST(Actions, IgnoredFieldsStand) {
  World world;
  world.want("team.ml", kMap).lifecycle.ignore = {"data.x"};
  world.have("team.ml", kOtherMap);
  const Plan plan = world.plan();
  EXPECT_TRUE(plan.empty()) << actions(plan);
}

TEST(Actions, IgnoredFieldsGoBackAsTheyWereFound) {
  World world;
  world
      .want("team.ml", R"({"kind": "ConfigMap", "metadata": {"name": "a", "namespace": "ml"},
                            "data": {"x": "1", "y": "1"}})")
      .lifecycle.ignore = {"data.x"};
  world.have("team.ml", R"({"kind": "ConfigMap", "metadata": {"name": "a", "namespace": "ml"},
                            "data": {"x": "theirs", "y": "2"}})");
  const Plan plan = world.plan();
  const Change& change = changeOf(plan, "ConfigMap", "a");
  EXPECT_EQ(fields(change), Lines{R"(data.y: "2" -> "1")"});
  EXPECT_EQ(*change.body.find("data"), json(R"({"x": "theirs", "y": "1"})"));
}

TEST(Actions, ANamespaceWithObjectsOfOthersStays) {
  World world;
  world.have("team.ml", kNamespace);
  world.haveOfOther("argocd",
                    R"({"kind": "ConfigMap", "metadata": {"name": "b", "namespace": "ml"}})");
  world.haveOfOther("argocd",
                    R"({"kind": "ConfigMap", "metadata": {"name": "c", "namespace": "x"}})");
  const Plan plan = world.plan();
  ASSERT_EQ(plan.conflicts.size(), 1U);
  EXPECT_EQ(plan.conflicts[0].kind, Conflict::Kind::NamespaceShared);
  EXPECT_EQ(plan.conflicts[0].details, Lines{"ConfigMap ml/b of argocd"});
  EXPECT_NE(plan.conflicts[0].way_out.find("removed { what = team.ml  destroy = false }"),
            std::string::npos);
}

TEST(Actions, ANamespaceThatTheSpecStillUsesStays) {
  World world;
  world.have("team.ml", kNamespace);
  world.want("team.ml", kMap);
  world.have("team.let-go",
             R"({"kind": "ConfigMap", "metadata": {"name": "b", "namespace": "ml"}})");
  world.desired.removals = {{address("team.let-go"), false}};
  const Plan plan = world.plan();
  ASSERT_EQ(plan.conflicts.size(), 1U);
  EXPECT_EQ(plan.conflicts[0].text, "would be deleted with objects in it that have to stay");
  EXPECT_EQ(plan.conflicts[0].details,
            (Lines{"ConfigMap ml/a of the spec", "ConfigMap ml/b, which `removed` lets go of"}));
}

TEST(Actions, PoolsComeWithAClusterThatIsMade) {
  World world;
  world.cluster().exists = world.cluster().reachable = false;
  world.wantCluster();
  world.wantPool("h", R"({"vmSize": "V", "count": 3})").made_with_cluster = true;
  EXPECT_EQ(actions(world.plan()), "create managedClusters/shared");
  EXPECT_EQ(changeOf(world.plan(), "managedClusters", "shared").effects,
            Lines{"comes with pool h: 3 nodes of V"});
  world.cluster().exists = true;
  EXPECT_EQ(actions(world.plan()),
            "create managedClusters/shared, create managedClusters/agentPools/shared/h");
}

TEST(Actions, AClusterIsNeverReplaced) {
  World world;
  world.options.allow_replace = true;
  world.wantCluster(R"({"dnsPrefix": "new"})");
  world.haveCluster(R"({"dnsPrefix": "old"})");
  const Plan plan = world.plan();
  EXPECT_TRUE(plan.changes.empty());
  ASSERT_EQ(plan.conflicts.size(), 1U);
  EXPECT_EQ(plan.conflicts[0].kind, Conflict::Kind::NeedsReplace);
  EXPECT_EQ(plan.conflicts[0].text, "`dns_prefix` cannot change on a cluster");
}

TEST(Actions, DestroyTakesEverythingOfOursButWhatGoesWithItsCluster) {
  World world;
  world.options.destroy = true;
  world.wantCluster();
  world.haveCluster();
  world.havePool("h", "{}");
  world.have("team.ml", kNamespace);
  EXPECT_EQ(actions(world.plan()), "delete managedClusters/shared");
  EXPECT_EQ(changeOf(world.plan(), "managedClusters", "shared").reason,
            "everything of the project goes");
  world.desired.targets[0].existing = true;
  EXPECT_EQ(actions(world.plan()),
            "delete Namespace/ml, delete managedClusters/agentPools/shared/h");
}

TEST(Actions, APoolThatMustNotGoHoldsItsClusterToo) {
  World world;
  world.options.destroy = true;
  world.wantCluster();
  world.haveCluster();
  world.wantPool("h", "{}").lifecycle.prevent_destroy = true;
  world.havePool("h", "{}");
  const Plan plan = world.plan();
  ASSERT_EQ(plan.conflicts.size(), 1U);
  EXPECT_EQ(plan.conflicts[0].kind, Conflict::Kind::PreventDestroy);
  EXPECT_EQ(plan.conflicts[0].key.name, "shared/h");
  EXPECT_EQ(plan.conflicts[0].text, "would go with its cluster, and `prevent_destroy` stands");
}

TEST(Actions, DestroyOfSomeAddressesReachesTheseInAClusterThatStays) {
  World world;
  world.options.destroy = true;
  world.options.only = {"team.*"};
  world.wantCluster();
  world.haveCluster();
  world.havePool("h", "{}");
  world.have("team.ml", kNamespace);
  EXPECT_EQ(actions(world.plan()), "delete Namespace/ml");
}

TEST(Actions, WhatTheSpecDoesNotReachStays) {
  World world;
  world.have("team.ml", kMap).key.cluster = "elsewhere";
  world.cluster().strays = {"/subscriptions/s/.../lost"};
  const Plan plan = world.plan();
  EXPECT_TRUE(plan.changes.empty());
  EXPECT_EQ(plan.strays, Lines{"/subscriptions/s/.../lost"});
}

TEST(Actions, OnlySomeAddresses) {
  World world;
  world.options.only = {"team.v*"};
  world.want("team.ml", kMap);
  world.want("team.vision", kNamespace);
  world.have("team.gone", R"({"kind": "ConfigMap", "metadata": {"name": "b", "namespace": "ml"}})");
  world.have("team.voice",
             R"({"kind": "ConfigMap", "metadata": {"name": "c", "namespace": "ml"}})");
  const Plan plan = world.plan();
  EXPECT_EQ(actions(plan), "create Namespace/ml, delete ConfigMap/c");
  EXPECT_EQ(plan.left_out, (Lines{"team.gone", "team.ml"}));
}

TEST(Actions, MembersAreWhatWillBeThereAndWhatIs) {
  World world;
  world.want("team.ml", kMap);
  world.have("team.gone", kNamespace);
  world.haveOfOther("argocd",
                    R"({"kind": "ConfigMap", "metadata": {"name": "b", "namespace": "ml"}})");
  const Plan plan = world.plan();
  ASSERT_EQ(plan.members.size(), 1U);
  std::vector<std::string> ids;
  for (const ResourceKey& key : plan.members[0].second) ids.push_back(key.id());
  EXPECT_EQ(ids, (Lines{"core/ConfigMap/ml/a", "core/Namespace/-/ml"}));
}

}  // namespace
}  // namespace gpuspec::deploy::plan
