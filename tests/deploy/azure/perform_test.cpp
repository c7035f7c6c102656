// Carrying changes out: what is sent, in which order, and what a second try does.

#include "tests/deploy/azure/fixture.h"

namespace gpuspec::deploy::azure {
namespace {

using Kind = apply::ApiError::Kind;
using plan::Action;

constexpr const char* kPool = "/agentPools/h100?";
constexpr const char* kDeployment = "/deployments/gpuspec-shared-h100?";
const std::string kAbsent = R"({"error":{"code":"ResourceNotFound","message":"not there"}})";
const std::string kSucceeded = R"({"status":"Succeeded"})";
const std::string kRunning = R"({"status":"Running"})";

class AzurePerform : public AzureTest {};

TEST_F(AzurePerform, MakesAPoolByADeploymentOfItsOwn) {
  transport_.once("GET", kPool, 404, kAbsent)
      .once("PUT", kDeployment, 201, "{}", operation("1", "5"))
      .once("GET", "/operations/1", 200, kRunning, {{"retry-after", "7"}})
      .once("GET", "/operations/1", 200, kSucceeded);
  plan::Change change = poolChange(Action::Create);
  change.body.set("dependsOn", Tree::strings({"[resourceId('x')]"}));
  EXPECT_EQ(perform(change), std::nullopt);
  const auto calls = transport_.calls("PUT", kDeployment);
  ASSERT_EQ(calls.size(), 1u);
  EXPECT_EQ(calls[0].url,
            "https://arm.example/subscriptions/sub-1/resourceGroups/gpu/providers/"
            "Microsoft.Resources/deployments/"
            "gpuspec-shared-h100?api-version=2025-04-01");
  const Tree body = json(calls[0].body);
  EXPECT_EQ(*body.find("properties")->find("mode"), Tree("Incremental"));
  const Tree& resources = *body.find("properties")->find("template")->find("resources");
  ASSERT_EQ(resources.asList().size(), 1u);
  EXPECT_EQ(resources.asList()[0], poolChange(Action::Create).body.tree());
  EXPECT_EQ(progress_, (std::vector<std::string>{"Creating"}));
  EXPECT_EQ(clock_.now(), std::chrono::seconds(12));
}

TEST_F(AzurePerform, ACreateThatFindsItsResultIsDone) {
  readNothing();
  transport_.once("GET", kPool, 200, pool("h100", "Succeeded"));
  EXPECT_EQ(perform(poolChange(Action::Create)), std::nullopt);
  EXPECT_EQ(transport_.calls().size(), 1u);
}

TEST_F(AzurePerform, ACreateThatFindsAHalfMadeResultWaits) {
  readNothing();
  transport_.once("GET", kPool, 200, pool("h100", "Creating"))
      .once("GET", kPool, 200, pool("h100", "Creating"))
      .once("GET", kPool, 200, pool("h100", "Succeeded"))
      .once("GET", kPool, 200, pool("h100", "Succeeded"));
  EXPECT_EQ(perform(poolChange(Action::Create)), std::nullopt);
  EXPECT_EQ(transport_.count("PUT", ""), 0u);
  EXPECT_EQ(progress_.size(), 1u);
}

TEST_F(AzurePerform, WhatAzureIsAtIsWaitedForAndNothingIsSent) {
  transport_.once("GET", kPool, 200, pool("h100", "Creating"))
      .once("GET", kPool, 200, pool("h100", "Creating"))
      .once("GET", kPool, 200, pool("h100", "Succeeded"));
  plan::Change change = poolChange(Action::Wait);
  change.body = Tree();
  EXPECT_EQ(perform(change), std::nullopt);
  EXPECT_EQ(transport_.calls().size(), 3u);
  EXPECT_EQ(progress_, std::vector<std::string>{"Waiting for Azure"});
}

TEST_F(AzurePerform, WhatAzureIsAtMayEndBadly) {
  transport_.once("GET", kPool, 200, pool("h100", "Creating"))
      .once("GET", kPool, 200,
            R"({"properties":{"provisioningState":"Failed","status":{"provisioningError":
                {"code":"AllocationFailed","message":"no room"}}}})");
  const auto error = perform(poolChange(Action::Wait));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, "AllocationFailed");
}

TEST_F(AzurePerform, ACreateWaitsUntilWhatOthersDeleteIsGone) {
  readNothing();
  transport_.once("GET", kPool, 200, pool("h100", "Deleting", "theirs"))
      .once("GET", kPool, 200, pool("h100", "Deleting", "theirs"))
      .once("GET", kPool, 404, kAbsent)
      .once("GET", kPool, 404, kAbsent)
      .once("PUT", kDeployment, 200, R"({"properties":{"provisioningState":"Succeeded"}})");
  EXPECT_EQ(perform(poolChange(Action::Create)), std::nullopt);
}

