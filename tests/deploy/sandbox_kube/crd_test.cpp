#include "tests/deploy/sandbox_kube/api_fixture.h"

namespace gpuspec::deploy::sandbox {
namespace {

constexpr const char* kDefinitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
constexpr const char* kWidgets = "/apis/example.com/v1/namespaces/default/widgets";

class CustomTest : public ApiTest {
 protected:
  CustomTest() {
    const Reply made = create(
        kDefinitions, R"({"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",
      "metadata":{"name":"widgets.example.com"},"spec":{"group":"example.com","scope":"Namespaced",
      "names":{"plural":"widgets","kind":"Widget","shortNames":["wg"]},
      "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{},"scale":{"specReplicasPath":".spec.replicas","statusReplicasPath":".status.replicas"}},
      "additionalPrinterColumns":[{"name":"Size","type":"integer","jsonPath":".spec.replicas"}],
      "schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","required":["mode"],"properties":{
        "mode":{"type":"string","enum":["fast","slow"]},"replicas":{"type":"integer","minimum":1,"default":2},
        "free":{"type":"object","x-kubernetes-preserve-unknown-fields":true},
        "parts":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["name"],
          "items":{"type":"object","required":["name"],"properties":{"name":{"type":"string"},"size":{"type":"string","pattern":"^[0-9]+$"}}}}}},
        "status":{"type":"object","properties":{"replicas":{"type":"integer"}}}}}}}]}})");
    EXPECT_EQ(made.status, 201) << made.text;
    EXPECT_EQ(made.textAt("status.conditions.1.type"), "Established");
    EXPECT_EQ(made.textAt("spec.names.singular"), "widget");
  }
  static std::string widget(const std::string& spec) {
    return R"({"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"},"spec":)" +
           spec + "}";
  }
};

TEST_F(CustomTest, IsServedAtOnce) {
  EXPECT_NE(get("/apis/example.com/v1").text.find("\"widgets/status\""), std::string::npos);
  const Reply made = create(kWidgets, widget(R"({"mode":"fast","free":{"a":{"b":[1]}},"odd":1})"));
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(ir::toJson(made.at("spec")), R"({"mode":"fast","free":{"a":{"b":[1]}},"replicas":2})");
  EXPECT_EQ(made.header("Warning"), R"(299 - "unknown field \"spec.odd\"")");
  EXPECT_EQ(get(std::string(kWidgets) + "/w/scale").at("spec.replicas"), Tree(2));
  const Reply scaled =
      send("PATCH", std::string(kWidgets) + "/w/scale", R"({"spec":{"replicas":5}})",
           {{"content-type", "application/merge-patch+json"}});
  EXPECT_EQ(scaled.at("spec.replicas"), Tree(5));
  const Reply table =
      send("GET", kWidgets, "", {{"accept", "application/json;as=Table;v=v1;g=meta.k8s.io"}});
  EXPECT_EQ(table.at("rows.0.cells.1"), Tree(5));
}

TEST_F(CustomTest, IsHeldAgainstItsSchema) {
  const Reply refused =
      create(kWidgets, widget(R"({"mode":"warp","replicas":0,"parts":[{"name":"a","size":"x"}]})"));
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.message(),
            "Widget.example.com \"w\" is invalid: [spec.mode: Unsupported value: \"warp\": "
            "supported values: \"fast\", "
            "\"slow\", spec.replicas: Invalid value: 0: spec.replicas in body should be greater "
            "than or equal to 1, "
            "spec.parts[0].size: Invalid value: \"x\": spec.parts[0].size in body should match "
            "'^[0-9]+$']");
  EXPECT_EQ(create(kWidgets, widget("{}")).message(),
            "Widget.example.com \"w\" is invalid: spec.mode: Required value");
  EXPECT_EQ(create(kWidgets, widget(R"({"mode":1})")).message(),
            "Widget.example.com \"w\" is invalid: spec.mode: Invalid value: \"integer\": spec.mode "
            "in body must be of type string: \"integer\"");
}

TEST_F(CustomTest, AppliesWithItsListKeys) {
  const std::string path = std::string(kWidgets) + "/w";
  ASSERT_EQ(
      apply(path, widget(R"({"mode":"fast","parts":[{"name":"a","size":"1"}]})"), "one").status,
      201);
  const Reply both = apply(path, widget(R"({"parts":[{"name":"b","size":"2"}]})"), "two");
  ASSERT_EQ(both.status, 200) << both.text;
  EXPECT_EQ(ir::toJson(both.at("spec.parts")),
            R"([{"name":"a","size":"1"},{"name":"b","size":"2"}])");
  EXPECT_EQ(apply(path, widget(R"({"parts":[{"name":"a","size":"3"}]})"), "two")
                .textAt("details.causes.0.field"),
            ".spec.parts[name=\"a\"].size");
  EXPECT_EQ(both.at("metadata.generation"), Tree(2));
}

TEST_F(CustomTest, GoesWithItsDefinition) {
  create(kWidgets, widget(R"({"mode":"fast"})"));
  EXPECT_EQ(remove(std::string(kDefinitions) + "/widgets.example.com").status, 200);
  EXPECT_EQ(get(std::string(kDefinitions) + "/widgets.example.com").status, 404);
  EXPECT_EQ(get(kWidgets).status, 404);
}

TEST_F(CustomTest, SurvivesARestart) {
  create(kWidgets, widget(R"({"mode":"fast"})"));
  api_ = makeKubeApi(*store_, {"test", {"secret-token"}}, nullptr);
  EXPECT_EQ(get(std::string(kWidgets) + "/w").textAt("spec.mode"), "fast");
}

