#include "backends/deploy/model/managed_fields.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/deploy/model/json.h"

namespace gpuspec::deploy::model {
namespace {

using test::json;
using Paths = std::vector<std::string>;

Paths paths(const std::vector<FieldPath>& fields) {
  Paths out;
  for (const FieldPath& field : fields) out.push_back(str(field));
  return out;
}

Paths pathsOf(const char* fields) {
  const std::vector<FieldOwner> owners =
      fieldOwners(json(std::string(R"([{"manager": "x", "fieldsV1": )") + fields + "}]"));
  return owners.size() == 1 ? paths(owners[0].fields) : Paths{"?"};
}

FieldPath path(std::initializer_list<const char*> keys) {
  FieldPath out;
  for (const char* key : keys) out.push_back({PathStep::Kind::Key, key, 0, {}});
  return out;
}

PathStep item(const char* keys) {
  return {PathStep::Kind::Item, "", 0, json(keys)};
}

TEST(ManagedFields, LeavesOfOneManager) {
  EXPECT_EQ(pathsOf(R"({"f:spec": {"f:replicas": {}, "f:hard": {".": {}, "f:requests.cpu": {}}}})"),
            (Paths{"spec.replicas", "spec.hard.requests.cpu"}));
  EXPECT_EQ(pathsOf(R"({"f:metadata": {"f:labels": {"f:example.com/team": {}}}})"),
            Paths{"metadata.labels.example.com/team"});
}

TEST(ManagedFields, ItemsByKeyByValueAndByPosition) {
  EXPECT_EQ(
      pathsOf(R"({"f:ports": {"k:{\"port\":80,\"protocol\":\"TCP\"}": {".": {}, "f:name": {}}}})"),
      Paths{"ports[port=80,protocol=TCP].name"});
  EXPECT_EQ(pathsOf(R"({"f:finalizers": {".": {}, "v:\"a/b\"": {}}})"),
            Paths{R"(finalizers["a/b"])"});
  EXPECT_EQ(pathsOf(R"({"f:list": {"i:3": {"f:x": {}}}})"), Paths{"list[3].x"});
}

TEST(ManagedFields, AnItemOfWhichOnlyItsBeingThereIsOwned) {
  EXPECT_EQ(pathsOf(R"({"f:env": {"k:{\"name\":\"x\"}": {".": {}}}})"), Paths{"env[name=x]"});
}

TEST(ManagedFields, OneOwnerForEachManagerOperationAndSubresource) {
  const std::vector<FieldOwner> owners = fieldOwners(json(R"([
    {"manager": "gpuspec", "operation": "Apply", "apiVersion": "apps/v1", "fieldsV1": {"f:a": {}}},
    {"manager": "kubectl-edit", "operation": "Update", "fieldsV1": {"f:b": {}}},
    {"manager": "controller", "operation": "Update", "subresource": "status", "fieldsV1": {"f:c": {}}}])"));
  ASSERT_EQ(owners.size(), 3U);
  EXPECT_EQ(owners[0].manager + owners[0].operation + owners[0].subresource, "gpuspecApply");
  EXPECT_EQ(owners[0].api_version, "apps/v1");
  EXPECT_EQ(owners[1].manager + owners[1].operation, "kubectl-editUpdate");
  EXPECT_EQ(owners[2].subresource, "status");
  EXPECT_EQ(paths(owners[2].fields), Paths{"c"});
}