TEST_F(AzurePerform, ADeleteOfWhatGoesAlreadyWaitsUntilItIsGone) {
  readNothing();
  transport_.once("GET", kPool, 200, pool("h100", "Deleting"))
      .once("GET", kPool, 200, pool("h100", "Deleting"))
      .once("GET", kPool, 404, kAbsent)
      .once("DELETE", kPool, 204);
  EXPECT_EQ(perform(poolChange(Action::Delete)), std::nullopt);
}

TEST_F(AzurePerform, AFailedOrDifferentResultIsWrittenAgain) {
  readNothing();
  for (const std::string& found :
       {pool("h100", "Failed"), std::string(R"({"properties":{"count":1,"provisioningState":
       "Succeeded","tags":{"gpuspec-project":"lab","gpuspec-env":"prod"}}})")}) {
    transport_.once("GET", kPool, 200, found)
        .once("PUT", kDeployment, 200, R"({"properties":{"provisioningState":"Succeeded"}})");
    EXPECT_EQ(perform(poolChange(Action::Create)), std::nullopt);
  }
  EXPECT_EQ(transport_.count("PUT", kDeployment), 2u);
}

TEST_F(AzurePerform, ACreateTakesOverNothing) {
  readNothing();
  transport_.once("GET", kPool, 200, pool("h100", "Succeeded", "theirs"));
  const auto error = perform(poolChange(Action::Create));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, Kind::Conflict);
  EXPECT_NE(error->message.find("theirs"), std::string::npos);
  EXPECT_NE(error->way_out.find("--adopt"), std::string::npos);
  EXPECT_EQ(transport_.count("PUT", ""), 0u);
}

TEST_F(AzurePerform, WaitsForTheDeploymentOfARunThatWasKilled) {
  transport_.once("GET", kPool, 404, kAbsent)
      .once("PUT", kDeployment, 409,
            R"({"error":{"code":"DeploymentActive","message":"still active"}})")
      .once("GET", kDeployment, 200, R"({"properties":{"provisioningState":"Running"}})")
      .once("GET", kDeployment, 200, R"({"properties":{"provisioningState":"Succeeded"}})")
      .once("PUT", kDeployment, 200, R"({"properties":{"provisioningState":"Succeeded"}})");
  EXPECT_EQ(perform(poolChange(Action::Create)), std::nullopt);
  EXPECT_EQ(transport_.count("PUT", kDeployment), 2u);
}

TEST_F(AzurePerform, AClusterBringsItsResourceGroup) {
  transport_
      .once("GET", "/managedClusters/shared?", 404,
            R"({"error":{"code":"ResourceGroupNotFound","message":"no"}})")
      .once("PUT", "/resourceGroups/gpu?", 201, R"({"name":"gpu"})")
      .once("PUT", "/deployments/gpuspec-shared?", 200,
            R"({"properties":{"provisioningState":"Succeeded"}})");
  EXPECT_EQ(perform(clusterChange(Action::Create)), std::nullopt);
  const auto calls = transport_.calls("PUT", "/resourceGroups/gpu?");
  ASSERT_EQ(calls.size(), 1u);
  EXPECT_EQ(
      json(calls[0].body),
      json(R"({"location":"westeurope","tags":{"gpuspec-project":"lab","gpuspec-env":"prod"}})"));
}

TEST_F(AzurePerform, APoolBringsNoResourceGroup) {
  const std::string body = R"({"error":{"code":"ResourceGroupNotFound","message":"no group"}})";
  transport_.once("GET", kPool, 404, body).once("PUT", kDeployment, 404, body);
  const auto error = perform(poolChange(Action::Create));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, "ResourceGroupNotFound");
  EXPECT_NE(error->way_out.find("az group create"), std::string::npos);
}

TEST_F(AzurePerform, AnUpdateOfAClusterSendsItsPoolsBack) {
  transport_
      .once("GET", "/managedClusters/shared?", 200,
            R"({"properties":{"agentPoolProfiles":[{"name":"system","count":3,"eTag":"x",
                  "provisioningState":"Succeeded","nodeLabels":{"a":"[b]"}},{"name":"h100","count":2}]}})")
      .once("PUT", "/deployments/gpuspec-shared?", 200,
            R"({"properties":{"provisioningState":"Succeeded"}})");
  EXPECT_EQ(perform(clusterChange(Action::Update)), std::nullopt);
  const Tree body = json(transport_.calls("PUT", "/deployments/")[0].body);
  const Tree& sent = body.find("properties")->find("template")->find("resources")->asList()[0];
  EXPECT_EQ(
      *sent.find("properties")->find("agentPoolProfiles"),
      json(R"([{"name":"system","count":3,"nodeLabels":{"a":"[[b]"}},{"name":"h100","count":2}])"));
  EXPECT_EQ(*sent.find("properties")->find("kubernetesVersion"), Tree("1.36"));
}

