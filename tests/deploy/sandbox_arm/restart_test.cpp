// Operations go on where a process left them.

#include <thread>

#include "tests/deploy/sandbox_arm/arm_fixture.h"

namespace gpuspec::deploy::sandbox {
namespace {

class RestartTest : public ArmTest {};

TEST_F(RestartTest, ACreationGoesOn) {
  makeGroup();
  data_plane_.hold("system");
  const Reply made = put(clusterPath(), clusterBody());
  restart();
  EXPECT_EQ(get(clusterPath()).text("properties.provisioningState"), "Creating");
  EXPECT_EQ(put(clusterPath(), clusterBody()).status, 409);
  data_plane_.release("system");
  EXPECT_EQ(finish(made), "Succeeded");
  EXPECT_EQ(get(clusterPath()).text("properties.provisioningState"), "Succeeded");
}

TEST_F(RestartTest, ADeletionGoesOn) {
  makeCluster();
  ArmOptions slow = defaultOptions();
  slow.operation_time = std::chrono::hours(1);
  restart(slow);
  const Reply removed = remove(clusterPath());
  EXPECT_EQ(removed.status, 202);
  EXPECT_EQ(get(clusterPath()).text("properties.provisioningState"), "Deleting");
  restart();
  EXPECT_EQ(finish(removed), "Succeeded");
  EXPECT_EQ(get(clusterPath()).status, 404);
}

TEST_F(RestartTest, ADeploymentGoesOnWithItsOtherResources) {
  makeGroup();
  Tree pool = ir::mapOf("type", "Microsoft.ContainerService/managedClusters/agentPools",
                        "apiVersion", "2026-05-01", "name", "c1/p1", "dependsOn",
                        Tree::strings({"c1"}), "properties", *poolBody().find("properties"));
  Tree cluster = ir::mapOf("type", "Microsoft.ContainerService/managedClusters", "apiVersion",
                           "2026-05-01", "name", "c1");
  const Tree body = clusterBody();
  for (const auto& [key, value] : body.asMap()) cluster.set(key, value);
  const Tree text = ir::mapOf("$schema", "s", "contentVersion", "1.0.0.0", "resources",
                              ir::listOf(cluster, pool));
  data_plane_.hold("system");
  const std::string path = "/resourcegroups/rg/providers/Microsoft.Resources/deployments/d";
  const Reply made =
      put(path, ir::mapOf("properties", ir::mapOf("mode", "Incremental", "template", text)));
  while (get(clusterPath()).status == 404) std::this_thread::yield();
  restart();
  data_plane_.release("system");
  EXPECT_EQ(finish(made), "Succeeded");
  EXPECT_EQ(get(poolPath("p1")).text("properties.provisioningState"), "Succeeded");
}

TEST_F(RestartTest, TheDataPlaneIsToldWhatThereIs) {
  makeCluster();
  EXPECT_EQ(finish(put(poolPath("h100"), poolBody())), "Succeeded");
  const std::size_t before = data_plane_.calls().size();
  restart();
  const std::vector<std::string> calls = data_plane_.calls();
  EXPECT_EQ(
      std::vector<std::string>(calls.begin() + static_cast<std::ptrdiff_t>(before), calls.end()),
      (std::vector<std::string>{"cluster rg.c1 eastus", "pool rg.c1/h100 1",
                                "pool rg.c1/system 2"}));
}

// A process that died between noting an operation and taking the cluster: the client had no answer.
TEST_F(RestartTest, WhatWasNeverTakenUpIsGivenUp) {
  makeCluster();
  const Tree record =
      ir::mapOf("id", "lost", "kind", "PutPool", "status", "InProgress", "group", "rg", "cluster",
                "c1", "pool", "p", "pools", Tree::strings({"p"}), "region", "eastus", "doing",
                "Creating", "startTime", "2026-01-01T00:00:00.000Z");
  llvm::cantFail(store_->put("/arm/operations/lost", [&](std::int64_t) { return record; }, 0));
  restart();
  Reply reply;
  reply.headers["Azure-AsyncOperation"] = defaultOptions().base_url + "/subscriptions/" +
                                          defaultOptions().subscription_id + "/operations/lost";
  EXPECT_EQ(finish(reply), "Canceled");
  EXPECT_EQ(finish(put(poolPath("h100"), poolBody())), "Succeeded");
}

TEST_F(RestartTest, AResetBeginsAnew) {
  makeCluster();
  arm_->stop();
  llvm::cantFail(store_->removeAll("/"));
  arm_->start();
  EXPECT_EQ(get("/resourcegroups/rg").status, 404);
  makeCluster();
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
