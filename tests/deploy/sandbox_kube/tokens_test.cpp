#include "backends/deploy/sandbox/kube/tokens.h"
#include "tests/deploy/sandbox_kube/api_fixture.h"

namespace gpuspec::deploy::sandbox {
namespace {

using api::ServiceAccountRef;
using api::ServiceTokens;
using std::chrono::hours;
using std::chrono::seconds;

const ServiceTokens::TimePoint kNow(hours(500'000));

TEST(ServiceTokens, HoldUntilTheirEndAndNotAfter) {
  const ServiceTokens tokens("key");
  const std::string token = tokens.issue({"team", "robot", "u1"}, kNow, hours(1));
  const auto read = tokens.read(token, kNow + hours(1) - seconds(1));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->user(), "system:serviceaccount:team:robot");
  EXPECT_EQ(read->uid, "u1");
  EXPECT_FALSE(tokens.read(token, kNow + hours(1)));
}

TEST(ServiceTokens, AnyChangeAndAnyOtherKeyAreRefused) {
  const ServiceTokens tokens("key");
  const std::string token = tokens.issue({"team", "robot", "u1"}, kNow, hours(1));
  EXPECT_FALSE(ServiceTokens("yek").read(token, kNow));
  for (std::size_t at = 0; at < token.size(); ++at) {
    std::string changed = token;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    if (changed != token) {
      EXPECT_FALSE(tokens.read(changed, kNow)) << at;
    }
  }
  for (const char* text : {"", ".", "..", "a.b", "a.b.c"})
    EXPECT_FALSE(tokens.read(text, kNow)) << text;
}

class TokenTest : public ApiTest {
 protected:
  Reply as(const std::string& token, const std::string& method, const std::string& path,
           const std::string& body = "") {
    return send(method, path, body, {{"authorization", "Bearer " + token}});
  }
};

constexpr const char* kAccount = "/api/v1/namespaces/default/serviceaccounts/default";

TEST_F(TokenTest, AnAccountsTokenLetsInAndNamesTheAccount) {
  const Reply made =
      create(std::string(kAccount) + "/token", R"({"spec": {"expirationSeconds": 600}})");
  ASSERT_EQ(made.status, 201) << made.text;
  const std::string token = made.textAt("status.token");
  const Reply who = as(token, "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}");
  EXPECT_EQ(who.textAt("status.userInfo.username"), "system:serviceaccount:default:default");
  EXPECT_EQ(who.textAt("status.userInfo.groups.1"), "system:serviceaccounts:default");
  // Another account of that name is another account.
  EXPECT_EQ(remove(kAccount).status, 200);
  EXPECT_EQ(as(token, "GET", "/api/v1/pods").status, 401);
  create("/api/v1/namespaces/default/serviceaccounts", R"({"metadata": {"name": "default"}})");
  EXPECT_EQ(as(token, "GET", "/api/v1/pods").status, 401);
}

TEST_F(TokenTest, AnEndedTokenIsUnauthorized) {
  const std::string uid = get(kAccount).textAt("metadata.uid");
  const ServiceTokens tokens("secret-token");
  const auto now = std::chrono::system_clock::now();
  const ServiceAccountRef account{"default", "default", uid};
  EXPECT_EQ(as(tokens.issue(account, now, hours(1)), "GET", "/api/v1/pods").status, 200);
  const Reply ended = as(tokens.issue(account, now - hours(2), hours(1)), "GET", "/api/v1/pods");
  EXPECT_EQ(ended.status, 401);
  EXPECT_EQ(ended.textAt("reason"), "Unauthorized");
}

TEST_F(TokenTest, ATokenIsNotToBeTooShort) {
  const Reply refused =
      create(std::string(kAccount) + "/token", R"({"spec": {"expirationSeconds": 60}})");
  EXPECT_EQ(refused.status, 422);
  EXPECT_NE(refused.message().find("may not specify a duration less than 10 minutes"),
            std::string::npos);
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
