#include <thread>

#include "tests/deploy/sandbox_arm/arm_fixture.h"

namespace gpuspec::deploy::sandbox {
namespace {

using namespace std::chrono_literals;

class TokensTest : public ArmTest {
 protected:
  HttpResponse login(const std::string& form,
                     const std::string& tenant = defaultOptions().tenant_id) {
    HttpRequest request;
    request.method = "POST";
    request.path = "/" + tenant + "/oauth2/v2.0/token";
    request.body = form;
    return raw(request);
  }
  static std::string form(const std::string& id, const std::string& secret) {
    return "grant_type=client_credentials&scope=x&client_id=" + id + "&client_secret=" + secret;
  }
  HttpResponse groups(const std::string& authorization) {
    HttpRequest request;
    request.method = "GET";
    request.path = "/subscriptions/" + defaultOptions().subscription_id + "/resourcegroups";
    request.query = {{"api-version", "2025-04-01"}};
    if (!authorization.empty()) request.headers["authorization"] = authorization;
    return raw(request);
  }
};

TEST_F(TokensTest, AreGivenForTheRightSecretOnly) {
  const std::string id = defaultOptions().client_id;
  const HttpResponse good = login(form(id, "only for this test"));
  EXPECT_EQ(good.status, 200);
  EXPECT_EQ(treeAt(json(good.body), "token_type")->asString(), "Bearer");
  EXPECT_EQ(treeAt(json(good.body), "expires_in")->asInt(), 3600);
  const HttpResponse wrong = login(form(id, "guess"));
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(treeAt(json(wrong.body), "error")->asString(), "invalid_client");
  EXPECT_EQ(wrong.body.find("guess"), std::string::npos);
  EXPECT_EQ(treeAt(json(login(form("44444444-4444-4444-4444-444444444444", "x")).body), "error")
                ->asString(),
            "unauthorized_client");
  EXPECT_EQ(login(form(id, "only for this test"), "other").status, 400);
  EXPECT_EQ(login("grant_type=password").status, 400);
}

TEST_F(TokensTest, AreCheckedOnEveryCall) {
  EXPECT_EQ(groups("Bearer " + token_).status, 200);
  EXPECT_EQ(groups("bearer " + token_).status, 200);
  for (const std::string& header :
       {std::string(), std::string("Basic abc"), std::string("Bearer abc"),
        "Bearer " + token_ + "x", "Bearer x" + token_}) {
    const HttpResponse refused = groups(header);
    EXPECT_EQ(refused.status, 401) << header;
    bool challenged = false;
    for (const auto& [name, value] : refused.headers)
      challenged = challenged || (name == "WWW-Authenticate" && value.starts_with("Bearer "));
    EXPECT_TRUE(challenged);
  }
}

TEST_F(TokensTest, Expire) {
  ArmOptions options = defaultOptions();
  options.token_lifetime = 0s;
  restart(options);
  const HttpResponse refused = groups("Bearer " + token_);
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(treeAt(json(refused.body), "error.code")->asString(), "ExpiredAuthenticationToken");
}

TEST_F(TokensTest, StayGoodOverARestart) {
  const std::string before = token_;
  restart();
  EXPECT_EQ(groups("Bearer " + before).status, 200);
}

TEST_F(TokensTest, OfAnotherSandboxAreWrong) {
  const std::string before = token_;
  ArmOptions options = defaultOptions();
  options.client_secret = "another";
  arm_ = makeArmApi(*store_, data_plane_, options);
  EXPECT_EQ(groups("Bearer " + before).status, 401);
}

TEST_F(TokensTest, DiscoveryLeadsToTheTokenEndpoint) {
  HttpRequest request;
  request.method = "GET";
  request.path = "/" + defaultOptions().tenant_id + "/v2.0/.well-known/openid-configuration";
  const Tree found = json(raw(request).body);
  EXPECT_EQ(treeAt(found, "token_endpoint")->asString(),
            defaultOptions().base_url + "/" + defaultOptions().tenant_id + "/oauth2/v2.0/token");
  request.path = "/common/discovery/instance";
  const Tree instances = json(raw(request).body);
  EXPECT_EQ(treeAt(instances, "metadata.0.aliases.0")->asString(), "127.0.0.1:8443");
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
