// Azure's error bodies: the innermost reason, its kind, and the way out.

#include "backends/deploy/azure/arm_error.h"

#include "backends/deploy/azure/paths.h"
#include "tests/deploy/azure/fixture.h"

namespace gpuspec::deploy::azure {
namespace {

using Kind = ApiError::Kind;

ApiError read(const std::string& body, int status) {
  return readError(test::makeResponse(status, body), "create pool h100");
}

TEST(ArmError, TakesTheInnermostReason) {
  const std::string inner =
      R"({\"error\":{\"code\":\"QuotaExceeded\",\"message\":\"Provisioning failed.\\nQuota of 40 cores.\"}})";
  const ApiError error = read(
      R"({"error":{"code":"DeploymentFailed","message":"At least one resource failed.","details":)"
      R"([{"code":"Conflict","message":")" +
          inner + R"("}]}})",
      409);
  EXPECT_EQ(error.code, "QuotaExceeded");
  EXPECT_EQ(error.message, "create pool h100: Provisioning failed. Quota of 40 cores.");
  EXPECT_EQ(error.kind, Kind::Quota);
  EXPECT_NE(error.way_out.find("more quota"), std::string::npos);
}

TEST(ArmError, AWrapperStandsWhereNothingIsInside) {
  const ApiError error =
      read(R"({"error":{"code":"DeploymentFailed","message":"See operations."}})", 409);
  EXPECT_EQ(error.code, "DeploymentFailed");
  EXPECT_TRUE(isWrapper(error.code));
}

TEST(ArmError, ReadsABodyWithoutAnErrorAround) {
  const ApiError error = read(R"({"code":"SkuNotAvailable","message":"not in zone 3"})", 400);
  EXPECT_EQ(error.code, "SkuNotAvailable");
  EXPECT_EQ(error.kind, Kind::Quota);
  EXPECT_NE(error.way_out.find("az vm list-skus"), std::string::npos);
}

TEST(ArmError, TellsBusyFromQuotaByTheText) {
  const auto refused = [](const std::string& text) {
    return read(R"({"error":{"code":"OperationNotAllowed","message":")" + text + R"("}})", 409);
  };
  EXPECT_EQ(
      refused(
          "Another operation (Updating) is in progress, see https://aka.ms/aks-pending-operation")
          .kind,
      Kind::Busy);
  const ApiError quota = refused("It results in exceeding approved Total Regional Cores quota.");
  EXPECT_EQ(quota.kind, Kind::Quota);
  EXPECT_NE(quota.way_out.find("more quota"), std::string::npos);
  EXPECT_EQ(refused("The cluster is stopped.").kind, Kind::Conflict) << "waiting would not help";
}

TEST(ArmError, KnowsItsKinds) {
  const auto kind = [](const std::string& code, int status) {
    return read(R"({"error":{"code":")" + code + R"(","message":"m"}})", status).kind;
  };
  EXPECT_EQ(kind("AllocationFailed", 400), Kind::Quota);
  EXPECT_EQ(kind("ZonalAllocationFailed", 409), Kind::Quota);
  EXPECT_EQ(kind("OverconstrainedAllocationRequest", 409), Kind::Quota);
  EXPECT_EQ(kind("ErrCode_InsufficientVCPUQuota", 400), Kind::Quota);
  EXPECT_EQ(kind("PropertyChangeNotAllowed", 400), Kind::Immutable);
  EXPECT_EQ(kind("AuthorizationFailed", 403), Kind::Forbidden);
  EXPECT_EQ(kind("ResourceGroupNotFound", 404), Kind::NotFound);
  EXPECT_EQ(kind("InvalidTemplateDeployment", 400), Kind::Invalid);
  EXPECT_EQ(kind("DeploymentActive", 409), Kind::Busy);
  EXPECT_EQ(kind("Throttled", 429), Kind::Throttled);
  EXPECT_EQ(kind("EtagMismatch", 412), Kind::Busy);
  EXPECT_EQ(kind("InternalServerError", 500), Kind::Server);
}

