#include "backends/deploy/model/managed_fields.h"
#include "tests/deploy/plan/fixture.h"

namespace gpuspec::deploy::plan {
namespace {

using Lines = std::vector<std::string>;

// `body`: what follows the metadata of an object of this kind.
std::string object(const std::string& kind, const std::string& body,
                   const std::string& version = "v1") {
  return R"({"apiVersion": ")" + version + R"(", "kind": ")" + kind +
         R"(", "metadata": {"name": "x", "namespace": "ml"})" + (body.empty() ? "" : ", ") + body +
         "}";
}

struct Diff {
  const char *kind, *wanted, *live;
  Lines fields;
};

// `all_ours`: an earlier run wrote everything that is live; else only what this one writes, too.
Lines diffOf(const std::string& kind, const std::string& wanted, const std::string& live,
             bool all_ours = true) {
  World world;
  world.options.allow_replace = true;
  const Tree body = world.want("team.ml", object(kind, wanted)).body;
  Live& there = world.have("team.ml", object(kind, live));
  if (!all_ours) there.field_owners[0].fields = model::leavesOf(kind, body);
  const Plan plan = world.plan();
  return plan.changes.empty() ? Lines{} : fields(plan.changes[0]);
}

TEST(Diff, FieldByField) {
  const Diff cases[] = {
      {"ConfigMap",
       R"("data": {"a": "1", "b": "2"})",
       R"("data": {"a": "1"})",
       {R"(data.b: (none) -> "2")"}},
      {"ConfigMap",
       R"("data": {"a": "1"})",
       R"("data": {"a": "1", "b": "2"})",
       {R"(data.b: "2" -> (none))"}},
      {"ConfigMap", "", R"("data": {"a": "1"})", {R"(data.a: "1" -> (none))"}},
      {"ConfigMap", R"("data": {"a": ""})", "", {R"(data: (none) -> {"a":""})"}},
      {"ResourceQuota",
       R"("spec": {"hard": {"cpu": "1"}})",
       R"("spec": {"hard": {"cpu": "1000m"}})",
       {}},
      {"ResourceQuota",
       R"("spec": {"hard": {"cpu": "1"}})",
       R"("spec": {"hard": {"cpu": "2"}})",
       {R"(spec.hard.cpu: "2" -> "1")"}},
      {"Deployment",
       R"("spec": {"replicas": 0})",
       R"("spec": {"replicas": 2})",
       {"spec.replicas: 2 -> 0"}},
      {"Deployment", R"("spec": {"paused": false})", R"("spec": {})", {}},
      {"Role",
       R"("rules": [{"verbs": ["get", "list"]}])",
       R"("rules": [{"verbs": ["list", "get"]}])",
       {}},
      {"Role",
       R"("rules": [{"verbs": ["get"]}])",
       R"("rules": [{"verbs": ["*"]}])",
       {R"(rules[0].verbs: ["*"] -> ["get"])"}},
      {"Service",
       R"("spec": {"clusterIP": "None"})",
       R"("spec": {"clusterIP": "10.0.0.1"})",
       {R"(spec.clusterIP: "10.0.0.1" -> "None" !)"}},
      // A list whose items are shown one by one, unless most of them differ.
      {"Job",
       R"("spec": {"x": [1, 2, 3, 4, 5]})",
       R"("spec": {"x": [1, 2, 9, 4, 5]})",
       {"spec.x[2]: 9 -> 3"}},
      {"Job",
       R"("spec": {"x": [1, 2, 3, 4, 5]})",
       R"("spec": {"x": [9, 8, 7, 6, 5]})",
       {"spec.x: [9,8,7,6,5] -> [1,2,3,4,5]"}},
      {"Job", R"("spec": {"x": [1, 2]})", R"("spec": {"x": [1]})", {"spec.x: [1] -> [1,2]"}},
  };
  for (const Diff& c : cases)
    EXPECT_EQ(diffOf(c.kind, c.wanted, c.live), c.fields) << c.kind << " " << c.wanted;
}

