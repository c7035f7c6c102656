// Signing in: what the environment must hold, how long a token is used, and that the secret is in
// no text.

#include <map>

#include "backends/deploy/http/retry.h"
#include "tests/deploy/azure/fixture.h"

namespace gpuspec::deploy::azure {
namespace {

using std::chrono::seconds;
using Kind = apply::ApiError::Kind;

constexpr const char* kScope = "https://management.azure.com/.default";

llvm::Expected<Environment> from(std::map<std::string, std::string> variables) {
  return environmentFrom([variables](const char* name) {
    const auto at = variables.find(name);
    return at == variables.end() ? std::string() : at->second;
  });
}

apply::ApiError errorOf(llvm::Error error) {
  apply::ApiError value(Kind::Server, 0, "", "no error");
  llvm::handleAllErrors(std::move(error), [&](const apply::ApiError& api) { value = api; });
  return value;
}

TEST(AzureEnvironment, TakesWhatAzuresOwnToolsRead) {
  auto made = from({{"AZURE_TENANT_ID", "t-1"},
                    {"AZURE_CLIENT_ID", "c-1"},
                    {"AZURE_CLIENT_SECRET", "s3cret"},
                    {"AZURE_SUBSCRIPTION_ID", "sub-1"},
                    {"AZURE_AUTHORITY_HOST", "login.microsoftonline.us/"},
                    {"GPUSPEC_ARM_ENDPOINT", "https://127.0.0.1:8443/"}});
  ASSERT_TRUE(static_cast<bool>(made));
  EXPECT_EQ(made->tenant_id, "t-1");
  EXPECT_EQ(made->authority_host, "https://login.microsoftonline.us");
  EXPECT_EQ(made->arm_endpoint, "https://127.0.0.1:8443");
}

TEST(AzureEnvironment, HasAzuresOwnHostsByDefault) {
  auto made =
      from({{"AZURE_TENANT_ID", "t"}, {"AZURE_CLIENT_ID", "c"}, {"AZURE_CLIENT_SECRET", "s"}});
  ASSERT_TRUE(static_cast<bool>(made));
  EXPECT_EQ(made->authority_host, "https://login.microsoftonline.com");
  EXPECT_EQ(made->arm_endpoint, "https://management.azure.com");
}

TEST(AzureEnvironment, NamesWhatIsMissingAndShowsNoValue) {
  auto made = from({{"AZURE_TENANT_ID", "tenant-value"}, {"AZURE_CLIENT_SECRET", "s3cret"}});
  ASSERT_FALSE(static_cast<bool>(made));
  const apply::ApiError error = errorOf(made.takeError());
  EXPECT_EQ(error.kind, Kind::Unauthorized);
  EXPECT_EQ(error.message, "no credentials for Azure: AZURE_CLIENT_ID is not set");
  EXPECT_NE(error.way_out.find("gpuspec sandbox env"), std::string::npos);
}

TEST(AzureEnvironment, AnIdIsNoPath) {
  auto made = from(
      {{"AZURE_TENANT_ID", "../evil"}, {"AZURE_CLIENT_ID", "c"}, {"AZURE_CLIENT_SECRET", "s"}});
  ASSERT_FALSE(static_cast<bool>(made));
  EXPECT_EQ(errorOf(made.takeError()).message.find("evil"), std::string::npos);
}

TEST(AzureEnvironment, CredentialsGoToHttpsHostsOnly) {
  for (const char* name : {"AZURE_AUTHORITY_HOST", "GPUSPEC_ARM_ENDPOINT"}) {
    for (const char* url : {"http://127.0.0.1:8443", "https://user:pa55@host", "https://host/path",
                            "https://host?q", "ht!tp:/x", "ftp://host", "https://host#pa55"}) {
      auto made = from({{"AZURE_TENANT_ID", "t"},
                        {"AZURE_CLIENT_ID", "c"},
                        {"AZURE_CLIENT_SECRET", "s"},
                        {name, url}});
      ASSERT_FALSE(static_cast<bool>(made)) << url;
      const apply::ApiError error = errorOf(made.takeError());
      EXPECT_EQ(error.message,
                std::string(name) + " is not an https URL of a host and nothing more");
      EXPECT_EQ(error.way_out.find("pa55"), std::string::npos);
    }
  }
  EXPECT_TRUE(static_cast<bool>(from({{"AZURE_TENANT_ID", "t"},
                                      {"AZURE_CLIENT_ID", "c"},
                                      {"AZURE_CLIENT_SECRET", "s"},
                                      {"GPUSPEC_ARM_ENDPOINT", "https://[::1]:8443"}})));
}

class ClientSecretTest : public ::testing::Test {
 protected:
  ClientSecretTest() {
    environment_.authority_host = "https://login.example";
    environment_.tenant_id = "tenant";
    environment_.client_id = "client";
    environment_.client_secret = "p&ss=w0rd%";
    tokens_ = makeClientSecret(environment_, transport_, clock_);
  }
  std::string token(bool renew = false) {
    auto text = tokens_->token(kScope, renew);
    if (text) return *text;
    error_ = errorOf(text.takeError());
    return "";
  }
  void answer(const std::string& text, int lifetime_s) {
    transport_.once("POST", "/token", 200,
                    R"({"token_type":"Bearer","expires_in":)" + std::to_string(lifetime_s) +
                        R"(,"access_token":")" + text + R"("})");
  }

