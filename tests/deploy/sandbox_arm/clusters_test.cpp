#include <algorithm>

#include "compiler/ir/json.h"
#include "tests/deploy/sandbox_arm/arm_fixture.h"

namespace gpuspec::deploy::sandbox {
namespace {

class ManagedClustersTest : public ArmTest {
 protected:
  Reply putChanged(const std::string& path, Tree value) {
    Tree body = clusterBody();
    body.setPath(path, std::move(value));
    return put(clusterPath(), body);
  }
};

TEST_F(ManagedClustersTest, NeedTheirGroup) {
  const Reply reply = put(clusterPath(), clusterBody());
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.code(), "ResourceGroupNotFound");
}

TEST_F(ManagedClustersTest, ComeUpThroughTheirStates) {
  makeGroup();
  data_plane_.hold("system");
  const Reply made = put(clusterPath(), clusterBody());
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.text("properties.provisioningState"), "Creating");
  EXPECT_EQ(made.headers.at("Retry-After"), "1");
  EXPECT_EQ(get(clusterPath()).text("properties.provisioningState"), "Creating");
  EXPECT_EQ(get(poolPath("system")).text("properties.provisioningState"), "Creating");
  EXPECT_EQ(send("POST", clusterPath() + "/listClusterUserCredential").code(),
            "ControlPlaneNotFound");
  data_plane_.release("system");
  EXPECT_EQ(finish(made), "Succeeded");
  EXPECT_EQ(get(clusterPath()).text("properties.provisioningState"), "Succeeded");
  EXPECT_EQ(get(poolPath("system")).text("properties.provisioningState"), "Succeeded");
  const std::vector<std::string> calls = data_plane_.calls();
  EXPECT_EQ(calls, (std::vector<std::string>{"cluster rg.c1 eastus", "pool rg.c1/system 2"}));
}

TEST_F(ManagedClustersTest, ShowNoPasswordAgain) {
  makeGroup();
  Tree body = clusterBody();
  body.setPath("properties.windowsProfile.adminUsername", "azureuser");
  body.setPath("properties.windowsProfile.adminPassword", "canary-4711");
  body.setPath("properties.servicePrincipalProfile.clientId", "msi");
  body.setPath("properties.servicePrincipalProfile.secret", "canary-4712");
  const Reply made = put(clusterPath(), body);
  EXPECT_EQ(finish(made), "Succeeded");
  const Reply read = get(clusterPath());
  EXPECT_EQ(read.text("properties.windowsProfile.adminUsername"), "azureuser");
  EXPECT_EQ((ir::toJson(made.body) + ir::toJson(read.body)).find("canary"), std::string::npos);
}

TEST_F(ManagedClustersTest, AreFilledIn) {
  makeCluster();
  const Reply cluster = get(clusterPath());
  EXPECT_EQ(cluster.text("id"),
            "/subscriptions/" + defaultOptions().subscription_id +
                "/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/c1");
  EXPECT_EQ(cluster.text("properties.currentKubernetesVersion"), "1.35.4");
  EXPECT_EQ(cluster.text("properties.nodeResourceGroup"), "MC_rg_c1_eastus");
  EXPECT_EQ(cluster.text("properties.powerState.code"), "Running");
  EXPECT_TRUE(cluster.text("properties.fqdn").starts_with("c1-"));
  EXPECT_EQ(cluster.text("identity.tenantId"), defaultOptions().tenant_id);
  EXPECT_EQ(cluster.text("properties.networkProfile.podCidr"), "10.244.0.0/16");
  EXPECT_EQ(cluster.text("properties.agentPoolProfiles.0.name"), "system");
  EXPECT_EQ(cluster.text("properties.agentPoolProfiles.0.osType"), "Linux");
  EXPECT_EQ(cluster.text("properties.agentPoolProfiles.0.orchestratorVersion"), "1.35");
  EXPECT_EQ(cluster.text("properties.agentPoolProfiles.0.maxPods"), "250");
  EXPECT_EQ(cluster.text("tags.gpuspec-project"), "p");
}

