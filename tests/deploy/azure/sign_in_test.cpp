// The ways to sign in: in which order, what each sends, and what is said where none is open.

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "tests/deploy/azure/fixture.h"

namespace gpuspec::deploy::azure {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;
using Kind = apply::ApiError::Kind;
using Failure = http::TransportError::Kind;

constexpr const char* kScope = "https://management.azure.com/.default";
constexpr const char* kSecret = "canary-5d0e92ab41";

apply::ApiError errorOf(llvm::Error error) {
  apply::ApiError value(Kind::Server, 0, "", "no error");
  llvm::handleAllErrors(std::move(error), [&](const apply::ApiError& api) { value = api; });
  return value;
}

// PATH holds the test's folder and nothing else, so that no `az` of this machine is met.
class SignInTest : public ::testing::Test {
 protected:
  SignInTest() {
    std::string path = (fs::temp_directory_path() / "gpuspec-sign-in-XXXXXX").string();
    folder_ = ::mkdtemp(path.data());
    old_path_ = std::getenv("PATH");
    ::setenv("PATH", folder_.c_str(), 1);
  }
  ~SignInTest() override {
    ::setenv("PATH", old_path_.c_str(), 1);
    fs::remove_all(folder_);
  }

  std::string write(const std::string& name, const std::string& text, mode_t mode = 0600) const {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }
  // Notes its arguments down, one on each line.
  void az(const std::string& lines) const {
    write("az",
          "#!/bin/sh\nprintf '%s\\n' \"$@\" > '" + folder_ + "/words'\n/bin/pwd >> '" + folder_ +
              "/words'\n" + lines,
          0755);
  }
  std::string words() const {
    std::stringstream text;
    text << std::ifstream(folder_ + "/words").rdbuf();
    return text.str();
  }

  std::string token(std::map<std::string, std::string> variables, bool renew = false) {
    if (!source_) {
      variables.emplace("AZURE_AUTHORITY_HOST", "https://login.example");
      auto environment = environmentFrom([&](const char* name) {
        const auto at = variables.find(name);
        return at == variables.end() ? std::string() : at->second;
      });
      if (!environment) return failed(environment.takeError());
      source_ = makeCredential(*environment, transport_, clock_);
    }
    auto text = source_->token(kScope, renew);
    return text ? *text : failed(text.takeError());
  }
  std::string failed(llvm::Error error) {
    error_ = errorOf(std::move(error));
    for (const std::string* text : {&error_.message, &error_.way_out, &error_.code})
      EXPECT_EQ(text->find("canary"), std::string::npos) << *text;
    return "error: " + error_.message;
  }
  void noMetadata() { transport_.failOnce("GET", "169.254.169.254", Failure::Timeout, false); }
  void answer(const std::string& url, const std::string& text, const std::string& method = "GET") {
    transport_.once(method, url, 200, R"({"expires_in":"3600","access_token":")" + text + "\"}");
  }

  std::string folder_, old_path_;
  test::FakeTransport transport_;
  test::FakeClock clock_;
  std::unique_ptr<TokenSource> source_;
  apply::ApiError error_{Kind::Server, 0, "", ""};
};

TEST_F(SignInTest, WhereNoWayIsOpenEachIsNamed) {
  noMetadata();
  EXPECT_EQ(
      token({}),
      "error: no credentials for Azure (environment: AZURE_CLIENT_SECRET is not set; workload "
      "identity: AZURE_FEDERATED_TOKEN_FILE is not set; managed identity: nothing answers at "
      "169.254.169.254; Azure CLI: `az` is not on PATH)");
  EXPECT_EQ(error_.kind, Kind::Invalid);
  EXPECT_NE(error_.way_out.find("gpuspec sandbox env"), std::string::npos);
}

TEST_F(SignInTest, HalfOfACredentialIsNoReasonToBeSomebodyElse) {
  EXPECT_EQ(token({{"AZURE_CLIENT_SECRET", kSecret}, {"AZURE_CLIENT_ID", "c"}}),
            "error: no credentials for Azure: AZURE_TENANT_ID is not set");
  EXPECT_EQ(token({{"AZURE_FEDERATED_TOKEN_FILE", "/f"}}),
            "error: no credentials for Azure: AZURE_TENANT_ID, AZURE_CLIENT_ID are not set");
  EXPECT_NE(token({{"AZURE_CLIENT_CERTIFICATE_PATH", "/c.pem"}}).find("not sign in with a certif"),
            std::string::npos);
}

TEST_F(SignInTest, OneWayMayBeChosen) {
  EXPECT_EQ(token({{"AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential"}}),
            "error: no credentials for Azure: AZURE_TENANT_ID, AZURE_CLIENT_ID, "
            "AZURE_CLIENT_SECRET are not set");
  EXPECT_EQ(token({{"AZURE_TOKEN_CREDENTIALS", "WorkloadIdentityCredential"},
                   {"AZURE_TENANT_ID", "t"},
                   {"AZURE_CLIENT_ID", "c"}}),
            "error: no credentials for Azure: AZURE_FEDERATED_TOKEN_FILE is not set");
  EXPECT_NE(token({{"AZURE_TOKEN_CREDENTIALS", "AzurePowerShellCredential"}}).find("names no way"),
            std::string::npos);
  EXPECT_NE(error_.way_out.find("AzureCliCredential"), std::string::npos);
  EXPECT_EQ(token({{"AZURE_TOKEN_CREDENTIALS", "dev"}, {"AZURE_CLIENT_SECRET", kSecret}}),
            "error: no credentials for Azure (Azure CLI: `az` is not on PATH)");
  EXPECT_TRUE(transport_.calls().empty());
}

