#include "backends/deploy/model/ownership.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "backends/deploy/model/digest.h"
#include "tests/deploy/model/json.h"

namespace gpuspec::deploy::model {
namespace {

using test::json;

const Scope kProd{"fleet", "prod"};

struct Case {
  const char* metadata;
  OwnerKind kind;
  const char* text;
};

TEST(Ownership, OfAnObject) {
  static constexpr Case kCases[] = {
      {R"({"labels": {"app.kubernetes.io/managed-by": "gpuspec", "gpuspec.dev/project": "fleet",
                      "gpuspec.dev/env": "prod"}})",
       OwnerKind::Us, "project fleet, environment prod"},
      {R"({"labels": {"app.kubernetes.io/managed-by": "gpuspec", "gpuspec.dev/project": "fleet",
                      "gpuspec.dev/env": "test"}})",
       OwnerKind::Project, "project fleet, environment test"},
      {R"({"labels": {"app.kubernetes.io/managed-by": "gpuspec", "gpuspec.dev/project": "fleet"}})",
       OwnerKind::Project, "project fleet"},
      {R"({"labels": {"app.kubernetes.io/managed-by": "gpuspec", "gpuspec.dev/project": "other",
                      "gpuspec.dev/env": "prod"}})",
       OwnerKind::Project, "project other, environment prod"},
      // A label alone that somebody copied makes nothing ours.
      {R"({"labels": {"gpuspec.dev/project": "fleet", "gpuspec.dev/env": "prod"}})",
       OwnerKind::Nobody, ""},
      {R"({"labels": {"app.kubernetes.io/managed-by": "Helm", "gpuspec.dev/project": "fleet",
                      "gpuspec.dev/env": "prod"}})",
       OwnerKind::Other, "Helm"},
      {R"({"annotations": {"meta.helm.sh/release-name": "web"},
           "labels": {"app.kubernetes.io/managed-by": "Helm"}})",
       OwnerKind::Other, "Helm release web"},
      {R"({"annotations": {"argocd.argoproj.io/tracking-id": "app:apps/Deployment:ml/x"}})",
       OwnerKind::Other, "Argo CD app:apps/Deployment:ml/x"},
      {R"({"labels": {"argocd.argoproj.io/instance": "apps"}})", OwnerKind::Other,
       "Argo CD application apps"},
      {R"({"labels": {"kustomize.toolkit.fluxcd.io/name": "infra"}})", OwnerKind::Other,
       "Flux kustomization infra"},
      {R"({"labels": {"applyset.kubernetes.io/part-of": "applyset-x-v1"}})", OwnerKind::Other,
       "ApplySet applyset-x-v1"},
      {R"({"ownerReferences": [{"kind": "A", "name": "a"},
                               {"kind": "ReplicaSet", "name": "web-1", "controller": true}]})",
       OwnerKind::Other, "ReplicaSet web-1"},
      {R"({"ownerReferences": [{"kind": "A", "name": "a"}]})", OwnerKind::Other, "A a"},
      {R"({"managedFields": [{"manager": "kube-controller-manager", "subresource": "status"},
                             {"manager": "gpuspec"}, {"manager": "kubectl-client-side-apply"}]})",
       OwnerKind::Other, "kubectl-client-side-apply"},
      {R"({"managedFields": [{"manager": "kube-scheduler"}, {"manager": "kubectl-run"}]})",
       OwnerKind::Other, "kubectl-run"},
      {R"({"managedFields": [{"manager": "kube-controller-manager"}]})", OwnerKind::Other,
       "kube-controller-manager"},
      {R"({"managedFields": [{"manager": "gpuspec"}]})", OwnerKind::Nobody, ""},
      {R"({"labels": "broken", "ownerReferences": 7, "managedFields": {}})", OwnerKind::Nobody, ""},
      {"{}", OwnerKind::Nobody, ""},
  };
  for (const Case& c : kCases) {
    const Owner owner = ownerOfObject(json(c.metadata), kProd);
    EXPECT_EQ(owner.kind, c.kind) << c.metadata;
    EXPECT_EQ(owner.text, c.text) << c.metadata;
  }
}

