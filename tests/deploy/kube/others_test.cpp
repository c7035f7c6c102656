#include "backends/deploy/kube/others.h"

#include <gtest/gtest.h>

#include "tests/deploy/kube/fixture.h"

namespace gpuspec::test {
namespace {

using Lines = std::vector<std::string>;

Tree named(const std::string& name, const std::string& where, Tree more = Tree::map()) {
  Tree metadata = mapOf("name", name);
  if (!where.empty()) metadata.set("namespace", where);
  for (const auto& [key, value] : more.asMap()) metadata.set(key, value);
  return mapOf("metadata", std::move(metadata));
}

Tree by(const char* manager) {
  return mapOf("managedFields", listOf(mapOf("manager", manager)));
}

Tree ofProject(const std::string& project) {
  return mapOf("labels", mapOf(model::kManagedBy, "gpuspec", model::kProject, project));
}

class OthersTest : public KubeTest {
 protected:
  model::LiveCluster in(const std::set<std::string>& namespaces) {
    model::LiveCluster cluster;
    if (llvm::Error error = kube::readOthersIn(client(), kScope, namespaces, cluster))
      ADD_FAILURE() << llvm::toString(std::move(error));
    return cluster;
  }

  model::LiveCluster neighbours() {
    model::LiveCluster cluster;
    if (llvm::Error error = kube::readNeighbours(client(), kScope, cluster))
      ADD_FAILURE() << llvm::toString(std::move(error));
    return cluster;
  }
};

TEST_F(OthersTest, WhatNobodyOfUsMadeIsNamedWithItsMaker) {
  api().once("GET", "/namespaces/ml/configmaps", 200,
             listJson({configMap("ours", "ml", "u", "1"), named("mine", "ml", by("kubectl-create")),
                       named("kube-root-ca.crt", "ml")}));
  api().once(
      "GET", "/namespaces/ml/pods", 200,
      listJson({named("shell", "ml", by("kubectl-run")),
                named("of-a-job", "ml",
                      mapOf("ownerReferences", listOf(mapOf("kind", "Job", "name", "j"))))}));
  api().always("GET", "/namespaces/ml/", 200, listJson({}));
  const model::LiveCluster cluster = in({"ml"});
  EXPECT_EQ(cluster.others.at("ml"),
            (Lines{"ConfigMap ml/mine of kubectl-create", "Pod ml/shell of kubectl-run"}));
  EXPECT_TRUE(cluster.not_checked.empty());
}

TEST_F(OthersTest, AKindThatWentSinceDiscoveryHasNoObjects) {
  api().once("GET", "/namespaces/ml/configmaps", 404, "404 page not found");
  api().once("GET", "/namespaces/ml/pods", 200,
             listJson({named("shell", "ml", by("kubectl-run"))}));
  api().always("GET", "/namespaces/ml/", 200, listJson({}));
  EXPECT_EQ(in({"ml"}).others.at("ml"), Lines{"Pod ml/shell of kubectl-run"});
}

TEST_F(OthersTest, ManyNamespacesTakeNoMoreRequestsThanTwo) {
  api().always("GET", "/pods", 200,
               listJson({named("a", "ml"), named("b", "web"), named("c", "x")}));
  api().always("GET", "limit=2500", 200, listJson({}));
  const model::LiveCluster two = in({"ml", "web"});
  EXPECT_EQ(two.others.at("ml"), Lines{"Pod ml/a"});
  EXPECT_EQ(two.others.at("web"), Lines{"Pod web/b"});
  EXPECT_EQ(two.others.size(), 2U);
  const std::int64_t before = client().requestCount();
  std::set<std::string> many;
  for (int i = 0; i < 500; ++i) many.insert("n" + std::to_string(i));
  in(many);
  EXPECT_LE(client().requestCount() - before, 8) << "one for each kind";
}

TEST_F(OthersTest, WhatCannotBeListedIsSaid) {
  api().once("GET", "/namespaces/ml/secrets", 403, status(403, "Forbidden", "no"));
  api().always("GET", "/namespaces/ml/", 200, listJson({}));
  const model::LiveCluster cluster = in({"ml"});
  EXPECT_EQ(cluster.not_checked,
            Lines{"whether others have secrets in namespace ml: no right to list them"});
}

TEST_F(OthersTest, AnotherProjectIsFoundByItsInventoryAndItsNamespaces) {
  api().once("GET", "/api/v1/namespaces?", 200,
             listJson({named("kube-system", ""), named("default", ""),
                       named("audio", "", ofProject("b")), named("shop", "", by("kubectl-create")),
                       named("ml", "", ofProject(kScope.project))}));
  Tree inventory = model::inventoryObject(
      {"b", ""}, "1", {{model::System::Kubernetes, "c", "", "ConfigMap", "audio", "settings"}});
  Tree ours = model::inventoryObject(
      kScope, "1", {{model::System::Kubernetes, "c", "apps", "Deployment", "ml", "web"}});
  api().once("GET", "/namespaces/kube-system/configmaps", 200, listJson({inventory, ours}));
  api().once("GET", "/api/v1/configmaps?limit=2500&labelSelector=gpuspec.dev%2Fproject%3Db", 200,
             listJson({named("settings", "audio", ofProject("b")), inventory}));
  const model::LiveCluster cluster = neighbours();
  ASSERT_EQ(cluster.other_projects.count("project b"), 1U);
  EXPECT_EQ(cluster.other_projects.at("project b"),
            (Lines{"Namespace audio", "ConfigMap audio/settings"}));
  // Our own project without its environment is somebody else, too.
  EXPECT_EQ(cluster.other_projects.count("project " + kScope.project), 1U);
  EXPECT_EQ(cluster.other_namespaces, Lines{"shop of kubectl-create"});
}

TEST_F(OthersTest, AnInventoryOfNothingIsNobody) {
  api().once("GET", "/api/v1/namespaces?", 200, listJson({}));
  Tree inventory = model::inventoryObject(
      {"b", ""}, "1", {{model::System::Kubernetes, "c", "", "ConfigMap", "audio", "settings"}});
  api().once("GET", "/namespaces/kube-system/configmaps", 200, listJson({inventory}));
  api().once("GET", "/api/v1/configmaps?", 200, listJson({inventory}));
  EXPECT_TRUE(neighbours().other_projects.empty());
}

}  // namespace
}  // namespace gpuspec::test
