// Reading what is live: few requests, whose it is, and tokens that go nowhere else.

#include "tests/deploy/azure/fixture.h"

namespace gpuspec::deploy::azure {
namespace {

using Kind = apply::ApiError::Kind;
using model::OwnerKind;

constexpr const char* kResources = "/subscriptions/sub-1/resources?";
const std::string kNothing = R"({"value":[]})";

std::string cluster(const std::string& project) {
  return R"({"id":")" + std::string(kCluster) +
         R"(","name":"shared","eTag":"c1","tags":{"gpuspec-project":")" + project +
         R"(","gpuspec-env":"prod"},"properties":{"resourceUID":"u1","provisioningState":"Succeeded"}})";
}

std::string stray(const std::string& name, const std::string& tags) {
  return R"({"type":"Microsoft.ContainerService/managedClusters","name":")" + name +
         R"(","id":"/subscriptions/sub-1/resourceGroups/gpu/providers/Microsoft.ContainerService/managedClusters/)" +
         name + R"(")" + tags + "}";
}

class AzureRead : public AzureTest {
 protected:
  std::optional<apply::ApiError> read(const model::DesiredSet& desired) {
    return asValue(client_->read(desired, live_));
  }
  void wantPool(model::DesiredSet& desired, const std::string& name,
                const std::string& version = "2026-05-01") {
    model::Desired resource;
    resource.key = poolKey(name);
    resource.api_version = version;
    desired.resources.push_back(resource);
  }

  model::LiveSet live_;
};

TEST_F(AzureRead, AskesThreeTimesForOneCluster) {
  transport_.once("GET", "/managedClusters/shared?", 200, cluster("lab"))
      .once("GET", "/agentPools?", 200,
            R"({"value":[)" + pool("h100", "Succeeded") + "," + pool("other", "Succeeded", "else") +
                "," + pool("old", "Succeeded") + "]}")
      .once("GET", kResources, 200, R"({"value":[)" + stray("SHARED", "") + "]}");
  model::DesiredSet desired = desiredSet();
  model::Desired wanted;
  wanted.key = clusterKey();
  wanted.api_version = "2026-05-01";
  desired.resources.push_back(wanted);
  wantPool(desired, "h100");
  wantPool(desired, "other", "2026-05-02-preview");
  ASSERT_EQ(read(desired), std::nullopt);
  EXPECT_EQ(live_.azure_requests, 3);
  EXPECT_EQ(client_->requestCount(), 3);
  ASSERT_EQ(live_.clusters.size(), 1u);
  EXPECT_TRUE(live_.clusters[0].exists);
  EXPECT_TRUE(live_.clusters[0].strays.empty()) << "the spec names it, in another case";
  ASSERT_EQ(live_.resources.size(), 4u);
  EXPECT_EQ(live_.resources[0].key, clusterKey());
  EXPECT_EQ(live_.resources[0].uid, "u1");
  EXPECT_EQ(live_.resources[0].revision, "c1");
  EXPECT_EQ(live_.resources[0].owner.kind, OwnerKind::Us);
  EXPECT_EQ(live_.resources[1].key, poolKey("h100"));
  EXPECT_EQ(live_.resources[1].revision, "e1");
  EXPECT_EQ(live_.resources[2].key, poolKey("old")) << "ours, no longer wanted";
  EXPECT_EQ(live_.resources[3].key, poolKey("other"));
  EXPECT_EQ(live_.resources[3].owner.kind, OwnerKind::Project) << "in the way";
  EXPECT_EQ(transport_.count("GET", "/agentPools?api-version=2026-05-02-preview"), 1u);
  EXPECT_EQ(transport_.calls()[0].header("authorization"), "Bearer token-1");
  EXPECT_EQ(tokens_.scopes[0], "https://management.azure.com/.default");
}

TEST_F(AzureRead, LeavesOutWhatIsNeitherOursNorInTheWay) {
  transport_.once("GET", "/managedClusters/shared?", 200, cluster("lab"))
      .once("GET", "/agentPools?", 200,
            R"({"value":[)" + pool("theirs", "Succeeded", "else") + "]}")
      .once("GET", kResources, 200, kNothing);
  ASSERT_EQ(read(desiredSet()), std::nullopt);
  ASSERT_EQ(live_.resources.size(), 1u);
  EXPECT_EQ(live_.resources[0].key.kind, "managedClusters");
}

TEST_F(AzureRead, AClusterThatTheSpecBuildsOnIsNeverListed) {
  transport_.once("GET", "/managedClusters/shared?", 200, cluster("lab"))
      .once("GET", "/agentPools?", 200, R"({"value":[)" + pool("h100", "Succeeded") + "]}")
      .once("GET", kResources, 200, kNothing);
  model::DesiredSet desired = desiredSet();
  desired.targets[0].existing = true;
  ASSERT_EQ(read(desired), std::nullopt);
  ASSERT_EQ(live_.resources.size(), 1u);
  EXPECT_EQ(live_.resources[0].key, poolKey("h100"));
}

