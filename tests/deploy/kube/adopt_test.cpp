#include <gtest/gtest.h>

#include "backends/deploy/kube/parts.h"
#include "tests/deploy/kube/fixture.h"

namespace gpuspec::test {
namespace {

using plan::Action;

Tree entry(const char* manager, const char* operation, const char* fields,
           const char* api_version = "v1") {
  return mapOf("manager", manager, "operation", operation, "apiVersion", api_version, "fieldsType",
               "FieldsV1", "fieldsV1", parsed(fields));
}

std::optional<Tree> inherited(std::vector<Tree> entries,
                              kube::Inherit from = kube::Inherit::Appliers) {
  return kube::inheritedFields(Tree(Tree::List(std::move(entries))), "v1", from);
}

TEST(KubeAdopt, TakesWhatWasAppliedAndLeavesTheMetadata) {
  const auto next = inherited(
      {entry("argocd", "Apply", R"({"f:metadata":{"f:labels":{"f:x":{}}},"f:data":{"f:a":{}}})"),
       entry("kubectl-client-side-apply", "Update", R"({"f:data":{".":{},"f:b":{}}})"),
       entry("kube-controller-manager", "Update", R"({"f:data":{"f:c":{}}})")});
  ASSERT_TRUE(next);
  ASSERT_EQ(next->asList().size(), 3u);
  EXPECT_EQ(*next->asList()[0].find("fieldsV1"),
            parsed(R"({"f:metadata":{"f:labels":{"f:x":{}}}})"));
  EXPECT_EQ(*next->asList()[1].find("manager"), Tree("kube-controller-manager"));
  const Tree& ours = next->asList()[2];
  EXPECT_EQ(*ours.find("manager"), Tree("gpuspec"));
  EXPECT_EQ(*ours.find("operation"), Tree("Apply"));
  EXPECT_EQ(*ours.find("fieldsV1"), parsed(R"({"f:data":{"f:a":{},".":{},"f:b":{}}})"));
}

TEST(KubeAdopt, EverybodyWhereExtraContentOpensADoor) {
  const auto next = inherited({entry("some-operator", "Update", R"({"f:spec":{"f:ingress":{}}})")},
                              kube::Inherit::Everybody);
  ASSERT_TRUE(next);
  ASSERT_EQ(next->asList().size(), 1u);
  EXPECT_EQ(*next->asList()[0].find("manager"), Tree("gpuspec"));
}

TEST(KubeAdopt, NothingToTake) {
  EXPECT_FALSE(inherited({}));
  EXPECT_FALSE(inherited({entry("gpuspec", "Apply", R"({"f:data":{"f:a":{}}})"),
                          entry("kubelet", "Update", R"({"f:data":{"f:a":{}}})")}));
  EXPECT_FALSE(inherited({entry("argocd", "Apply", R"({"f:metadata":{"f:labels":{}}})")}));
  // Of a subresource, and of another version of the kind.
  Tree status = entry("argocd", "Apply", R"({"f:status":{}})");
  status.set("subresource", "status");
  EXPECT_FALSE(inherited({status, entry("argocd", "Apply", R"({"f:data":{}})", "v2")}));
}

TEST(KubeAdopt, ALeafThatIsUnitedWithItsChildrenStaysOwned) {
  const auto next = inherited(
      {entry("a", "Apply", R"({"f:spec":{}})"), entry("b", "Apply", R"({"f:spec":{"f:x":{}}})")});
  ASSERT_TRUE(next);
  EXPECT_EQ(*next->asList()[0].find("fieldsV1"), parsed(R"({"f:spec":{".":{},"f:x":{}}})"));
}

const std::string kPath = "/api/v1/namespaces/ml/configmaps/x";

Tree foreign() {
  Tree object = configMap("x", "ml", "u", "9");
  object.at("metadata").set("labels", mapOf("app", "x"));
  object.at("metadata")
      .set("managedFields", listOf(entry("argocd", "Apply", R"({"f:data":{"f:old":{}}})")));
  return object;
}

TEST_F(KubeTest, AdoptInheritsThenAppliesByForce) {
  api().once("GET", kPath, 200, ir::toJson(foreign()));
  api().once("PATCH", kPath, 409, status(409, "Conflict", "the object has been modified"));
  Tree later = foreign();
  later.at("metadata").set("resourceVersion", "10");
  api().once("GET", kPath, 200, ir::toJson(later));
  api().once("PATCH", kPath, 200, "{}");
  api().once("PATCH", kPath, 200, ir::toJson(configMap("x", "ml", "u", "12")));
  plan::Change adopt = change(Action::Adopt, configMap("x", "ml"), "u");
  adopt.forced = true;
  llvm::Error error = perform(adopt);
  EXPECT_FALSE(static_cast<bool>(error));
  llvm::consumeError(std::move(error));
  const std::vector<Call> patches = api().calls("PATCH", kPath);
  ASSERT_EQ(patches.size(), 3u);
  EXPECT_EQ(patches[1].header("Content-Type"), "application/json-patch+json");
  const Tree::List operations = parsed(patches[1].body).asList();
  EXPECT_EQ(*operations[0].find("path"), Tree("/metadata/managedFields"));
  EXPECT_EQ(*operations[1].find("value"), Tree("10"));
  EXPECT_NE(patches[2].url.find("force=true"), std::string::npos);
  EXPECT_EQ(*parsed(patches[2].body).find("metadata")->find("uid"), Tree("u"));
}

TEST_F(KubeTest, AdoptRefusesAnotherObjectThanThePlanSaw) {
  api().once("GET", kPath, 200, ir::toJson(foreign()));
  plan::Change adopt = change(Action::Adopt, configMap("x", "ml"), "other");
  EXPECT_EQ(apiError(perform(adopt)).message, "ConfigMap x was deleted since the plan");
}

TEST_F(KubeTest, ExtraRulesOfOthersAreTakenAwayWhereThePlanSaysSo) {
  Tree policy = configMap("p", "ml", "u", "9");
  policy.set("apiVersion", "networking.k8s.io/v1").set("kind", "NetworkPolicy");
  Tree live = policy;
  live.at("metadata")
      .set("managedFields", listOf(entry("kubectl-edit", "Update", R"({"f:spec":{"f:egress":{}}})",
                                         "networking.k8s.io/v1")));
  const std::string path = "/apis/networking.k8s.io/v1/namespaces/ml/networkpolicies/p";
  api().once("GET", path, 200, ir::toJson(live));
  api().once("PATCH", path, 200, "{}");
  api().once("PATCH", path, 200, ir::toJson(policy));
  plan::Change update = change(Action::Update, policy, "u");
  update.fields.push_back({"spec.egress", Tree::list(), std::nullopt, false, false});
  EXPECT_FALSE(static_cast<bool>(perform(update)));
  EXPECT_EQ(api().count("PATCH", path), 2u);
}

}  // namespace
}  // namespace gpuspec::test