TEST_F(SignInTest, TheSecretGoesBeforeAllElse) {
  answer("/t/oauth2/v2.0/token", "by-secret", "POST");
  EXPECT_EQ(token({{"AZURE_TENANT_ID", "t"},
                   {"AZURE_CLIENT_ID", "c"},
                   {"AZURE_CLIENT_SECRET", kSecret},
                   {"AZURE_FEDERATED_TOKEN_FILE", "/f"},
                   {"IDENTITY_ENDPOINT", "http://localhost/m"},
                   {"IDENTITY_HEADER", "h"}}),
            "by-secret");
  EXPECT_EQ(source_->name(), "the secret of client c, tenant t");
}

TEST_F(SignInTest, AFederatedTokenIsReadEachTime) {
  const std::string file = write("federated", std::string(kSecret) + "-1\n");
  const std::map<std::string, std::string> variables = {
      {"AZURE_TENANT_ID", "t"}, {"AZURE_CLIENT_ID", "c"}, {"AZURE_FEDERATED_TOKEN_FILE", file}};
  answer("/t/oauth2/v2.0/token", "first", "POST");
  EXPECT_EQ(token(variables), "first");
  EXPECT_EQ(source_->name(), "the federated identity of client c, tenant t");
  EXPECT_EQ(transport_.calls()[0].body,
            "grant_type=client_credentials&client_id=c&client_assertion_type=urn%3Aietf%3Aparams%3A"
            "oauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=" +
                std::string(kSecret) + "-1&scope=https%3A%2F%2Fmanagement.azure.com%2F.default");
  write("federated", std::string(kSecret) + "-2\n");
  answer("/t/oauth2/v2.0/token", "second", "POST");
  clock_.advance(seconds(3400));
  EXPECT_EQ(token(variables), "second");
  EXPECT_NE(transport_.calls()[1].body.find("-2&scope"), std::string::npos);
}

TEST_F(SignInTest, AFederatedTokenThatIsRefusedIsInNoText) {
  const std::string file = write("federated", kSecret);
  const std::map<std::string, std::string> variables = {
      {"AZURE_TENANT_ID", "t"}, {"AZURE_CLIENT_ID", "c"}, {"AZURE_FEDERATED_TOKEN_FILE", file}};
  transport_.once(
      "POST", "/token", 401,
      R"({"error":"invalid_client","error_description":"AADSTS700024: Client assertion )" +
          std::string(kSecret) + R"( is not within its valid time range."})");
  EXPECT_EQ(token(variables),
            "error: signing in at https://login.example: AADSTS700024: Client assertion *** is not "
            "within its valid time range.");
  EXPECT_NE(error_.way_out.find("has ended"), std::string::npos);
  write("federated", "\n");
  EXPECT_NE(token(variables).find("it is empty"), std::string::npos);
  fs::remove(file);
  EXPECT_NE(token(variables).find("it is not there"), std::string::npos);
}

TEST_F(SignInTest, AManagedIdentityByItsEndpoint) {
  const std::map<std::string, std::string> variables = {
      {"IDENTITY_ENDPOINT", "http://localhost:1/msi/token"},
      {"IDENTITY_HEADER", kSecret},
      {"AZURE_CLIENT_ID", "c"}};
  const auto end =
      std::chrono::duration_cast<seconds>(std::chrono::system_clock::now().time_since_epoch())
          .count() +
      3600;
  transport_.once("GET", "localhost:1", 200,
                  R"({"access_token":"managed","expires_on":")" + std::to_string(end) + "\"}");
  EXPECT_EQ(token(variables), "managed");
  EXPECT_EQ(source_->name(), "the managed identity of client c");
  const test::Call call = transport_.calls()[0];
  EXPECT_EQ(call.url,
            "http://localhost:1/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fmanagement."
            "azure.com&client_id=c");
  EXPECT_EQ(call.header("x-identity-header"), kSecret);
  clock_.advance(seconds(3000));
  EXPECT_EQ(token(variables), "managed");
  EXPECT_EQ(transport_.calls().size(), 1u);
  transport_.once(
      "GET", "localhost:1", 400,
      R"({"statusCode":400,"message":"header )" + std::string(kSecret) + R"( is wrong"})");
  EXPECT_EQ(token(variables, true),
            "error: the managed identity of client c, at IDENTITY_ENDPOINT: header *** is wrong");
}