TEST_F(AzureRead, AnAbsentClusterOrGroupIsNoError) {
  for (const char* code : {"ResourceNotFound", "ResourceGroupNotFound"}) {
    live_ = {};
    transport_
        .once("GET", "/managedClusters/shared?", 404,
              R"({"error":{"code":")" + std::string(code) + R"("}})")
        .once("GET", kResources, 200, kNothing);
    ASSERT_EQ(read(desiredSet()), std::nullopt);
    EXPECT_FALSE(live_.clusters.at(0).exists);
    EXPECT_TRUE(live_.resources.empty());
  }
}

TEST_F(AzureRead, AnUnknownSubscriptionIsAnError) {
  const std::string body =
      R"({"error":{"code":"SubscriptionNotFound","message":"The subscription was not found."}})";
  transport_.once("GET", "/managedClusters/shared?", 404, body).once("GET", kResources, 404, body);
  const auto error = read(desiredSet());
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, "SubscriptionNotFound");
  EXPECT_FALSE(error->way_out.empty());
}

TEST_F(AzureRead, FollowsPagesOnItsOwnHost) {
  transport_.once("GET", "/managedClusters/shared?", 200, cluster("lab"))
      .once("GET", "/agentPools?api-version", 200,
            R"({"value":[)" + pool("a", "Succeeded") +
                R"(],"nextLink":"https://ARM.example/subscriptions/next?skip=1"})")
      .once("GET", "/subscriptions/next?skip=1", 200,
            R"({"value":[)" + pool("b", "Succeeded") + "]}")
      .once("GET", kResources, 200, kNothing);
  ASSERT_EQ(read(desiredSet()), std::nullopt);
  EXPECT_EQ(live_.resources.size(), 3u);
}

TEST_F(AzureRead, TheTokenGoesToNoOtherHost) {
  transport_.once("GET", "/managedClusters/shared?", 200, cluster("lab"))
      .once("GET", "/agentPools?", 200,
            R"({"value":[],"nextLink":"https://arm.example.evil/next"})")
      .once("GET", kResources, 200, kNothing);
  const auto error = read(desiredSet());
  ASSERT_TRUE(error);
  EXPECT_NE(error->message.find("another host"), std::string::npos);
  EXPECT_EQ(transport_.count("*", "evil"), 0u);
}

TEST_F(AzureRead, FindsOwnedClustersThatTheSpecForgot) {
  const std::string ours = R"(,"tags":{"gpuspec-project":"lab","gpuspec-env":"prod"})";
  const std::string test_env = R"(,"tags":{"gpuspec-project":"lab","gpuspec-env":"test"})";
  transport_.once("GET", "/managedClusters/shared?", 404)
      .once("GET", kResources, 200,
            R"({"value":[)" + stray("gone", ours) + "," + stray("tests", test_env) + "," +
                stray("bare", "") + R"(,
            {"type":"Microsoft.Compute/disks","id":"/d","name":"d"}]})")
      .once("GET", "/managedClusters/bare?", 200, cluster("lab"));
  ASSERT_EQ(read(desiredSet()), std::nullopt);
  const std::string prefix =
      std::string(kGroup) + "/providers/Microsoft.ContainerService/managedClusters/";
  EXPECT_EQ(live_.clusters[0].strays, (std::vector<std::string>{prefix + "bare", prefix + "gone"}));
  EXPECT_EQ(
      transport_.count(
          "GET", "$filter=tagName%20eq%20%27gpuspec-project%27%20and%20tagValue%20eq%20%27lab%27"),
      1u);
}

TEST_F(AzureRead, SaysWhatItMayNotLookAt) {
  transport_.once("GET", "/managedClusters/shared?", 404)
      .once("GET", kResources, 403, R"({"error":{"code":"AuthorizationFailed","message":"no"}})");
  ASSERT_EQ(read(desiredSet()), std::nullopt);
  ASSERT_EQ(live_.clusters[0].not_checked.size(), 1u);
  EXPECT_NE(live_.clusters[0].not_checked[0].find("sub-1"), std::string::npos);
}

TEST_F(AzureRead, OneQueryForEachSubscription) {
  model::DesiredSet desired = desiredSet();
  for (const char* name : {"b", "c"}) {
    model::Target target = desired.targets[0];
    target.cluster = target.name = name;
    if (target.name == "c") target.subscription = "sub-2";
    desired.targets.push_back(target);
  }
  transport_.always("GET", "/managedClusters/", 404).always("GET", "/resources?", 200, kNothing);
  ASSERT_EQ(read(desired), std::nullopt);
  EXPECT_EQ(transport_.count("GET", "/subscriptions/sub-1/resources?"), 1u);
  EXPECT_EQ(transport_.count("GET", "/subscriptions/sub-2/resources?"), 1u);
  EXPECT_EQ(live_.azure_requests, 5);
  EXPECT_EQ(live_.clusters.size(), 3u);
}