TEST(ManagedFields, GarbageIsPassedOver) {
  EXPECT_TRUE(fieldOwners(json("null")).empty());
  EXPECT_TRUE(fieldOwners(json(R"({"a": 1})")).empty());
  EXPECT_TRUE(fieldOwners(json(R"([{"manager": 7, "fieldsV1": "x"}])"))[0].fields.empty());
  EXPECT_EQ(
      pathsOf(R"({"f:a": {}, "x": {}, "k:{broken": {}, "k:[1]": {}, "z:9": {}, "": {}, "f:b": 5})"),
      Paths{"a"});
}

TEST(ManagedFields, Owning) {
  FieldOwner owner;
  owner.fields = {path({"spec", "replicas"}), path({"spec", "hard"})};
  EXPECT_TRUE(owns(owner, path({"spec", "replicas"})));
  EXPECT_TRUE(owns(owner, path({"spec", "hard", "requests.cpu"}))) << "all of what it is part of";
  EXPECT_TRUE(owns(owner, path({"spec"}))) << "something below it";
  EXPECT_FALSE(owns(owner, path({"spec", "paused"})));
  EXPECT_FALSE(owns(owner, path({"metadata"})));
  EXPECT_FALSE(owns({}, path({"spec"})));
}

TEST(ManagedFields, OwningItemsOfLists) {
  FieldOwner owner;
  owner.fields = {{path({"env"})[0], item(R"({"name": "a"})"), path({"value"})[0]}};
  EXPECT_TRUE(owns(owner, {path({"env"})[0], item(R"({"name": "a"})")}));
  EXPECT_FALSE(owns(owner, {path({"env"})[0], item(R"({"name": "b"})")}));
}

TEST(ManagedFields, WhoseFieldsGoToWhoeverAdopts) {
  const auto former = [](const char* manager, const char* operation, const char* subresource = "") {
    return isFormerOwner(manager, operation, subresource, false);
  };
  EXPECT_TRUE(former("argocd", "Apply"));
  EXPECT_TRUE(former("kubectl-client-side-apply", "Update"));
  EXPECT_TRUE(former("helm", "Update"));
  EXPECT_FALSE(former("kube-controller-manager", "Update"));
  EXPECT_FALSE(former("argocd", "Apply", "status"));
  EXPECT_FALSE(former("gpuspec", "Apply"));
  EXPECT_TRUE(isFormerOwner("kubectl-edit", "Update", "", true)) << "where it opens a door";
  EXPECT_FALSE(isFormerOwner("gpuspec", "Apply", "", true));
  EXPECT_FALSE(isFormerOwner("quota-controller", "Update", "status", true));
}

TEST(ManagedFields, ValuesAtPaths) {
  const Tree object = json(R"({"spec": {"ports": [{"port": 53, "protocol": "UDP", "name": "dns"},
    {"port": 80, "name": "http"}], "set": ["a", "b"], "list": [[1, 2]]}})");
  const auto at = [&](FieldPath tail) {
    tail.insert(tail.begin(), path({"spec"})[0]);
    const Tree* value = valueAt(object, tail);
    return value == nullptr ? "none" : ir::toJson(*value);
  };
  const PathStep ports = path({"ports"})[0], set = path({"set"})[0], list = path({"list"})[0];
  EXPECT_EQ(at({ports, item(R"({"port": 80, "protocol": "TCP"})"), path({"name"})[0]}),
            R"("http")");
  EXPECT_EQ(at({ports, item(R"({"port": 53, "protocol": "TCP"})")}), "none");
  EXPECT_EQ(at({set, {PathStep::Kind::Value, R"("b")", 0, {}}}), R"("b")");
  EXPECT_EQ(at({set, {PathStep::Kind::Value, R"("c")", 0, {}}}), "none");
  EXPECT_EQ(at({list, {PathStep::Kind::Index, "", 0, {}}}), "[1,2]");
  EXPECT_EQ(at({list, {PathStep::Kind::Index, "", 1, {}}}), "none");
  EXPECT_EQ(at({list, {PathStep::Kind::Index, "", -1, {}}}), "none");
  EXPECT_EQ(at({ports, path({"name"})[0]}), "none") << "a key of a list";
}

TEST(ManagedFields, LeavesOfATree) {
  EXPECT_EQ(paths(leavesOf("Deployment",
                           json(R"({"a": {"b": 1, "c": {}}, "d": [1, {"e": 2}], "f": null})"))),
            (Paths{"a.b", "a.c", "d[0]", "d[1].e", "f"}));
  EXPECT_EQ(paths(leavesOf("Pod", json(R"({"spec": {"containers": [{"name": "x", "image": "i",
              "ports": [{"containerPort": 80}]}]}})"))),
            (Paths{"spec.containers[name=x].name", "spec.containers[name=x].image",
                   "spec.containers[name=x].ports[containerPort=80,protocol=TCP].containerPort"}));
}

}  // namespace
}  // namespace gpuspec::deploy::model
