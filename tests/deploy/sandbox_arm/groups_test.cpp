#include "compiler/ir/json.h"
#include "tests/deploy/sandbox_arm/arm_fixture.h"

namespace gpuspec::deploy::sandbox {
namespace {

class GroupsTest : public ArmTest {};

TEST_F(GroupsTest, AreMadeReadListedAndRemoved) {
  EXPECT_EQ(get("/resourcegroups/rg").code(), "ResourceGroupNotFound");
  EXPECT_EQ(send("HEAD", "/resourcegroups/rg").status, 404);
  Reply reply = put("/resourceGroups/rg", json(R"({"location": "East US", "tags": {"a": "1"}})"));
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.text("location"), "eastus");
  EXPECT_EQ(reply.text("properties.provisioningState"), "Succeeded");
  EXPECT_EQ(put("/resourceGroups/RG", json(R"({"location": "eastus"})")).status, 200);
  EXPECT_EQ(get("/resourceGroups/Rg").text("name"), "rg")
      << "names have no case, and keep their first spelling";
  EXPECT_EQ(send("HEAD", "/resourcegroups/rg").status, 204);
  EXPECT_EQ(send("PATCH", "/resourcegroups/rg", json(R"({"tags": {"b": "2"}})")).text("tags.b"),
            "2");
  EXPECT_EQ(get("/resourcegroups?$filter=tagName eq 'b' and tagValue eq '2'")
                .at("value")
                ->asList()
                .size(),
            1u);
  EXPECT_EQ(get("/resourcegroups?$filter=tagName eq 'b' and tagValue eq '3'")
                .at("value")
                ->asList()
                .size(),
            0u);
  reply = remove("/resourceGroups/rg");
  EXPECT_EQ(reply.status, 202);
  EXPECT_EQ(finishLocation(reply).status, 200);
  EXPECT_EQ(get("/resourcegroups/rg").status, 404);
  EXPECT_EQ(remove("/resourceGroups/rg").status, 404);
}

TEST_F(GroupsTest, RefuseWhatAzureRefuses) {
  EXPECT_EQ(put("/resourceGroups/bad.", json(R"({"location": "eastus"})")).code(),
            "InvalidResourceGroup");
  EXPECT_EQ(put("/resourceGroups/rg", json("{}")).code(), "LocationRequired");
  EXPECT_EQ(put("/resourceGroups/rg", json(R"({"location": "eastus", "tags": {"a": 1}})")).code(),
            "InvalidRequestContent");
  EXPECT_EQ(put("/resourceGroups/rg", json(R"({"location": "eastus", "tag": {}})")).code(),
            "InvalidRequestContent");
  makeGroup();
  const Reply moved = put("/resourceGroups/rg", json(R"({"location": "westus"})"));
  EXPECT_EQ(moved.status, 409);
  EXPECT_EQ(moved.code(), "InvalidResourceGroupLocation");
  EXPECT_EQ(get("/resourcegroups?$filter=tags/a eq 'b'").code(), "InvalidFilterInQueryString");
}

TEST_F(GroupsTest, TakeTheirClustersWithThem) {
  makeCluster();
  EXPECT_EQ(finishLocation(remove("/resourceGroups/rg")).status, 200);
  EXPECT_EQ(data_plane_.calls().back(), "remove rg.c1");
  makeGroup();
  EXPECT_EQ(get(clusterPath()).status, 404);
  EXPECT_EQ(get(clusterPath() + "/agentPools/system").status, 404);
}

TEST_F(GroupsTest, ApiVersionIsNeededAndChecked) {
  HttpRequest request;
  request.method = "GET";
  request.path = "/subscriptions/" + defaultOptions().subscription_id + "/resourcegroups";
  request.headers["authorization"] = "Bearer " + token_;
  EXPECT_EQ(treeAt(json(raw(request).body), "error.code")->asString(),
            "MissingApiVersionParameter");
  EXPECT_EQ(get("/resourcegroups?api-version=latest").code(), "InvalidApiVersionParameter");
  makeGroup();
  EXPECT_EQ(get(clusterPath() + "?api-version=2019-01-01").code(), "NoRegisteredProviderFound");
}

TEST_F(GroupsTest, OtherSubscriptionsAreNotThere) {
  HttpRequest request;
  request.method = "GET";
  request.path = "/subscriptions/55555555-5555-5555-5555-555555555555/resourcegroups";
  request.query = {{"api-version", "2025-04-01"}};
  request.headers["authorization"] = "Bearer " + token_;
  EXPECT_EQ(treeAt(json(raw(request).body), "error.code")->asString(), "SubscriptionNotFound");
  request.path = "/subscriptions";
  EXPECT_EQ(treeAt(json(raw(request).body), "value.0.subscriptionId")->asString(),
            defaultOptions().subscription_id);
}

TEST_F(GroupsTest, ResourcesAreFoundByTagAndType) {
  makeCluster("c1");
  makeCluster("c2");
  EXPECT_EQ(
      send("PATCH", clusterPath("c2"), json(R"({"tags": {"gpuspec-project": "other"}})")).status,
      200);
  Reply found = get("/resources?$filter=tagName eq 'gpuspec-project' and tagValue eq 'p'");
  ASSERT_EQ(found.at("value")->asList().size(), 1u);
  EXPECT_EQ(found.text("value.0.name"), "c1");
  EXPECT_EQ(found.text("value.0.type"), "Microsoft.ContainerService/managedClusters");
  EXPECT_EQ(found.at("value.0.properties"), nullptr);
  EXPECT_EQ(get("/resources?$filter=tagName eq 'gpuspec-project'").at("value")->asList().size(),
            2u);
  EXPECT_EQ(get("/resources?$filter=resourceType eq 'Microsoft.Storage/storageAccounts'")
                .at("value")
                ->asList()
                .size(),
            0u);
  EXPECT_EQ(get("/resourceGroups/rg/resources").at("value")->asList().size(), 2u);
}

TEST_F(GroupsTest, ListsComeInPages) {
  for (int i = 0; i < 120; ++i) makeGroup("g" + std::to_string(1000 + i));
  std::size_t count = 0, pages = 0;
  std::string target = "/resourcegroups";
  while (!target.empty()) {
    const Reply page = get(target);
    ASSERT_EQ(page.status, 200) << page.code();
    count += page.at("value")->asList().size();
    ++pages;
    const std::string next = page.text("nextLink");
    const std::size_t token = next.find("%24skiptoken=");
    target =
        token == std::string::npos ? "" : "/resourcegroups?$skiptoken=" + next.substr(token + 13);
    // The fixture decodes nothing, and base64 has these.
    for (const auto& [code, letter] :
         {std::pair("%3D", "="), std::pair("%2F", "/"), std::pair("%2B", "+")}) {
      for (std::size_t at = target.find(code); at != std::string::npos; at = target.find(code))
        target.replace(at, 3, letter);
    }
  }
  EXPECT_EQ(count, 120u);
  EXPECT_EQ(pages, 3u);
  EXPECT_EQ(get("/resourcegroups?$skiptoken=AAAA").code(), "InvalidSkipToken");
}

TEST_F(GroupsTest, ProvidersAreRegistered) {
  EXPECT_EQ(get("/providers/Microsoft.ContainerService").text("registrationState"), "Registered");
  EXPECT_EQ(get("/providers/Microsoft.Nothing").code(), "InvalidResourceNamespace");
}

TEST_F(GroupsTest, EveryAnswerHasARequestId) {
  const Reply reply = send("GET", "/resourcegroups", Tree(), {{"x-ms-client-request-id", "mine"}});
  EXPECT_EQ(reply.headers.at("x-ms-client-request-id"), "mine");
  EXPECT_EQ(reply.headers.at("x-ms-request-id").size(), 36u);
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