TEST_F(ManagedClustersTest, UnknownAndWronglyTypedPropertiesAreRefused) {
  makeGroup();
  EXPECT_EQ(putChanged("properties.dnsPrefixes", "x").code(), "UnmarshalError");
  EXPECT_EQ(putChanged("propertys", Tree::map()).code(), "UnmarshalError");
  EXPECT_EQ(putChanged("properties.networkProfile.networkPlugins", "azure").code(),
            "UnmarshalError");
  EXPECT_EQ(putChanged("properties.enableRBAC", "true").code(), "UnmarshalError");
  EXPECT_EQ(putChanged("properties.autoScalerProfile.scan-interval", 10).code(), "UnmarshalError")
      << "its values are text";
  EXPECT_EQ(putChanged("properties.networkProfile.networkPlugin", "flannel").code(),
            "InvalidParameter");
  const Reply range = putChanged(
      "properties.agentPoolProfiles",
      json(
          R"([{"name": "system", "mode": "System", "vmSize": "Standard_D4s_v5", "osDiskSizeGB": 4096}])"));
  EXPECT_EQ(range.code(), "InvalidParameter");
  EXPECT_EQ(range.text("error.target"), "properties.agentPoolProfiles.osDiskSizeGB");
  Tree no_location = clusterBody();
  no_location.erase("location");
  EXPECT_EQ(put(clusterPath(), no_location).code(), "InvalidParameter");
  EXPECT_EQ(get(clusterPath()).status, 404) << "nothing was written";
}

TEST_F(ManagedClustersTest, PreviewPropertiesNeedAPreviewVersion) {
  makeGroup();
  Tree body = clusterBody();
  body.at("properties")
      .at("agentPoolProfiles")
      .asList()[0]
      .set("gpuProfile", json(R"({"driverType": "GRID"})"));
  EXPECT_EQ(put(clusterPath(), body).code(), "UnmarshalError");
  api_version_ = "2026-05-02-preview";
  EXPECT_EQ(put(clusterPath(), body).status, 201);
}

TEST_F(ManagedClustersTest, WhatDoesNotGoTogetherIsRefused) {
  makeGroup();
  EXPECT_EQ(putChanged("properties.kubernetesVersion", "1.21").code(), "K8sVersionNotSupported");
  EXPECT_EQ(putChanged("properties.networkProfile.networkDataplane", "azure").code(),
            "InvalidParameter");
  EXPECT_EQ(putChanged("properties.disableLocalAccounts", true).code(), "BadRequest");
  EXPECT_EQ(putChanged("properties.agentPoolProfiles", Tree::list()).code(), "InvalidParameter");
  EXPECT_EQ(putChanged("properties.agentPoolProfiles",
                       json(R"([{"name": "a", "mode": "User", "vmSize": "Standard_D4s_v5"}])"))
                .code(),
            "InvalidParameter");
  EXPECT_EQ(
      putChanged(
          "properties.agentPoolProfiles",
          json(
              R"([{"name": "a", "mode": "System", "vmSize": "Standard_D4s_v5", "nodeTaints": ["a=b:NoSchedule"]}])"))
          .code(),
      "CanNotTaintAllAgentPools");
  Tree no_prefix = clusterBody();
  no_prefix.at("properties").erase("dnsPrefix");
  EXPECT_EQ(put(clusterPath(), no_prefix).code(), "InvalidParameter");
  EXPECT_EQ(put(clusterPath("-c"), clusterBody()).code(), "InvalidParameter");
}