TEST_F(SignInTest, AManagedIdentityOfAMachine) {
  // The look that must not take long, then the question; while it is updated, it is asked again.
  transport_.once("GET", "http://169.254.169.254/metadata/identity/oauth2/token", 400, "{}");
  transport_.once("GET", "169.254.169.254", 410, "{}");
  answer("169.254.169.254", "machine");
  EXPECT_EQ(token({}), "machine");
  EXPECT_EQ(source_->name(), "the managed identity of this machine");
  const std::vector<test::Call> calls = transport_.calls();
  EXPECT_EQ(calls[0].header("metadata"), "");
  EXPECT_EQ(calls[1].header("metadata"), "true");
  EXPECT_EQ(calls[2].url,
            "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource="
            "https%3A%2F%2Fmanagement.azure.com");
  EXPECT_EQ(clock_.sleeps().size(), 1u);
}

TEST_F(SignInTest, AMachineWithoutAnIdentityLeavesItToTheNext) {
  az("echo '{\"accessToken\":\"by-az\",\"expires_on\":1,\"tenant\":\"t-9\"}'\n");
  transport_.once("GET", "169.254.169.254", 400, "{}");
  transport_.once("GET", "169.254.169.254", 400,
                  R"({"error":"invalid_request","error_description":"Identity not found"})");
  EXPECT_EQ(token({}), "by-az");
  EXPECT_EQ(source_->name(), "the login of `az`, tenant t-9");
}

TEST_F(SignInTest, SomebodyElsesMetadataIsNone) {
  for (int i = 0; i < 2; ++i) transport_.once("GET", "169.254.169.254", 404, "<html>");
  for (int i = 0; i < 7; ++i) transport_.once("GET", "169.254.169.254", 404, "<html>");
  EXPECT_NE(token({}).find("169.254.169.254 answers, but not as Azure does"), std::string::npos);
}

TEST_F(SignInTest, TheCliIsAskedAsAListOfWords) {
  const auto end = std::time(nullptr) + 3600;
  az("echo '{\"accessToken\":\"by-az\",\"expires_on\":" + std::to_string(end) + "}'\n");
  const std::map<std::string, std::string> variables = {
      {"AZURE_TOKEN_CREDENTIALS", "AzureCliCredential"}, {"AZURE_SUBSCRIPTION_ID", "sub-1"}};
  EXPECT_EQ(token(variables), "by-az");
  EXPECT_EQ(words(),
            "account\nget-access-token\n--output\njson\n--scope\n"
            "https://management.azure.com/.default\n--subscription\nsub-1\n/\n");
  az("exit 9\n");
  clock_.advance(seconds(3400));
  EXPECT_EQ(token(variables), "by-az") << "it was to be renewed, and has not ended";
  clock_.advance(seconds(201));
  EXPECT_EQ(token(variables), "error: `az account get-access-token` ended with 9");
}

TEST_F(SignInTest, AnOldCliSaysLocalTime) {
  const std::time_t end = std::time(nullptr) + 3600;
  char text[64];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S.000000", std::localtime(&end));
  az("echo '{\"accessToken\":\"old\",\"expiresOn\":\"" + std::string(text) + "\"}'\n");
  const std::map<std::string, std::string> variables = {{"AZURE_TOKEN_CREDENTIALS", "dev"}};
  EXPECT_EQ(token(variables), "old");
  az("echo no\n");
  clock_.advance(seconds(3000));
  EXPECT_EQ(token(variables), "old");
}

TEST_F(SignInTest, WhatTheCliPrintsIsInNoText) {
  const std::map<std::string, std::string> variables = {{"AZURE_TOKEN_CREDENTIALS", "dev"}};
  az("echo 'token " + std::string(kSecret) + "'\n");
  EXPECT_NE(token(variables).find("printed something else than a token"), std::string::npos);
  source_.reset();
  az("echo 'ERROR: AADSTS50079: az login again, client_secret=" + std::string(kSecret) +
     "' >&2\nexit 1\n");
  EXPECT_EQ(
      token(variables),
      "error: `az account get-access-token` ended with 1: ERROR: AADSTS50079: az login again, "
      "client_secret=***");
  source_.reset();
  az("echo \"ERROR: Please run 'az login' to setup account.\" >&2\nexit 1\n");
  EXPECT_NE(token(variables).find("nobody is signed in (az login)"), std::string::npos);
}

TEST_F(SignInTest, ManyThreadsShareOneRequest) {
  transport_.answer("POST", "/token", 1, [](const http::Request&) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return llvm::Expected<http::Response>(
        test::makeResponse(200, R"({"expires_in":3600,"access_token":"shared"})"));
  });
  auto environment = environmentFrom([](const char* name) {
    return std::string(name).starts_with("AZURE_CLIENT_S") ||
                   std::string(name) == "AZURE_TENANT_ID" || std::string(name) == "AZURE_CLIENT_ID"
               ? std::string("value")
               : std::string();
  });
  ASSERT_TRUE(static_cast<bool>(environment));
  source_ = makeCredential(*environment, transport_, clock_);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back([this] { EXPECT_EQ(token({}), "shared"); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(transport_.calls().size(), 1u);
}

}  // namespace
}  // namespace gpuspec::deploy::azure
