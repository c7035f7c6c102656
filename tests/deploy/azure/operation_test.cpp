// Operations that take their time: failures, busy clusters, lost operations, interruption.

#include "backends/deploy/azure/operation.h"

#include <thread>

#include "tests/deploy/azure/fixture.h"

namespace gpuspec::deploy::azure {
namespace {

using Kind = apply::ApiError::Kind;
using plan::Action;
using std::chrono::seconds;

constexpr const char* kDeployment = "/deployments/gpuspec-shared-h100?";
const std::string kSucceeded = R"({"status":"Succeeded"})";
const std::string kBusy =
    R"({"error":{"code":"OperationNotAllowed","message":"Another operation is in progress"}})";

class AzureOperation : public AzureTest {
 protected:
  void accept(const std::string& id) {
    transport_.once("PUT", kDeployment, 201, "{}", operation(id));
  }
};

TEST_F(AzureOperation, TellsTheResourcesReasonNotTheDeployments) {
  accept("1");
  transport_.once(
      "GET", "/operations/1", 200,
      R"({"status":"Failed","error":{"code":"DeploymentFailed","message":"At least one failed.",
                  "details":[{"code":"ZonalAllocationFailed","message":"No capacity in zone 2."}]}})");
  const auto error = perform(poolChange(Action::Update));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, "ZonalAllocationFailed");
  EXPECT_EQ(error->message, "update pool h100 of cluster shared failed: No capacity in zone 2.");
  EXPECT_NE(error->way_out.find("another zone"), std::string::npos);
}

TEST_F(AzureOperation, LooksIntoTheStepsWhereTheDeploymentSaysNothing) {
  accept("1");
  transport_
      .once("GET", "/operations/1", 200,
            R"({"status":"Failed","error":{"code":"DeploymentFailed","message":"x"}})")
      .once(
          "GET", "/deployments/gpuspec-shared-h100/operations?", 200,
          R"({"value":[{"properties":{"provisioningState":"Succeeded"}},{"properties":{"provisioningState":"Failed",
            "statusMessage":{"error":{"code":"PropertyChangeNotAllowed","message":"vmSize cannot change"}}}}]})");
  const auto error = perform(poolChange(Action::Update));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, Kind::Immutable);
  EXPECT_NE(error->message.find("vmSize cannot change"), std::string::npos);
}

// Whatever tells how an operation went, and at which of its polls.
TEST_F(AzureOperation, NoPollRepeatsASecretOfTheRequest) {
  const std::string says = R"({"code":"PasswordRefused","message":"`canary-7f3a` is too weak"})";
  plan::Change change = poolChange(Action::Update);
  change.body.edit().setPath("properties.windowsProfile.adminPassword", "canary-7f3a");
  change.body.edit().setPath("properties.registryToken", "canary-7f3a");
  const auto expectHidden = [&](const std::string& which) {
    const auto error = perform(change);
    ASSERT_TRUE(error) << which;
    EXPECT_NE(error->message.find("`***` is too weak"), std::string::npos)
        << which << ": " << error->message;
  };
  accept("1");
  transport_.once("GET", "/operations/1", 200, R"({"status":"Failed","error":)" + says + "}");
  expectHidden("an operation that failed");
  accept("2");
  transport_.once("GET", "/operations/2", 200, R"({"status":"Canceled","error":)" + says + "}");
  expectHidden("one that was cancelled");
  accept("3");
  transport_.once("GET", "/operations/3", 400, R"({"error":)" + says + "}");
  expectHidden("a poll that is refused");
  accept("4");
  transport_
      .once("GET", "/operations/4", 200,
            R"({"status":"Failed","error":{"code":"DeploymentFailed","message":"x"}})")
      .once("GET", "/deployments/gpuspec-shared-h100/operations?", 200,
            R"({"value":[{"properties":{"provisioningState":"Failed","statusMessage":{"error":)" +
                says + "}}}]}");
  expectHidden("the step of a deployment");
}

TEST_F(AzureOperation, WaitsForABusyCluster) {
  transport_.once("PUT", kDeployment, 409, kBusy, {{"retry-after", "20"}});
  accept("1");
  transport_.once(
      "GET", "/operations/1", 200,
      R"({"status":"Failed","error":{"code":"DeploymentFailed","details":[{"code":"OperationNotAllowed",
                  "message":"Operation is not allowed: another operation is in progress"}]}})");
  accept("2");
  transport_.once("GET", "/operations/2", 200, kSucceeded);
  EXPECT_EQ(perform(poolChange(Action::Update)), std::nullopt);
  ASSERT_FALSE(progress_.empty());
  EXPECT_EQ(progress_[0], "Waiting until Azure has finished another operation");
  EXPECT_GE(clock_.sleeps()[0], seconds(20));
}

TEST_F(AzureOperation, WaitsForABusyClusterWithinABound) {
  transport_.always("PUT", kDeployment, 409, kBusy);
  const auto error = perform(poolChange(Action::Update));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, Kind::Busy);
  EXPECT_GT(clock_.now(), std::chrono::minutes(60));
  EXPECT_LT(clock_.now(), std::chrono::minutes(62));
}