constexpr const char* kPod = R"("spec": {"template": {"spec": {"containers": )";

TEST(Diff, ItemsOfListsThatAreMaps) {
  const auto pod = [](const std::string& containers) { return kPod + containers + "}}}"; };
  EXPECT_EQ(
      diffOf("Deployment", pod(R"([{"name": "a", "image": "1"}, {"name": "b", "image": "2"}])"),
             pod(R"([{"name": "b", "image": "3"}, {"name": "a", "image": "1"}])")),
      Lines{R"(spec.template.spec.containers[name=b].image: "3" -> "2")"});
  EXPECT_EQ(diffOf("Deployment", pod(R"([{"name": "a"}, {"name": "b", "image": "2"}])"),
                   pod(R"([{"name": "a"}])")),
            Lines{R"(spec.template.spec.containers[name=b]: (none) -> {"name":"b","image":"2"})"});
  EXPECT_EQ(diffOf("Deployment", pod(R"([{"name": "a"}])"),
                   pod(R"([{"name": "b", "image": "2"}, {"name": "a"}])")),
            Lines{R"(spec.template.spec.containers[name=b]: {"name":"b","image":"2"} -> (none))"})
      << "the item that goes, as a whole";
  const auto ports = [&](const std::string& list) {
    return pod(R"([{"name": "a", "ports": [)" + list + "]}]");
  };
  EXPECT_EQ(diffOf("Deployment", ports(R"({"containerPort": 80, "name": "x"})"),
                   ports(R"({"containerPort": 80, "protocol": "UDP", "name": "y"},
                            {"containerPort": 80, "protocol": "TCP", "name": "x"})"),
                   false),
            Lines{})
      << "TCP where no protocol is written, whatever stands first";
}

TEST(Diff, WhatOthersAddedStands) {
  World world;
  world.want("team.ml", object("Deployment", R"("spec": {"replicas": 1})"));
  Live& live = world.have("team.ml", object("Deployment", R"("spec": {"replicas": 1})"));
  live.body.at("spec").set("paused", true);
  live.body.at("metadata").at("labels").set("theirs", "x");
  EXPECT_TRUE(world.plan().empty());
}

TEST(Diff, WhatOthersAddedToADoorDoesNot) {
  const char* wanted = R"("spec": {"podSelector": {}, "policyTypes": ["Ingress"]})";
  World world;
  world.want("team.ml", object("NetworkPolicy", wanted));
  Live& live = world.have("team.ml", object("NetworkPolicy", wanted));
  live.body.at("spec").set("ingress", json("[{}]"));
  live.body.at("metadata").at("labels").set("theirs", "x");
  const Plan plan = world.plan();
  EXPECT_EQ(fields(changeOf(plan, "NetworkPolicy", "x")), Lines{"spec.ingress: [{}] -> (none)"});
}

TEST(Diff, WhatTheServerFillsInIsNoDoor) {
  EXPECT_EQ(diffOf("NetworkPolicy",
                   R"("spec": {"podSelector": {}, "ingress": [{"ports": [{"port": 80}]}]})",
                   R"("spec": {"podSelector": {}, "policyTypes": ["Ingress"],
                       "ingress": [{"ports": [{"port": 80, "protocol": "TCP"}]}]})",
                   false),
            Lines{});
}

TEST(Diff, WhatSomebodyElseSetsTooStays) {
  World world;
  world.want("team.ml", object("ConfigMap", R"("data": {"a": "1"})"));
  Live& live =
      world.have("team.ml", object("ConfigMap", R"("data": {"a": "1", "b": "2", "c": "3"})"));
  live.field_owners.push_back({"kubectl-edit", "Update", "", {}, "v1"});
  live.field_owners.back().fields = {
      {{model::PathStep::Kind::Key, "data", 0, {}}, {model::PathStep::Kind::Key, "b", 0, {}}}};
  EXPECT_EQ(fields(changeOf(world.plan(), "ConfigMap", "x")), Lines{R"(data.c: "3" -> (none))"});
}

