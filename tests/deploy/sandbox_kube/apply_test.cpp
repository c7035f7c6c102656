#include <thread>

#include "tests/deploy/sandbox_kube/api_fixture.h"

namespace gpuspec::deploy::sandbox {
namespace {

constexpr const char* kMap = "/api/v1/namespaces/default/configmaps/settings";
constexpr const char* kDeployment = "/apis/apps/v1/namespaces/default/deployments/web";

std::string settings(const std::string& data) {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n" + data;
}

std::string web(const std::string& containers, const std::string& more = "") {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n" + more +
         "  selector:\n    matchLabels:\n      app: web\n  template:\n    metadata:\n      "
         "labels:\n        app: web\n"
         "    spec:\n      containers:\n" +
         containers;
}

TEST_F(ApiTest, ApplyCreatesAndThenChangesNothing) {
  const Reply made = apply(kMap, settings("  a: \"1\"\n"));
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(ir::toJson(made.at("metadata.managedFields.0.fieldsV1")), R"({"f:data":{"f:a":{}}})");
  EXPECT_EQ(made.textAt("metadata.managedFields.0.operation"), "Apply");
  const Reply again = apply(kMap, settings("  a: \"1\"\n"));
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.textAt("metadata.resourceVersion"), made.textAt("metadata.resourceVersion"));
}

TEST_F(ApiTest, WhatAnApplierStopsWritingGoes) {
  apply(kMap, settings("  a: \"1\"\n  b: \"2\"\n"));
  merge(kMap, R"({"data":{"c":"3"}})");
  const Reply less = apply(kMap, settings("  a: \"1\"\n"));
  EXPECT_EQ(ir::toJson(less.at("data")), R"({"a":"1","c":"3"})");
}

TEST_F(ApiTest, WhatTwoAppliersShareStaysUntilBothStop) {
  apply(kMap, settings("  a: \"1\"\n  b: \"2\"\n"), "first");
  ASSERT_EQ(apply(kMap, settings("  b: \"2\"\n"), "second").status, 200);
  EXPECT_EQ(apply(kMap, settings("  a: \"1\"\n"), "first").textAt("data.b"), "2");
  const Reply none =
      apply(kMap, "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n", "second");
  EXPECT_EQ(ir::toJson(none.at("data")), R"({"a":"1"})");
  EXPECT_EQ(none.at("metadata.managedFields").asList().size(), 1U);
}

TEST_F(ApiTest, AForeignFieldIsAConflictThatNamesItsOwner) {
  apply(kMap, settings("  a: \"1\"\n  b: \"1\"\n"), "first");
  const Reply refused = apply(kMap, settings("  a: \"2\"\n"), "second");
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.message(), R"(Apply failed with 1 conflict: conflict with "first": .data.a)");
  EXPECT_EQ(refused.textAt("details.causes.0.reason"), "FieldManagerConflict");
  EXPECT_EQ(refused.textAt("details.causes.0.field"), ".data.a");
  const Reply both = apply(kMap, settings("  a: \"2\"\n  b: \"2\"\n"), "second");
  EXPECT_EQ(both.message(),
            "Apply failed with 2 conflicts: conflicts with \"first\":\n- .data.a\n- .data.b");
  const Reply forced = apply(kMap, settings("  a: \"2\"\n"), "second&force=true");
  EXPECT_EQ(forced.status, 200);
  EXPECT_EQ(ir::toJson(forced.at("data")), R"({"a":"2","b":"1"})");
  // The first applier no longer owns it: leaving it out does not remove it.
  EXPECT_EQ(apply(kMap, settings("  b: \"1\"\n"), "first").textAt("data.a"), "2");
}

TEST_F(ApiTest, AnUpdatersFieldIsAConflictToo) {
  apply(kMap, settings("  a: \"1\"\n"));
  merge(std::string(kMap) + "?fieldManager=editor", R"({"data":{"a":"9"}})");
  const Reply refused = apply(kMap, settings("  a: \"1\"\n"));
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.message().find(
                R"(Apply failed with 1 conflict: conflict with "editor" using v1 at )"),
            0U)
      << refused.message();
}