TEST_F(AzureOperation, QuotaIsNotWaitedFor) {
  transport_.once("PUT", kDeployment, 409, R"({"error":{"code":"OperationNotAllowed","message":
    "results in exceeding approved standardNDSH100v5Family Cores quota"}})");
  const auto error = perform(poolChange(Action::Update));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, Kind::Quota);
  EXPECT_TRUE(clock_.sleeps().empty());
}

TEST_F(AzureOperation, AForgottenOperationIsAskedOfTheResource) {
  accept("1");
  transport_.once("GET", "/operations/1", 404)
      .once("GET", kDeployment, 200, R"({"properties":{"provisioningState":"Running"}})")
      .once("GET", kDeployment, 200, R"({"properties":{"provisioningState":"Succeeded"}})");
  EXPECT_EQ(perform(poolChange(Action::Update)), std::nullopt);
}

TEST_F(AzureOperation, AnOperationOnAnotherHostIsNotFollowed) {
  transport_
      .once("PUT", kDeployment, 201, "{}", {{"azure-asyncoperation", "https://evil.example/op"}})
      .once("GET", kDeployment, 200, R"({"properties":{"provisioningState":"Succeeded"}})");
  EXPECT_EQ(perform(poolChange(Action::Update)), std::nullopt);
  EXPECT_EQ(transport_.count("*", "evil"), 0u);
}

TEST_F(AzureOperation, ATokenThatEndsMeanwhileIsRenewed) {
  accept("1");
  transport_.once("GET", "/operations/1", 401).once("GET", "/operations/1", 200, kSucceeded);
  EXPECT_EQ(perform(poolChange(Action::Update)), std::nullopt);
  EXPECT_EQ(transport_.calls("GET", "/operations/1")[1].header("authorization"), "Bearer token-2");
}

TEST_F(AzureOperation, ADroppedAnswerIsAskedForAgain) {
  transport_.failOnce("PUT", kDeployment, http::TransportError::Kind::Dropped, true);
  accept("1");
  transport_.failOnce("GET", "/operations/1", http::TransportError::Kind::Timeout, true)
      .once("GET", "/operations/1", 503)
      .once("GET", "/operations/1", 200, kSucceeded);
  EXPECT_EQ(perform(poolChange(Action::Update)), std::nullopt);
}

TEST_F(AzureOperation, InterruptedItStopsAndSaysThatAzureGoesOn) {
  accept("1");
  transport_.always("GET", "/operations/1", 200, R"({"status":"Running"})");
  clock_.on_sleep = [this] {
    if (clock_.sleeps().size() == 3) cancel_.cancel();
  };
  const auto error = perform(poolChange(Action::Update));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, Kind::Cancelled);
  EXPECT_NE(error->message.find("Azure carries it on"), std::string::npos);
  EXPECT_EQ(transport_.count("GET", "/operations/1"), 2u);
}

TEST_F(AzureOperation, ACancelledDeploymentIsAnError) {
  accept("1");
  transport_.once("GET", "/operations/1", 200, R"({"status":"Canceled"})");
  const auto error = perform(poolChange(Action::Update));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, "Canceled");
}

TEST_F(AzureOperation, ACancellationTellsAzuresReason) {
  accept("1");
  transport_.once(
      "GET", "/operations/1", 200,
      R"({"status":"Canceled","error":{"code":"NodesFull","message":"The upgrade was stopped."}})");
  const auto error = perform(poolChange(Action::Update));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, "NodesFull");
  EXPECT_EQ(error->message,
            "update pool h100 of cluster shared was cancelled in Azure: The upgrade was stopped.");
}

TEST_F(AzureOperation, APreemptedOperationIsBegunAgain) {
  accept("1");
  transport_.once(
      "GET", "/operations/1", 200,
      R"({"status":"Canceled","error":{"code":"OperationPreempted","message":"A newer one came."}})");
  accept("2");
  transport_.once("GET", "/operations/2", 200, kSucceeded);
  EXPECT_EQ(perform(poolChange(Action::Update)), std::nullopt);
}

TEST_F(AzureOperation, AFailureWithoutAWordIsStillOne) {
  accept("1");
  transport_.once("GET", "/operations/1", 200, R"({"status":"Failed"})");
  const auto error = perform(poolChange(Action::Update));
  ASSERT_TRUE(error);
  EXPECT_NE(error->message.find("update pool h100 of cluster shared failed"), std::string::npos);
}

TEST_F(AzureOperation, ALocationThatEndsWithAFailedResourceIsAFailure) {
  transport_.once("PUT", kDeployment, 202, "", {{"location", std::string(kOps) + "1"}});
  transport_.once("GET", "/operations/1", 202)
      .once("GET", "/operations/1", 200, R"({"properties":{"provisioningState":"Updating"}})")
      .once("GET", "/operations/1", 200,
            R"({"properties":{"provisioningState":"Failed","status":{"provisioningError":
                {"code":"SkuNotAvailable","message":"not here"}}}})");
  const auto error = perform(poolChange(Action::Update));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, "SkuNotAvailable");
}

