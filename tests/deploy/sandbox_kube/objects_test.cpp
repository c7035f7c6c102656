#include <set>

#include "tests/deploy/sandbox_kube/api_fixture.h"

namespace gpuspec::deploy::sandbox {
namespace {

constexpr const char* kMaps = "/api/v1/namespaces/default/configmaps";

std::string configMap(const std::string& name, const std::string& data = R"({"a":"1"})") {
  return R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":")" + name + R"("},"data":)" +
         data + "}";
}

TEST_F(ApiTest, RefusesWhoHasNoToken) {
  const Reply reply = send("GET", "/api/v1/namespaces", "", {{"authorization", "Bearer wrong"}});
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(reply.textAt("reason"), "Unauthorized");
  EXPECT_EQ(send("GET", "/healthz", "", {{"authorization", ""}}).text, "ok");
}

TEST_F(ApiTest, HasItsOwnNamespaces) {
  std::set<std::string> names;
  const Tree items = get("/api/v1/namespaces").at("items");
  ASSERT_TRUE(items.isList());
  for (const Tree& item : items.asList()) {
    names.insert(item.find("metadata")->find("name")->asString());
  }
  EXPECT_EQ(names,
            (std::set<std::string>{"default", "kube-node-lease", "kube-public", "kube-system"}));
  EXPECT_EQ(get("/api/v1/namespaces/default/serviceaccounts/default").status, 200);
}

TEST_F(ApiTest, CreatesReadsUpdatesAndDeletes) {
  const Reply made = create(kMaps, configMap("one"));
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.textAt("metadata.uid").size(), 36U);
  EXPECT_FALSE(made.textAt("metadata.resourceVersion").empty());
  EXPECT_EQ(made.textAt("metadata.managedFields.0.manager"), "tester");
  EXPECT_EQ(made.textAt("metadata.managedFields.0.operation"), "Update");
  EXPECT_EQ(ir::toJson(made.at("metadata.managedFields.0.fieldsV1")),
            R"({"f:data":{".":{},"f:a":{}}})");

  const Reply again = create(kMaps, configMap("one"));
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.message(), R"(configmaps "one" already exists)");

  const Reply changed = put(std::string(kMaps) + "/one", configMap("one", R"({"a":"2"})"));
  ASSERT_EQ(changed.status, 200) << changed.text;
  EXPECT_NE(changed.textAt("metadata.resourceVersion"), made.textAt("metadata.resourceVersion"));
  EXPECT_EQ(changed.textAt("metadata.uid"), made.textAt("metadata.uid"));
  EXPECT_EQ(changed.textAt("metadata.creationTimestamp"),
            made.textAt("metadata.creationTimestamp"));

  const Reply gone = remove(std::string(kMaps) + "/one");
  EXPECT_EQ(gone.status, 200);
  EXPECT_EQ(gone.textAt("status"), "Success");
  EXPECT_EQ(get(std::string(kMaps) + "/one").message(), R"(configmaps "one" not found)");
}

TEST_F(ApiTest, AnUpdateThatChangesNothingWritesNothing) {
  create(kMaps, configMap("same"));
  const std::string before = get(std::string(kMaps) + "/same").textAt("metadata.resourceVersion");
  EXPECT_EQ(put(std::string(kMaps) + "/same", configMap("same")).textAt("metadata.resourceVersion"),
            before);
}

TEST_F(ApiTest, AnOldResourceVersionIsAConflict) {
  const Reply made = create(kMaps, configMap("one"));
  put(std::string(kMaps) + "/one", configMap("one", R"({"a":"2"})"));
  const std::string stale =
      R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one","resourceVersion":")" +
      made.textAt("metadata.resourceVersion") + R"("},"data":{"a":"3"}})";
  const Reply refused = put(std::string(kMaps) + "/one", stale);
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(
      refused.message(),
      R"(Operation cannot be fulfilled on configmaps "one": the object has been modified; please apply )"
      "your changes to the latest version and try again");
}

TEST_F(ApiTest, GeneratesNames) {
  const Reply reply =
      create(kMaps, R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"generateName":"run-"}})");
  ASSERT_EQ(reply.status, 201) << reply.text;
  EXPECT_EQ(reply.textAt("metadata.name").substr(0, 4), "run-");
  EXPECT_EQ(reply.textAt("metadata.name").size(), 9U);
}

TEST_F(ApiTest, NeedsAPlaceToPutThings) {
  const Reply reply = create("/api/v1/namespaces/nowhere/configmaps", configMap("one"));
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.message(), R"(namespaces "nowhere" not found)");
}

TEST_F(ApiTest, DryRunLeavesNoTrace) {
  EXPECT_EQ(create(std::string(kMaps) + "?dryRun=All", configMap("one")).status, 201);
  EXPECT_EQ(get(std::string(kMaps) + "/one").status, 404);
  create(kMaps, configMap("one"));
  EXPECT_EQ(remove(std::string(kMaps) + "/one?dryRun=All").status, 200);
  EXPECT_EQ(remove(std::string(kMaps) + "/one", R"({"dryRun":["All"]})").status, 200);
  EXPECT_EQ(get(std::string(kMaps) + "/one").status, 200);
}

