#include <gtest/gtest.h>

#include "tests/deploy/kube/fixture.h"

namespace gpuspec::test {
namespace {

using plan::Action;

const std::string kPath = "/api/v1/namespaces/ml/configmaps/x";
const std::string kModified =
    status(409, "Conflict", "the object has been modified; please apply your changes");

std::string ok(const Tree& object) {
  return ir::toJson(object);
}
bool done(llvm::Error error) {
  if (!error) return true;
  ADD_FAILURE() << llvm::toString(std::move(error));
  return false;
}

Tree deleting(Tree object) {
  object.at("metadata").set("deletionTimestamp", "2026-11-21T06:00:00Z");
  return object;
}

TEST_F(KubeTest, CreateIsOneRequestThatMakesAndNeverTakesOver) {
  api().once("PATCH", kPath, 201, ok(configMap("x", "ml", "u", "9")));
  EXPECT_TRUE(done(perform(change(Action::Create, configMap("x", "ml")))));
  ASSERT_EQ(api().calls().size(), 1u);
  EXPECT_EQ(api().calls()[0].url.find("force"), std::string::npos);
  EXPECT_EQ(*parsed(api().calls()[0].body).find("metadata")->find("resourceVersion"), Tree("1"));
}

TEST_F(KubeTest, WithoutANamespaceTheDefaultOneIsMeant) {
  const std::string path = "/api/v1/namespaces/default/configmaps/x";
  Tree object = configMap("x", "");
  object.at("metadata").erase("namespace");
  api().once("PATCH", path, 201, ok(configMap("x", "default", "u", "9")));
  plan::Change bare = change(Action::Create, object);
  bare.key.scope.clear();
  EXPECT_TRUE(done(perform(bare)));
  EXPECT_EQ(api().count("PATCH", path), 1u);
}

TEST_F(KubeTest, CreateThatMeetsItsOwnResultIsDone) {
  api().once("PATCH", kPath, 409, kModified);
  api().once("GET", kPath, 200, ok(configMap("x", "ml", "u", "9")));
  api().once("PATCH", kPath, 200, ok(configMap("x", "ml", "u", "9")));
  EXPECT_TRUE(done(perform(change(Action::Create, configMap("x", "ml")))));
  EXPECT_EQ(parsed(api().calls()[2].body), configMap("x", "ml"));
}

TEST_F(KubeTest, CreateRefusesWhatOthersHaveMadeSinceThePlan) {
  Tree foreign = configMap("x", "ml", "u", "9");
  foreign.at("metadata").set("labels", mapOf(model::kManagedBy, "argocd"));
  api().once("PATCH", kPath, 409,
             status(409, "Conflict", "Apply failed with 1 conflict: ...",
                    {{"FieldManagerConflict", "conflict with \"argocd\" using v1", ".data.a"}}));
  api().once("GET", kPath, 200, ok(foreign));
  const ApiError error = apiError(perform(change(Action::Create, configMap("x", "ml"))));
  EXPECT_EQ(error.kind, ApiError::Kind::Conflict);
  EXPECT_EQ(error.message, "ConfigMap x has come since the plan and belongs to argocd");
  EXPECT_EQ(api().count("PATCH", kPath), 1u);
}

TEST_F(KubeTest, CreateRefusesWhatAnotherProjectHasMade) {
  Tree other = configMap("x", "ml", "u", "9");
  other.at("metadata").at("labels").set(model::kEnvironment, "test");
  api().once("PATCH", kPath, 409, kModified);
  api().once("GET", kPath, 200, ok(other));
  EXPECT_EQ(apiError(perform(change(Action::Create, configMap("x", "ml")))).message,
            "ConfigMap x has come since the plan and belongs to project shared-gpu, environment "
            "test");
}

TEST_F(KubeTest, CreateWaitsForWhatIsOnItsWayOut) {
  api().once("PATCH", kPath, 409, kModified);
  api().answer("GET", kPath, 2, [](const http::Request&) {
    return makeResponse(200, ok(deleting(configMap("x", "ml", "old", "9"))));
  });
  api().once("GET", kPath, 404, status(404, "NotFound", "gone"));
  api().once("PATCH", kPath, 201, ok(configMap("x", "ml", "new", "10")));
  EXPECT_TRUE(done(perform(change(Action::Create, configMap("x", "ml")))));
  EXPECT_EQ(progress_, (std::vector<std::string>{"waiting until it is gone"}));
}

TEST_F(KubeTest, AnObjectWaitsForItsNamespace) {
  api().once("PATCH", kPath, 403,
             status(403, "Forbidden", "being terminated",
                    {{"NamespaceTerminating", "namespace ml is being terminated", ""}}));
  Tree space = mapOf("kind", "Namespace", "metadata", mapOf("name", "ml"));
  api().once("GET", "/api/v1/namespaces/ml", 200, ok(deleting(space)));
  api().once("GET", "/api/v1/namespaces/ml", 200, ok(space));
  api().once("PATCH", kPath, 201, ok(configMap("x", "ml", "u", "9")));
  EXPECT_TRUE(done(perform(change(Action::Create, configMap("x", "ml")))));
  EXPECT_EQ(progress_.size(), 1u);
}

TEST_F(KubeTest, AQuotaThatIsNotCountedYetIsWaitedFor) {
  api().once(
      "PATCH", kPath, 403,
      status(403, "Forbidden", "forbidden: status unknown for quota: gpus, resources: pods"));
  api().once("PATCH", kPath, 201, ok(configMap("x", "ml", "u", "9")));
  EXPECT_TRUE(done(perform(change(Action::Create, configMap("x", "ml")))));
}

TEST_F(KubeTest, UpdateRefusesAnObjectThatWasReplaced) {
  api().once("PATCH", kPath, 422,
             status(422, "Invalid", "metadata.uid: Invalid value",
                    {{"FieldValueInvalid", "field is immutable", "metadata.uid"}}));
  const ApiError error = apiError(perform(change(Action::Update, configMap("x", "ml"), "u-7")));
  EXPECT_EQ(error.code, "Replaced");
  EXPECT_EQ(*parsed(api().calls()[0].body).find("metadata")->find("uid"), Tree("u-7"));
}

TEST_F(KubeTest, UpdateTakesBackWhatThePlanSaysAndNothingElse) {
  const std::string conflict =
      status(409, "Conflict",
             "Apply failed with 1 conflict: conflict with \"kubectl-edit\" using v1: .data.a",
             {{"FieldManagerConflict", "conflict with \"kubectl-edit\" using v1", ".data.a"}});
  plan::Change update = change(Action::Update, configMap("x", "ml"), "u");
  api().once("PATCH", kPath, 409, conflict);
  EXPECT_EQ(apiError(perform(update)).code, "FieldManagerConflict");
  EXPECT_EQ(api().count("PATCH", "force=true"), 0u);

  update.fields.push_back({"data.a", Tree("2"), Tree("1"), false, false});
  api().once("PATCH", kPath, 409, conflict);
  api().once("PATCH", kPath, 200, ok(configMap("x", "ml", "u", "9")));
  EXPECT_TRUE(done(perform(update)));
  EXPECT_EQ(api().count("PATCH", "force=true"), 1u);
}

TEST_F(KubeTest, UpdateIsTriedAgainWhenOthersWriteAtTheSameMoment) {
  api().once("PATCH", kPath, 409, kModified);
  api().once("PATCH", kPath, 200, ok(configMap("x", "ml", "u", "9")));
  EXPECT_TRUE(done(perform(change(Action::Update, configMap("x", "ml"), "u"))));
}

TEST_F(KubeTest, UpdateOfWhatIsBeingDeletedIsNotDone) {
  api().once("PATCH", kPath, 200, ok(deleting(configMap("x", "ml", "u", "9"))));
  EXPECT_EQ(apiError(perform(change(Action::Update, configMap("x", "ml"), "u"))).message,
            "ConfigMap x is being deleted by somebody");
}

TEST_F(KubeTest, DeleteOfWhatGoesAtOnceIsOneRequest) {
  api().once("DELETE", kPath, 200, R"({"kind":"Status","status":"Success"})");
  EXPECT_TRUE(done(perform(change(Action::Delete, configMap("x", "ml"), "u"))));
  EXPECT_EQ(api().calls().size(), 1u);
  api().once("DELETE", kPath, 404, status(404, "NotFound", "gone"));
  EXPECT_TRUE(done(perform(change(Action::Delete, configMap("x", "ml"), "u"))));
}

TEST_F(KubeTest, DeleteWaitsForFinalizersAndNamesThem) {
  Tree held = deleting(configMap("x", "ml", "u", "9"));
  held.at("metadata").set("finalizers", Tree::strings({"example.com/hold"}));
  api().once("DELETE", kPath, 200, ok(held));
  api().always("GET", kPath, 200, ok(held));
  const ApiError error = apiError(perform(change(Action::Delete, configMap("x", "ml"), "u")));
  EXPECT_EQ(error.code, "Timeout");
  EXPECT_TRUE(error.message.ends_with("; finalizers hold it: example.com/hold")) << error.message;
}

TEST_F(KubeTest, DeleteIsDoneWhenAnotherOfTheNameHasCome) {
  api().once("DELETE", kPath, 200, ok(deleting(configMap("x", "ml", "u", "9"))));
  api().once("GET", kPath, 200, ok(configMap("x", "ml", "another", "10")));
  EXPECT_TRUE(done(perform(change(Action::Delete, configMap("x", "ml"), "u"))));
}

TEST_F(KubeTest, WaitingEndsWhenSomebodyCancels) {
  api().once("DELETE", kPath, 200, ok(deleting(configMap("x", "ml", "u", "9"))));
  api().answer("GET", kPath, 1, [&](const http::Request&) {
    cancel_.cancel();
    return makeResponse(200, ok(deleting(configMap("x", "ml", "u", "9"))));
  });
  EXPECT_EQ(apiError(perform(change(Action::Delete, configMap("x", "ml"), "u"))).kind,
            ApiError::Kind::Cancelled);
}

TEST_F(KubeTest, ReplaceDeletesWaitsAndMakes) {
  api().once("DELETE", kPath, 200, ok(deleting(configMap("x", "ml", "u", "9"))));
  api().once("GET", kPath, 404, status(404, "NotFound", "gone"));
  api().once("PATCH", kPath, 201, ok(configMap("x", "ml", "new", "10")));
  EXPECT_TRUE(done(perform(change(Action::Replace, configMap("x", "ml"), "u"))));
  EXPECT_EQ(parsed(api().calls()[2].body).find("metadata")->find("uid"), nullptr);
}

TEST_F(KubeTest, ReleaseTakesOurMarksOffAndNothingElse) {
  api().once("PATCH", kPath, 200, "{}");
  plan::Change release = change(Action::Release, configMap("x", "ml"), "u");
  release.body = Tree();
  EXPECT_TRUE(done(perform(release)));
  const Call call = api().calls()[0];
  EXPECT_EQ(call.header("Content-Type"), "application/merge-patch+json");
  const Tree labels = *parsed(call.body).find("metadata")->find("labels");
  EXPECT_EQ(labels.asMap().size(), 4u);
  for (const auto& [key, value] : labels.asMap()) EXPECT_TRUE(value.isNull()) << key;
}

Tree definition(bool established) {
  Tree object = mapOf("apiVersion", "apiextensions.k8s.io/v1", "kind", "CustomResourceDefinition",
                      "metadata", mapOf("name", "widgets.x.io"));
  if (established) {
    object.set("status",
               mapOf("conditions", listOf(mapOf("type", "Established", "status", "True"))));
  }
  return object;
}

TEST_F(KubeTest, ADefinitionIsDoneWhenItsKindIsServed) {
  api().once("PATCH", "/customresourcedefinitions/widgets.x.io", 201, ok(definition(false)));
  api().once("GET", "/customresourcedefinitions/widgets.x.io", 200, ok(definition(false)));
  api().answer("GET", "/customresourcedefinitions/widgets.x.io", 1, [&](const http::Request&) {
    api().serve("x.io", {"v1"}, "Widget", "widgets", true);
    return makeResponse(200, ok(definition(true)));
  });
  EXPECT_TRUE(done(perform(change(Action::Create, definition(false)))));
  EXPECT_NE(client().find("x.io", "Widget"), nullptr);
  EXPECT_EQ(api().discoveries, 2);
}

TEST_F(KubeTest, AKindThatIsNotServedYetIsAskedForAgain) {
  const Tree widget = mapOf("apiVersion", "x.io/v1", "kind", "Widget", "metadata",
                            mapOf("name", "w", "namespace", "ml"));
  EXPECT_EQ(client().find("x.io", "Widget"), nullptr);
  api().serve("x.io", {"v1"}, "Widget", "widgets", true);
  api().once("PATCH", "/apis/x.io/v1/namespaces/ml/widgets/w", 404,
             "404 page not found: the server could not find the requested resource");
  api().once("PATCH", "/apis/x.io/v1/namespaces/ml/widgets/w", 404,
             status(404, "NotFound", "the server could not find the requested resource"));
  api().once("PATCH", "/apis/x.io/v1/namespaces/ml/widgets/w", 201, ok(widget));
  llvm::consumeError(perform(change(Action::Create, widget)));
  EXPECT_TRUE(done(perform(change(Action::Create, widget))));
}

TEST_F(KubeTest, AKindThatNobodyDefinesIsAnErrorWithAWayOut) {
  const Tree widget = mapOf("apiVersion", "x.io/v1", "kind", "Widget", "metadata",
                            mapOf("name", "w", "namespace", "ml"));
  const ApiError error = apiError(perform(change(Action::Create, widget)));
  EXPECT_EQ(error.message, "the cluster serves no `Widget` of x.io/v1");
  EXPECT_NE(error.way_out, "");
  // Nothing of it can be left.
  EXPECT_TRUE(done(perform(change(Action::Delete, widget, "u"))));
  EXPECT_TRUE(api().calls().empty());
}

TEST_F(KubeTest, TheVersionOfThePlanIsTheOneThatIsWritten) {
  const Tree scaler = mapOf("apiVersion", "autoscaling/v1", "kind", "HorizontalPodAutoscaler",
                            "metadata", mapOf("name", "h", "namespace", "ml"));
  api().once("PATCH", "/apis/autoscaling/v1/namespaces/ml/horizontalpodautoscalers/h", 201, "{}");
  EXPECT_TRUE(done(perform(change(Action::Create, scaler))));
}

class NamespaceTest : public KubeTest {
 protected:
  NamespaceTest() {
    space_ = configMap("ml", "", "u", "3");
    space_.set("kind", "Namespace");
    space_.at("metadata").erase("namespace");
    api().once("GET", "/api/v1/namespaces/ml", 200, ok(space_));
  }
  Tree space_;
};

TEST_F(NamespaceTest, WithObjectsOfOthersIsKept) {
  Tree map = configMap("theirs", "ml", "u2", "1");
  map.at("metadata").set("labels", mapOf(model::kManagedBy, "argocd"));
  Tree root = map;
  root.at("metadata").set("name", "kube-root-ca.crt");
  api().once("GET", "/namespaces/ml/configmaps", 200,
             listJson({configMap("ours", "ml", "u1", "1"), map, root}));
  Tree pod = mapOf("metadata", mapOf("name", "p", "namespace", "ml", "ownerReferences",
                                     listOf(mapOf("kind", "ReplicaSet", "name", "r"))));
  api().once("GET", "/namespaces/ml/pods", 200, listJson({pod}));
  Tree release = mapOf("metadata", mapOf("name", "sh.helm.release.v1.x.v1", "namespace", "ml",
                                         "labels", mapOf("owner", "helm")));
  api().once("GET", "/namespaces/ml/secrets", 200, listJson({release}));
  api().always("GET", "/namespaces/ml/", 200, listJson({}));
  const ApiError error = apiError(perform(change(Action::Delete, space_, "u")));
  EXPECT_EQ(error.code, "NamespaceShared");
  EXPECT_EQ(error.message,
            "namespace ml holds what others have made: ConfigMap theirs (argocd), Secret "
            "sh.helm.release.v1.x.v1");
  EXPECT_EQ(api().count("DELETE", ""), 0u);
}

TEST_F(NamespaceTest, WithNothingOfOthersGoesAndIsWaitedFor) {
  api().always("GET", "/namespaces/ml/", 200, listJson({}));
  api().once("DELETE", "/api/v1/namespaces/ml", 200, ok(deleting(space_)));
  api().once("GET", "/api/v1/namespaces/ml", 200, ok(deleting(space_)));
  api().once("GET", "/api/v1/namespaces/ml", 404, status(404, "NotFound", "gone"));
  EXPECT_TRUE(done(perform(change(Action::Delete, space_, "u"))));
  EXPECT_EQ(progress_, (std::vector<std::string>{"waiting until it is gone"}));
}

TEST_F(NamespaceTest, ThatCannotBeLookedIntoIsKept) {
  api().once("GET", "/namespaces/ml/pods", 403, status(403, "Forbidden", "no"));
  api().always("GET", "/namespaces/ml/", 200, listJson({}));
  EXPECT_EQ(apiError(perform(change(Action::Delete, space_, "u"))).kind, ApiError::Kind::Forbidden);
  EXPECT_EQ(api().count("DELETE", ""), 0u);
}

}  // namespace
}  // namespace gpuspec::test
