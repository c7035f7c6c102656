#include "compiler/ir/json.h"
#include "tests/deploy/sandbox_arm/arm_fixture.h"

namespace gpuspec::deploy::sandbox {
namespace {

class AgentPoolsTest : public ArmTest {
 protected:
  AgentPoolsTest() { makeCluster(); }
  // A pool that differs from poolBody() in one property.
  Reply putChanged(const std::string& name, const std::string& path, Tree value) {
    Tree body = poolBody();
    body.setPath("properties." + path, std::move(value));
    return put(poolPath(name), body);
  }
};

TEST_F(AgentPoolsTest, AreMadeUpdatedAndRemoved) {
  data_plane_.hold("h100");
  const Reply made = put(poolPath("h100"), poolBody());
  EXPECT_EQ(made.status, 201) << ir::toJson(made.body);
  EXPECT_EQ(made.text("properties.provisioningState"), "Creating");
  EXPECT_EQ(get(poolPath("h100")).text("properties.provisioningState"), "Creating")
      << "its nodes are not ready";
  data_plane_.release("h100");
  EXPECT_EQ(finish(made), "Succeeded");
  const Reply pool = get(poolPath("h100"));
  EXPECT_EQ(pool.text("properties.provisioningState"), "Succeeded");
  EXPECT_EQ(pool.text("properties.nodeLabels.purpose"), "training");
  EXPECT_EQ(pool.text("properties.gpuProfile.driver"), "Install");
  EXPECT_EQ(pool.text("properties.orchestratorVersion"), "1.35");
  EXPECT_EQ(pool.text("properties.scaleDownMode"), "Delete");

  const Reply updated = putChanged("h100", "count", 2);
  EXPECT_EQ(updated.status, 200);
  EXPECT_EQ(updated.text("properties.provisioningState"), "Updating");
  EXPECT_EQ(finish(updated), "Succeeded");
  EXPECT_EQ(data_plane_.calls().back(), "pool rg.c1/h100 2");
  EXPECT_EQ(get(clusterPath()).at("properties.agentPoolProfiles")->asList().size(), 2u);

  const Reply removed = remove(poolPath("h100"));
  EXPECT_EQ(removed.status, 202);
  EXPECT_EQ(finish(removed), "Succeeded");
  EXPECT_EQ(get(poolPath("h100")).status, 404);
  EXPECT_EQ(remove(poolPath("h100")).status, 204);
  EXPECT_EQ(data_plane_.calls().back(), "remove rg.c1/h100");
}

TEST_F(AgentPoolsTest, NeedTheirCluster) {
  const Reply reply = put(poolPath("h100", "none"), poolBody());
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.code(), "ParentResourceNotFound");
}

TEST_F(AgentPoolsTest, UnknownPropertiesAreRefused) {
  EXPECT_EQ(putChanged("h100", "evictionPolicy", "Delete").code(), "UnmarshalError");
  EXPECT_EQ(putChanged("h100", "count", "1").code(), "UnmarshalError");
  EXPECT_EQ(putChanged("h100", "gpuProfile.driverVersion", "1").code(), "UnmarshalError");
  EXPECT_EQ(putChanged("h100", "gpuInstanceProfile", "MIG5g").code(), "InvalidParameter");
  EXPECT_EQ(putChanged("h100", "upgradeSettings.drainTimeoutInMinutes", 0).code(),
            "InvalidParameter");
}

TEST_F(AgentPoolsTest, NamesAndLimitsAreChecked) {
  EXPECT_EQ(put(poolPath("aksMigNode"), poolBody()).code(), "InvalidParameter");
  EXPECT_EQ(put(poolPath("abcdefghijklm"), poolBody()).code(), "InvalidParameter");
  EXPECT_EQ(putChanged("h100", "count", 1001).code(), "InvalidParameter");
  EXPECT_EQ(putChanged("h100", "maxPods", 300).code(), "InvalidParameter");
  EXPECT_EQ(putChanged("h100", "vmSize", "H100").code(), "VMSizeNotSupported");
  EXPECT_EQ(putChanged("h100", "availabilityZones", Tree::strings({"4"})).code(),
            "AvailabilityZoneNotSupported");
  EXPECT_EQ(putChanged("h100", "orchestratorVersion", "1.36").code(),
            "NodePoolMcVersionIncompatible");
  EXPECT_EQ(putChanged("h100", "orchestratorVersion", "2").code(), "K8sVersionNotSupported");
  EXPECT_EQ(putChanged("h100", "minCount", 1).code(), "InvalidParameter") << "autoscaling is off";
  Tree no_mode = poolBody();
  no_mode.at("properties").erase("mode");
  EXPECT_EQ(put(poolPath("h100"), no_mode).code(), "InvalidParameter");
}

TEST_F(AgentPoolsTest, LabelsAndTaintsAreChecked) {
  EXPECT_EQ(putChanged("h100", "nodeLabels", json(R"({"kubernetes.azure.com/x": "y"})")).code(),
            "InvalidParameter");
  EXPECT_EQ(putChanged("h100", "nodeLabels", json(R"({"a b": "y"})")).code(), "InvalidParameter");
  EXPECT_EQ(putChanged("h100", "nodeLabels", json(R"({"a": "y y"})")).code(), "InvalidParameter");
  EXPECT_EQ(putChanged("h100", "nodeLabels", json(R"({"example.com/a": ""})")).status, 201);
  EXPECT_EQ(putChanged("g2", "nodeTaints", Tree::strings({"sku:NoSchedule"})).code(),
            "InvalidParameter");
  EXPECT_EQ(putChanged("g2", "nodeTaints", Tree::strings({"sku=gpu:Never"})).code(),
            "InvalidParameter");
}

TEST_F(AgentPoolsTest, OnlySomeSizesCanBePartitioned) {
  Tree body = poolBody();
  body.setPath("properties.gpuInstanceProfile", "MIG1g");
  EXPECT_EQ(finish(put(poolPath("h100"), body)), "Succeeded");
  body.setPath("properties.vmSize", "Standard_NC16as_T4_v3");
  EXPECT_EQ(put(poolPath("t4"), body).code(), "InvalidParameter");
}

TEST_F(AgentPoolsTest, AutoscalingKeepsItsCountInBounds) {
  Tree body = poolBody();
  body.setPath("properties.enableAutoScaling", true);
  EXPECT_EQ(put(poolPath("h100"), body).code(), "InvalidParameter");
  body.setPath("properties.minCount", 3);
  body.setPath("properties.maxCount", 2);
  EXPECT_EQ(put(poolPath("h100"), body).code(), "InvalidParameter");
  body.setPath("properties.maxCount", 5);
  EXPECT_EQ(put(poolPath("h100"), body).code(), "InvalidParameter") << "count is 1";
  body.at("properties").set("count", 3);
  EXPECT_EQ(finish(put(poolPath("h100"), body)), "Succeeded");
  body.at("properties").erase("count");
  body.setPath("properties.minCount", 4);
  const Reply grown = put(poolPath("h100"), body);
  EXPECT_EQ(grown.text("properties.count"), "4");
}

TEST_F(AgentPoolsTest, SpotBringsItsLabelAndTaint) {
  EXPECT_EQ(putChanged("spot", "scaleSetEvictionPolicy", "Delete").code(), "InvalidParameter");
  Tree body = poolBody();
  body.setPath("properties.scaleSetPriority", "Spot");
  body.setPath("properties.spotMaxPrice", 0.5);
  EXPECT_EQ(finish(put(poolPath("spot"), body)), "Succeeded");
  const Reply pool = get(poolPath("spot"));
  EXPECT_EQ(treeAt(*pool.at("properties.nodeLabels"), "purpose")->asString(), "training");
  EXPECT_EQ(
      pool.at("properties.nodeLabels")->find("kubernetes.azure.com/scalesetpriority")->asString(),
      "spot");
  EXPECT_EQ(pool.at("properties.nodeTaints")->asList().size(), 2u);
  EXPECT_EQ(pool.text("properties.scaleSetEvictionPolicy"), "Delete");
  EXPECT_EQ(put(poolPath("spot"), pool.body).status, 200) << "what GET shows can be put back";
  body.setPath("properties.mode", "System");
  EXPECT_EQ(put(poolPath("spot2"), body).code(), "InvalidParameter");
}

TEST_F(AgentPoolsTest, TheLastSystemPoolStays) {
  EXPECT_EQ(remove(poolPath("system")).status, 400);
  Tree second = poolBody();
  second.setPath("properties.mode", "System");
  second.at("properties").erase("nodeTaints");
  EXPECT_EQ(finish(put(poolPath("second"), second)), "Succeeded");
  EXPECT_EQ(finish(remove(poolPath("system"))), "Succeeded");
  second.setPath("properties.mode", "User");
  EXPECT_EQ(put(poolPath("second"), second).code(), "InvalidParameter");
}

TEST_F(AgentPoolsTest, ABusyClusterTakesNothingElse) {
  data_plane_.hold("h100");
  const Reply first = put(poolPath("h100"), poolBody());
  const Reply second = put(poolPath("other"), poolBody());
  EXPECT_EQ(second.status, 409);
  EXPECT_EQ(second.code(), "OperationNotAllowed");
  EXPECT_NE(second.text("error.message")
                .find("Another agentpool operation (h100 - Creating) is in progress"),
            std::string::npos);
  EXPECT_EQ(put(clusterPath(), clusterBody()).status, 409);
  EXPECT_EQ(remove(poolPath("h100")).status, 409);
  EXPECT_EQ(send("PATCH", clusterPath(), json(R"({"tags": {}})")).status, 409);
  data_plane_.release("h100");
  EXPECT_EQ(finish(first), "Succeeded");
  EXPECT_EQ(finish(put(poolPath("other"), poolBody())), "Succeeded");
}

TEST_F(AgentPoolsTest, QuotaIsCountedByFamilyAndRegion) {
  ArmOptions options = defaultOptions();
  options.vcpu_limits = {{"NDisr_H100_v5", 200}};
  restart(options);
  EXPECT_EQ(finish(putChanged("h100", "count", 2)), "Succeeded");
  const Reply refused = putChanged("h100", "count", 3);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.code(), "ErrCode_InsufficientVCPUQuota");
  EXPECT_NE(refused.text("error.message").find("requested 96, remaining 8"), std::string::npos)
      << refused.text("error.message");
  EXPECT_EQ(putChanged("more", "count", 1).code(), "ErrCode_InsufficientVCPUQuota");
  EXPECT_EQ(putChanged("a100", "vmSize", "Standard_ND96asr_v4").status, 201);
  const Reply usages = get("/providers/Microsoft.Compute/locations/eastus/usages");
  EXPECT_NE(ir::toJson(usages.body).find(R"("currentValue":192,"limit":200)"), std::string::npos)
      << ir::toJson(usages.body);
}

TEST_F(AgentPoolsTest, AreListed) {
  EXPECT_EQ(finish(put(poolPath("h100"), poolBody())), "Succeeded");
  const Reply list = get(clusterPath() + "/agentPools");
  ASSERT_EQ(list.at("value")->asList().size(), 2u);
  EXPECT_EQ(list.text("value.0.name"), "h100");
  EXPECT_EQ(list.text("value.0.type"), "Microsoft.ContainerService/managedClusters/agentPools");
  EXPECT_EQ(get(clusterPath("none") + "/agentPools").status, 404);
}

TEST_F(AgentPoolsTest, ManyPoolsComeInPages) {
  for (int i = 0; i < 60; ++i) {
    Tree body = poolBody();
    body.setPath("properties.count", 0);
    ASSERT_EQ(finish(put(poolPath("p" + std::to_string(100 + i)), body)), "Succeeded");
  }
  const Reply first = get(clusterPath() + "/agentPools");
  EXPECT_EQ(first.at("value")->asList().size(), 50u);
  EXPECT_NE(first.text("nextLink").find("%24skiptoken="), std::string::npos);
  EXPECT_NE(first.text("nextLink").find("api-version=2026-05-01"), std::string::npos);
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