TEST_F(ManagedClustersTest, AreUpdatedAndKeepWhatABodyLeavesOut) {
  makeCluster();
  const Reply before = get(clusterPath());
  Tree body = clusterBody();
  body.at("properties").erase("agentPoolProfiles");
  body.at("properties").erase("networkProfile");
  body.at("properties").set("kubernetesVersion", "1.36");
  body.set("tags", json(R"({"x": "y"})"));
  const Reply updated = put(clusterPath(), body);
  EXPECT_EQ(updated.status, 200) << ir::toJson(updated.body);
  EXPECT_EQ(finish(updated), "Succeeded");
  const Reply after = get(clusterPath());
  EXPECT_EQ(after.text("properties.kubernetesVersion"), "1.36");
  EXPECT_EQ(after.text("properties.networkProfile.networkPolicy"), "cilium");
  EXPECT_EQ(after.text("properties.fqdn"), before.text("properties.fqdn"));
  EXPECT_EQ(after.text("identity.principalId"), before.text("identity.principalId"));
  EXPECT_EQ(after.text("tags"), R"({"x":"y"})");
  EXPECT_EQ(after.at("properties.agentPoolProfiles")->asList().size(), 1u);
  EXPECT_NE(after.text("eTag"), before.text("eTag"));
}

TEST_F(ManagedClustersTest, WhatGetShowsCanBePutBack) {
  makeCluster();
  const Reply before = get(clusterPath());
  const Reply again = put(clusterPath(), before.body);
  EXPECT_EQ(again.status, 200) << ir::toJson(again.body);
  EXPECT_EQ(finish(again), "Succeeded");
  Tree after = get(clusterPath()).body, same = before.body;
  for (Tree* tree : {&after, &same}) {
    tree->erase("eTag");
    for (Tree& pool : tree->at("properties").at("agentPoolProfiles").asList()) pool.erase("eTag");
  }
  // Which keys come first has no meaning.
  EXPECT_EQ(after.asMap().size(), same.asMap().size());
  for (const auto& [key, value] : same.at("properties").asMap()) {
    const Tree* found = after.at("properties").find(key);
    ASSERT_NE(found, nullptr) << key;
    if (value.isMap() || value.isList()) continue;
    EXPECT_EQ(*found, value) << key;
  }
}

TEST_F(ManagedClustersTest, PoolsAreNotAddedThroughTheCluster) {
  makeCluster();
  Tree body = clusterBody();
  body.at("properties")
      .at("agentPoolProfiles")
      .push(json(R"({"name": "more", "mode": "User", "vmSize": "Standard_D4s_v5"})"));
  const Reply reply = put(clusterPath(), body);
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.text("error.target"), "agentPoolProfiles");
}

TEST_F(ManagedClustersTest, VersionsGoUpOneMinorAtATime) {
  makeCluster();
  EXPECT_EQ(putChanged("properties.kubernetesVersion", "1.34").code(), "OperationNotAllowed");
  EXPECT_EQ(putChanged("properties.kubernetesVersion", "1.37").code(), "OperationNotAllowed");
}

TEST_F(ManagedClustersTest, StayWhereTheyAre) {
  makeCluster();
  const Reply moved = putChanged("location", "westus");
  EXPECT_EQ(moved.status, 409);
  EXPECT_EQ(moved.code(), "InvalidResourceLocation");
  EXPECT_EQ(putChanged("location", "East US").status, 200);
}

TEST_F(ManagedClustersTest, AreRemoved) {
  makeCluster();
  const Reply removed = remove(clusterPath());
  EXPECT_EQ(removed.status, 202);
  EXPECT_TRUE(removed.headers.contains("Location"));
  EXPECT_EQ(finish(removed), "Succeeded");
  EXPECT_EQ(get(clusterPath()).code(), "ResourceNotFound");
  EXPECT_EQ(remove(clusterPath()).status, 204);
  EXPECT_EQ(data_plane_.calls().back(), "remove rg.c1");
  const Reply location = finishLocation(removed);
  EXPECT_EQ(location.status, 204);
}

TEST_F(ManagedClustersTest, FailWhereTheSandboxCannotKeepThem) {
  makeGroup();
  data_plane_.fail("the disk is full");
  EXPECT_EQ(finish(put(clusterPath(), clusterBody())), "Failed InternalServerError");
  EXPECT_EQ(get(clusterPath()).text("properties.provisioningState"), "Failed");
  data_plane_.fail("");
  EXPECT_EQ(finish(put(clusterPath(), clusterBody())), "Succeeded");
  data_plane_.fail("the disk is full");
  EXPECT_EQ(finish(remove(clusterPath())), "Failed InternalServerError");
  EXPECT_EQ(get(clusterPath()).text("properties.provisioningState"), "Failed");
}

