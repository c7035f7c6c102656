#include <gtest/gtest.h>

#include "tests/passes/world.h"

// Specs of the kinds that people write first: none of them may be complained about.

namespace gpuspec::passes {

namespace {

using ir::Direction;
using ir::PeerKind;

TEST(ValidSpecs, OneAutoscaledPoolOnAClusterThatExists) {
  World world;
  ir::Cluster& cluster = world.addCluster("ml");
  cluster.existing = true;
  cluster.tier = "";
  cluster.version.value = cluster.network_plugin.value = cluster.network_policy.value =
      cluster.network_dataplane.value = "";
  world.addGpuPool("gpunp", "ml").nodes = {1, 3, true, false, world.at()};
  world.pool("gpunp").taints = {{"sku", "gpu", ir::TaintEffect::NoSchedule, world.at()}};
  world.addAccelerator("fake", "ml");
  ir::Workload job;
  job.address = {"", "job", "mnist"};
  job.at = world.at();
  job.cluster_id = world.clusterId("ml");
  job.pool_id = world.poolId("gpunp");
  job.pool_at = world.at();
  job.image = world.text("mcr.microsoft.com/azuredocs/samples-tf-mnist-demo:gpu");
  job.gpus = {1, "", world.at()};
  world.spec.workloads.push_back(job);
  EXPECT_EQ(print(world.run()), "no findings");
  EXPECT_EQ(world.placement->workloads[0].workload_namespace, "default");
  EXPECT_EQ(world.placement->workloads[0].tolerated.at(0).str(), "sku=gpu:NoSchedule");
}

TEST(ValidSpecs, TwoTeamsThatShareOnePool) {
  World world = World::sound();
  world.pool("system").zones = {world.text("1"), world.text("2"), world.text("3")};
  for (const char* name : {"blue", "green"}) {
    world.team(name).namespaces = {world.placed("team-" + std::string(name) + "-gpu")};
    world.team(name).labels = {{"team", world.text(name)}};
    world.team(name).members = {{true, "a3d7c1f8-4b52-4a60-9a0e-5d1f7c2b9e44", "edit", world.at()}};
    world.team(name).pod_security = world.text("restricted");
    world.allow(name, Direction::Ingress, PeerKind::Self);
    world.allow(name, Direction::Egress, PeerKind::Self);
    ir::NetworkRule& metrics = world.allow(name, Direction::Ingress, PeerKind::Namespace);
    metrics.text = "monitoring";
    metrics.ports = {{9400, 9400, world.at()}};
  }
  EXPECT_EQ(print(world.run()), "no findings");
  for (const ir::TeamPath& path : pathsOf(world)) EXPECT_FALSE(path.open) << path.reason;
}

TEST(ValidSpecs, UniformSlicesOfBothKinds) {
  World world;
  world.addCluster("ml").existing = true;
  for (const char* name : {"mixed", "one"}) {
    world.addGpuPool(name, "ml").nodes = {1, 1, false, false, world.at()};
    world.cut(world.pool(name), "1g.5gb", 7, std::string(name) == "mixed");
  }
  for (const char* name : {"mixed", "one"}) {
    ir::Workload job;
    job.address = {"", "job", std::string("fake-") + name};
    job.at = world.at();
    job.cluster_id = world.clusterId("ml");
    job.pool_id = world.poolId(name);
    job.image = world.text("fake/cuda-like:12.1.1");
    job.gpus = {1, "1g.5gb", world.at()};
    world.spec.workloads.push_back(job);
  }
  EXPECT_EQ(print(world.run()), "no findings");
  EXPECT_EQ(world.placement->pools[1].plan.allocatable.at("fake/gpu"), 56);
  EXPECT_EQ(world.placement->workloads[0].resource, "fake/slice-1g.5gb");
  EXPECT_EQ(world.placement->workloads[1].resource, "fake/gpu");
}

TEST(ValidSpecs, AFleetOfEqualPoolsAndSixTeams) {
  World world;
  world.addCluster("gpu").tier = "";
  for (int i = 0; i < 6; ++i) {
    ir::Pool& pool = world.addGpuPool("a100x" + std::to_string(i), "gpu");
    pool.size->gpus = 1;
    pool.nodes = {1, 10, true, false, pool.nodes.at};
    for (const char* zone : {"1", "2", "3"}) pool.zones.push_back(world.text(zone));
  }
  world.addPool("system", "gpu").mode.value = ir::Mode::System;
  world.addAccelerator("fake", "gpu");
  for (const char* name : {"alpha", "beta", "delta", "epsilon", "gamma", "zeta"}) {
    world.addTeam(name, "gpu");
    for (int i = 0; i < 6; ++i) world.addQuota(name, "a100x" + std::to_string(i), 1);
  }
  EXPECT_EQ(print(world.run()), "no findings");
  EXPECT_EQ(*world.placement->quotas.at(0).hard.at(0).second, "6");
  EXPECT_EQ(pathsOf(world).size(), 30u);
}

}  // namespace

}  // namespace gpuspec::passes