TEST(Diff, AdoptingShowsWhatTheFormerOwnerLoses) {
  World world;
  world.options.adopt = true;
  world.want("team.ml", object("Deployment", R"("spec": {"replicas": 1})"));
  Live& live = world.haveOfOther(
      "argocd",
      object("Deployment", R"("spec": {"replicas": 1, "paused": true, "minReadySeconds": 5})"));
  live.body.at("metadata").at("labels").set("theirs", "x");
  // A controller's field stays, and so does what the controller has set as well.
  live.field_owners.push_back({"scaler", "Update", "", {}, "v1"});
  live.field_owners.back().fields = {{{model::PathStep::Kind::Key, "spec", 0, {}},
                                      {model::PathStep::Kind::Key, "minReadySeconds", 0, {}}}};
  const Lines shown = fields(changeOf(world.plan(), "Deployment", "x"));
  EXPECT_EQ(shown.back(), "spec.paused: true -> (none)");
  for (const std::string& line : shown)
    EXPECT_TRUE(line.find("minReady") == std::string::npos &&
                line.find("theirs") == std::string::npos)
        << line;
}

TEST(Diff, AdoptingLeavesPathsOfAnotherVersionAlone) {
  World world;
  world.options.adopt = true;
  world.want("team.ml", object("Gate", R"("spec": {})", "x.io/v2"));
  world.haveOfOther("argocd", object("Gate", R"("spec": {"old": 1})", "x.io/v2"))
      .field_owners[0]
      .api_version = "x.io/v1";
  for (const std::string& line : fields(changeOf(world.plan(), "Gate", "x")))
    EXPECT_EQ(line.find("spec.old"), std::string::npos) << line;
}

TEST(Diff, AFrozenConfigMapIsReplaced) {
  EXPECT_EQ(diffOf("ConfigMap", R"("immutable": true, "data": {"a": "1"})",
                   R"("immutable": true, "data": {"a": "2"})"),
            Lines{R"(data.a: "2" -> "1" !)"});
}

TEST(Diff, StringDataOfASecretIsItsData) {
  EXPECT_EQ(diffOf("Secret", R"("stringData": {"a": "secret"})", R"("data": {"a": "c2VjcmV0"})"),
            Lines{});
  EXPECT_EQ(diffOf("Secret", R"("stringData": {"a": "x"})", R"("data": {"a": "c2VjcmV0"})").size(),
            1U);
}

TEST(Diff, ValuesOfSecretsAreSensitive) {
  World world;
  world.want("team.ml", object("Secret", R"("data": {"a": "bmV3"}, "type": "Opaque")"));
  world.have("team.ml", object("Secret", R"("data": {"a": "b2xk"}, "type": "Opaque")"));
  const Plan plan = world.plan();
  const Change& change = changeOf(plan, "Secret", "x");
  ASSERT_EQ(change.fields.size(), 1U);
  EXPECT_TRUE(change.fields[0].sensitive);
}

TEST(Diff, VariablesThatSoundLikeSecretsAreSensitive) {
  const auto env = [](const char* name, const char* value) {
    return std::string(
               R"("spec": {"template": {"spec": {"containers": [{"name": "a", "env": [{"name": ")") +
           name + R"(", "value": ")" + value + R"("}]}]}}})";
  };
  const auto sensitive = [&](const char* name) {
    World world;
    world.want("team.ml", object("Deployment", env(name, "2")));
    world.have("team.ml", object("Deployment", env(name, "1")));
    return changeOf(world.plan(), "Deployment", "x").fields.at(0).sensitive;
  };
  for (const char* name :
       {"HF_TOKEN", "DB_PASSWORD", "password", "MY_SECRET", "S3_ACCESS_KEY_ID", "OPENAI_API_KEY"})
    EXPECT_TRUE(sensitive(name)) << name;
  for (const char* name : {"TOKENIZERS_PARALLELISM", "MODEL", "SECRETARY", "KEYBOARD"})
    EXPECT_FALSE(sensitive(name)) << name;

  World world;
  world.want("team.ml", object("Deployment", env("HF_TOKEN", "canary")));
  world.have("team.ml", object("Deployment", R"("spec": {"template": {"spec": {}}})"));
  EXPECT_TRUE(changeOf(world.plan(), "Deployment", "x").fields.at(0).sensitive)
      << "a whole container";
}