TEST_F(ManagedClustersTest, ADeletionPreemptsWhatRuns) {
  makeCluster();
  data_plane_.hold("h100");
  const Reply pool = put(poolPath("h100"), poolBody());
  EXPECT_EQ(pool.status, 201);
  const Reply removed = remove(clusterPath());
  EXPECT_EQ(removed.status, 202);
  EXPECT_EQ(finish(removed), "Succeeded");
  data_plane_.release("h100");
  EXPECT_EQ(finish(pool), "Failed AKSOperationPreemptedByDelete");
  EXPECT_EQ(get(clusterPath()).status, 404);
  EXPECT_TRUE(llvm::cantFail(store_->list("/arm/pools/")).entries.empty());
}

TEST_F(ManagedClustersTest, EtagsGuardWrites) {
  makeCluster();
  const std::string etag = get(clusterPath()).text("eTag");
  EXPECT_EQ(send("PUT", clusterPath(), clusterBody(), {{"if-match", "old"}}).status, 412);
  EXPECT_EQ(send("PUT", clusterPath(), clusterBody(), {{"if-none-match", "*"}}).code(),
            "PreconditionFailed");
  EXPECT_EQ(finish(send("PUT", clusterPath(), clusterBody(), {{"if-match", etag}})), "Succeeded");
  EXPECT_EQ(send("DELETE", clusterPath(), Tree(), {{"if-match", etag}}).status, 412);
}

TEST_F(ManagedClustersTest, TagsArePatched) {
  makeCluster();
  const Reply patched = send("PATCH", clusterPath(), json(R"({"tags": {"a": "b"}})"));
  EXPECT_EQ(patched.status, 200);
  EXPECT_EQ(patched.text("tags"), R"({"a":"b"})");
  EXPECT_EQ(send("PATCH", clusterPath(), json(R"({"location": "westus"})")).status, 400);
}

TEST_F(ManagedClustersTest, HandOutKubeconfigs) {
  makeCluster();
  const Reply user = send("POST", clusterPath() + "/listClusterUserCredential");
  EXPECT_EQ(user.text("kubeconfigs.0.name"), "clusterUser");
  EXPECT_EQ(user.text("kubeconfigs.0.value"), "a3ViZWNvbmZpZyBvZiByZy5jMQ==");
  EXPECT_EQ(send("POST", clusterPath() + "/listClusterAdminCredential").text("kubeconfigs.0.name"),
            "clusterAdmin");
  Tree body = clusterBody();
  body.setPath("properties.aadProfile", json(R"({"managed": true})"));
  body.setPath("properties.disableLocalAccounts", true);
  EXPECT_EQ(finish(put(clusterPath(), body)), "Succeeded");
  EXPECT_EQ(send("POST", clusterPath() + "/listClusterAdminCredential").status, 400);
  EXPECT_EQ(send("POST", clusterPath() + "/listClusterUserCredential").status, 200);
}

TEST_F(ManagedClustersTest, AreListedByGroupAndSubscription) {
  makeCluster("c1");
  makeCluster("c2");
  EXPECT_EQ(get("/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters")
                .at("value")
                ->asList()
                .size(),
            2u);
  EXPECT_EQ(get("/providers/Microsoft.ContainerService/managedClusters").text("value.1.name"),
            "c2");
  makeGroup("empty");
  EXPECT_TRUE(get("/resourceGroups/empty/providers/Microsoft.ContainerService/managedClusters")
                  .at("value")
                  ->asList()
                  .empty());
  EXPECT_EQ(get("/resourceGroups/none/providers/Microsoft.ContainerService/managedClusters").code(),
            "ResourceGroupNotFound");
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
