#include "tests/deploy/plan/fixture.h"

namespace gpuspec::deploy::plan {
namespace {

std::string object(const std::string& version, const std::string& kind, const std::string& name,
                   const std::string& where = "") {
  return R"({"apiVersion": ")" + version + R"(", "kind": ")" + kind +
         R"(", "metadata": {"name": ")" + name + "\"" +
         (where.empty() ? "" : R"(, "namespace": ")" + where + "\"") + "}}";
}

struct Known {
  const char *version, *kind, *name, *where;
};
constexpr Known kAll[] = {
    {"batch/v1", "Job", "train", "ml"},
    {"v1", "Namespace", "ml", ""},
    {"v1", "ResourceQuota", "quota", "ml"},
    {"networking.k8s.io/v1", "NetworkPolicy", "wall", "ml"},
    {"rbac.authorization.k8s.io/v1", "ClusterRole", "reader", ""},
    {"apiextensions.k8s.io/v1", "CustomResourceDefinition", "gates.x.io", ""},
    {"x.io/v1", "Gate", "gate", "ml"},
    {"x.io/v1", "Wall", "wide", ""},
};

World everything(bool wanted) {
  World world;
  for (const Known& known : kAll) {
    const std::string text = object(known.version, known.kind, known.name, known.where);
    if (wanted) {
      world.want("team.ml", text);
    } else {
      world.have("team.ml", text);
    }
  }
  return world;
}

const Change& of(const Plan& plan, const char* kind) {
  static const Change kNone;
  for (const Change& change : plan.changes) {
    if (change.key.kind == kind) return change;
  }
  ADD_FAILURE() << "no " << kind;
  return kNone;
}

TEST(Order, ThingsAreMadeFromTheGroundUp) {
  World world = everything(true);
  world.wantPool("h", "{}");
  world.wantCluster();
  world.cluster().exists = true;
  world.wantRelease("plugin", R"({"chart": "c"})");
  EXPECT_EQ(
      actions(world.plan()),
      "create managedClusters/shared, create managedClusters/agentPools/shared/h, create "
      "CustomResourceDefinition/gates.x.io, create Namespace/ml, create ClusterRole/reader, create "
      "Wall/wide, create ResourceQuota/quota, create NetworkPolicy/wall, create Gate/gate, create "
      "Release/plugin, create Job/train");
}

TEST(Order, AndTakenAwayFromTheTop) {
  World world = everything(false);
  world.havePool("h", "{}");
  world.haveRelease("plugin", R"({"chart": "c"})");
  EXPECT_EQ(
      actions(world.plan()),
      "delete Job/train, delete Release/plugin, delete Gate/gate, delete Namespace/ml, delete "
      "ClusterRole/reader, delete Wall/wide, delete CustomResourceDefinition/gates.x.io, delete "
      "managedClusters/agentPools/shared/h");
}

TEST(Order, EachWaitsForWhatItNeedsAndForNothingElse) {
  const Plan plan = everything(true).plan();
  const auto before = [&](const char* first, const char* second) {
    return isBefore(plan, of(plan, first), of(plan, second));
  };
  EXPECT_TRUE(before("Namespace", "ResourceQuota"));
  EXPECT_TRUE(before("ResourceQuota", "Job")) << "a wall stands before anybody is behind it";
  EXPECT_TRUE(before("NetworkPolicy", "Job"));
  EXPECT_TRUE(before("ClusterRole", "Job"));
  EXPECT_TRUE(before("CustomResourceDefinition", "Gate"));
  EXPECT_TRUE(before("CustomResourceDefinition", "Wall"));
  EXPECT_TRUE(of(plan, "Namespace").after.empty());
  EXPECT_TRUE(of(plan, "ClusterRole").after.empty());
  EXPECT_FALSE(before("ClusterRole", "ResourceQuota"));
  EXPECT_FALSE(before("CustomResourceDefinition", "Namespace"));
  EXPECT_FALSE(before("Gate", "Job"));
}

TEST(Order, WallsFallLast) {
  World world = everything(false);
  world.havePool("h", "{}");
  const Plan plan = world.plan();
  const auto before = [&](const char* first, const char* second) {
    return isBefore(plan, of(plan, first), of(plan, second));
  };
  EXPECT_TRUE(before("Job", "Namespace"));
  EXPECT_FALSE(hasChange(plan, "NetworkPolicy", "wall")) << "it stands as long as the namespace";
  EXPECT_FALSE(hasChange(plan, "ResourceQuota", "quota"));
  EXPECT_TRUE(before("Namespace", "ClusterRole"));
  EXPECT_TRUE(before("Namespace", "Wall"));
  EXPECT_TRUE(before("Gate", "CustomResourceDefinition"));
  EXPECT_TRUE(before("Job", "managedClusters/agentPools"))
      << "nothing is taken from under what runs";
  EXPECT_TRUE(of(plan, "Job").after.empty());
}

TEST(Order, WallsOfANamespaceThatStaysFallAfterWhatTheyGuard) {
  World world = everything(false);
  world.want("team.ml", object("v1", "Namespace", "ml"));
  const Plan plan = world.plan();
  EXPECT_TRUE(isBefore(plan, of(plan, "Job"), of(plan, "ResourceQuota")));
  EXPECT_TRUE(isBefore(plan, of(plan, "Job"), of(plan, "NetworkPolicy")));
}

TEST(Order, WhatGuardsFromOutsideWaitsForItsOwnNamespaces) {
  World world;
  for (const char* team : {"a", "b"}) {
    world.have(std::string("team.") + team, object("v1", "Namespace", team));
    world.have(std::string("team.") + team,
               object("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", team));
  }
  world.have("cluster.shared", object("rbac.authorization.k8s.io/v1", "ClusterRole", "c"));
  const Plan plan = world.plan();
  const Change& policy = changeOf(plan, "ValidatingAdmissionPolicy", "a");
  EXPECT_EQ(waitsFor(plan, policy), std::set<std::size_t>{changeOf(plan, "Namespace", "a").id});
  EXPECT_EQ(waitsFor(plan, changeOf(plan, "ClusterRole", "c")).size(), 2U);
}

TEST(Order, NeedsOfTheSpecAreEdges) {
  World world;
  world.wantCluster();
  world.haveCluster();
  const ResourceKey pool = world.wantPool("h", "{}").key;
  world.want("team.ml", object("batch/v1", "Job", "train", "ml")).needs = {pool};
  world.want("team.ml", object("batch/v1", "Job", "light", "ml"));
  const Plan plan = world.plan();
  EXPECT_TRUE(
      isBefore(plan, of(plan, "managedClusters/agentPools"), changeOf(plan, "Job", "train")));
  EXPECT_TRUE(waitsFor(plan, changeOf(plan, "Job", "light")).empty())
      << "one slow pool holds up nobody who does not need it";
}

// A chart may bring the kinds of a manifest, and who acts on them.
TEST(Order, CustomResourcesOfManifestsStandOnReleases) {
  const std::string gate = object("x.io/v1", "Gate", "gate", "ml");
  const std::string config = object("v1", "ConfigMap", "settings", "ml");
  const std::string wall = object("networking.k8s.io/v1", "NetworkPolicy", "wall", "ml");
  World made;
  made.wantRelease("one", R"({"chart": "c"})");
  made.wantRelease("two", R"({"chart": "c"})");
  for (const std::string& text : {gate, config, wall}) made.want("manifest.m", text);
  made.want("team.ml", object("batch/v1", "Job", "train", "ml"));
  const Plan plan = made.plan();
  const Change& made_gate = changeOf(plan, "Gate", "gate");
  for (const char* release : {"one", "two"})
    EXPECT_TRUE(isBefore(plan, changeOf(plan, "Release", release), made_gate)) << release;
  EXPECT_TRUE(isBefore(plan, made_gate, changeOf(plan, "Job", "train")));
  EXPECT_TRUE(waitsFor(plan, changeOf(plan, "ConfigMap", "settings")).empty());
  EXPECT_TRUE(waitsFor(plan, changeOf(plan, "NetworkPolicy", "wall")).empty());

  World gone;
  gone.haveRelease("one", R"({"chart": "c"})");
  gone.have("manifest.m", gate);
  const Plan removal = gone.plan();
  EXPECT_TRUE(
      isBefore(removal, changeOf(removal, "Gate", "gate"), changeOf(removal, "Release", "one")));
}

TEST(Order, ReleasesGoInTheReverseOrderOfTheirInstallation) {
  World gone;
  for (const auto& [name, address] :
       {std::pair("driver", "accelerator.gpu"), std::pair("zeta", "accelerator.gpu"),
        std::pair("alpha", "release.alpha"), std::pair("beta", "east.release.beta")})
    gone.haveRelease(name, R"({"chart": "c"})").address = address;
  const Plan plan = gone.plan();
  const char* order[] = {"beta", "alpha", "zeta", "driver"};
  for (std::size_t i = 1; i < std::size(order); ++i)
    EXPECT_TRUE(isBefore(plan, changeOf(plan, "Release", order[i - 1]),
                         changeOf(plan, "Release", order[i])))
        << order[i];
}

TEST(Order, OneOperationAtATimeInACluster) {
  World world;
  world.haveCluster();
  world.wantCluster();
  world.wantPool("b", R"({"mode": "User"})");
  world.wantPool("c", R"({"mode": "System"})");
  world.havePool("gone", "{}");
  world.havePool("lost", "{}");
  Desired other = world.desired.resources.back();
  other.key.cluster = "zone";
  world.desired.resources.push_back(other);
  const Plan plan = world.plan();
  EXPECT_EQ(
      actions(plan),
      "create managedClusters/agentPools/shared/c, create managedClusters/agentPools/shared/c, "
      "create "
      "managedClusters/agentPools/shared/b, delete managedClusters/agentPools/shared/gone, delete "
      "managedClusters/agentPools/shared/lost");
  std::vector<const Change*> shared;
  for (const Change& change : plan.changes) {
    if (change.key.cluster == kCluster) shared.push_back(&change);
  }
  ASSERT_EQ(shared.size(), 4U);
  for (std::size_t i = 1; i < shared.size(); ++i)
    EXPECT_EQ(shared[i]->after, std::vector<std::size_t>{shared[i - 1]->id});
  EXPECT_TRUE(plan.changes[1].after.empty() || plan.changes[0].after.empty())
      << "clusters side by side";
}

// A workload waits for every policy of its namespace and for what is cluster-wide; each pair as an
// edge of its own would be a plan of gigabytes.
TEST(Order, ManyBeforeManyIsOneGate) {
  World world;
  world.want("team.ml", object("v1", "Namespace", "ml"));
  for (int i = 0; i < 100; ++i) {
    const std::string name = std::to_string(i);
    world.want("team.ml", object("v1", "ConfigMap", name, "ml"));
    world.want("team.ml", object("batch/v1", "Job", name, "ml"));
    world.want("team.ml", object("rbac.authorization.k8s.io/v1", "ClusterRole", name));
  }
  const Plan plan = world.plan();
  EXPECT_EQ(plan.gates.size(), 2U);
  std::size_t edges = 0;
  for (const Gate& gate : plan.gates) edges += gate.after.size();
  for (const Change& change : plan.changes) {
    edges += change.after.size() + change.gates.size();
    if (change.key.kind == "Job") {
      EXPECT_EQ(waitsFor(plan, change).size(), 201U);
    }
  }
  EXPECT_LE(edges, 4 * plan.changes.size());
}

TEST(Order, ManyAfterManyRemovalsIsOneGate) {
  World world;
  for (int i = 0; i < 50; ++i) {
    const std::string name = std::to_string(i);
    world.have("team.ml", object("v1", "ConfigMap", name, "ml"));
    world.have("team.ml", object("batch/v1", "Job", name, "ml"));
    world.havePool("p" + name, "{}");
  }
  const Plan plan = world.plan();
  EXPECT_EQ(plan.gates.size(), 1U);
  std::size_t edges = 0;
  for (const Change& change : plan.changes) edges += change.after.size() + change.gates.size();
  EXPECT_LE(edges, 4 * plan.changes.size());
  const Change& last = plan.changes.back();
  for (const Change& change : plan.changes) {
    if (&change != &last) {
      EXPECT_TRUE(isBefore(plan, change, last)) << change.key.id();
    }
  }
}

TEST(Order, GatesLeadFromLowerToHigherIds) {
  World world;
  for (int i = 0; i < 30; ++i) {
    const std::string name = std::to_string(i);
    world.want("team.ml", object("v1", "ConfigMap", name, "ml"));
    world.want("team.ml", object("batch/v1", "Job", name, "ml"));
    world.have("team.ml", object("v1", "ConfigMap", "old" + name, "ml"));
    world.have("team.ml", object("batch/v1", "Job", "old" + name, "ml"));
  }
  const Plan plan = world.plan();
  EXPECT_GE(plan.gates.size(), 2U);
  for (const Change& change : plan.changes) {
    EXPECT_EQ(&plan.changes[change.id], &change);
    for (const std::size_t before : waitsFor(plan, change)) EXPECT_LT(before, change.id);
  }
}

}  // namespace
}  // namespace gpuspec::deploy::plan
