#pragma once

// An AzureClient over a scripted transport and a clock that only sleeping moves.

#include <mutex>

#include <gtest/gtest.h>

#include "backends/deploy/azure/azure_client.h"
#include "compiler/ir/json.h"
#include "tests/deploy/support/fake_clock.h"
#include "tests/deploy/support/fake_transport.h"

namespace gpuspec::deploy::azure {

inline constexpr const char* kGroup = "/subscriptions/sub-1/resourceGroups/gpu";
inline constexpr const char* kCluster =
    "/subscriptions/sub-1/resourceGroups/gpu/providers/Microsoft.ContainerService/managedClusters/"
    "shared";
inline constexpr const char* kOps = "https://arm.example/subscriptions/sub-1/operations/";

inline Tree json(const std::string& text) {
  auto tree = ir::parseJson(text);
  if (!tree) ADD_FAILURE() << llvm::toString(tree.takeError()) << " in " << text;
  return tree ? std::move(*tree) : Tree();
}

// Hands out token-1, token-2 ...: a new one for each renewal. Readers ask side by side.
class FakeTokens : public TokenSource {
 public:
  llvm::Expected<std::string> token(const std::string& scope, bool renew) override {
    const std::lock_guard lock(mutex_);
    scopes.push_back(scope);
    if (renew) ++number;
    return "token-" + std::to_string(number);
  }
  int number = 1;
  std::vector<std::string> scopes;

 private:
  std::mutex mutex_;
};

class AzureTest : public ::testing::Test {
 protected:
  AzureTest() {
    environment_.arm_endpoint = "https://arm.example";
    environment_.subscription_id = "sub-1";
    client_ = makeAzureClient(environment_, transport_, tokens_, clock_);
  }
  ~AzureTest() override { EXPECT_EQ(transport_.unused(), std::vector<std::string>{}); }

  static model::DesiredSet desiredSet() {
    model::DesiredSet desired;
    desired.project = "lab";
    desired.environment = "prod";
    model::Target target;
    target.cluster = target.name = "shared";
    target.resource_group = "gpu";
    target.location = "westeurope";
    desired.targets = {target};
    return desired;
  }

  static model::ResourceKey clusterKey() {
    return {model::System::Azure, "shared", "Microsoft.ContainerService",
            "managedClusters",    kGroup,   "shared"};
  }
  static model::ResourceKey poolKey(const std::string& pool) {
    return {model::System::Azure,         "shared", "Microsoft.ContainerService",
            "managedClusters/agentPools", kGroup,   "shared/" + pool};
  }

  static plan::Change poolChange(plan::Action action, const std::string& pool = "h100") {
    plan::Change change;
    change.action = action;
    change.key = poolKey(pool);
    change.api_version = "2026-05-01";
    change.body = json(
        R"({"type":"Microsoft.ContainerService/managedClusters/agentPools","apiVersion":"2026-05-01",
      "name":"shared/)" +
        pool + R"(","properties":{"mode":"User","count":2,"vmSize":"Standard_D4s_v5",
      "tags":{"gpuspec-project":"lab","gpuspec-env":"prod"}}})");
    return change;
  }

  static plan::Change clusterChange(plan::Action action) {
    plan::Change change;
    change.action = action;
    change.key = clusterKey();
    change.api_version = "2026-05-01";
    change.body =
        json(R"({"type":"Microsoft.ContainerService/managedClusters","apiVersion":"2026-05-01",
      "name":"shared","location":"westeurope","tags":{"gpuspec-project":"lab","gpuspec-env":"prod","cost":"a"},
      "properties":{"kubernetesVersion":"1.36","agentPoolProfiles":[{"name":"system","count":1}]}})");
    return change;
  }

  static std::string pool(const std::string& name, const std::string& state,
                          const std::string& project = "lab") {
    return R"({"id":")" + std::string(kCluster) + "/agentPools/" + name + R"(","name":")" + name +
           R"(","properties":{"provisioningState":")" + state +
           R"(","eTag":"e1","mode":"User","count":2,"vmSize":"standard_d4s_v5","tags":{"gpuspec-project":")" +
           project + R"(","gpuspec-env":"prod"}}})";
  }

  static http::Headers operation(const std::string& id, const std::string& retry_after = "1") {
    return {{"azure-asyncoperation", kOps + id}, {"retry-after", retry_after}};
  }

  // nullopt: done.
  std::optional<apply::ApiError> perform(const plan::Change& change) {
    return asValue(client_->perform(
        change, [this](const std::string& text) { progress_.push_back(text); }, cancel_));
  }

  static std::optional<apply::ApiError> asValue(llvm::Error error) {
    std::optional<apply::ApiError> value;
    llvm::handleAllErrors(
        std::move(error), [&](const apply::ApiError& api) { value = api; },
        [&](const llvm::ErrorInfoBase& other) {
          ADD_FAILURE() << "not an ApiError: " << other.message();
        });
    return value;
  }

  // So that perform knows whose marks are ours.
  void readNothing() {
    model::DesiredSet desired = desiredSet();
    desired.targets.clear();
    model::LiveSet live;
    EXPECT_EQ(asValue(client_->read(desired, live)), std::nullopt);
  }

  Environment environment_;
  test::FakeTransport transport_;
  test::FakeClock clock_;
  FakeTokens tokens_;
  std::unique_ptr<AzureClient> client_;
  http::CancelToken cancel_;
  std::vector<std::string> progress_;
};

inline bool operator==(const apply::ApiError& a, const apply::ApiError& b) {
  return a.kind == b.kind && a.code == b.code && a.message == b.message;
}
inline std::ostream& operator<<(std::ostream& out, const apply::ApiError& error) {
  return out << error.code << ": " << error.message;
}

}  // namespace gpuspec::deploy::azure
