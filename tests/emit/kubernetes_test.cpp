#include <gtest/gtest.h>

#include <algorithm>

#include "backends/kubernetes/kubernetes.h"
#include "backends/kubernetes/names.h"
#include "backends/kubernetes/quantity.h"
#include "scenarios.h"

namespace gpuspec::testing {
namespace {

using ir::mapOf;
using ir::Tree;

TEST(Quantity, Canonical) {
  EXPECT_EQ(kubernetes::cpuText(88000), "88");
  EXPECT_EQ(kubernetes::cpuText(1500), "1500m");
  EXPECT_EQ(kubernetes::bytesText(0), "0");
  EXPECT_EQ(kubernetes::bytesText(std::int64_t{1600} << 30), "1600Gi");
  EXPECT_EQ(kubernetes::bytesText(std::int64_t{1} << 62), "4Ei");
  EXPECT_EQ(kubernetes::bytesText(512'000'000), "512M");
  EXPECT_EQ(kubernetes::bytesText(1025), "1025");
}

TEST(Names, SlugAndFileName) {
  EXPECT_EQ(kubernetes::slug("Allow From 10.0.0.0/8!"), "allow-from-10-0-0-0-8");
  EXPECT_EQ(kubernetes::slug("--"), "x");
  EXPECT_EQ(kubernetes::fileName("team_A.b-1"), "team_A.b-1");
  EXPECT_EQ(kubernetes::fileName("../../etc").substr(0, 10), "-.-..-etc-");
  EXPECT_NE(kubernetes::fileName("a/b"), kubernetes::fileName("a:b"));
  EXPECT_LE(kubernetes::fileName(std::string(400, 'x')).size(), 120U);
}

std::vector<kubernetes::Component> components(World& world) {
  std::vector<kubernetes::Component> all;
  kubernetes::forEachComponent(
      world.placement(), ir::ClusterId{0},
      [&](kubernetes::Component component) { all.push_back(std::move(component)); });
  return all;
}

const Tree* find(World& world, std::vector<kubernetes::Component>& all, const std::string& kind,
                 const std::string& name) {
  all = components(world);
  for (const kubernetes::Component& component : all) {
    for (const Tree& object : component.objects) {
      if (object.find("kind")->asString() == kind &&
          object.find("metadata")->find("name")->asString() == name)
        return &object;
    }
  }
  return nullptr;
}

World oneTeam() {
  World world;
  world.aks("c", true);
  world.team("ml");
  return world;
}

Tree containerLimits(World& world) {
  std::vector<kubernetes::Component> all;
  const Tree* object = find(world, all, "LimitRange", "team-limits");
  return object ? object->find("spec")->find("limits")->asList()[0] : Tree();
}

TEST(LimitRange, NoneWithoutNeed) {
  World world = oneTeam();
  world.quota("ml", {{"pods", "10"}});
  EXPECT_TRUE(containerLimits(world).isNull());
}

TEST(LimitRange, QuotaOnRequestsNeedsDefaultRequestsOnly) {
  World world = oneTeam();
  world.quota("ml", {{"requests.cpu", "10"}, {"requests.nvidia.com/gpu", "4"}});
  EXPECT_EQ(containerLimits(world),
            mapOf("type", "Container", "defaultRequest", mapOf("cpu", "250m")));
}

TEST(LimitRange, QuotaOnLimitsNeedsDefaultLimits) {
  World world = oneTeam();
  world.quota("ml", {{"limits.memory", "10Gi"}});
  EXPECT_EQ(containerLimits(world), mapOf("type", "Container", "default", mapOf("memory", "1Gi"),
                                          "defaultRequest", mapOf("memory", "256Mi")));
}

TEST(LimitRange, AMaximumDoesNotBecomeEveryContainersRequest) {
  World world = oneTeam();
  world.spec.teams[0].limits.max_cpu_m = 32000;
  world.spec.teams[0].limits.max_memory = std::int64_t{128} << 20;
  EXPECT_EQ(
      containerLimits(world),
      mapOf("type", "Container", "default", mapOf("cpu", "32", "memory", "128Mi"), "defaultRequest",
            mapOf("cpu", "250m", "memory", "128Mi"), "max", mapOf("cpu", "32", "memory", "128Mi")));
}

TEST(LimitRange, WrittenDefaultsStand) {
  World world = oneTeam();
  ir::Limits& limits = world.spec.teams[0].limits;
  limits.default_cpu_m = 2000;
  limits.default_request_memory = std::int64_t{2} << 30;
  EXPECT_EQ(containerLimits(world), mapOf("type", "Container", "default", mapOf("cpu", "2"),
                                          "defaultRequest", mapOf("memory", "2Gi")));
}

TEST(GpuLimit, IsAnAdmissionPolicyForEachResourceOfTheCluster) {
  World world = existingCluster();
  std::vector<kubernetes::Component> all;
  const Tree* policy = find(world, all, "ValidatingAdmissionPolicy", "team-research-max-gpus");
  ASSERT_NE(policy, nullptr);
  const Tree::List& validations = policy->find("spec")->find("validations")->asList();
  ASSERT_EQ(validations.size(), 2U);
  EXPECT_NE(validations[1]
                .find("expression")
                ->asString()
                .find("quantity(c.resources.limits['nvidia.com/"
                      "mig-1g.5gb']).compareTo(quantity('4')) <= 0"),
            std::string::npos);
}

// ---- roles

std::vector<std::string> writable(const Tree& role) {
  std::vector<std::string> out;
  for (const Tree& rule : role.find("rules")->asList()) {
    for (const Tree& verb : rule.find("verbs")->asList()) {
      const std::string& text = verb.asString();
      if (text == "get" || text == "list" || text == "watch") continue;
      for (const Tree& resource : rule.find("resources")->asList())
        out.push_back(resource.asString());
    }
  }
  return out;
}

TEST(Access, NoRoleWritesWhatATeamsWallsAreMadeOf) {
  World world = sharedCluster();
  for (const char* role : {"view", "edit", "admin"}) {
    std::vector<kubernetes::Component> all;
    const Tree* object = find(world, all, "ClusterRole", std::string("gpuspec:demo:prod:") + role);
    ASSERT_NE(object, nullptr) << role;
    const std::vector<std::string> resources = writable(*object);
    for (const char* wall : {"networkpolicies", "resourcequotas", "limitranges", "roles",
                             "rolebindings", "namespaces", "*"}) {
      EXPECT_EQ(std::count(resources.begin(), resources.end(), wall), 0)
          << role << " writes " << wall;
    }
    EXPECT_EQ(resources.empty(), std::string(role) == "view");
  }
}

TEST(Access, ViewersReadNoSecretAndRunNothing) {
  World world = sharedCluster();
  std::vector<kubernetes::Component> all;
  const Tree* view = find(world, all, "ClusterRole", "gpuspec:demo:prod:view");
  for (const Tree& rule : view->find("rules")->asList()) {
    for (const Tree& resource : rule.find("resources")->asList()) {
      EXPECT_NE(resource.asString(), "secrets");
      EXPECT_NE(resource.asString(), "pods/exec");
    }
  }
}

TEST(Access, NoRolesWithoutMembers) {
  World world = oneTeam();
  std::vector<kubernetes::Component> all;
  EXPECT_EQ(find(world, all, "ClusterRole", "gpuspec:demo:edit"), nullptr);
}

// ---- files

World manyTeams(int count) {
  World world;
  world.aks("c", true);
  for (int i = 0; i < count; ++i) world.team("team-" + std::to_string(1000 + i));
  return world;
}

TEST(Files, OnePerTeamUpToAHundred) {
  World world = manyTeams(100);
  EXPECT_EQ(emitAll(world).files.size(), 101U);
}

TEST(Files, BeyondAHundredOneTeamMoreChangesOneFile) {
  World before = manyTeams(300), after = manyTeams(301);
  const Output old_output = emitAll(before), new_output = emitAll(after);
  EXPECT_LE(old_output.files.size(), 65U);
  int changed = 0;
  for (const auto& [path, file] : new_output.files)
    changed += old_output[path] != file.bytes ? 1 : 0;
  EXPECT_EQ(changed, 1);
}

TEST(Files, HeaderNamesWhereItComesFrom) {
  World world;
  std::vector<source::Location> places = {world.next()};
  for (const char* path : {"d.gpuspec", "b.gpuspec", "c.gpuspec"}) {
    places.push_back({{world.sources.add(path, "x\n"), 0, 1}, source::TraceId::none()});
  }
  const std::string header = kubernetes::fileHeader("team ml", places, world.sources);
  EXPECT_EQ(header.substr(0, header.find('\n')),
            "team ml. Made by gpuspec from b.gpuspec, c.gpuspec, d.gpuspec and 1 more.");
}

TEST(Files, LinesKnowWhereTheyComeFrom) {
  World world = sharedCluster();
  const Output output = emitAll(world);
  const artifact::File& file = output.files.at("kubernetes/team-ml.yaml");
  const ir::Team& ml = world.spec.teams[0];
  EXPECT_EQ(originOf(file, "requests.nvidia.com/gpu: \"8\""),
            world.placement().quotas[0].hard[2].second.at);
  EXPECT_EQ(originOf(file, "pod-security.kubernetes.io/enforce: "), ml.pod_security.at);
  EXPECT_EQ(originOf(file, "    team: ml"), ml.labels[0].second.at);
  EXPECT_EQ(originOf(file, "name: a3d7c1f8"), ml.members[0].at);
  EXPECT_EQ(originOf(file, "port: 9400"), ml.network.rules[5].ports[0].at);
  EXPECT_EQ(originOf(file, "name: default-deny"), ml.network.at);
}

// ---- manifests

ir::Manifest manifest(World& world, Tree object) {
  return {world.next(), {"", "manifest", "m"}, ir::ClusterId{0}, std::move(object)};
}

Tree configMap(const std::string& name) {
  return mapOf("apiVersion", "v1", "kind", "ConfigMap", "metadata",
               mapOf("name", name, "namespace", "default"));
}

TEST(Manifests, AListIsTakenApart) {
  World world = oneTeam();
  Tree items = ir::listOf(configMap("a"), configMap("b"));
  world.spec.manifests = {
      manifest(world, mapOf("apiVersion", "v1", "kind", "List", "items", std::move(items)))};
  std::vector<kubernetes::Component> all;
  EXPECT_NE(find(world, all, "ConfigMap", "a"), nullptr);
  EXPECT_NE(find(world, all, "ConfigMap", "b"), nullptr);
}

TEST(Manifests, OwnLabelsStayBesideTheMarks) {
  World world = oneTeam();
  Tree object = configMap("a");
  object.at("metadata").set("labels", mapOf("zone", "a", "app", "x"));
  world.spec.manifests = {manifest(world, std::move(object))};
  std::vector<kubernetes::Component> all;
  const Tree* found = find(world, all, "ConfigMap", "a");
  EXPECT_EQ(*found->find("metadata")->find("labels"),
            mapOf("app", "x", "app.kubernetes.io/managed-by", "gpuspec", "gpuspec.dev/project",
                  "demo", "zone", "a"));
}

TEST(KubernetesLimits, AnObjectMadeTwice) {
  World world = oneTeam();
  world.spec.manifests = {manifest(world, configMap("a")), manifest(world, configMap("a"))};
  const Output output = emitAll(world);
  ASSERT_TRUE(output.has(4111));
  EXPECT_EQ(output.findings[0].message, "ConfigMap `default/a` is made twice");
  ASSERT_EQ(output.findings[0].notes.size(), 1U);
  world.spec.manifests[1].object.at("metadata").set("namespace", "other");
  EXPECT_FALSE(emitAll(world).has(4111));
}

TEST(KubernetesLimits, MarksAreTaken) {
  World world = oneTeam();
  Tree object = configMap("a");
  object.at("metadata").set("labels", mapOf("gpuspec.dev/team", "other"));
  world.spec.manifests = {manifest(world, std::move(object))};
  EXPECT_TRUE(emitAll(world).has(4103));
}

TEST(KubernetesLimits, NamesThatAreTooLong) {
  World world = oneTeam();
  Tree object = configMap(std::string(64, 'x'));
  world.spec.manifests = {manifest(world, object)};
  EXPECT_FALSE(emitAll(world).has(4110));
  object.set("kind", "Service");
  world.spec.manifests = {manifest(world, object)};
  EXPECT_TRUE(emitAll(world).has(4110));
  World module = oneTeam();
  module.spec.teams[0].address.module = std::string(61, 'm');
  EXPECT_TRUE(emitAll(module).has(4110));
}

}  // namespace
}  // namespace gpuspec::testing