TEST(ArmError, EveryKnownReasonHasAWayOut) {
  for (const char* code :
       {"QuotaExceeded", "ErrCode_InsufficientVCPUQuota", "SkuNotAvailable", "AllocationFailed",
        "OverconstrainedAllocationRequest", "ZonalAllocationFailed", "AuthorizationFailed",
        "InvalidTemplateDeployment", "PropertyChangeNotAllowed", "ResourceGroupNotFound",
        "SKUNotAvailable", "VMExtensionProvisioningError"})
    EXPECT_FALSE(wayOut(code).empty()) << code;
  EXPECT_EQ(wayOut("NeverHeardOf"), "");
}

TEST(ArmError, ABodyThatIsNoJsonIsNotRepeated) {
  const ApiError error = read("<html><script>alert(1)</script></html>", 502);
  EXPECT_EQ(error.message, "create pool h100: Azure answered 502 without a reason");
  EXPECT_EQ(error.kind, Kind::Server);
}

TEST(ArmError, AMessageStaysOneBoundedParagraph) {
  const std::string body =
      R"({"error":{"code":"X","message":")" + std::string(100'000, 'a') + R"("}})";
  EXPECT_LT(read(body, 400).message.size(), 1'500u);
  std::string deep;
  for (int i = 0; i < 400; ++i) deep += R"({"error":{"code":"E","message":"m","details":[)";
  for (int i = 0; i < 400; ++i) deep += "]}}";
  EXPECT_EQ(read(deep, 400).code, "E");
}

TEST(ArmError, ABodyWithoutABottomIsNotRead) {
  for (const char* piece : {"[", R"({"error":)", R"({"details":[)"}) {
    std::string body;
    for (int i = 0; i < 100'000; ++i) body += piece;
    EXPECT_EQ(read(body, 400).message, "create pool h100: Azure answered 400 without a reason");
  }
}

TEST(ArmError, NamesTheCorrelationIdOfAServersFault) {
  const ApiError error = readError(
      test::makeResponse(500, R"({"error":{"code":"InternalServerError","message":"try later"}})",
                         {{"x-ms-correlation-request-id", "abc-1"}}),
      "read cluster shared");
  EXPECT_NE(error.message.find("abc-1"), std::string::npos);
}

TEST(ArmPaths, NamesOfDeploymentsFitArm) {
  model::ResourceKey key;
  key.name = "shared/h100";
  EXPECT_EQ(deploymentName(key), "gpuspec-shared-h100");
  key.name = std::string(63, 'c') + "/h100";
  const std::string a = deploymentName(key);
  key.name = std::string(63, 'c') + "/h200";
  const std::string b = deploymentName(key);
  EXPECT_LE(a.size(), 64u);
  EXPECT_NE(a, b);
}

TEST(ArmPaths, AnEmptySubscriptionIsFilledIn) {
  model::ResourceKey key{model::System::Azure,
                         "shared",
                         "Microsoft.ContainerService",
                         "managedClusters/agentPools",
                         "/subscriptions//resourceGroups/my group",
                         "shared/h100"};
  EXPECT_EQ(pathOf(key, "sub-9"),
            "/subscriptions/sub-9/resourceGroups/my%20group/providers/Microsoft.ContainerService/"
            "managedClusters/"
            "shared/agentPools/h100");
}

TEST(ArmPaths, AnOriginIsSchemeHostAndPort) {
  EXPECT_EQ(originOf("https://ARM.example:8443/x?y"), "https://arm.example:8443");
  EXPECT_NE(originOf("https://arm.example.evil/"), originOf("https://arm.example/"));
  EXPECT_NE(originOf("https://arm.example@evil/"), originOf("https://arm.example/"));
  EXPECT_EQ(originOf("/subscriptions"), "");
}

}  // namespace
}  // namespace gpuspec::deploy::azure
