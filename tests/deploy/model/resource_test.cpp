#include "backends/deploy/model/resource.h"

#include <gtest/gtest.h>

#include "tests/deploy/model/json.h"

namespace gpuspec::deploy::model {
namespace {

using test::json;

TEST(Resource, IdsAsUsersOfTheApisNameThem) {
  const auto id = [](System system, const char* group, const char* kind, const char* scope,
                     const char* name) {
    return ResourceKey{system, "shared", group, kind, scope, name}.id();
  };
  const char* scope = "/subscriptions/S/resourceGroups/G";
  EXPECT_EQ(id(System::Azure, "Microsoft.ContainerService", "managedClusters", scope, "shared"),
            std::string(scope) + "/providers/Microsoft.ContainerService/managedClusters/shared");
  EXPECT_EQ(id(System::Azure, "Microsoft.ContainerService", "managedClusters/agentPools", scope,
               "shared/h100"),
            std::string(scope) +
                "/providers/Microsoft.ContainerService/managedClusters/shared/agentPools/h100");
  EXPECT_EQ(id(System::Kubernetes, "apps", "Deployment", "ml", "web"), "apps/Deployment/ml/web");
  EXPECT_EQ(id(System::Kubernetes, "", "Namespace", "", "ml"), "core/Namespace/-/ml");
  EXPECT_EQ(id(System::Helm, "", "Release", "gpu", "plugin"), "helm/gpu/plugin");
}

TEST(Resource, PathsReadAsPeopleWriteThem) {
  const FieldPath path = {{PathStep::Kind::Key, "spec", 0, {}},
                          {PathStep::Kind::Key, "ports", 0, {}},
                          {PathStep::Kind::Item, "", 0, json(R"({"port": 80, "protocol": "TCP"})")},
                          {PathStep::Kind::Key, "list", 0, {}},
                          {PathStep::Kind::Index, "", 2, {}},
                          {PathStep::Kind::Value, "\"a\"", 0, {}}};
  EXPECT_EQ(str(path), R"(spec.ports[port=80,protocol=TCP].list[2]["a"])");
  EXPECT_EQ(str(FieldPath{}), "");
}

Live live(const char* name) {
  Live resource;
  resource.key = {System::Kubernetes, "shared", "", "ConfigMap", "ml", name};
  return resource;
}

LiveSet part(const char* cluster, std::vector<Live> resources) {
  LiveSet set;
  set.resources = std::move(resources);
  set.clusters.emplace_back();
  set.clusters.back().cluster = cluster;
  return set;
}

TEST(Resource, ReadingsMergeIntoOne) {
  LiveSet azure = part("shared", {live("b")});
  azure.clusters[0].exists = true;
  azure.clusters[0].strays = {"lost"};
  azure.clusters[0].not_checked = {"first"};
  azure.azure_requests = 2;
  LiveSet kubernetes = part("shared", {live("c"), live("a")});
  kubernetes.clusters[0].reachable = true;
  kubernetes.clusters[0].server_version = "1.35.4";
  kubernetes.clusters[0].not_checked = {"second"};
  kubernetes.kubernetes_requests = 9;

  LiveSet all;
  merge(part("zone", {}), all);
  merge(std::move(azure), all);
  merge(std::move(kubernetes), all);

  ASSERT_EQ(all.resources.size(), 3U);
  EXPECT_EQ(all.resources[0].key.name, "a");
  EXPECT_EQ(all.resources[2].key.name, "c");
  ASSERT_EQ(all.clusters.size(), 2U);
  const LiveCluster& shared = all.clusters[0];
  EXPECT_TRUE(shared.exists && shared.reachable);
  EXPECT_EQ(shared.server_version, "1.35.4");
  EXPECT_EQ(shared.strays, std::vector<std::string>{"lost"});
  EXPECT_EQ(shared.not_checked.size(), 2U);
  EXPECT_EQ(all.azure_requests, 2);
  EXPECT_EQ(all.kubernetes_requests, 9);
}

}  // namespace
}  // namespace gpuspec::deploy::model