TEST(Ownership, OfTags) {
  const auto owner = [](const char* tags, const Scope& scope) {
    const Tree tree = json(tags);
    return ownerOfTags(&tree, scope);
  };
  const char* ours = R"({"gpuspec-project": "fleet", "gpuspec-env": "prod"})";
  EXPECT_EQ(owner(ours, kProd).kind, OwnerKind::Us);
  EXPECT_EQ(owner(ours, {"fleet", ""}).kind, OwnerKind::Project);
  EXPECT_EQ(owner(ours, {"fleet", ""}).text, "project fleet, environment prod");
  EXPECT_EQ(owner(R"({"gpuspec-project": "fleet"})", {"fleet", ""}).kind, OwnerKind::Us);
  EXPECT_EQ(owner(R"({"gpuspec-env": "prod"})", kProd).kind, OwnerKind::Nobody);
  EXPECT_EQ(owner(R"({"gpuspec-project": 1})", kProd).kind, OwnerKind::Nobody);
  EXPECT_EQ(ownerOfTags(nullptr, kProd).kind, OwnerKind::Nobody);
}

TEST(Ownership, SelectorsOfOneScopeFindNoOther) {
  EXPECT_EQ(labelSelector(kProd), "gpuspec.dev/project=fleet,gpuspec.dev/env=prod");
  EXPECT_EQ(labelSelector({"fleet", ""}), "gpuspec.dev/project=fleet,!gpuspec.dev/env");
}

bool isDnsName(const std::string& name) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= 63 && plain(name.front()) && plain(name.back()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return plain(c) || c == '-'; });
}

TEST(Ownership, RecordsHaveNamesOfTheirOwn) {
  const std::string longest(200, 'x');
  const Scope scopes[] = {kProd,          {"fleet", ""},     {"fleet-prod", ""}, {"Fleet", "prod"},
                          {"fleet", "p"}, {longest, "prod"}, {longest, "test"},  {"ä ö", "--"},
                          {"a.b_c", "d"}, {"-", "-"}};
  std::set<std::string> names, ids;
  for (const Scope& scope : scopes) {
    const std::string name = recordName(scope);
    EXPECT_TRUE(isDnsName(name + "-journal")) << name;
    EXPECT_TRUE(name.starts_with("gpuspec-")) << name;
    names.insert(name);
    ids.insert(applySetId(scope));
  }
  EXPECT_EQ(names.size(), std::size(scopes));
  EXPECT_EQ(ids.size(), std::size(scopes));
  EXPECT_EQ(recordName(kProd).substr(0, 19), "gpuspec-fleet-prod-");
}

// Names of what is live today: another result would lose every inventory.
TEST(Ownership, NamesStayAsTheyAre) {
  EXPECT_EQ(recordName(kProd), "gpuspec-fleet-prod-018ce34f");
  EXPECT_EQ(applySetId(kProd), "applyset-TOkpt8YFqmCV-Nd7fh9Y01IHOzKo_6ZxSVX_1-fTXE8-v1");
}

TEST(Ownership, MarksAreAddedToWhatIsThere) {
  Desired desired;
  desired.address = {"", "team", "vision"};
  desired.body = json(R"({"metadata": {"name": "x", "labels": {"a": "b"}}})");
  mark(desired, kProd);
  EXPECT_EQ(desired.body.tree(), json(R"({"metadata": {"name": "x", "labels": {"a": "b",
      "applyset.kubernetes.io/part-of": ")" +
                                      applySetId(kProd) + R"("},
      "annotations": {"gpuspec.dev/address": "team.vision"}}})"));
}

TEST(Digest, Sha256) {
  EXPECT_EQ(sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256Bytes("abc").size(), 32U);
}

TEST(Digest, Base64ForUrls) {
  EXPECT_EQ(base64Url(""), "");
  EXPECT_EQ(base64Url("f"), "Zg");
  EXPECT_EQ(base64Url("fo"), "Zm8");
  EXPECT_EQ(base64Url("foo"), "Zm9v");
  EXPECT_EQ(base64Url("\xFB\xEF\xFF"), "--__");
}

}  // namespace
}  // namespace gpuspec::deploy::model
