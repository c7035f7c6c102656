#include "backends/deploy/plan/render.h"

#include <set>
#include <sstream>

#include "backends/deploy/plan/names.h"
#include "backends/deploy/plan/render_text.h"
#include "tests/deploy/plan/fixture.h"

namespace gpuspec::deploy::plan {
namespace {

using Lines = std::vector<std::string>;

std::string namespaced(const std::string& version, const std::string& kind, const std::string& name,
                       const std::string& body) {
  return R"({"apiVersion": ")" + version + R"(", "kind": ")" + kind +
         R"(", "metadata": {"name": ")" + name + R"(", "namespace": "vision-gpu"}, )" + body + "}";
}

std::string quota(const char* amount) {
  return namespaced(
      "v1", "ResourceQuota", "team-quota",
      R"("spec": {"hard": {"requests.example.com/gpu": ")" + std::string(amount) + "\"}}");
}

std::string job(const char* image) {
  return namespaced("batch/v1", "Job", "train",
                    R"("spec": {"template": {"spec": {"containers": [{"name": "main", "image": ")" +
                        std::string(image) + "\"}]}}}");
}

// One of everything that people see.
World sample() {
  World world;
  model::PoolFacts pool;
  pool.cluster = kCluster;
  pool.name = "h100";
  pool.vm = "Standard_A";
  pool.gpus_per_node = 8;
  pool.min_nodes = 1;
  pool.max_nodes = 4;
  world.desired.pools = {pool};
  world.wantPool("h100", R"({"vmSize": "Standard_A", "minCount": 1, "maxCount": 4})");
  world.havePool("h100", R"({"vmSize": "Standard_A", "minCount": 1, "maxCount": 2})");
  world.want("team.vision", quota("4"));
  world.have("team.vision", quota("8"));
  world.want("job.train", job("new"));
  world.have("job.train", job("old"));
  for (const char* kind : {"LimitRange", "Namespace", "ResourceQuota"})
    world.want("team.audio",
               R"({"kind": ")" + std::string(kind) + R"(", "metadata": {"name": "audio"}})");
  for (const char* name : {"a", "b"})
    world.want("team.audio",
               namespaced("networking.k8s.io/v1", "NetworkPolicy", name, R"("spec": {})"));
  world.want("config.settings", namespaced("v1", "ConfigMap", "settings", R"("data": {})"));
  world.haveOfOther("argocd", namespaced("v1", "ConfigMap", "settings", R"("data": {})"));
  world.wantRelease("plugin", R"({"chart": "c", "version": "0.20.0"})");
  world.haveRelease("plugin", R"({"chart": "c", "version": "0.19.1"})");
  world.live.azure_requests = 3;
  world.live.kubernetes_requests = 9;
  world.cluster().not_checked = {"prices"};
  return world;
}

std::string human(const Plan& plan, std::uint32_t width, bool unicode = true, bool color = false) {
  Look look;
  look.width = width;
  look.unicode = unicode;
  look.color = color;
  return renderHuman(plan, look);
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Human, ReadsAsPeopleSpeak) {
  EXPECT_EQ(human(sample().plan(), 100),
            R"(Plan: project fleet, environment prod, 3 requests to Azure, 9 to Kubernetes

shared
  Azure
  ~ pool h100             nodes.max      2 → 4
                          GPUs at most   16 → 32
  Kubernetes
  + team audio            namespace, quota, limits, 2 network policies
  ~ team vision           quota example.com/gpu   8 → 4
  ± job train             containers[main].image   old → new
                          replaced, because `image` cannot change on a Job
                          ends its running pods and begins anew
                          ! gpuspec apply --allow-replace deletes it and makes it anew
  ! ConfigMap vision-gpu/settings  exists and belongs to argocd
                          gpuspec apply --adopt takes it over
  Helm
  ~ stack plugin          version   0.19.1 → 0.20.0
                          its pods restart where the chart says so; others keep running

5 to add, 3 to change, 1 to replace, 2 conflicts
GPUs 8..16 → 8..32
Order: pool h100, release gpu/plugin, 6 objects → 1 object
Not checked: prices
)");
}