  Environment environment_;
  test::FakeTransport transport_;
  test::FakeClock clock_;
  std::unique_ptr<TokenSource> tokens_;
  apply::ApiError error_{Kind::Server, 0, "", ""};
};

TEST_F(ClientSecretTest, AsksAsTheFlowSays) {
  answer("abc", 3600);
  EXPECT_EQ(token(), "abc");
  ASSERT_EQ(transport_.calls().size(), 1u);
  const test::Call call = transport_.calls()[0];
  EXPECT_EQ(call.url, "https://login.example/tenant/oauth2/v2.0/token");
  EXPECT_EQ(call.header("content-type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(call.body,
            "grant_type=client_credentials&client_id=client&client_secret=p%26ss%3Dw0rd%25"
            "&scope=https%3A%2F%2Fmanagement.azure.com%2F.default");
}

TEST_F(ClientSecretTest, KeepsATokenUntilShortlyBeforeItEnds) {
  answer("first", 3600);
  EXPECT_EQ(token(), "first");
  clock_.advance(seconds(3299));
  EXPECT_EQ(token(), "first");
  answer("second", 3600);
  clock_.advance(seconds(2));
  EXPECT_EQ(token(), "second");
  answer("third", 3600);
  EXPECT_EQ(token(true), "third") << "renewed when the API refused it";
  EXPECT_EQ(transport_.calls().size(), 3u);
}

TEST_F(ClientSecretTest, AShortLifeIsUsedForItsGreaterPart) {
  answer("short", 8);
  EXPECT_EQ(token(), "short");
  clock_.advance(seconds(5));
  EXPECT_EQ(token(), "short");
  answer("next", 8);
  clock_.advance(seconds(2));
  EXPECT_EQ(token(), "next");
}

TEST_F(ClientSecretTest, TriesAgainWhenTheEndpointIsDown) {
  transport_.once("POST", "/token", 503);
  transport_.failOnce("POST", "/token", http::TransportError::Kind::Dropped, true);
  answer("late", 3600);
  EXPECT_EQ(token(), "late");
  EXPECT_EQ(clock_.sleeps().size(), 2u);
}

TEST_F(ClientSecretTest, SaysWhyItWasRefusedAndWhatToDo) {
  transport_.once(
      "POST", "/token", 401,
      R"({"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided.)"
      R"(\r\nTrace ID: 1"})");
  EXPECT_EQ(token(), "");
  EXPECT_EQ(error_.kind, Kind::Unauthorized);
  EXPECT_EQ(error_.code, "invalid_client");
  EXPECT_EQ(error_.message,
            "signing in at https://login.example: AADSTS7000215: Invalid client secret provided.");
  EXPECT_NE(error_.way_out.find("AZURE_CLIENT_SECRET"), std::string::npos);
}

TEST_F(ClientSecretTest, ASecretThatHasEndedIsNamedAsSuch) {
  transport_.once(
      "POST", "/token", 401,
      R"({"error":"invalid_client","error_description":"AADSTS7000222: The provided client secret keys for app 'client' are expired.)"
      R"(\r\nTrace ID: 1","error_codes":[7000222]})");
  EXPECT_EQ(token(), "");
  EXPECT_EQ(error_.message,
            "signing in at https://login.example: AADSTS7000222: The provided client secret keys "
            "for app 'client' are expired.");
  EXPECT_NE(error_.way_out.find("has ended: make a new secret"), std::string::npos);
}

TEST_F(ClientSecretTest, AnAuthorityThatCannotBeReachedIsNamed) {
  using Failure = http::TransportError::Kind;
  for (int i = 0; i < http::RetryPolicy().unreachable_attempts; ++i)
    transport_.failOnce("POST", "/token", Failure::Connect, false);
  EXPECT_EQ(token(), "");
  EXPECT_EQ(error_.kind, Kind::Unreachable);
  EXPECT_NE(error_.way_out.find("AZURE_AUTHORITY_HOST"), std::string::npos) << error_.way_out;
  transport_.failOnce("POST", "/token", Failure::Tls, false);
  EXPECT_EQ(token(), "");
  EXPECT_NE(error_.way_out.find("SSL_CERT_FILE"), std::string::npos);
}

TEST_F(ClientSecretTest, TheSecretIsInNoText) {
  transport_.once("POST", "/token", 400,
                  R"({"error":"invalid_request","error_description":"you sent p&ss=w0rd%"})");
  transport_.once("POST", "/token", 500, "p&ss=w0rd%");
  for (int i = 0; i < 5; ++i) transport_.once("POST", "/token", 500, "p&ss=w0rd%");
  transport_.failOnce("POST", "/token", http::TransportError::Kind::Tls, false);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(token(), "");
    EXPECT_FALSE(error_.message.empty());
    EXPECT_EQ(error_.message.find("w0rd"), std::string::npos) << error_.message;
    EXPECT_EQ(error_.way_out.find("w0rd"), std::string::npos);
  }
}

TEST_F(ClientSecretTest, AnAnswerWithoutATokenIsAnError) {
  transport_.once("POST", "/token", 200, "<html>sign in</html>");
  EXPECT_EQ(token(), "");
  EXPECT_NE(error_.message.find("holds no token"), std::string::npos);
}

}  // namespace
}  // namespace gpuspec::deploy::azure
