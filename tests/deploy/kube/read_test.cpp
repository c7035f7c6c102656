#include <gtest/gtest.h>

#include "tests/deploy/kube/fixture.h"

namespace gpuspec::test {
namespace {

const std::string kOwned =
    "labelSelector=gpuspec.dev%2Fproject%3Dshared-gpu%2Cgpuspec.dev%2Fenv%3Dprod";

model::Desired desired(const Tree& object) {
  const plan::Change made = change(plan::Action::Create, object);
  model::Desired out;
  out.key = made.key;
  out.api_version = made.api_version;
  out.body = object;
  return out;
}

class ReadTest : public KubeTest {
 protected:
  ReadTest() {
    wanted_.project = kScope.project;
    wanted_.environment = kScope.environment;
    api().always("GET", "/version", 200, R"({"gitVersion":"v1.35.4"})");
  }

  void noInventory() {
    api().always("GET", "/configmaps/" + model::recordName(kScope), 404,
                 status(404, "NotFound", "not found"));
  }

  model::LiveSet read() {
    model::LiveSet live;
    if (llvm::Error error = client().read(wanted_, "shared", live))
      ADD_FAILURE() << llvm::toString(std::move(error));
    return live;
  }

  static const model::Live* find(const model::LiveSet& live, const std::string& name) {
    for (const model::Live& resource : live.resources) {
      if (resource.key.name == name) return &resource;
    }
    return nullptr;
  }

