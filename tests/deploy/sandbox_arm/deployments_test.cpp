#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "compiler/ir/json.h"
#include "tests/deploy/sandbox_arm/arm_fixture.h"

namespace gpuspec::deploy::sandbox {
namespace {

namespace fs = std::filesystem;

std::string deploymentPath(const std::string& name = "d1", const std::string& group = "rg") {
  return "/resourcegroups/" + group + "/providers/Microsoft.Resources/deployments/" + name;
}

Tree templateWith(Tree resources) {
  return ir::mapOf(
      "$schema", "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      "contentVersion", "1.0.0.0", "resources", std::move(resources));
}

Tree request(Tree text, Tree parameters = Tree::map()) {
  return ir::mapOf("properties", ir::mapOf("mode", "Incremental", "template", std::move(text),
                                           "parameters", std::move(parameters)));
}

class DeploymentsTest : public ArmTest {
 protected:
  DeploymentsTest() { makeGroup(); }

  static Tree clusterResource() {
    Tree resource = ir::mapOf("type", "Microsoft.ContainerService/managedClusters", "apiVersion",
                              "2026-05-01", "name", "c1");
    const Tree body = clusterBody();
    for (const auto& [key, value] : body.asMap()) resource.set(key, value);
    return resource;
  }
  static Tree poolResource(const std::string& name, const std::string& before = "") {
    Tree needs = ir::listOf(
        before.empty()
            ? "[resourceId('Microsoft.ContainerService/managedClusters', 'c1')]"
            : "[resourceId('Microsoft.ContainerService/managedClusters/agentPools', 'c1', '" +
                  before + "')]");
    Tree resource =
        ir::mapOf("type", "Microsoft.ContainerService/managedClusters/agentPools", "apiVersion",
                  "2026-05-01", "name", "c1/" + name, "dependsOn", std::move(needs));
    resource.set("properties", *poolBody().find("properties"));
    return resource;
  }
};

TEST_F(DeploymentsTest, AreCarriedOutInOrder) {
  const Reply made =
      put(deploymentPath(), request(templateWith(ir::listOf(
                                poolResource("p2", "p1"), poolResource("p1"), clusterResource()))));
  EXPECT_EQ(made.status, 201) << ir::toJson(made.body);
  EXPECT_EQ(made.text("properties.provisioningState"), "Accepted");
  EXPECT_EQ(finish(made), "Succeeded");
  const std::vector<std::string> calls = data_plane_.calls();
  EXPECT_EQ(calls, (std::vector<std::string>{"cluster rg.c1 eastus", "pool rg.c1/system 2",
                                             "pool rg.c1/p1 1", "pool rg.c1/p2 1"}));
  const Reply done = get(deploymentPath());
  EXPECT_EQ(done.text("properties.provisioningState"), "Succeeded");
  EXPECT_EQ(done.at("properties.outputResources")->asList().size(), 3u);
  EXPECT_EQ(get("/resourcegroups/rg/providers/Microsoft.Resources/deployments")
                .at("value")
                ->asList()
                .size(),
            1u);
  const Reply operations = get("/resourcegroups/rg/deployments/d1/operations");
  ASSERT_EQ(operations.at("value")->asList().size(), 3u);
  EXPECT_EQ(operations.text("value.0.properties.provisioningState"), "Succeeded");
  EXPECT_EQ(operations.text("value.0.properties.targetResource.resourceName"), "c1/p2");
}

TEST_F(DeploymentsTest, CanBeRepeated) {
  const Tree body = request(templateWith(ir::listOf(clusterResource(), poolResource("p1"))));
  EXPECT_EQ(finish(put(deploymentPath(), body)), "Succeeded");
  const Reply again = put(deploymentPath(), body);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(finish(again), "Succeeded");
}

TEST_F(DeploymentsTest, EveryExampleDeploys) {
  int found = 0;
  for (const fs::directory_entry& file : fs::recursive_directory_iterator(GPUSPEC_EXAMPLES)) {
    if (file.path().filename() != "azuredeploy.json") continue;
    std::ostringstream text;
    text << std::ifstream(file.path()).rdbuf();
    const Tree tree = json(text.str());
    const std::string group = "g" + std::to_string(++found);
    makeGroup(group);
    // A spec on an existing cluster: it is there before.
    if (treeAt(tree, "resources.0.type")->asString() !=
        "Microsoft.ContainerService/managedClusters") {
      const std::string full = treeAt(tree, "resources.0.name")->asString();
      EXPECT_EQ(finish(put(clusterPath(full.substr(0, full.find('/')), group), clusterBody())),
                "Succeeded");
    }
    const Reply made = put(deploymentPath("d", group), request(tree));
    EXPECT_EQ(made.status, 201) << file.path() << ir::toJson(made.body);
    EXPECT_EQ(finish(made), "Succeeded")
        << file.path() << get(deploymentPath("d", group)).text("properties.error");
  }
  EXPECT_GE(found, 7);
}

TEST_F(DeploymentsTest, FailWithTheErrorOfTheResource) {
  ArmOptions options = defaultOptions();
  options.vcpu_limits = {{"NDisr_H100_v5", 10}};
  restart(options);
  const Reply made =
      put(deploymentPath(), request(templateWith(ir::listOf(clusterResource(), poolResource("p1"),
                                                            poolResource("p2", "p1")))));
  EXPECT_EQ(finish(made), "Failed DeploymentFailed");
  const Reply failed = get(deploymentPath());
  EXPECT_EQ(failed.text("properties.provisioningState"), "Failed");
  EXPECT_EQ(failed.text("properties.error.code"), "DeploymentFailed");
  EXPECT_EQ(failed.text("properties.error.details.0.code"), "ErrCode_InsufficientVCPUQuota");
  EXPECT_EQ(get(clusterPath()).status, 200) << "what came before stays";
  const Reply operations = get(deploymentPath() + "/operations");
  ASSERT_EQ(operations.at("value")->asList().size(), 2u) << "p2 was never begun";
  EXPECT_EQ(operations.text("value.1.properties.statusMessage.error.code"),
            "ErrCode_InsufficientVCPUQuota");
}

TEST_F(DeploymentsTest, WhatIsWrongIsSaidBeforeAnythingIsWritten) {
  Tree pool = poolResource("p1");
  pool.at("properties").set("vmSizes", "x");
  const Tree body = request(templateWith(ir::listOf(clusterResource(), pool)));
  for (const Reply& reply :
       {put(deploymentPath(), body), send("POST", deploymentPath() + "/validate", body)}) {
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.code(), "InvalidTemplateDeployment");
    EXPECT_EQ(reply.text("error.details.0.code"), "UnmarshalError");
  }
  EXPECT_EQ(get(deploymentPath()).code(), "DeploymentNotFound");
  EXPECT_EQ(get(clusterPath()).status, 404);
}

TEST_F(DeploymentsTest, AreValidated) {
  const Tree body = request(templateWith(ir::listOf(clusterResource(), poolResource("p1"))));
  const Reply reply = send("POST", deploymentPath() + "/validate", body);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.at("properties.validatedResources")->asList().size(), 2u);
  EXPECT_TRUE(data_plane_.calls().empty());
}

TEST_F(DeploymentsTest, PoolsWithoutTheirClusterFail) {
  const Reply made = put(deploymentPath(), request(templateWith(ir::listOf([] {
                           Tree pool = poolResource("p1");
                           pool.erase("dependsOn");
                           return pool;
                         }()))));
  EXPECT_EQ(finish(made), "Failed DeploymentFailed");
  EXPECT_EQ(get(deploymentPath()).text("properties.error.details.0.code"),
            "ParentResourceNotFound");
}

TEST_F(DeploymentsTest, OfOneNameRunOneAtATime) {
  data_plane_.hold("system");
  const Tree body = request(templateWith(ir::listOf(clusterResource())));
  const Reply first = put(deploymentPath(), body);
  const Reply second = put(deploymentPath(), body);
  EXPECT_EQ(second.status, 409);
  EXPECT_EQ(second.code(), "DeploymentActive");
  EXPECT_EQ(remove(deploymentPath()).status, 409);
  data_plane_.release("system");
  EXPECT_EQ(finish(first), "Succeeded");
  EXPECT_EQ(remove(deploymentPath()).status, 204);
  EXPECT_EQ(send("HEAD", deploymentPath()).status, 404);
}

TEST_F(DeploymentsTest, AreCanceledBetweenResources) {
  data_plane_.hold("system");
  const Reply made = put(deploymentPath(),
                         request(templateWith(ir::listOf(clusterResource(), poolResource("p1")))));
  EXPECT_EQ(send("POST", deploymentPath() + "/cancel").status, 204);
  data_plane_.release("system");
  EXPECT_EQ(finish(made), "Canceled");
  EXPECT_EQ(get(deploymentPath()).text("properties.provisioningState"), "Canceled");
  EXPECT_EQ(get(poolPath("p1")).status, 404);
  EXPECT_EQ(send("POST", deploymentPath() + "/cancel").status, 409);
}

TEST_F(DeploymentsTest, WhatIfSaysWhatWouldChange) {
  EXPECT_EQ(finish(put(deploymentPath(),
                       request(templateWith(ir::listOf(clusterResource(), poolResource("p1")))))),
            "Succeeded");
  Tree changed = poolResource("p1");
  changed.at("properties").set("count", 3);
  const Tree body =
      request(templateWith(ir::listOf(clusterResource(), changed, poolResource("p2", "p1"))));
  const Reply accepted = send("POST", deploymentPath() + "/whatIf", body);
  EXPECT_EQ(accepted.status, 202) << ir::toJson(accepted.body);
  const Reply result = finishLocation(accepted);
  EXPECT_EQ(result.status, 200);
  EXPECT_EQ(result.text("status"), "Succeeded");
  EXPECT_EQ(result.text("properties.changes.0.changeType"), "NoChange")
      << ir::toJson(*result.at("properties.changes.0"));
  EXPECT_EQ(result.text("properties.changes.1.changeType"), "Modify");
  EXPECT_EQ(result.text("properties.changes.1.delta"),
            R"([{"path":"properties.count","propertyChangeType":"Modify","before":1,"after":3}])");
  EXPECT_EQ(result.text("properties.changes.2.changeType"), "Create");
  EXPECT_EQ(get(poolPath("p1")).text("properties.count"), "1");
}

TEST_F(DeploymentsTest, RefuseWhatTheSandboxDoesNotDo) {
  Tree complete = request(templateWith(Tree::list()));
  complete.at("properties").set("mode", "Complete");
  EXPECT_EQ(put(deploymentPath(), complete).code(), "InvalidTemplate");
  Tree linked = request(templateWith(Tree::list()));
  linked.at("properties").set("templateLink", json(R"({"uri": "https://example.com"})"));
  EXPECT_EQ(put(deploymentPath(), linked).code(), "InvalidContentLink");
  const Tree unknown = json(
      R"([{"type": "Microsoft.Storage/storageAccounts", "apiVersion": "2024-01-01", "name": "s"}])");
  const Reply reply = put(deploymentPath(), request(templateWith(unknown)));
  EXPECT_EQ(reply.code(), "InvalidTemplate");
  EXPECT_NE(reply.text("error.message").find("Microsoft.Storage/storageAccounts"),
            std::string::npos);
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
