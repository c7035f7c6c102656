#include <gtest/gtest.h>

#include "backends/deploy/kube/conflicts.h"
#include "tests/deploy/kube/fixture.h"

namespace gpuspec::test {
namespace {

using Kind = ApiError::Kind;

ApiError errorFor(int code, const std::string& body, http::Headers headers = {}) {
  kube::Call call;
  call.method = "PATCH";
  call.path = "/api/v1/namespaces/ml/configmaps/x?fieldManager=gpuspec";
  return apiError(kube::errorOf(makeResponse(code, body, std::move(headers)), call));
}

TEST(KubeStatus, ConflictsNameTheManager) {
  const ApiError error = errorFor(
      409,
      status(409, "Conflict",
             "Apply failed with 1 conflict: conflict with \"kubectl-edit\" using v1: .data.a",
             {{"FieldManagerConflict", "conflict with \"kubectl-edit\" using v1", ".data.a"}}));
  EXPECT_EQ(error.kind, Kind::Conflict);
  EXPECT_EQ(error.code, "FieldManagerConflict");
  EXPECT_EQ(error.message,
            "Apply failed with 1 conflict: conflict with \"kubectl-edit\" using v1: .data.a");
  EXPECT_NE(error.way_out.find("`kubectl-edit` set these fields"), std::string::npos);
}

TEST(KubeStatus, KindsAndWaysOut) {
  struct Case {
    int status;
    std::string body;
    Kind kind;
    std::string code, way_out;
  };
  const Case cases[] = {
      {403,
       status(403, "Forbidden",
              "pods \"x\" is forbidden: exceeded quota: gpus, requested: limits.a/b=8, used: 4, "
              "limited: 8"),
       Kind::Quota, "Forbidden", "raise the quota, or ask for less"},
      {403,
       status(403, "Forbidden",
              "deployments.apps \"x\" is forbidden: User \"ci\" cannot patch resource "
              "\"deployments\" in API group \"apps\" in the namespace \"ml\""),
       Kind::Forbidden, "Forbidden",
       "give `ci` the right to patch deployments.apps in namespace ml"},
      {403,
       status(403, "Forbidden",
              "namespaces is forbidden: User \"ci\" cannot list resource \"namespaces\" in API "
              "group \"\" at the cluster scope"),
       Kind::Forbidden, "Forbidden", "give `ci` the right to list namespaces in the whole cluster"},
      {403,
       status(403, "Forbidden",
              "configmaps \"x\" is forbidden: unable to create new content in namespace ml because "
              "it is being terminated",
              {{"NamespaceTerminating", "namespace ml is being terminated", "metadata.namespace"}}),
       Kind::Busy, "NamespaceTerminating",
       "its namespace is on its way out; run it again when that is done"},
      {401, status(401, "Unauthorized", "Unauthorized"), Kind::Unauthorized, "Unauthorized",
       "the credentials have expired, or are another cluster's; get new ones"},
      {400,
       status(400, "BadRequest",
              "admission webhook \"vjob.kueue.x-k8s.io\" denied the request: no queue"),
       Kind::Invalid, "BadRequest",
       "the admission webhook `vjob.kueue.x-k8s.io` of the cluster refuses it"},
      {500,
       status(500, "InternalError",
              "Internal error occurred: failed calling webhook \"m.x.io\": no endpoints"),
       Kind::Server, "InternalError",
       "the admission webhook `m.x.io` does not answer; see whether what serves it runs"},
      {422,
       status(422, "Invalid",
              "pods \"x\" is forbidden: ValidatingAdmissionPolicy 'no-root' with binding 'all' "
              "denied request: root"),
       Kind::Invalid, "Invalid", "the admission policy `no-root` of the cluster refuses it"},
      {422,
       status(422, "Invalid",
              "Job.batch \"x\" is invalid: spec.template: Invalid value: ...: field is immutable"),
       Kind::Immutable, "Invalid", "`gpuspec apply --allow-replace` deletes it and makes it anew"},
      {422,
       status(422, "Invalid", "ConfigMap \"x\" is invalid: metadata.uid: Invalid value: \"u\"",
              {{"FieldValueInvalid", "Invalid value: \"u\": field is immutable", "metadata.uid"}}),
       Kind::Conflict, "Replaced", "it was deleted and made again by somebody; plan again"},
      {409,
       status(
           409, "Conflict",
           "Operation cannot be fulfilled on configmaps \"x\": uid mismatch: the provided object "
           "specified uid u, and no existing object was found"),
       Kind::Conflict, "Replaced", "it was deleted and made again by somebody; plan again"},
      {404, status(404, "NotFound", "namespaces \"ml\" not found"), Kind::NotFound, "NotFound",
       "the namespace has to be there before"},
      {500,
       status(
           500, "",
           "failed to create typed patch object (ml/x; example.com/v1, Kind=Widget): .spec.sise: "
           "field not declared in schema"),
       Kind::Invalid, "", "see which fields this version of the kind has"},
      {410, status(410, "Expired", "too old"), Kind::Gone, "Expired", ""},
  };
  for (const Case& c : cases) {
    const ApiError error = errorFor(c.status, c.body);
    EXPECT_EQ(error.kind, c.kind) << c.body;
    EXPECT_EQ(error.code, c.code) << c.body;
    EXPECT_EQ(error.way_out, c.way_out) << c.body;
    EXPECT_EQ(error.status, c.status);
  }
}

TEST(KubeStatus, CausesAreAddedWhenTheMessageHoldsNone) {
  const ApiError error =
      errorFor(422, status(422, "Invalid", "ResourceQuota is invalid",
                           {{"FieldValueInvalid", "must be a quantity", "spec.hard[a]"},
                            {"FieldValueInvalid", "is invalid", "spec"}}));
  EXPECT_EQ(error.message, "ResourceQuota is invalid; spec.hard[a]: must be a quantity");
}

TEST(KubeStatus, NoStatusAtAll) {
  const ApiError error = errorFor(502, "<html>bad gateway</html>");
  EXPECT_EQ(error.kind, Kind::Server);
  EXPECT_EQ(error.message,
            "the API server answered 502 to PATCH /api/v1/namespaces/ml/configmaps/x");
  const ApiError slow = errorFor(429, "", {{"retry-after", "7"}});
  EXPECT_EQ(slow.kind, Kind::Throttled);
  EXPECT_EQ(slow.retry_after_ms, 7000);
}

TEST(KubeStatus, ConflictingFieldsAreHeldAgainstThePlan) {
  const std::string message =
      "Apply failed with 2 conflicts: conflicts with \"kubectl\" using apps/v1:\n"
      "- .spec.replicas\n"
      "- .spec.template.spec.containers[name=\"a b\"].image";
  const auto make = [&] {
    return kube::errorOf(
        makeResponse(409, status(409, "Conflict", message,
                                 {{"FieldManagerConflict", "conflict with \"kubectl\"", ""}})),
        kube::Call{});
  };
  llvm::Error error = make();
  EXPECT_EQ(kube::conflictingFields(error),
            (std::vector<std::string>{"spec.replicas", "spec.template.spec.containers.image"}));
  plan::FieldChange replicas, image;
  replicas.path = "spec.replicas";
  image.path = "spec.template.spec.containers[name=a b].image";
  EXPECT_TRUE(kube::isInPlan(error, {replicas, image}));
  EXPECT_FALSE(kube::isInPlan(error, {replicas}));
  replicas.path = "spec.replicasX";
  EXPECT_FALSE(kube::isInPlan(error, {replicas, image}));
  replicas.path = "spec";
  EXPECT_TRUE(kube::isInPlan(error, {replicas}));
  llvm::consumeError(std::move(error));
}

}  // namespace
}  // namespace gpuspec::test