TEST_F(ApiTest, ListsJoinByTheirKeys) {
  apply(kDeployment,
        web("      - name: a\n        image: a:1\n        ports:\n        - containerPort: 80\n"),
        "first");
  const Reply both = apply(kDeployment,
                           "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n "
                           " template:\n    spec:\n"
                           "      containers:\n      - name: b\n        image: b:1\n        "
                           "ports:\n        - containerPort: 80\n"
                           "          protocol: UDP\n",
                           "second");
  ASSERT_EQ(both.status, 200) << both.text;
  EXPECT_EQ(both.textAt("spec.template.spec.containers.0.name"), "a");
  EXPECT_EQ(both.textAt("spec.template.spec.containers.1.name"), "b");
  const Reply refused = apply(kDeployment, web("      - name: a\n        image: a:2\n"), "third");
  EXPECT_EQ(refused.textAt("details.causes.0.field"),
            R"(.spec.template.spec.containers[name="a"].image)");
  const Reply taken = apply(kDeployment, web("      - name: a\n        image: a:1\n"), "first");
  EXPECT_TRUE(taken.at("spec.template.spec.containers.0.ports").isNull());
  EXPECT_EQ(taken.at("spec.template.spec.containers").asList().size(), 2U);
  const std::string fields = ir::toJson(both.at("metadata.managedFields"));
  EXPECT_NE(
      fields.find(
          R"("k:{\"containerPort\":80,\"protocol\":\"UDP\"}":{".":{},"f:containerPort":{},"f:protocol":{}})"),
      std::string::npos)
      << fields;
}

TEST_F(ApiTest, DefaultsBelongToNobodyAfterAnApply) {
  const Reply made = apply(kDeployment, web("      - name: a\n        image: a:1\n"));
  EXPECT_EQ(made.at("spec.replicas"), Tree(1));
  EXPECT_EQ(made.textAt("spec.strategy.rollingUpdate.maxSurge"), "25%");
  EXPECT_EQ(made.textAt("spec.template.spec.containers.0.imagePullPolicy"), "IfNotPresent");
  EXPECT_EQ(ir::toJson(made.at("metadata.managedFields")).find("replicas"), std::string::npos);
  EXPECT_EQ(made.at("metadata.generation"), Tree(1));
  const Reply more =
      apply(kDeployment, web("      - name: a\n        image: a:1\n", "  replicas: 3\n"), "other");
  EXPECT_EQ(more.at("spec.replicas"), Tree(3));
  EXPECT_EQ(more.at("metadata.generation"), Tree(2));
}

TEST_F(ApiTest, QuantitiesAreKeptInTheirCanonicalForm) {
  const std::string containers =
      "      - name: a\n        image: a:1\n        resources:\n          limits:\n            "
      "cpu: 1000m\n            memory: 2048Mi\n";
  const Reply made = apply(kDeployment, web(containers));
  EXPECT_EQ(made.textAt("spec.template.spec.containers.0.resources.limits.cpu"), "1");
  EXPECT_EQ(made.textAt("spec.template.spec.containers.0.resources.limits.memory"), "2Gi");
  EXPECT_EQ(apply(kDeployment, web(containers)).textAt("metadata.resourceVersion"),
            made.textAt("metadata.resourceVersion"));
}

TEST_F(ApiTest, ApplyKnowsItsSchema) {
  const Reply refused =
      apply(kDeployment, web("      - name: a\n        image: a:1\n        imge: b\n"));
  EXPECT_EQ(refused.status, 500);
  EXPECT_EQ(refused.message(),
            "failed to create typed patch object (default/web; apps/v1, Kind=Deployment): "
            ".spec.template.spec.containers[name=\"a\"].imge: field not declared in schema");
  const Reply twice =
      apply(kDeployment,
            web("      - name: a\n        image: a:1\n      - name: a\n        image: a:2\n"));
  EXPECT_NE(twice.message().find("duplicate entries for key [name=\"a\"]"), std::string::npos)
      << twice.message();
}

TEST_F(ApiTest, ApplyNeedsAManager) {
  const Reply refused = send("PATCH", kMap, settings("  a: \"1\"\n"),
                             {{"content-type", "application/apply-patch+yaml"}});
  EXPECT_EQ(refused.status, 422);
}

TEST_F(ApiTest, StatusIsItsOwnEndpoint) {
  apply(kDeployment, web("      - name: a\n        image: a:1\n"));
  const Reply ignored = merge(kDeployment, R"({"status":{"replicas":5}})");
  EXPECT_TRUE(ignored.at("status.replicas").isNull());
  const Reply written = merge(std::string(kDeployment) + "/status?fieldManager=controller",
                              R"({"spec":{"replicas":7},"status":{"replicas":5}})");
  ASSERT_EQ(written.status, 200) << written.text;
  EXPECT_EQ(written.at("status.replicas"), Tree(5));
  EXPECT_EQ(written.at("spec.replicas"), Tree(1));
  EXPECT_EQ(written.at("metadata.generation"), Tree(1));
  EXPECT_EQ(written.textAt("metadata.managedFields.1.subresource"), "status");
}

TEST_F(ApiTest, ManyWritersLoseNothing) {
  apply(kMap, settings("  a: \"1\"\n"));
  std::vector<std::thread> writers;
  for (int w = 0; w < 4; ++w) {
    writers.emplace_back([this, w] {
      for (int i = 0; i < 25; ++i) {
        const std::string key = "w" + std::to_string(w) + "-" + std::to_string(i);
        EXPECT_EQ(merge(kMap, R"({"data":{")" + key + R"(":"x"}})").status, 200);
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(get(kMap).at("data").asMap().size(), 101U);
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
