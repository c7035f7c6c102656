#include <gtest/gtest.h>

#include "tests/passes/world.h"

namespace gpuspec::passes {

namespace {

constexpr std::int64_t kGiB = std::int64_t{1} << 30;
constexpr const char* kSpotTaint = "kubernetes.azure.com/scalesetpriority=spot:NoSchedule";

std::map<std::string, std::string> hardOf(const World& world, ir::TeamId team_id,
                                          ir::ClusterId cluster_id = {0}) {
  std::map<std::string, std::string> hard;
  for (const ir::PlacedQuota& quota : world.placement->quotas) {
    if (quota.team_id != team_id || quota.cluster_id != cluster_id) continue;
    for (const auto& [key, amount] : quota.hard) hard[key] = *amount;
  }
  return hard;
}

std::vector<std::string> texts(const std::vector<ir::Taint>& taints) {
  std::vector<std::string> out;
  for (const ir::Taint& taint : taints) out.push_back(taint.str());
  return out;
}

const ir::PlacedWorkload& placed(const World& world, std::size_t i = 0) {
  return world.placement->workloads.at(i);
}

using Strings = std::vector<std::string>;
using Hard = std::map<std::string, std::string>;

TEST(PlacePools, TakeTheVendorsTaintUnlessTheyGiveTheirOwn) {
  World world = World::sound();
  world.addGpuPool("own").taints = {{"sku", "gpu", ir::TaintEffect::NoSchedule, world.at()}};
  world.addGpuPool("none").taints.emplace();
  world.run();
  EXPECT_EQ(texts((*world.placement)[world.poolId("gpu")].taints),
            Strings{"fake/gpu=present:NoSchedule"});
  EXPECT_EQ(texts((*world.placement)[world.poolId("own")].taints), Strings{"sku=gpu:NoSchedule"});
  EXPECT_EQ(texts((*world.placement)[world.poolId("none")].taints), Strings{});
  EXPECT_EQ(texts((*world.placement)[world.poolId("system")].taints), Strings{});
}

TEST(PlacePools, KnowTheTaintThatAksAddsToSpotNodes) {
  World world = World::sound();
  world.pool("gpu").spot = ir::Spot{"-1", "Delete", world.at()};
  world.addJob("train", "gpu", 1);
  world.run();
  const ir::PlacedPool& pool = (*world.placement)[world.poolId("gpu")];
  EXPECT_EQ(texts(pool.taints), Strings{"fake/gpu=present:NoSchedule"});
  EXPECT_EQ(texts(pool.platform_taints), Strings{kSpotTaint});
  EXPECT_EQ(texts(placed(world).tolerated), (Strings{"fake/gpu=present:NoSchedule", kSpotTaint}));
}

TEST(PlacePools, DoNotKnowASpotTaintTwice) {
  World world = World::sound();
  world.pool("gpu").spot = ir::Spot{"-1", "Delete", world.at()};
  world.pool("gpu").taints = {
      {"kubernetes.azure.com/scalesetpriority", "spot", ir::TaintEffect::NoSchedule, world.at()}};
  world.run();
  EXPECT_TRUE((*world.placement)[world.poolId("gpu")].platform_taints.empty());
}

TEST(PlacePools, AddTheLabelsOfTheStackInOrder) {
  World world = World::sound();
  world.vendor->node_labels = {{"fake/a", "1"}, {"zone", "9"}};
  world.pool("gpu").labels = {{"tier", world.text("training")}};
  world.run();
  Strings keys;
  for (const auto& [key, value] : (*world.placement)[world.poolId("gpu")].labels)
    keys.push_back(key + "=" + *value);
  EXPECT_EQ(keys, (Strings{"fake/a=1", "tier=training", "zone=9"}));
}

TEST(PlacePools, AreToldApartByTheirSelector) {
  World world = World::sound();
  ir::Cluster& plain = world.addCluster("lab");
  plain.platform = ir::Platform::Kubernetes;
  ir::Pool& rack = world.addPool("rack", "lab");
  rack.size.reset();
  rack.vm.value.clear();
  rack.device = world.text("fake.f1");
  rack.device_count = 4;
  rack.selector = {{"gpu", "f1"}, {"rack", "7"}};
  world.run();
  using Pair = std::pair<std::string, std::string>;
  EXPECT_EQ((*world.placement)[world.poolId("gpu")].selector,
            Pair("kubernetes.azure.com/agentpool", "gpu"));
  EXPECT_EQ((*world.placement)[world.poolId("rack")].selector, Pair("gpu", "f1"));
  EXPECT_EQ((*world.placement)[world.poolId("rack")].selectors.size(), 2u);
  EXPECT_EQ((*world.placement)[world.poolId("rack")].max_gpus, 12);
}

TEST(PlacePools, CountGpusAtBothEnds) {
  World world = World::sound();
  world.run();
  EXPECT_EQ((*world.placement)[world.poolId("gpu")].min_gpus, 8);
  EXPECT_EQ((*world.placement)[world.poolId("gpu")].max_gpus, 16);
  EXPECT_EQ((*world.placement)[world.poolId("system")].max_gpus, 0);
}

TEST(PlacePools, GiveUpWhenTheVendorRefuses) {
  World world = World::sound();
  world.vendor->refuses = true;
  world.run();
  EXPECT_FALSE(world.placement.has_value());
}

TEST(PlaceStacks, HandTheVendorEveryTaintOfItsPools) {
  World world = World::sound();
  world.addGpuPool("spot").spot = ir::Spot{"-1", "Delete", world.at()};
  world.run();
  ASSERT_EQ(world.placement->stacks.size(), 1u);
  const ir::Tree& values = world.placement->stacks[0].plan.releases.at(0).values;
  EXPECT_EQ(values.find("pools")->asInt(), 2);
  EXPECT_EQ(*values.find("tolerated"),
            ir::Tree::strings(
                {"fake/gpu=present:NoSchedule", "fake/gpu=present:NoSchedule", kSpotTaint}));
}

TEST(PlaceStacks, AreAskedForEvenWithoutPools) {
  World world = World::sound();
  world.addCluster("idle");
  world.addPool("idlesys", "idle").mode.value = ir::Mode::System;
  world.addAccelerator("fake", "idle");
  world.run();
  ASSERT_EQ(world.placement->stacks.size(), 2u);
  EXPECT_EQ(world.placement->stacks[1].plan.releases.at(0).values.find("pools")->asInt(), 0);
}

TEST(PlaceQuotas, SpellAmountsAsKubernetesDoes) {
  World world = World::sound();
  ir::Team& blue = world.team("blue");
  const auto add = [&](ir::QuotaKind kind, std::int64_t amount) {
    blue.quota.push_back({kind, {}, "", amount, world.at(), {}});
  };
  add(ir::QuotaKind::Cpu, 88'000);
  add(ir::QuotaKind::Memory, 1600 * kGiB);
  add(ir::QuotaKind::Pods, 200);
  add(ir::QuotaKind::Storage, 2048 * kGiB);
  world.run();
  EXPECT_EQ(hardOf(world, world.teamId("blue")), (Hard{{"pods", "200"},
                                                       {"requests.cpu", "88"},
                                                       {"requests.fake/gpu", "8"},
                                                       {"requests.memory", "1600Gi"},
                                                       {"requests.storage", "2Ti"}}));
}

TEST(PlaceQuotas, SumPoolsOfOneResourceAndCloseTheOthers) {
  World world = World::sound();
  world.addGpuPool("cut");
  world.cut(world.pool("cut"), "1g.5gb", 7, true);
  world.addGpuPool("more");
  world.addQuota("blue", "more", 4);
  world.addQuota("green", "cut", 14, "1g.5gb");
  world.run();
  EXPECT_EQ(hardOf(world, world.teamId("blue")),
            (Hard{{"requests.fake/gpu", "12"}, {"requests.fake/slice-1g.5gb", "0"}}));
  EXPECT_EQ(hardOf(world, world.teamId("green")),
            (Hard{{"requests.fake/gpu", "8"}, {"requests.fake/slice-1g.5gb", "14"}}));
}

TEST(PlaceQuotas, OfUniformSlicesCountUnderTheDevicesName) {
  World world = World::sound();
  world.cut(world.pool("gpu"), "1g.5gb", 7, false);
  world.team("blue").quota.clear();
  world.addQuota("blue", "gpu", 14, "1g.5gb");
  world.run();
  EXPECT_EQ(hardOf(world, world.teamId("blue")), (Hard{{"requests.fake/gpu", "14"}}));
}

TEST(PlaceQuotas, GiveNoGpuToATeamThatCountsOnlyCpu) {
  World world = World::sound();
  world.team("blue").quota = {{ir::QuotaKind::Cpu, {}, "", 500, world.at(), {}}};
  world.run();
  EXPECT_EQ(hardOf(world, world.teamId("blue")),
            (Hard{{"requests.cpu", "500m"}, {"requests.fake/gpu", "0"}}));
}

TEST(PlaceQuotas, LeaveATeamWithoutQuotaAlone) {
  World world = World::sound();
  world.addTeam("third");
  world.run();
  EXPECT_EQ(world.placement->quotas.size(), 2u);
}

TEST(PlaceQuotas, AreOneForEachClusterOfATeam) {
  World world = World::sound();
  world.addCluster("zfar");
  world.addPool("farsys", "zfar").mode.value = ir::Mode::System;
  world.addGpuPool("fargpu", "zfar");
  world.team("blue").cluster_ids.push_back(world.clusterId("zfar"));
  world.addQuota("blue", "fargpu", 3);
  world.run();
  EXPECT_EQ(hardOf(world, world.teamId("blue"), world.clusterId("shared")),
            (Hard{{"requests.fake/gpu", "8"}}));
  EXPECT_EQ(hardOf(world, world.teamId("blue"), world.clusterId("zfar")),
            (Hard{{"requests.fake/gpu", "3"}}));
}

TEST(PlaceWorkloads, AskForTheDevice) {
  World world = World::sound();
  world.addJob("train", "gpu", 2);
  world.run();
  EXPECT_EQ(placed(world).resource, "fake/gpu");
  EXPECT_EQ(placed(world).amount, 2);
  EXPECT_EQ(placed(world).workload_namespace, "blue");
  EXPECT_EQ(placed(world).pool_ids, std::vector{world.poolId("gpu")});
  EXPECT_EQ(texts(placed(world).tolerated), Strings{"fake/gpu=present:NoSchedule"});
}

TEST(PlaceWorkloads, AskForASliceByTheNameThatThePoolGivesIt) {
  for (const bool mixed : {false, true}) {
    World world = World::sound();
    world.team("blue").quota.clear();
    world.team("green").quota.clear();
    world.cut(world.pool("gpu"), "1g.5gb", 7, mixed);
    world.addQuota("blue", "gpu", 1, "1g.5gb");
    world.addJob("train", "gpu", 1).gpus.profile = "1g.5gb";
    EXPECT_EQ(print(world.run()), "no findings");
    EXPECT_EQ(placed(world).resource, mixed ? "fake/slice-1g.5gb" : "fake/gpu");
  }
}

TEST(PlaceWorkloads, WithoutATeamLiveInDefault) {
  World world = World::sound();
  world.addJob("train", "gpu", 1).team_id = {};
  world.run();
  EXPECT_EQ(placed(world).workload_namespace, "default");
}

TEST(PlaceWorkloads, WithoutAGpuRunWhereTheyAreNotKeptAway) {
  World world = World::sound();
  world.addJob("prepare", "", 0);
  world.run();
  EXPECT_EQ(placed(world).resource, "");
  EXPECT_TRUE(placed(world).pool_ids.empty());
  EXPECT_TRUE(placed(world).tolerated.empty());
}

TEST(PlaceWorkloads, TakeEveryPoolThatFitsButNotSpareOrSharedOnes) {
  World world = World::sound();
  world.addGpuPool("more").taints = {{"sku", "gpu", ir::TaintEffect::NoSchedule, world.at()}};
  world.addGpuPool("shares");
  world.share(world.pool("shares"), 4);
  world.addGpuPool("spare").spot = ir::Spot{"-1", "Delete", world.at()};
  world.addGpuPool("small").size->gpus = 1;
  world.addJob("train", "", 2);
  world.run();
  EXPECT_EQ(placed(world).pool_ids, (std::vector{world.poolId("gpu"), world.poolId("more")}));
  EXPECT_EQ(texts(placed(world).tolerated),
            (Strings{"fake/gpu=present:NoSchedule", "sku=gpu:NoSchedule"}));
}

TEST(PlaceWorkloads, TakeSpareNodesWhenNothingElseIsThere) {
  World world = World::sound();
  world.pool("gpu").spot = ir::Spot{"-1", "Delete", world.at()};
  world.addJob("train", "", 2);
  world.run();
  EXPECT_EQ(placed(world).pool_ids, std::vector{world.poolId("gpu")});
}

TEST(PlaceWorkloads, ReportEachOneThatCannotBePlaced) {
  World world = World::sound();
  world.addJob("a", "gpu", 9);
  world.addJob("b", "gpu", 10);
  EXPECT_EQ(world.run().size(), 2u);
  EXPECT_FALSE(world.placement.has_value());
}

}  // namespace

}  // namespace gpuspec::passes