TEST_F(ApiTest, StrategicMergeKnowsListKeys) {
  const char* path = "/apis/apps/v1/namespaces/default/deployments/web";
  apply(
      path,
      R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{"selector":{"matchLabels":{"a":"b"}},
    "template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"x","image":"x:1"},{"name":"y","image":"y:1"}]}}}})");
  const auto patch = [&](const std::string& body) {
    return send("PATCH", path, body, {{"content-type", "application/strategic-merge-patch+json"}});
  };
  const Reply changed = patch(
      R"({"spec":{"template":{"spec":{"containers":[{"name":"y","image":"y:2"},{"name":"z","image":"z:1"}]}}}})");
  ASSERT_EQ(changed.status, 200) << changed.text;
  EXPECT_EQ(changed.textAt("spec.template.spec.containers.0.image"), "x:1");
  EXPECT_EQ(changed.textAt("spec.template.spec.containers.1.image"), "y:2");
  EXPECT_EQ(changed.textAt("spec.template.spec.containers.2.name"), "z");
  const Reply less =
      patch(R"({"spec":{"strategy":{"$retainKeys":["type"],"type":"Recreate"},"template":{"spec":{
    "$setElementOrder/containers":[{"name":"z"},{"name":"y"}],"containers":[{"name":"x","$patch":"delete"}]}}}})");
  ASSERT_EQ(less.status, 200) << less.text;
  EXPECT_EQ(less.textAt("spec.template.spec.containers.0.name"), "z");
  EXPECT_EQ(less.at("spec.template.spec.containers").asList().size(), 2U);
  EXPECT_EQ(ir::toJson(less.at("spec.strategy")), R"({"type":"Recreate"})");
}

TEST_F(ApiTest, JsonPatchDoesItsOperations) {
  const char* maps = "/api/v1/namespaces/default/configmaps";
  create(
      maps,
      R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m","annotations":{"a/b":"1"}},"data":{"c":"2"}})");
  const auto patch = [&](const std::string& body) {
    return send("PATCH", std::string(maps) + "/m", body,
                {{"content-type", "application/json-patch+json"}});
  };
  const Reply changed = patch(
      R"([{"op":"test","path":"/data/c","value":"2"},{"op":"replace","path":"/metadata/annotations/a~1b","value":"9"},
    {"op":"move","from":"/data/c","path":"/data/d"},{"op":"add","path":"/data/e","value":"5"}])");
  ASSERT_EQ(changed.status, 200) << changed.text;
  EXPECT_EQ(ir::toJson(changed.at("data")), R"({"d":"2","e":"5"})");
  EXPECT_NE(changed.text.find(R"("annotations":{"a/b":"9"})"), std::string::npos);
  EXPECT_EQ(patch(R"([{"op":"test","path":"/data/d","value":"no"}])").status, 422);
  EXPECT_EQ(patch(R"([{"op":"remove","path":"/data/none"}])").status, 422);
}

TEST_F(ApiTest, WhatIsFixedStaysFixed) {
  const char* jobs = "/apis/batch/v1/namespaces/default/jobs";
  const Reply job = create(
      jobs,
      R"({"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"j"},"spec":{"template":{"spec":{
    "restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}})");
  ASSERT_EQ(job.status, 201) << job.text;
  EXPECT_EQ(job.at("spec.completions"), Tree(1));
  EXPECT_EQ(job.textAt("spec.selector.matchLabels.batch.kubernetes.io/controller-uid"), "");
  EXPECT_NE(job.text.find("\"batch.kubernetes.io/controller-uid\":\"" + job.textAt("metadata.uid")),
            std::string::npos);
  const Reply refused = merge(std::string(jobs) + "/j",
                              R"({"spec":{"template":{"spec":{"activeDeadlineSeconds":5}}}})");
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.textAt("details.causes.0.field"), "spec.template");
  EXPECT_NE(refused.message().find("field is immutable"), std::string::npos);
  const Reply always = create(
      jobs,
      R"({"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"k"},"spec":{"template":{"spec":{
    "containers":[{"name":"c","image":"i"}]}}}})");
  EXPECT_EQ(always.message(),
            "Job.batch \"k\" is invalid: spec.template.spec.restartPolicy: Required value: valid "
            "values: \"OnFailure\", \"Never\"");
}

TEST_F(ApiTest, NamesAndLabelsAreHeldToTheirRules) {
  const char* maps = "/api/v1/namespaces/default/configmaps";
  const Reply refused = create(
      maps,
      R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"Bad_Name","labels":{"a":"b c"}}})");
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.textAt("details.causes.0.field"), "metadata.name");
  EXPECT_EQ(refused.textAt("details.causes.1.field"), "metadata.labels");
  EXPECT_EQ(
      create(
          "/api/v1/namespaces/default/services",
          R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"1web"},"spec":{"ports":[{"port":80}]}})")
          .status,
      422);
}

TEST_F(ApiTest, ServicesGetAddresses) {
  const Reply made = create(
      "/api/v1/namespaces/default/services",
      R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"web"},"spec":{"selector":{"a":"b"},"ports":[{"port":80}]}})");
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.textAt("spec.clusterIP").substr(0, 5), "10.0.");
  EXPECT_EQ(made.at("spec.ports.0.targetPort"), Tree(80));
  const Reply moved =
      merge("/api/v1/namespaces/default/services/web", R"({"spec":{"clusterIP":"10.0.9.9"}})");
  EXPECT_EQ(moved.status, 422);
  EXPECT_EQ(merge("/api/v1/namespaces/default/services/web", R"({"spec":{"ports":[{"port":81}]}})")
                .textAt("spec.clusterIP"),
            made.textAt("spec.clusterIP"));
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