TEST_F(AzurePerform, ADeleteIsAskedForOnceAndWaitedFor) {
  readNothing();
  transport_.once("GET", kPool, 200, pool("h100", "Succeeded"))
      .once("DELETE", kPool, 202, "", {{"location", std::string(kOps) + "d"}, {"retry-after", "3"}})
      .once("GET", "/operations/d", 202, "", {{"retry-after", "3"}})
      .once("GET", "/operations/d", 204);
  EXPECT_EQ(perform(poolChange(Action::Delete)), std::nullopt);
  EXPECT_EQ(progress_, (std::vector<std::string>{"Deleting"}));
}

TEST_F(AzurePerform, WhatIsGoneIsDeleted) {
  transport_.once("GET", kPool, 404, kAbsent);
  EXPECT_EQ(perform(poolChange(Action::Delete)), std::nullopt);
  transport_.once("GET", kPool, 200, pool("h100", "Succeeded")).once("DELETE", kPool, 404, kAbsent);
  EXPECT_EQ(perform(poolChange(Action::Delete)), std::nullopt);
  transport_.once("GET", kPool, 404, R"({"error":{"code":"ResourceGroupNotFound"}})");
  EXPECT_EQ(perform(poolChange(Action::Delete)), std::nullopt);
}

TEST_F(AzurePerform, DeletesNothingThatIsNotOurs) {
  readNothing();
  transport_.once("GET", kPool, 200, pool("h100", "Succeeded", "theirs"));
  const auto error = perform(poolChange(Action::Delete));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, Kind::Conflict);
  EXPECT_EQ(transport_.count("DELETE", ""), 0u);
}

TEST_F(AzurePerform, ReplacesByDeletingFirst) {
  transport_.once("GET", kPool, 200, pool("h100", "Succeeded"))
      .once("DELETE", kPool, 202, "", operation("d"))
      .once("GET", "/operations/d", 200, kSucceeded)
      .once("PUT", kDeployment, 201, "{}", operation("c"))
      .once("GET", "/operations/c", 200, kSucceeded);
  EXPECT_EQ(perform(poolChange(Action::Replace)), std::nullopt);
  EXPECT_EQ(progress_, (std::vector<std::string>{"Deleting", "Creating"}));
}

TEST_F(AzurePerform, ReleaseTakesTheMarksOffAPool) {
  readNothing();
  transport_.once("GET", kPool, 200, pool("h100", "Succeeded"))
      .once("PUT", kPool, 200, R"({"properties":{"provisioningState":"Succeeded"}})");
  EXPECT_EQ(perform(poolChange(Action::Release)), std::nullopt);
  const test::Call call = transport_.calls("PUT", kPool)[0];
  EXPECT_EQ(call.header("if-match"), "e1");
  EXPECT_EQ(
      json(call.body),
      json(R"({"properties":{"mode":"User","count":2,"vmSize":"standard_d4s_v5","tags":{}}})"));
}

TEST_F(AzurePerform, ReleaseReadsAgainWhatChangedMeanwhile) {
  readNothing();
  std::string newer = pool("h100", "Succeeded");
  newer.replace(newer.find("\"e1\""), 4, "\"e2\"");
  transport_.once("GET", kPool, 200, pool("h100", "Succeeded"))
      .once("PUT", kPool, 412, R"({"error":{"code":"PreconditionFailed","message":"etag"}})")
      .once("GET", kPool, 200, newer)
      .once("PUT", kPool, 200, R"({"properties":{"provisioningState":"Succeeded"}})");
  EXPECT_EQ(perform(poolChange(Action::Release)), std::nullopt);
  EXPECT_EQ(transport_.calls("PUT", kPool)[1].header("if-match"), "e2");
}

TEST_F(AzurePerform, ReleaseTakesTheMarksOffACluster) {
  transport_
      .once("GET", "/managedClusters/shared?", 200,
            R"({"tags":{"gpuspec-project":"lab","gpuspec-env":"prod","cost":"a"},"properties":{}})")
      .once("PATCH", "/managedClusters/shared?", 200, "{}");
  EXPECT_EQ(perform(clusterChange(Action::Release)), std::nullopt);
  EXPECT_EQ(json(transport_.calls("PATCH", "")[0].body), json(R"({"tags":{"cost":"a"}})"));
}

TEST_F(AzurePerform, KnowsOnlyWhatItKnows) {
  plan::Change change = poolChange(Action::Create);
  change.key.kind = "virtualMachines";
  const auto error = perform(change);
  ASSERT_TRUE(error);
  EXPECT_TRUE(transport_.calls().empty());
}

}  // namespace
}  // namespace gpuspec::deploy::azure