TEST(Human, OfWhatIsAdoptedWhatChangesForItsOwner) {
  World world;
  world.options.adopt = true;
  world.want("team.vision", quota("4")).body.at("metadata").at("labels").set("tier", "gold");
  world.haveOfOther("argocd", namespaced("v1", "ResourceQuota", "team-quota",
                                         R"("spec": {"hard": {"services": "3"}})"));
  EXPECT_TRUE(has(human(world.plan(), 80),
                  "  > team vision           quota team-quota belonged to argocd\n"
                  "                          quota example.com/gpu   (none) → 4\n"
                  "                          quota services          3 → (none)\n"
                  "                          quota labels            (none)"))
      << human(world.plan(), 80);
  world.live.resources[0].body.at("metadata").set("labels", json("{}"));
  const std::string text = human(world.plan(), 80);
  EXPECT_TRUE(has(text, "quota label tier        (none) → gold")) << text;
  EXPECT_FALSE(has(text, "gpuspec")) << "its new marks are no news: " << text;
}

TEST(Human, NoLineIsLongerThanTheTerminal) {
  for (const std::uint32_t width : {80U, 100U, 140U}) {
    std::istringstream lines(human(sample().plan(), width));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(lengthOf(line), width) << line;
  }
}

TEST(Human, AsciiWhereThereIsNothingElse) {
  const std::string text = human(sample().plan(), 80, false);
  for (const char c : text) ASSERT_LT(static_cast<unsigned char>(c), 0x80) << text;
  EXPECT_TRUE(has(text, "nodes.max      2 -> 4"));
  EXPECT_TRUE(has(text, "  * job train"));
}

TEST(Human, ColourSaysNothingThatTheTextDoesNot) {
  std::string colored = human(sample().plan(), 80, true, true);
  EXPECT_TRUE(has(colored, "\x1B[32m+\x1B[0m team audio"));
  EXPECT_TRUE(has(colored, "\x1B[33m~\x1B[0m pool h100"));
  for (std::size_t at = colored.find('\x1B'); at != std::string::npos; at = colored.find('\x1B'))
    colored.erase(at, colored.find('m', at) - at + 1);
  EXPECT_EQ(colored, human(sample().plan(), 80));
}

TEST(Human, NothingToDo) {
  World world;
  world.want("team.vision", quota("4"));
  world.have("team.vision", quota("4"));
  world.live.kubernetes_requests = 2;
  EXPECT_EQ(human(world.plan(), 80),
            "Plan: project fleet, environment prod, 2 requests to Kubernetes\n"
            "nothing to change: 1 resource as the spec says\n");
}

TEST(Human, WhatIsLeftOutAndNotChecked) {
  World world;
  world.options.only = {"none.*"};
  for (int i = 10; i < 35; ++i)
    world.want("team.t" + std::to_string(i),
               namespaced("v1", "ConfigMap", std::to_string(i), R"("data": {})"));
  world.cluster().not_checked = {"one", "two"};
  world.cluster().strays = {"/subscriptions/s/lost"};
  const std::string text = human(world.plan(), 80);
  EXPECT_TRUE(has(text, "Left out: team.t10, team.t11, ")) << text;
  EXPECT_TRUE(has(text, "team.t29, and 5 more\n")) << text;
  EXPECT_TRUE(has(text, "Not checked: one\n             two\n")) << text;
  EXPECT_TRUE(has(text, "Not in the spec any more, and not touched: /subscriptions/s/lost\n"))
      << text;
}

TEST(Human, ManyFieldsAreCounted) {
  World world;
  std::string data;
  for (int i = 0; i < 30; ++i) data += (i > 0 ? ", \"k" : "\"k") + std::to_string(i) + "\": \"v\"";
  world.want("team.vision", namespaced("v1", "ConfigMap", "a", "\"data\": {" + data + "}"));
  world.have("team.vision", namespaced("v1", "ConfigMap", "a", "\"data\": {\"x\": \"1\"}"));
  const std::string text = human(world.plan(), 80);
  EXPECT_TRUE(has(text, "and 15 more fields")) << text;
}