TEST_F(ApiTest, FinalizersHoldADeletedObject) {
  create(
      kMaps,
      R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"held","finalizers":["example.com/keep"]}})");
  const Reply held = remove(std::string(kMaps) + "/held");
  EXPECT_EQ(held.status, 200);
  EXPECT_FALSE(held.textAt("metadata.deletionTimestamp").empty());
  EXPECT_EQ(get(std::string(kMaps) + "/held").status, 200);
  EXPECT_EQ(merge(std::string(kMaps) + "/held", R"({"metadata":{"finalizers":null}})").status, 200);
  EXPECT_EQ(get(std::string(kMaps) + "/held").status, 404);
}

TEST_F(ApiTest, DeletionPreconditionsAreKept) {
  create(kMaps, configMap("one"));
  const Reply refused = remove(std::string(kMaps) + "/one", R"({"preconditions":{"uid":"other"}})");
  EXPECT_EQ(refused.status, 409);
  EXPECT_NE(refused.message().find("Precondition failed: UID in precondition: other"),
            std::string::npos);
}

// As after a kill -9 between the two writes.
TEST_F(ApiTest, ANamespaceThatWasHalfMadeIsFinishedAtTheNextStart) {
  create("/api/v1/namespaces", R"({"metadata":{"name":"team"}})");
  const std::string path = "/api/v1/namespaces/team/configmaps/kube-root-ca.crt";
  ASSERT_EQ(get(path).status, 200);
  ASSERT_EQ(remove(path).status, 200);
  ASSERT_EQ(get(path).status, 404);
  restart();
  EXPECT_EQ(get(path).status, 200);
}

TEST_F(ApiTest, ANamespaceEndsWithWhatItHolds) {
  create("/api/v1/namespaces",
         R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"team"}})");
  create(
      "/api/v1/namespaces/team/configmaps",
      R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"held","finalizers":["example.com/keep"]}})");
  create("/api/v1/namespaces/team/configmaps", configMap("free"));
  const Reply ending = remove("/api/v1/namespaces/team");
  EXPECT_EQ(ending.textAt("status.phase"), "Terminating");
  EXPECT_EQ(get("/api/v1/namespaces/team/configmaps/free").status, 404);
  const Reply refused = create("/api/v1/namespaces/team/configmaps", configMap("late"));
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(
      refused.message(),
      R"(configmaps "late" is forbidden: unable to create new content in namespace team because it is being terminated)");
  EXPECT_EQ(get("/api/v1/namespaces/team").status, 200);
  merge("/api/v1/namespaces/team/configmaps/held", R"({"metadata":{"finalizers":null}})");
  EXPECT_EQ(get("/api/v1/namespaces/team").status, 404);
}

TEST_F(ApiTest, UnknownFieldsAreWarnedOfOrRefused) {
  const std::string odd =
      R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"contaners":[],"containers":[{"name":"c","image":"i"}]}})";
  const Reply refused = create("/api/v1/namespaces/default/pods?fieldValidation=Strict", odd);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.message(),
            "Pod in version \"v1\" cannot be handled as a Pod: strict decoding error: unknown "
            "field \"spec.contaners\"");
  const Reply warned = create("/api/v1/namespaces/default/pods", odd);
  EXPECT_EQ(warned.status, 201) << warned.text;
  EXPECT_EQ(warned.header("Warning"), R"(299 - "unknown field \"spec.contaners\"")");
  EXPECT_TRUE(warned.at("spec.contaners").isNull());
}

TEST_F(ApiTest, DuplicateFieldsAreRefused) {
  const Reply refused = create(
      std::string(kMaps) + "?fieldValidation=Strict",
      R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"data":{"a":"1","a":"2"}})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.message().find("duplicate field \"data.a\""), std::string::npos);
}

TEST_F(ApiTest, WrongTypesAreRefused) {
  const Reply refused = create(
      "/apis/apps/v1/namespaces/default/deployments",
      R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":"3"}})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.message(),
            "Deployment in version \"v1\" cannot be handled as a Deployment: json: cannot "
            "unmarshal string into Go "
            "struct field DeploymentSpec.spec.replicas of type int32");
}

TEST_F(ApiTest, AUidOfAnObjectThatIsGoneIsAConflict) {
  const Reply applied =
      apply("/api/v1/namespaces/default/configmaps/gone",
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: gone, uid: was}}");
  EXPECT_EQ(applied.status, 409);
  EXPECT_EQ(applied.message(),
            "Operation cannot be fulfilled on configmaps \"gone\": uid mismatch: the provided "
            "object specified uid was, and no existing object was found");
  const std::string leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases/gone";
  EXPECT_EQ(put(leases, R"({"metadata": {"name": "gone", "uid": "was"}})").status, 409);
  EXPECT_EQ(get(leases).status, 404);
  // Only some kinds can be made by an update.
  EXPECT_EQ(put(leases, R"({"metadata": {"name": "gone"}, "spec": {}})").status, 201);
  EXPECT_EQ(put(leases, R"({"metadata": {"name": "gone"}, "spec": {}})").status, 200);
  EXPECT_EQ(
      put("/api/v1/namespaces/default/configmaps/gone", R"({"metadata": {"name": "gone"}})").status,
      404);
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