TEST_F(AzureRead, WithoutASubscriptionItSaysSo) {
  environment_.subscription_id.clear();
  client_ = makeAzureClient(environment_, transport_, tokens_, clock_);
  const auto error = read(desiredSet());
  ASSERT_TRUE(error);
  EXPECT_NE(error->way_out.find("AZURE_SUBSCRIPTION_ID"), std::string::npos);
}

TEST_F(AzureRead, ARefusedTokenIsRenewedOnce) {
  transport_.once("GET", "/managedClusters/shared?", 401)
      .once("GET", "/managedClusters/shared?", 404);
  transport_.always("GET", kResources, 200, kNothing);
  ASSERT_EQ(read(desiredSet()), std::nullopt);
  EXPECT_EQ(transport_.calls("GET", "/managedClusters/shared?")[1].header("authorization"),
            "Bearer token-2");
  transport_.once("GET", "/managedClusters/shared?", 401)
      .once("GET", "/managedClusters/shared?", 401);
  const auto error = read(desiredSet());
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, Kind::Unauthorized);
  EXPECT_EQ(error->message.find("token-"), std::string::npos);
}

TEST_F(AzureRead, WaitsWhenThrottled) {
  transport_.once("GET", "/managedClusters/shared?", 429, "", {{"retry-after", "9"}})
      .once("GET", "/managedClusters/shared?", 404);
  transport_.always("GET", kResources, 200, kNothing);
  ASSERT_EQ(read(desiredSet()), std::nullopt);
  EXPECT_EQ(clock_.sleeps(), std::vector<std::chrono::milliseconds>{std::chrono::seconds(9)});
}

TEST_F(AzureRead, SaysWhenAzureHasHadEnough) {
  transport_.always("GET", "/managedClusters/shared?", 429,
                    R"({"error":{"code":"TooManyRequests","message":"slow down"}})",
                    {{"retry-after", "3600"}});
  transport_.always("GET", kResources, 200, kNothing);
  const auto error = read(desiredSet());
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, Kind::Throttled);
  EXPECT_EQ(error->retry_after_ms, 3'600'000);
  EXPECT_NE(error->way_out.find("--parallel"), std::string::npos);
  EXPECT_LT(clock_.now(), std::chrono::minutes(10)) << "reading does not wait for an hour";
}

TEST_F(AzureRead, AListThatLeadsToItselfHasNoEnd) {
  transport_.once("GET", "/managedClusters/shared?", 200, cluster("lab"));
  const std::string again = R"({"value":[],"nextLink":"https://arm.example/again?skip=1"})";
  transport_.once("GET", "/agentPools?", 200, again).once("GET", "/again?", 200, again);
  transport_.always("GET", kResources, 200, kNothing);
  const auto error = read(desiredSet());
  ASSERT_TRUE(error);
  EXPECT_NE(error->message.find("has no end"), std::string::npos);
}

TEST_F(AzureRead, EmptyPagesAreNoEnd) {
  transport_.once("GET", "/managedClusters/shared?", 200, cluster("lab"))
      .once("GET", "/agentPools?", 200, R"({"value":[],"nextLink":"/subscriptions/next?skip=1"})")
      .once("GET", "/next?skip=1", 200,
            R"({"nextLink":"https://arm.example/subscriptions/next?skip=2"})")
      .once("GET", "/next?skip=2", 200,
            R"({"value":[)" + pool("a", "Succeeded") + R"(],"nextLink":null})");
  transport_.always("GET", kResources, 200, kNothing);
  ASSERT_EQ(read(desiredSet()), std::nullopt);
  EXPECT_EQ(live_.resources.size(), 2u);
}

TEST_F(AzureRead, HandsOutTheKubeconfig) {
  transport_.once("POST", "/managedClusters/shared/listClusterUserCredential?", 200,
                  R"({"kubeconfigs":[{"name":"clusterUser","value":"YXBpVmVyc2lvbjogdjEK"}]})");
  auto text = client_->kubeconfig(desiredSet().targets[0]);
  ASSERT_TRUE(static_cast<bool>(text));
  EXPECT_EQ(*text, "apiVersion: v1\n");
  transport_.once("POST", "/listClusterUserCredential?", 200,
                  R"({"kubeconfigs":[{"value":"secret%%"}]})");
  auto broken = client_->kubeconfig(desiredSet().targets[0]);
  ASSERT_FALSE(static_cast<bool>(broken));
  EXPECT_EQ(llvm::toString(broken.takeError()).find("secret%%"), std::string::npos);
}

}  // namespace
}  // namespace gpuspec::deploy::azure