TEST(Human, WhatAnApiHandsOutIsNoCommandToTheTerminal) {
  World world;
  world.want("team.vision", namespaced("v1", "ConfigMap", "a", R"("data": {"x": "1"})"));
  world.have("team.vision",
             namespaced("v1", "ConfigMap", "a", R"("data": {"x": "\u001b[31mred\u0007\n"})"));
  const std::string text = human(world.plan(), 80);
  EXPECT_EQ(text.find('\x1B'), std::string::npos);
  EXPECT_EQ(text.find('\x07'), std::string::npos);
}

TEST(Human, LongValuesAreCutBetweenCharacters) {
  FieldChange field;
  field.before = Tree("ääääääääääääääääääää");
  const std::string text = valueText(field, field.before, 12);
  EXPECT_EQ(text, "ääää...");
  EXPECT_EQ(valueText(field, std::nullopt, 12), "(none)");
}

// Whatever a secret is in, no rendering shows it.
TEST(Render, SecretsAreNeverShown) {
  World world;
  world.want("team.vision",
             namespaced("v1", "Secret", "a", R"("data": {"k": "Y2FuYXJ5LW5ldw=="})"));
  world.have("team.vision",
             namespaced("v1", "Secret", "a",
                        R"("data": {"k": "Y2FuYXJ5LW9sZA==", "gone": "Y2FuYXJ5LWdvbmU="})"));
  world.want("team.vision",
             namespaced("v1", "Secret", "new", R"("stringData": {"k": "canary-fresh"})"));
  world.want("team.vision",
             namespaced("v1", "Secret", "b", R"("stringData": {"k": "canary-text"})"));
  world.have("team.vision", namespaced("v1", "Secret", "b", R"("data": {}, "type": "Opaque")"))
      .body.at("metadata")
      .at("annotations")
      .set("kubectl.kubernetes.io/last-applied-configuration", "canary-annotation");
  world.wantRelease(
      "plugin",
      R"({"chart": "c", "values": {"db": {"password": "canary-helm"}, "env": [{"token": "canary-list"}]}})");
  world.haveRelease("plugin", R"({"chart": "c", "values": {}})");
  world.wantCluster(R"({"servicePrincipalProfile": {"secret": "canary-principal"}})");
  world.haveCluster("{}");
  const Plan plan = world.plan();
  const std::string json_text = ir::toJson(renderJson(plan));
  for (const std::string& text : {human(plan, 140), renderMarkdown(plan), json_text}) {
    EXPECT_EQ(text.find("canary"), std::string::npos) << text;
    EXPECT_EQ(text.find("Y2FuYXJ5"), std::string::npos) << text;
    EXPECT_TRUE(has(text, "(sensitive)")) << text;
  }
}

TEST(Markdown, NothingOfTheValuesIsMarkup) {
  World world;
  world.want("team.vision", namespaced("v1", "ConfigMap", "a", R"("data": {"x": "1"})"));
  world.have("team.vision",
             namespaced("v1", "ConfigMap", "a",
                        R"("data": {"x": "a|b `c` <script>@all #7 *d* [e](f)\nnext"})"));
  const std::string text = renderMarkdown(world.plan());
  EXPECT_TRUE(has(text, R"(<code>a\|b \`c\` &lt;script&gt;\@all \#7 \*d\* \[e\](f) next</code>)"))
      << text;
}

TEST(Human, EachActionHasASignOfItsOwn) {
  std::set<char> signs;
  for (const Action action : {Action::Create, Action::Update, Action::Replace, Action::Delete,
                              Action::Adopt, Action::Move, Action::Release})
    EXPECT_TRUE(signs.insert(signOf(action)).second) << str(action);
}

TEST(Markdown, WhatComparesSpecsIsCalledDiff) {
  const World world = sample();
  const Plan diff = diffDesired({}, world.desired);
  EXPECT_TRUE(renderMarkdown(diff).starts_with("### gpuspec diff: ")) << renderMarkdown(diff);
  EXPECT_TRUE(renderHuman(diff, {false, false, 80}).starts_with("Diff: project fleet"));
  EXPECT_TRUE(renderHuman(world.plan(), {false, false, 80}).starts_with("Plan: project fleet"));
}

TEST(Markdown, ATableForEachCluster) {
  World world = sample();
  world.options.allow_replace = true;
  const std::string text = renderMarkdown(world.plan());
  EXPECT_TRUE(has(text,
                  "### gpuspec plan: fleet, prod\n\n**5 to add, 3 to change, 1 to replace, 1 "
                  "conflict** · GPUs 8..16 → 8..32\n"))
      << text;
  EXPECT_TRUE(has(text,
                  "> **conflict** ConfigMap vision-gpu/settings exists and belongs to argocd. "
                  "gpuspec apply --adopt takes it over\n"))
      << text;
  EXPECT_TRUE(has(text, "<details><summary>shared: 9 changes</summary>")) << text;
  EXPECT_TRUE(has(text,
                  "| update | pool h100 | <code>nodes.max</code>: <code>2</code> → "
                  "<code>4</code><br>GPUs 8..16 → 8..32 |\n"))
      << text;
  EXPECT_TRUE(has(text, "| create | Namespace audio | new in the spec |\n")) << text;
  EXPECT_TRUE(has(text,
                  "replaced, because \\`image\\` cannot change on a Job<br>ends its running pods "
                  "and begins anew |\n"))
      << text;
  EXPECT_TRUE(has(text, "\nNot checked: prices\n")) << text;
}

TEST(Markdown, FitsIntoAComment) {
  World world;
  for (int i = 0; i < 2'000; ++i) {
    const std::string name = std::to_string(i);
    world.want("team.vision", namespaced("v1", "ConfigMap", "new" + name, R"("data": {})"));
    world.want("team.vision", namespaced("v1", "ConfigMap", name, R"("data": {})"));
    world.haveOfOther("argocd", namespaced("v1", "ConfigMap", name, R"("data": {})"));
  }
  world.have("team.gone", R"({"kind": "Namespace", "metadata": {"name": "vision-gpu"}})");
  const std::string text = renderMarkdown(world.plan());
  EXPECT_TRUE(has(text, " more changes not shown here.\n"));
  EXPECT_TRUE(has(text, "\n> and 1951 more conflicts\n"));
  EXPECT_TRUE(has(text, "| create | ConfigMap vision-gpu/new0 | new in the spec |\n"));
  EXPECT_LT(text.size(), 65'536U) << "as long as GitHub takes";
  EXPECT_LT(human(world.plan(), 80).size(), 500'000U);
}

// As design/cli.md fixes it for programs.
TEST(Json, HasTheFieldsThatProgramsRelyOn) {
  World world = sample();
  world.options.allow_replace = true;
  const Plan plan = world.plan();
  const Tree tree = renderJson(plan);
  EXPECT_EQ(*tree.find("schema"), Tree("gpuspec.plan/1"));
  EXPECT_EQ(*tree.find("summary"),
            json(R"({"create": 5, "update": 3, "replace": 1, "delete": 0, "adopt": 0,
      "move": 0, "release": 0, "wait": 0, "no-op": 0})"));
  const Tree::List& changes = tree.find("changes")->asList();
  ASSERT_EQ(changes.size(), plan.changes.size());
  const Tree& replaced = changes[changeOf(plan, "Job", "train").id];
  const auto text = [&](const char* key) { return ir::toJson(*replaced.find(key)); };
  EXPECT_EQ(text("address"), R"("job.train")");
  EXPECT_EQ(text("kind"), R"("Job")");
  EXPECT_EQ(text("id"), R"("batch/Job/vision-gpu/train")");
  EXPECT_EQ(text("cluster"), R"("shared")");
  EXPECT_EQ(text("file"), R"("main.gpuspec")");
  EXPECT_EQ(text("line"), "7");
  EXPECT_EQ(text("action"), R"("replace")");
  EXPECT_EQ(text("reason"), R"("replaced, because `image` cannot change on a Job")");
  EXPECT_EQ(text("fields"),
            R"([{"path":"spec.template.spec.containers[name=main].image","before":"old",)"
            R"("after":"new","forces_replacement":true}])");
  EXPECT_EQ(text("effects"), R"(["ends its running pods and begins anew"])");
  const Tree& pool = changes[changeOf(plan, "managedClusters/agentPools", "shared/h100").id];
  EXPECT_EQ(*pool.find("kind"), Tree("Microsoft.ContainerService/managedClusters/agentPools"));
  EXPECT_EQ(
      *pool.find("fields"),
      json(
          R"([{"path": "properties.maxCount", "before": 2, "after": 4, "forces_replacement": false}])"))
      << "paths of the API, for programs";
  EXPECT_EQ(
      *tree.find("gpus"),
      json(R"({"before": {"min": 8, "max": 16, "known": true}, "after": {"min": 8, "max": 32}})"));
  EXPECT_EQ(*tree.find("conflicts")->asList()[0].find("kind"), Tree("foreign"));
  EXPECT_EQ(*tree.find("not_checked"), json(R"(["prices"])"));
}

TEST(Json, StepsSayWhatMayRunSideBySide) {
  const Plan plan = sample().plan();
  const std::vector<std::size_t> steps = stepsOf(plan);
  for (const Change& change : plan.changes) {
    std::size_t before = 0;
    for (const std::size_t id : waitsFor(plan, change)) before = std::max(before, steps[id]);
    EXPECT_EQ(steps[change.id], before + 1) << change.key.id();
  }
  EXPECT_EQ(orderText(plan, "->"), "pool h100, release gpu/plugin, 6 objects -> 1 object");
}

TEST(Names, OfFields) {
  const ResourceKey pool{
      System::Azure, "c", "Microsoft.ContainerService", "managedClusters/agentPools", "", ""};
  const ResourceKey cluster{System::Azure,     "c", "Microsoft.ContainerService",
                            "managedClusters", "",  ""};
  const auto object = [](const char* kind) {
    return ResourceKey{System::Kubernetes, "c", "", kind, "", ""};
  };
  EXPECT_EQ(fieldName(pool, "properties.maxCount"), "nodes.max");
  EXPECT_EQ(fieldName(pool, "properties.nodeLabels.a.b"), "labels.a.b");
  EXPECT_EQ(fieldName(pool, "properties.countOfX"), "countOfX");
  EXPECT_EQ(fieldName(cluster, "properties.kubernetesVersion"), "version");
  EXPECT_EQ(fieldName(cluster, "tags.x"), "tags.x");
  EXPECT_EQ(fieldName(object("ResourceQuota"), "spec.hard.requests.example.com/gpu"),
            "quota example.com/gpu");
  EXPECT_EQ(fieldName(object("LimitRange"), "spec.limits[0].max.cpu"), "limits max.cpu");
  EXPECT_EQ(fieldName(object("Deployment"), "spec.replicas"), "replicas");
  EXPECT_EQ(fieldName(object("Namespace"), "metadata.labels.a/b"), "label a/b");
}

TEST(Names, OfDeclarationsAndKinds) {
  EXPECT_EQ(spokenAddress("team.vision"), "team vision");
  EXPECT_EQ(spokenAddress("eastus.pool.h100"), "pool eastus.h100");
  EXPECT_EQ(spokenAddress("a.b.pool.h100"), "pool a.b.h100");
  EXPECT_EQ(spokenAddress("odd"), "odd");
  EXPECT_EQ(kindName("NetworkPolicy"), "network policy");
  EXPECT_EQ(kindName("ValidatingWebhookConfiguration"), "validating webhook configuration");
  EXPECT_EQ(countText(2, kindName("NetworkPolicy")), "2 network policies");
  EXPECT_EQ(countText(2, kindName("LimitRange")), "2 limits");
  EXPECT_EQ(countText(1, kindName("Ingress")) + countText(2, kindName("Ingress")),
            "1 ingress2 ingresses");
}

TEST(Text, LinesBreakAtSpaces) {
  EXPECT_EQ(wrapped("one two three", 7), (Lines{"one two", "three"}));
  EXPECT_EQ(wrapped("one two", 6), (Lines{"one", "two"}));
  EXPECT_EQ(wrapped("one   two", 20), Lines{"one   two"});
  EXPECT_EQ(wrapped("averylongword x", 5), (Lines{"averylongword", "x"}));
  EXPECT_EQ(wrapped("äää äää", 7), Lines{"äää äää"}) << "characters, not bytes";
  EXPECT_EQ(wrapped("", 5), Lines{""});
}

}  // namespace
}  // namespace gpuspec::deploy::plan