TEST_F(AzureOperation, BothHeadersMeanTheOperationsOwn) {
  transport_.once("PUT", kDeployment, 202, "",
                  {{"location", std::string(kOps) + "location"},
                   {"azure-asyncoperation", std::string(kOps) + "1"}});
  transport_.once("GET", "/operations/1", 200, R"({"status":"succeeded"})");
  EXPECT_EQ(perform(poolChange(Action::Update)), std::nullopt);
  EXPECT_EQ(transport_.count("GET", "location"), 0u);
}

TEST_F(AzureOperation, WaitsNoLongerThanMinutesWhateverIsAskedFor) {
  transport_.once("PUT", kDeployment, 201, "{}", operation("1", "86400"));
  transport_.once("GET", "/operations/1", 200, R"({"status":"Running"})", {{"retry-after", "0"}});
  transport_.once("GET", "/operations/1", 200, kSucceeded);
  EXPECT_EQ(perform(poolChange(Action::Update)), std::nullopt);
  ASSERT_EQ(clock_.sleeps().size(), 2u);
  EXPECT_EQ(clock_.sleeps()[0], std::chrono::minutes(5));
  EXPECT_GT(clock_.sleeps()[1].count(), 0);
}

TEST_F(AzureOperation, ARetryAfterCanBeADate) {
  transport_.once("PUT", kDeployment, 201, "{}",
                  operation("1", "Wed, 21 Oct 2015 07:28:00 GMT"));  // long ago: at once
  transport_.once("GET", "/operations/1", 200, kSucceeded);
  EXPECT_EQ(perform(poolChange(Action::Update)), std::nullopt);
  EXPECT_LT(clock_.now(), seconds(1));
}

TEST_F(AzureOperation, AServersFaultWhilePollingIsNotTheOperations) {
  accept("1");
  transport_.once("GET", "/operations/1", 503).once("GET", "/operations/1", 500);
  transport_.once("GET", "/operations/1", 429, "{}", {{"retry-after", "4"}});
  transport_.once("GET", "/operations/1", 200, kSucceeded);
  EXPECT_EQ(perform(poolChange(Action::Update)), std::nullopt);
  EXPECT_EQ(transport_.count("PUT", kDeployment), 1u) << "it was begun once";
}

TEST_F(AzureOperation, ThrottlingIsWaitedForAsLongAsIsAskedFor) {
  transport_.once("PUT", kDeployment, 429,
                  R"({"error":{"code":"SubscriptionRequestsThrottled","message":"too many"}})",
                  {{"retry-after", "900"}});
  accept("1");
  transport_.once("GET", "/operations/1", 200, kSucceeded);
  EXPECT_EQ(perform(poolChange(Action::Update)), std::nullopt);
  EXPECT_GE(clock_.now(), seconds(900));
}

TEST_F(AzureOperation, LooksLessOftenWhenNobodySaysHowOften) {
  transport_.once("PUT", kDeployment, 201, "{}",
                  {{"azure-asyncoperation", std::string(kOps) + "1"}});
  for (int i = 0; i < 6; ++i)
    transport_.once("GET", "/operations/1", 200, R"({"status":"Running"})");
  transport_.once("GET", "/operations/1", 200, kSucceeded);
  EXPECT_EQ(perform(poolChange(Action::Update)), std::nullopt);
  EXPECT_EQ(clock_.sleeps(),
            (std::vector<std::chrono::milliseconds>{seconds(1), seconds(2), seconds(4), seconds(8),
                                                    seconds(10), seconds(10), seconds(10)}));
  EXPECT_EQ(progress_, (std::vector<std::string>{"Updating"})) << "the view knows how long";
}

TEST_F(AzureOperation, OneChangeOfAClusterAtATime) {
  std::atomic<int> running{0}, most{0};
  transport_.answer(
      "PUT", "/deployments/", -1, [&](const http::Request&) -> llvm::Expected<http::Response> {
        const int now = ++running;
        if (now > most) most = now;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        --running;
        return test::makeResponse(200, R"({"properties":{"provisioningState":"Succeeded"}})");
      });
  std::vector<std::thread> threads;
  std::atomic<int> failures{0};
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&, i] {
      llvm::Error error =
          client_->perform(poolChange(Action::Update, "p" + std::to_string(i)), nullptr, cancel_);
      if (error) ++failures;
      llvm::consumeError(std::move(error));
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(most, 1);
  EXPECT_EQ(transport_.count("PUT", "/deployments/"), 8u);
}

TEST(ElapsedText, CarriesUnits) {
  EXPECT_EQ(elapsedText(std::chrono::milliseconds(900)), "0 s");
  EXPECT_EQ(elapsedText(seconds(59)), "59 s");
  EXPECT_EQ(elapsedText(seconds(63)), "1 min 03 s");
  EXPECT_EQ(elapsedText(seconds(4 * 60 + 12)), "4 min 12 s");
}

}  // namespace
}  // namespace gpuspec::deploy::azure
