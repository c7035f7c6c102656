#include <gtest/gtest.h>

#include "tests/deploy/kube/fixture.h"

namespace gpuspec::test {
namespace {

TEST_F(KubeTest, Version) {
  api().once("GET", "/version", 200, R"({"gitVersion":"v1.35.4"})");
  llvm::Expected<std::string> version = client().version();
  ASSERT_TRUE(static_cast<bool>(version));
  EXPECT_EQ(*version, "1.35.4");
  EXPECT_EQ(api().calls()[0].header("Authorization"), std::string("Bearer ") + kToken);
}

TEST_F(KubeTest, DiscoveryIsAskedOnce) {
  const kube::ApiResource& scaler = resource("autoscaling", "HorizontalPodAutoscaler");
  EXPECT_EQ(scaler.version, "v2");
  EXPECT_EQ(scaler.versions, (std::vector<std::string>{"v2", "v1"}));
  EXPECT_EQ(scaler.plural, "horizontalpodautoscalers");
  EXPECT_TRUE(scaler.namespaced);
  EXPECT_FALSE(resource("", "Namespace").namespaced);
  EXPECT_EQ(client().find("", "Deployment"), nullptr);
  EXPECT_EQ(api().discoveries, 1);
}

TEST_F(KubeTest, PlainDiscoverySaysTheSame) {
  llvm::Expected<const std::vector<kube::ApiResource>*> all = client().discover();
  ASSERT_TRUE(static_cast<bool>(all));
  auto plain = std::make_unique<FakeApi>();
  plain->plain_discovery = true;
  const auto other = kube::makeKubeClientOver(testConnection(), std::move(plain), shortPatience());
  for (const kube::ApiResource& resource : **all) {
    const kube::ApiResource* found = other->find(resource.group, resource.kind);
    ASSERT_NE(found, nullptr) << resource.kind;
    EXPECT_EQ(found->version, resource.version);
    EXPECT_EQ(found->versions, resource.versions);
    EXPECT_EQ(found->plural, resource.plural);
    EXPECT_EQ(found->namespaced, resource.namespaced);
  }
}

TEST_F(KubeTest, ListsComeInPages) {
  const kube::ApiResource& maps = resource("", "ConfigMap");
  api().once("GET", "continue=a%2Fb", 200, listJson({configMap("two", "ml")}));
  api().once("GET", "/api/v1/configmaps?limit=2500&labelSelector=x%3Dy", 200,
             listJson({configMap("one", "ml")}, "a/b"));
  llvm::Expected<std::vector<Tree>> all = client().list(maps, "", "x=y");
  ASSERT_TRUE(static_cast<bool>(all));
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ(*(*all)[1].find("kind"), Tree("ConfigMap"));
  EXPECT_TRUE(api().unused().empty());
}

TEST_F(KubeTest, PagesThatAreTooOldBeginAgainAndEndInOneAnswer) {
  const kube::ApiResource& maps = resource("", "ConfigMap");
  api().answer("GET", "continue=", 2, [](const http::Request&) {
    return makeResponse(410, status(410, "Expired", "The provided continue parameter is too old"));
  });
  api().answer("GET", "limit=2500", 2, [](const http::Request&) {
    return makeResponse(200, listJson({configMap("old", "ml")}, "next"));
  });
  api().once("GET", "/namespaces/ml/configmaps", 200, listJson({configMap("new", "ml")}));
  llvm::Expected<std::vector<Tree>> all = client().list(maps, "ml", "");
  ASSERT_TRUE(static_cast<bool>(all));
  ASSERT_EQ(all->size(), 1u);
  EXPECT_EQ(*(*all)[0].find("metadata")->find("name"), Tree("new"));
  EXPECT_EQ(api().calls().back().url, std::string(kServer) + "/api/v1/namespaces/ml/configmaps");
}

TEST_F(KubeTest, MetadataAloneIsAskedForAndKeepsItsKind) {
  const kube::ApiResource& secrets = resource("", "Secret");
  api().once("GET", "/api/v1/secrets", 200,
             R"({"kind":"PartialObjectMetadataList","items":[{"kind":"PartialObjectMetadata",)"
             R"("apiVersion":"meta.k8s.io/v1","metadata":{"name":"s"}}]})");
  llvm::Expected<std::vector<Tree>> all = client().list(secrets, "", "", true);
  ASSERT_TRUE(static_cast<bool>(all));
  EXPECT_EQ(*(*all)[0].find("kind"), Tree("Secret"));
  EXPECT_EQ(*(*all)[0].find("apiVersion"), Tree("v1"));
  EXPECT_TRUE(api().calls()[0].header("Accept").starts_with(
      "application/json;as=PartialObjectMetadataList"));
}

TEST_F(KubeTest, ApplyIsServerSideAndStrict) {
  const Tree object = configMap("x", "ml");
  api().once("PATCH", "/api/v1/namespaces/ml/configmaps/x", 200, ir::toJson(object));
  llvm::Expected<Tree> applied =
      client().applyObject(resource("", "ConfigMap"), object, true, true);
  ASSERT_TRUE(static_cast<bool>(applied));
  const Call call = api().calls()[0];
  EXPECT_EQ(call.url, std::string(kServer) +
                          "/api/v1/namespaces/ml/configmaps/x?fieldManager=gpuspec&"
                          "fieldValidation=Strict&force=true&dryRun=All");
  EXPECT_EQ(call.header("Content-Type"), "application/apply-patch+yaml");
  EXPECT_EQ(parsed(call.body), object);
}

TEST_F(KubeTest, TextsOfASecretAreSentAsData) {
  const Tree metadata = mapOf("name", "s", "namespace", "ml");
  const Tree secret =
      mapOf("apiVersion", "v1", "kind", "Secret", "metadata", metadata, "data",
            mapOf("a", "b2xk", "b", "Yg=="), "stringData", mapOf("a", "new", "c", ""));
  api().once("PATCH", "/secrets/s", 200, "{}");
  ASSERT_TRUE(static_cast<bool>(client().applyObject(resource("", "Secret"), secret, false)));
  EXPECT_EQ(parsed(api().calls()[0].body),
            mapOf("apiVersion", "v1", "kind", "Secret", "metadata", metadata, "data",
                  mapOf("a", "bmV3", "b", "Yg==", "c", "")));
}

TEST_F(KubeTest, WhatASecretHoldsIsInNoError) {
  Tree secret = mapOf("apiVersion", "v1", "kind", "Secret", "metadata",
                      mapOf("name", "s", "namespace", "ml"), "stringData",
                      mapOf("password", "canary-91ab"), "data", mapOf("key", "Y2FuYXJ5LTkxYWI="));
  api().once("PATCH", "/secrets/s", 422,
             status(422, "Invalid", "data[key]: Invalid value: \"Y2FuYXJ5LTkxYWI=\": no",
                    {{"", "not canary-91ab", "stringData"}}));
  const ApiError error = apiError(client().applyObject(resource("", "Secret"), secret, false));
  EXPECT_EQ(error.message, "data[key]: Invalid value: \"***\": no; stringData: not ***");
}

TEST_F(KubeTest, DeletesOnlyWhatWasMeant) {
  api().once("DELETE", "/namespaces/ml/configmaps/x", 200, R"({"kind":"Status"})");
  EXPECT_FALSE(static_cast<bool>(client().remove(resource("", "ConfigMap"), "ml", "x", "u-1")));
  const Tree body = parsed(api().calls()[0].body);
  EXPECT_EQ(*body.find("propagationPolicy"), Tree("Background"));
  EXPECT_EQ(*body.find("preconditions"), mapOf("uid", "u-1"));
  api().once("DELETE", "/namespaces/ml/configmaps/x", 404, status(404, "NotFound", "gone"));
  EXPECT_FALSE(static_cast<bool>(client().remove(resource("", "ConfigMap"), "ml", "x", "u-1")));
}

TEST_F(KubeTest, CreateAndUpdateGoToTheirPlaces) {
  const Tree object = configMap("x", "ml");
  api().once("POST", "/api/v1/namespaces/ml/configmaps?fieldManager=gpuspec", 201, "{}");
  api().once("PUT", "/api/v1/namespaces/ml/configmaps/x?fieldManager=gpuspec", 200, "{}");
  EXPECT_TRUE(static_cast<bool>(client().create(resource("", "ConfigMap"), object)));
  EXPECT_TRUE(static_cast<bool>(client().update(resource("", "ConfigMap"), object)));
}

TEST_F(KubeTest, LogsOfAPod) {
  api().once("GET", "/api/v1/namespaces/ml/pods/p/log?tailLines=5&container=c", 200, "line\n");
  llvm::Expected<std::string> logs = client().logs("ml", "p", {"c", 5});
  ASSERT_TRUE(static_cast<bool>(logs));
  EXPECT_EQ(*logs, "line\n");
}

TEST_F(KubeTest, TransientAnswersAreTriedAgain) {
  api().once("GET", "/version", 429, "", {{"retry-after", "0"}});
  api().failOnce("GET", "/version", http::TransportError::Kind::Dropped, true);
  api().once("GET", "/version", 200, R"({"gitVersion":"v1"})");
  EXPECT_TRUE(static_cast<bool>(client().version()));
  // An apply says the same twice; a create might make two.
  api().failOnce("PATCH", "/configmaps/x", http::TransportError::Kind::Dropped, true);
  api().once("PATCH", "/configmaps/x", 200, "{}");
  EXPECT_TRUE(static_cast<bool>(
      client().applyObject(resource("", "ConfigMap"), configMap("x", "ml"), false)));
  api().failOnce("POST", "/configmaps", http::TransportError::Kind::Dropped, true);
  EXPECT_EQ(apiError(client().create(resource("", "ConfigMap"), configMap("x", "ml"))).kind,
            ApiError::Kind::Unreachable);
  EXPECT_TRUE(api().unused().empty());
}

TEST_F(KubeTest, AFieldThatTheKindDoesNotHaveIsNotTriedAgain) {
  api().once("PATCH", "/configmaps/x", 500,
             status(500, "", "failed to create typed patch object: .dat: field not declared"));
  EXPECT_EQ(
      apiError(client().applyObject(resource("", "ConfigMap"), configMap("x", "ml"), false)).kind,
      ApiError::Kind::Invalid);
  EXPECT_EQ(api().calls().size(), 1u);
}

TEST_F(KubeTest, AnAnswerThatIsNoJson) {
  api().once("GET", "/version", 200, "<html>");
  EXPECT_EQ(apiError(client().version()).message,
            "the answer to GET /version is no JSON object; is this a Kubernetes API?");
}

// A token of now, and one that a renewal brings.
TEST(KubeToken, IsRenewedOnceWhenTheServerRefusesIt) {
  auto api = std::make_unique<FakeApi>();
  FakeApi& server = *api;
  kube::Connection connection = testConnection();
  int renewals = 0;
  connection.token = [&](bool renew) -> llvm::Expected<std::string> {
    if (renew) ++renewals;
    return std::string(renewals == 0 ? "old" : "new");
  };
  const auto client = kube::makeKubeClientOver(connection, std::move(api), shortPatience());
  server.answer("GET", "/version", 2, [](const http::Request& request) {
    for (const auto& [name, value] : request.headers) {
      if (name == "Authorization" && value == "Bearer new")
        return makeResponse(200, R"({"gitVersion":"v1"})");
    }
    return makeResponse(401, status(401, "Unauthorized", "Unauthorized"));
  });
  EXPECT_TRUE(static_cast<bool>(client->version()));
  EXPECT_EQ(renewals, 1);
}

TEST_F(KubeTest, ATokenThatCannotBeRenewedIsNotSentAgain) {
  api().once("GET", "/version", 401, status(401, "Unauthorized", "Unauthorized"));
  const ApiError error = apiError(client().version());
  EXPECT_EQ(error.kind, ApiError::Kind::Unauthorized);
  EXPECT_EQ(error.message, "the API server answered 401 to GET /version: Unauthorized");
  EXPECT_EQ(api().count("GET", "/version"), 1u);
}

TEST_F(KubeTest, TheServersClockIsLearntFromItsAnswers) {
  api().once("GET", "/version", 200, "{}", {{"date", "Sun, 06 Nov 1994 08:49:37 GMT"}});
  EXPECT_TRUE(static_cast<bool>(client().version()));
  const auto off = client().serverTime() - std::chrono::system_clock::from_time_t(784111777);
  EXPECT_LT(std::chrono::abs(off), std::chrono::seconds(5));
}

TEST_F(KubeTest, TheInventoryIsAppliedWhole) {
  api().once("PATCH", "/namespaces/kube-system/configmaps/" + model::recordName(kScope), 200, "{}");
  const model::ResourceKey key{model::System::Kubernetes, "shared", "", "ConfigMap", "ml", "x"};
  EXPECT_FALSE(static_cast<bool>(client().writeInventory(kScope, {key})));
  EXPECT_EQ(model::readInventory(parsed(api().calls()[0].body)).group_kinds,
            (std::vector<std::pair<std::string, std::string>>{{"", "ConfigMap"}}));
}

}  // namespace
}  // namespace gpuspec::test