  model::DesiredSet wanted_;
};

Tree foreign(const std::string& name, const std::string& object_namespace) {
  Tree object = configMap(name, object_namespace, "u-" + name, "7");
  object.at("metadata").set("labels", mapOf(model::kManagedBy, "argocd"));
  return object;
}

TEST_F(ReadTest, FiveThousandObjectsTakeTwoRequestsOfTheirKind) {
  noInventory();
  std::vector<Tree> first, second;
  for (int i = 0; i < 5000; ++i) {
    const Tree object = configMap("c" + std::to_string(i), "ml", "u" + std::to_string(i), "9");
    wanted_.resources.push_back(desired(configMap("c" + std::to_string(i), "ml")));
    (i < 2500 ? first : second).push_back(object);
  }
  api().once("GET", "continue=2", 200, listJson(second));
  api().once("GET", "/api/v1/configmaps?limit=2500&" + kOwned, 200, listJson(first, "2"));
  const model::LiveSet live = read();
  EXPECT_EQ(live.resources.size(), 5000u);
  EXPECT_EQ(api().count("GET", "configmaps?"), 2u);
  ASSERT_EQ(live.clusters.size(), 1u);
  EXPECT_EQ(live.clusters[0].server_version, "1.35.4");
  EXPECT_TRUE(live.clusters[0].reachable);
  EXPECT_TRUE(live.clusters[0].pods.empty());
  // Version, two of discovery, inventory, two pages.
  EXPECT_EQ(live.kubernetes_requests, 6);
}

TEST_F(ReadTest, OwnedObjectsSayWhoseAndHow) {
  noInventory();
  Tree object = configMap("x", "ml", "u-1", "42");
  object.at("data").set("a", "not as desired");
  object.at("metadata").at("annotations").set(model::kAddress, "team.ml");
  object.at("metadata")
      .set("managedFields", listOf(mapOf("manager", "gpuspec", "operation", "Apply", "fieldsV1",
                                         mapOf("f:data", mapOf("f:a", Tree::map())))));
  wanted_.resources.push_back(desired(configMap("x", "ml")));
  api().once("GET", "/api/v1/configmaps", 200, listJson({object}));
  const model::LiveSet live = read();
  const model::Live* found = find(live, "x");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->owner.kind, model::OwnerKind::Us);
  EXPECT_EQ(found->uid, "u-1");
  EXPECT_EQ(found->revision, "42");
  EXPECT_EQ(found->address, "team.ml");
  EXPECT_EQ(found->api_version, "v1");
  EXPECT_EQ(found->key.id(), "core/ConfigMap/ml/x");
  EXPECT_EQ(found->body.find("metadata")->find("managedFields"), nullptr);
  ASSERT_EQ(found->field_owners.size(), 1u);
  EXPECT_EQ(model::str(found->field_owners[0].fields[0]), "data.a");
}

// Read whole, compared, and let go of: memory does not grow with what stays as it is.
TEST_F(ReadTest, WhatIsAsDesiredLeavesNoBody) {
  noInventory();
  const char* names[] = {"same", "differs", "ends", "theirs", "unwanted"};
  std::vector<Tree> objects;
  for (const char* name : names) {
    objects.push_back(configMap(name, "ml", "u", "1"));
    if (std::string_view(name) != "unwanted")
      wanted_.resources.push_back(desired(configMap(name, "ml")));
  }
  objects[1].at("data").set("a", "other");
  objects[2].at("metadata").set("deletionTimestamp", "2026-11-21T12:00:00Z");
  objects[3].at("metadata").at("labels").set(model::kProject, "of-others");
  api().once("GET", "/api/v1/configmaps", 200, listJson(objects));
  const model::LiveSet live = read();
  ASSERT_EQ(live.resources.size(), 5u);
  for (const char* name : names) {
    const bool settled = std::string_view(name) == "same";
    EXPECT_EQ(find(live, name)->settled, settled) << name;
    EXPECT_EQ(find(live, name)->body.find("data") == nullptr, settled) << name;
  }
}

// Two pages of what is ours and one of the names of all others.
TEST_F(ReadTest, FiveThousandObjectsAndNewOnesTakeThreeRequestsOfTheirKind) {
  noInventory();
  std::vector<Tree> first, second;
  for (int i = 0; i < 5000; ++i) {
    wanted_.resources.push_back(desired(configMap("c" + std::to_string(i), "ml")));
    (i < 2500 ? first : second).push_back(configMap("c" + std::to_string(i), "ml", "u", "9"));
  }
  for (const char* space : {"ml", "vision"})
    wanted_.resources.push_back(desired(configMap("new", space)));
  api().once("GET", "continue=2", 200, listJson(second));
  api().once("GET", "/api/v1/configmaps?limit=2500&" + kOwned, 200, listJson(first, "2"));
  std::vector<Tree> all = first;
  all.insert(all.end(), second.begin(), second.end());
  api().once("GET", "/api/v1/configmaps?limit=5000", 200, listJson(all));
  EXPECT_EQ(read().resources.size(), 5000u);
  EXPECT_EQ(api().count("GET", "configmaps?"), 3u);
}

TEST_F(ReadTest, NamesInTheWayAreFoundWithOneMoreListAndFewAreReadWhole) {
  noInventory();
  wanted_.resources = {desired(configMap("mine", "ml")), desired(configMap("theirs", "ml")),
                       desired(configMap("new", "ml"))};
  api().once("GET", kOwned, 200, listJson({configMap("mine", "ml", "u", "1")}));
  // All that is missing is in one namespace: that is enough to look at.
  api().once("GET", "/api/v1/namespaces/ml/configmaps?limit=5000", 200,
             listJson({foreign("theirs", "ml"), foreign("unrelated", "ml")}));
  api().once("GET", "/api/v1/namespaces/ml/configmaps/theirs", 200,
             ir::toJson(foreign("theirs", "ml")));
  const model::LiveSet live = read();
  EXPECT_EQ(live.resources.size(), 2u);
  const model::Live* theirs = find(live, "theirs");
  ASSERT_NE(theirs, nullptr);
  EXPECT_EQ(theirs->owner.kind, model::OwnerKind::Other);
  EXPECT_EQ(theirs->owner.text, "argocd");
  EXPECT_FALSE(theirs->metadata_only);
  EXPECT_NE(theirs->body.find("data"), nullptr);
}

// What is in a namespace that is not there needs no look at what everybody else has.
TEST_F(ReadTest, NewNamespacesHaveNothingInTheWay) {
  noInventory();
  const auto space = [](const char* name) {
    return mapOf("apiVersion", "v1", "kind", "Namespace", "metadata", mapOf("name", name));
  };
  wanted_.resources = {desired(space("new")), desired(space("theirs")),
                       desired(configMap("a", "new")), desired(configMap("b", "new"))};
  api().always("GET", "/api/v1/namespaces?limit=2500&" + kOwned, 200, listJson({}));
  api().always("GET", "/api/v1/configmaps?limit=2500&" + kOwned, 200, listJson({}));
  api().always("GET", "/api/v1/namespaces?limit=5000", 200, listJson({space("theirs")}));
  api().once("GET", "/api/v1/namespaces/theirs", 200, ir::toJson(space("theirs")));
  EXPECT_EQ(read().resources.size(), 1u);
  EXPECT_EQ(api().count("GET", "/configmaps?"), 1u);
  // A namespace of others may hold what has our names.
  wanted_.resources.push_back(desired(configMap("c", "theirs")));
  api().once("GET", "/api/v1/namespaces/theirs/configmaps?limit=5000", 200,
             listJson({foreign("c", "theirs")}));
  api().once("GET", "/api/v1/namespaces/theirs/configmaps/c", 200,
             ir::toJson(foreign("c", "theirs")));
  api().once("GET", "/api/v1/namespaces/theirs", 200, ir::toJson(space("theirs")));
  const model::LiveSet live = read();
  ASSERT_EQ(live.resources.size(), 2u);
  EXPECT_NE(find(live, "c"), nullptr);
}

TEST_F(ReadTest, ManyNamesInTheWayTakeAListAndNotARequestEach) {
  noInventory();
  std::vector<Tree> others;
  for (int i = 0; i < 50; ++i) {
    const std::string name = "c" + std::to_string(i);
    wanted_.resources.push_back(desired(configMap(name, i % 2 == 0 ? "ml" : "vision")));
    others.push_back(foreign(name, i % 2 == 0 ? "ml" : "vision"));
  }
  api().once("GET", kOwned, 200, listJson({}));
  api().answer("GET", "/api/v1/configmaps?limit=", 2,
               [&](const http::Request&) { return makeResponse(200, listJson(others)); });
  const model::LiveSet live = read();
  EXPECT_EQ(live.resources.size(), 50u);
  EXPECT_EQ(api().count("GET", "/configmaps?"), 3u);
  EXPECT_TRUE(api().calls("GET", "/configmaps?")[1].header("Accept").find("PartialObject") !=
              std::string::npos);
}

TEST_F(ReadTest, AnObjectThatMayNotBeReadIsKnownByItsMetadata) {
  noInventory();
  wanted_.resources = {desired(configMap("theirs", "ml"))};
  api().once("GET", kOwned, 200, listJson({}));
  api().once("GET", "/namespaces/ml/configmaps?", 200, listJson({foreign("theirs", "ml")}));
  api().once("GET", "/configmaps/theirs", 403, status(403, "Forbidden", "no"));
  const model::LiveSet live = read();
  ASSERT_EQ(live.resources.size(), 1u);
  EXPECT_TRUE(live.resources[0].metadata_only);
}

TEST_F(ReadTest, KindsOfTheInventoryAreLookedAtToo) {
  const model::ResourceKey gone{
      model::System::Kubernetes, "shared", "apps", "Deployment", "ml", "d"};
  const model::ResourceKey unknown{model::System::Kubernetes, "shared", "x.io", "Gone", "ml", "g"};
  api().once("GET", "/namespaces/kube-system/configmaps/" + model::recordName(kScope), 200,
             ir::toJson(model::inventoryObject(kScope, "1", {gone, unknown})));
  Tree object = configMap("left-over", "ml", "u", "1");
  api().once("GET", "/apis/apps/v1/deployments?limit=2500&" + kOwned, 200, listJson({object}));
  const model::LiveSet live = read();
  ASSERT_EQ(live.resources.size(), 1u);
  EXPECT_EQ(live.resources[0].key.kind, "Deployment");
  EXPECT_TRUE(live.clusters[0].unknown_kinds.empty());
}

TEST_F(ReadTest, KindsThatAreNotServedAreNamed) {
  noInventory();
  Tree job = mapOf("apiVersion", "jobset.x-k8s.io/v1alpha2", "kind", "JobSet", "metadata",
                   mapOf("name", "j", "namespace", "ml"));
  Tree old = mapOf("apiVersion", "autoscaling/v2beta2", "kind", "HorizontalPodAutoscaler",
                   "metadata", mapOf("name", "h", "namespace", "ml"));
  wanted_.resources = {desired(job), desired(old)};
  api().always("GET", "/horizontalpodautoscalers", 200, listJson({}));
  const model::LiveSet live = read();
  EXPECT_EQ(live.clusters[0].unknown_kinds,
            (std::vector<std::string>{
                "HorizontalPodAutoscaler.autoscaling in version autoscaling/v2beta2",
                "JobSet.jobset.x-k8s.io"}));
}

TEST_F(ReadTest, TheVersionOfTheSpecIsTheOneThatIsRead) {
  noInventory();
  wanted_.resources = {
      desired(mapOf("apiVersion", "autoscaling/v1", "kind", "HorizontalPodAutoscaler", "metadata",
                    mapOf("name", "h", "namespace", "ml")))};
  api().always("GET", "/apis/autoscaling/v1/", 200, listJson({}));
  const model::LiveSet live = read();
  EXPECT_TRUE(live.clusters[0].unknown_kinds.empty());
}

TEST_F(ReadTest, NodesAndPodsOnlyWherePoolsAre) {
  noInventory();
  model::PoolFacts pool;
  pool.cluster = "shared";
  wanted_.pools.push_back(pool);
  api().once("GET", "/api/v1/nodes", 200,
             R"({"items":[{"metadata":{"name":"n","managedFields":[]},"status":{"images":[1]}}]})");
  const auto pod = [](const char* name, const char* node, const char* resource) {
    return mapOf("metadata", mapOf("name", name, "namespace", "ml"), "spec",
                 mapOf("nodeName", node, "containers",
                       listOf(mapOf("name", "c", "env", listOf(mapOf("value", "canary-11aa")),
                                    "resources", mapOf("limits", mapOf(resource, "1"))))));
  };
  api().once("GET", "/api/v1/pods?", 200,
             listJson({pod("placed", "n", "cpu"), pod("waits", "", "acme.com/gpu"),
                       pod("idle", "", "kubernetes.io/batch")}));
  const model::LiveSet live = read();
  ASSERT_EQ(live.clusters[0].nodes.size(), 1u);
  EXPECT_EQ(live.clusters[0].nodes[0].find("status")->find("images"), nullptr);
  ASSERT_EQ(live.clusters[0].pods.size(), 2u);
  EXPECT_EQ(ir::toJson(live.clusters[0].pods[0]).find("canary"), std::string::npos);
  EXPECT_NE(api().calls("GET", "/pods?")[0].url.find("fieldSelector=status.phase%21%3DSucceeded"),
            std::string::npos);
}

TEST_F(ReadTest, WithoutTheRightToSeePodsThePlanSaysSo) {
  noInventory();
  model::PoolFacts pool;
  pool.cluster = "shared";
  wanted_.pools.push_back(pool);
  api().always("GET", "/api/v1/nodes", 200, listJson({}));
  api().once("GET", "/api/v1/pods", 403, status(403, "Forbidden", "no"));
  const model::LiveSet live = read();
  EXPECT_EQ(live.clusters[0].not_checked,
            (std::vector<std::string>{"what runs in shared: no right to list its pods"}));
}

TEST_F(ReadTest, OneKindThatFailsFailsTheReading) {
  noInventory();
  wanted_.resources = {desired(configMap("x", "ml"))};
  api().once("GET", kOwned, 403,
             status(403, "Forbidden",
                    "configmaps is forbidden: User \"ci\" cannot list resource \"configmaps\" in "
                    "API group \"\" at the cluster scope"));
  model::LiveSet live;
  const ApiError error = apiError(client().read(wanted_, "shared", live));
  EXPECT_EQ(error.way_out, "give `ci` the right to list configmaps in the whole cluster");
}

}  // namespace
}  // namespace gpuspec::test
