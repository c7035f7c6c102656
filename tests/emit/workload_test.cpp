#include <gtest/gtest.h>

#include "backends/kubernetes/parts.h"
#include "scenarios.h"

namespace gpuspec::testing {
namespace {

using ir::listOf;
using ir::mapOf;
using ir::Tree;
using ir::WorkloadKind;

World withJob(WorkloadKind kind = WorkloadKind::Job) {
  World world;
  world.aks("c", true);
  world.pool("a", "Standard_NC4as_T4_v3", 1);
  world.pool("b", "Standard_NC4as_T4_v3", 1);
  world.team("ml");
  world.workload(kind, "work", "ml");
  return world;
}

ObjectList objectsOf(World& world) {
  ObjectList objects;
  const kubernetes::Scope scope{world.placement(), ir::ClusterId{0}};
  const ir::WorkloadId id{0};
  if (world.spec[id].kind == WorkloadKind::Service) {
    kubernetes::addService(scope, id, objects);
  } else {
    kubernetes::addJob(scope, id, objects);
  }
  return objects;
}

Tree podSpec(const Tree& object) {
  return *object.find("spec")->find("template")->find("spec");
}
Tree container(const Tree& object) {
  return podSpec(object).find("containers")->asList()[0];
}

TEST(Pod, NoFieldThatNothingAsksFor) {
  World world = withJob();
  const ObjectList objects = objectsOf(world);
  ASSERT_EQ(objects.size(), 1U);
  EXPECT_EQ(podSpec(objects[0]),
            mapOf("restartPolicy", "Never", "containers",
                  listOf(mapOf("name", "work", "image", "registry.example.com/work:1.0"))));
}

TEST(Pod, SeveralPoolsAreOneExpression) {
  World world = withJob();
  world.place("work", {"a", "b"}, 0);
  const Tree affinity = *podSpec(objectsOf(world)[0]).find("affinity")->find("nodeAffinity");
  EXPECT_EQ(
      *affinity.find("requiredDuringSchedulingIgnoredDuringExecution")->find("nodeSelectorTerms"),
      listOf(
          mapOf("matchExpressions", listOf(mapOf("key", "kubernetes.azure.com/agentpool",
                                                 "operator", "In", "values", listOf("a", "b"))))));
}

TEST(Pod, PoolsWithLabelsOfTheirOwnAreAlternatives) {
  World world = withJob();
  world.placement().pools[0].selectors = {{"gpu", "a100"}};
  world.placement().pools[1].selectors = {{"rack", "7"}};
  world.place("work", {"a", "b"}, 0);
  const Tree affinity = *podSpec(objectsOf(world)[0]).find("affinity")->find("nodeAffinity");
  EXPECT_EQ(affinity.find("requiredDuringSchedulingIgnoredDuringExecution")
                ->find("nodeSelectorTerms")
                ->asList()
                .size(),
            2U);
}

TEST(Pod, ATaintWithoutValueIsToleratedByItsExistence) {
  World world = withJob();
  world.placement().workloads[0].tolerated = {{"dedicated", "", ir::TaintEffect::NoExecute, {}}};
  EXPECT_EQ(podSpec(objectsOf(world)[0]).find("tolerations")->asList()[0],
            mapOf("key", "dedicated", "operator", "Exists", "effect", "NoExecute"));
}

TEST(Pod, VolumesKeepTheirSourceAndNamesAreMended) {
  World world = withJob();
  const auto volume = [&](const std::string& name, const std::string& kind,
                          const std::string& source) {
    ir::Volume made;
    made.name = name;
    made.mount = "/" + name;
    made.kind = kind;
    made.source = source;
    return made;
  };
  ir::Volume scratch = volume("Scratch_Space", "empty_dir", "");
  scratch.size = std::int64_t{10} << 30;
  ir::Volume secret = volume("shared-memory", "secret", "keys");
  secret.read_only = true;
  world.spec.workloads[0].shared_memory = 1 << 20;
  world.spec.workloads[0].volumes = {scratch, secret, volume("conf", "config", "settings")};
  const Tree::List volumes = podSpec(objectsOf(world)[0]).find("volumes")->asList();
  ASSERT_EQ(volumes.size(), 4U);
  EXPECT_EQ(volumes[0], mapOf("name", "shared-memory", "emptyDir",
                              mapOf("medium", "Memory", "sizeLimit", "1Mi")));
  EXPECT_EQ(volumes[1], mapOf("name", "scratch-space", "emptyDir", mapOf("sizeLimit", "10Gi")));
  EXPECT_NE(*volumes[2].find("name"), Tree("shared-memory"));
  EXPECT_EQ(*volumes[2].find("secret"), mapOf("secretName", "keys"));
  EXPECT_EQ(*volumes[3].find("configMap"), mapOf("name", "settings"));
}

TEST(Pod, OnlyARestrictedTeamGetsASecurityContext) {
  for (const char* level : {"", "baseline", "privileged", "restricted"}) {
    World world = withJob();
    world.spec.teams[0].pod_security = world.placed<std::string>(level);
    const ObjectList objects = objectsOf(world);
    const bool restricted = std::string(level) == "restricted";
    EXPECT_EQ(podSpec(objects[0]).find("securityContext") != nullptr, restricted) << level;
    EXPECT_EQ(container(objects[0]).find("securityContext") != nullptr, restricted) << level;
  }
}

TEST(Job, UsersRendezvousVariableWins) {
  World world = withJob();
  world.spec.workloads[0].nodes = 2;
  world.spec.workloads[0].env = {{"MASTER_PORT", "1234", "", "", {}}};
  const ObjectList objects = objectsOf(world);
  ASSERT_EQ(objects.size(), 2U);
  std::vector<std::string> ports;
  const Tree work = container(objects[1]);
  for (const Tree& variable : work.find("env")->asList()) {
    if (*variable.find("name") == Tree("MASTER_PORT"))
      ports.push_back(variable.find("value")->asString());
  }
  EXPECT_EQ(ports, std::vector<std::string>{"1234"});
}

TEST(Job, ASmokeCheckIsTriedOnceUnlessToldOtherwise) {
  World world = withJob(WorkloadKind::Smoke);
  EXPECT_EQ(*objectsOf(world)[0].find("spec")->find("backoffLimit"), Tree(0));
  world.spec.workloads[0].retries = 3;
  EXPECT_EQ(*objectsOf(world)[0].find("spec")->find("backoffLimit"), Tree(3));
}

TEST(Service, FixedReplicasAreWrittenScaledOnesAreNot) {
  World world = withJob(WorkloadKind::Service);
  world.spec.workloads[0].replicas_min = 3;
  EXPECT_EQ(*objectsOf(world)[0].find("spec")->find("replicas"), Tree(3));
  world.spec.workloads[0].scaled = true;
  EXPECT_EQ(objectsOf(world)[0].find("spec")->find("replicas"), nullptr);
}

TEST(Service, NoServiceWithoutPorts) {
  World world = withJob(WorkloadKind::Service);
  EXPECT_EQ(objectsOf(world).size(), 1U);
  world.spec.workloads[0].ports = {{"http", 8000, {}}};
  EXPECT_EQ(objectsOf(world).size(), 2U);
}

TEST(ServiceLimits, AProbeNeedsAPort) {
  World world = withJob(WorkloadKind::Service);
  world.spec.workloads[0].probes = {{"liveness", "", 0, 0, 0, world.next()}};
  EXPECT_TRUE(emitAll(world).has(4114));
  world.spec.workloads[0].ports = {{"http", 8000, {}}};
  EXPECT_FALSE(emitAll(world).has(4114));
}

}  // namespace
}  // namespace gpuspec::testing