Lines poolDiff(const std::string& wanted, const std::string& live) {
  World world;
  world.options.allow_replace = true;
  world.wantPool("h", wanted);
  world.havePool("h", live);
  const Plan plan = world.plan();
  return plan.changes.empty() ? Lines{} : fields(plan.changes[0]);
}

TEST(Diff, Pools) {
  EXPECT_EQ(poolDiff(R"({"vmSize": "Standard_A", "maxCount": 4})",
                     R"({"vmSize": "standard_a", "maxCount": 2})"),
            Lines{"properties.maxCount: 2 -> 4"});
  EXPECT_EQ(poolDiff(R"({"vmSize": "B"})", R"({"vmSize": "A"})"),
            Lines{R"(properties.vmSize: "A" -> "B" !)"});
  EXPECT_EQ(poolDiff(R"({"count": 3})", R"({"count": 5})"), Lines{"properties.count: 5 -> 3"});
  EXPECT_EQ(poolDiff(R"({"count": 3, "enableAutoScaling": true})",
                     R"({"count": 5, "enableAutoScaling": true})"),
            Lines{})
      << "the autoscaler's count";
  EXPECT_EQ(poolDiff(R"({"vmSize": "[parameters('size')]"})", R"({"vmSize": "A"})"), Lines{})
      << "nobody knows an expression's value";
  EXPECT_EQ(poolDiff(R"({"messageOfTheDay": "[[hi]"})", R"({"messageOfTheDay": "[hi]"})"), Lines{});
  EXPECT_EQ(poolDiff(R"({"gpuProfile": {"driver": "None"}})", R"({})"),
            Lines{R"(properties.gpuProfile.driver: (none) -> "None" !)"});
  EXPECT_EQ(poolDiff("{}", R"({"provisioningState": "Succeeded", "nodeImageVersion": "x"})"),
            Lines{});
}

TEST(Diff, LabelsAndTaintsOfAPoolAreThePoolsAlone) {
  EXPECT_EQ(poolDiff(R"({"nodeLabels": {"a": "1"}})",
                     R"({"nodeLabels": {"a": "1", "b": "2", "kubernetes.azure.com/x": "y"}})"),
            Lines{R"(properties.nodeLabels.b: "2" -> (none))"});
  EXPECT_EQ(poolDiff(R"({})", R"({"nodeTaints": ["a=b:NoSchedule"]})"),
            Lines{R"(properties.nodeTaints: ["a=b:NoSchedule"] -> [])"});
  EXPECT_EQ(
      poolDiff(R"({"nodeTaints": ["a=b:NoSchedule"]})",
               R"({"nodeTaints": ["kubernetes.azure.com/x=y:NoSchedule", "a=b:NoSchedule"]})"),
      Lines{});
}

TEST(Diff, APutKeepsTagsOfOthersAndTheAutoscalersCount) {
  World world;
  world.wantPool("h", R"({"enableAutoScaling": true, "count": 1, "minCount": 1, "maxCount": 3})");
  Live& live =
      world.havePool("h", R"({"enableAutoScaling": true, "count": 5, "minCount": 1, "maxCount": 8,
                                       "nodeLabels": {"a": "b"}})");
  live.body.at("properties").at("tags").set("cost", "7");
  const Tree properties =
      *changeOf(world.plan(), "managedClusters/agentPools", "shared/h").body.find("properties");
  EXPECT_EQ(*properties.find("tags")->find("cost"), Tree("7"));
  EXPECT_EQ(*properties.find("count"), Tree(3)) << "within the new bounds";
  EXPECT_EQ(*properties.find("nodeLabels"), json("{}")) << "named as none, so that it goes";
}

}  // namespace
}  // namespace gpuspec::deploy::plan
