#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "tests/passes/world.h"

// What holds for every spec: over random worlds from fixed seeds.

namespace gpuspec::passes {

namespace {

using ir::Direction;
using ir::PeerKind;
using Random = std::mt19937;

std::int64_t pick(Random& random, std::int64_t first, std::int64_t last) {
  return first + static_cast<std::int64_t>(random() % static_cast<std::uint32_t>(last - first + 1));
}

void addRandomTeam(World& world, const std::string& name, Random& random) {
  world.addTeam(name);
  for (const char* pool : {"a", "b", "c"}) {
    const bool cut = std::string(pool) == "b";
    if (pick(random, 0, 1) == 1)
      world.addQuota(name, pool, pick(random, 0, 20), cut ? "1g.5gb" : "");
  }
  if (pick(random, 0, 4) == 0) world.team(name).network = {};
}

World randomWorld(std::uint32_t seed) {
  Random random(seed);
  World world;
  world.addCluster("shared");
  for (const char* name : {"a", "b", "c"}) {
    world.addGpuPool(name);
    world.pool(name).nodes = {1, pick(random, 1, 3), true, false, world.at()};
  }
  world.cut(world.pool("b"), "1g.5gb", 7, true);
  world.share(world.pool("c"), pick(random, 2, 5));
  world.addPool("system").mode.value = ir::Mode::System;
  world.addAccelerator("fake");
  for (const char* name : {"t0", "t1", "t2", "t3"}) addRandomTeam(world, name, random);
  for (int i = 0; i < 6; ++i) {
    const std::string from = "t" + std::to_string(pick(random, 0, 3));
    const std::string to = "t" + std::to_string(pick(random, 0, 3));
    world
        .allow(from, pick(random, 0, 1) == 0 ? Direction::Egress : Direction::Ingress,
               PeerKind::Team)
        .team_id = world.teamId(to);
  }
  for (int i = 0; i < 3; ++i)
    world.addJob("j" + std::to_string(i), i == 0 ? "" : "a", pick(random, 0, 8));
  return world;
}

// The same spec with every table the other way round.
World reversed(World world) {
  const auto flip = [](auto& table, auto& ids) {
    const auto last = static_cast<std::uint32_t>(table.size() - 1);
    for (auto* id : ids) {
      if (id->valid()) id->index = last - id->index;
    }
    std::reverse(table.begin(), table.end());
  };
  std::vector<ir::PoolId*> pools;
  std::vector<ir::TeamId*> teams;
  for (ir::Team& team : world.spec.teams) {
    for (ir::QuotaItem& item : team.quota) pools.push_back(&item.pool_id);
    for (ir::NetworkRule& rule : team.network.rules) teams.push_back(&rule.team_id);
  }
  for (ir::Workload& workload : world.spec.workloads) {
    pools.push_back(&workload.pool_id);
    teams.push_back(&workload.team_id);
  }
  flip(world.spec.pools, pools);
  flip(world.spec.teams, teams);
  std::reverse(world.spec.workloads.begin(), world.spec.workloads.end());
  return world;
}

std::string joined(const std::vector<ir::Taint>& taints) {
  std::string text;
  for (const ir::Taint& taint : taints) text += " " + taint.str();
  return text;
}

// Every decision by name, sorted.
std::set<std::string> decisions(const World& world) {
  std::set<std::string> lines;
  const ir::Spec& spec = world.spec;
  const ir::Placement& placement = *world.placement;
  for (std::size_t i = 0; i < spec.pools.size(); ++i) {
    lines.insert("pool " + spec.pools[i].address.name + joined(placement.pools[i].taints) + " " +
                 placement.pools[i].selector.second);
  }
  for (std::size_t i = 0; i < spec.workloads.size(); ++i) {
    const ir::PlacedWorkload& placed = placement.workloads[i];
    std::set<std::string> pools;
    for (ir::PoolId id : placed.pool_ids) pools.insert(spec[id].address.name);
    std::string line = "workload " + spec.workloads[i].address.name + " " + placed.resource +
                       joined(placed.tolerated);
    for (const std::string& name : pools) line += " " + name;
    lines.insert(line);
  }
  for (const ir::PlacedQuota& quota : placement.quotas) {
    for (const auto& [key, amount] : quota.hard)
      lines.insert("quota " + spec[quota.team_id].address.name + " " + key + " " + *amount);
  }
  for (const ir::TeamPath& path : pathsOf(world)) {
    lines.insert("path " + spec[path.from_id].address.name + " " + spec[path.to_id].address.name +
                 " " + path.reason);
  }
  return lines;
}

TEST(Laws, OrderOfTablesDecidesNothing) {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    World world = randomWorld(seed);
    world.run();
    World other = reversed(randomWorld(seed));
    other.run();
    ASSERT_EQ(world.placement.has_value(), other.placement.has_value()) << seed;
    if (!world.placement) continue;
    ASSERT_EQ(decisions(world), decisions(other)) << seed;
  }
}

TEST(Laws, TwoRunsSayTheSame) {
  for (std::uint32_t seed = 0; seed < 50; ++seed) {
    World first = randomWorld(seed);
    World second = randomWorld(seed);
    ASSERT_EQ(print(first.run()), print(second.run())) << seed;
  }
}

// A pool is reported as overcommitted if and only if what teams may use of it is more than it has.
TEST(Laws, OvercommitIsReportedExactly) {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    World world = randomWorld(seed);
    const auto findings = world.run();
    if (!world.placement) continue;
    std::int64_t expected = 0;
    for (std::uint32_t i = 0; i < world.spec.pools.size(); ++i) {
      std::int64_t asked = 0;
      for (const ir::Team& team : world.spec.teams) {
        for (const ir::QuotaItem& item : team.quota)
          asked += item.pool_id.index == i ? item.amount : 0;
      }
      std::int64_t has = 0;
      for (const auto& [resource, amount] : world.placement->pools[i].plan.allocatable)
        has += amount * world.spec.pools[i].nodes.max;
      expected += asked > has ? 1 : 0;
    }
    const auto reported =
        std::count_if(findings.begin(), findings.end(), [](const diag::Diagnostic& finding) {
          return finding.info == diag::PoolOvercommitted.info;
        });
    ASSERT_EQ(reported, expected) << seed;
  }
}

// No team with a quota has an unlimited GPU resource: every name that the cluster hands out has an
// amount.
TEST(Laws, QuotasNameEveryGpuResource) {
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    World world = randomWorld(seed);
    world.run();
    if (!world.placement) continue;
    std::set<std::string> resources;
    for (const ir::PlacedPool& pool : world.placement->pools) {
      for (const auto& [resource, amount] : pool.plan.allocatable)
        resources.insert("requests." + resource);
    }
    for (const ir::PlacedQuota& quota : world.placement->quotas) {
      std::set<std::string> named;
      for (const auto& [key, amount] : quota.hard) named.insert(key);
      ASSERT_TRUE(std::includes(named.begin(), named.end(), resources.begin(), resources.end()))
          << seed;
    }
  }
}

// What a pod asks for fits on one node of every pool where it may run, and it tolerates all of
// their taints.
TEST(Laws, PlacedWorkFitsWhereItMayRun) {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    World world = randomWorld(seed);
    world.run();
    if (!world.placement) continue;
    for (const ir::PlacedWorkload& placed : world.placement->workloads) {
      for (ir::PoolId id : placed.pool_ids) {
        const ir::PlacedPool& pool = (*world.placement)[id];
        if (!placed.resource.empty()) {
          ASSERT_GE(pool.plan.allocatable.at(placed.resource), placed.amount) << seed;
        }
        for (const ir::Taint& taint : pool.taints) {
          ASSERT_NE(std::find(placed.tolerated.begin(), placed.tolerated.end(), taint),
                    placed.tolerated.end())
              << seed;
        }
      }
    }
  }
}

// Taking an allowance away never opens a path.
TEST(Laws, FewerRulesNeverOpenAPath) {
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    World world = randomWorld(seed);
    for (ir::Workload& workload : world.spec.workloads) workload.gpus.count = 0;
    world.run();
    const std::vector<ir::TeamPath> before = pathsOf(world);
    for (ir::Team& team : world.spec.teams) {
      if (!team.network.rules.empty()) team.network.rules.pop_back();
    }
    world.run();
    const std::vector<ir::TeamPath> after = pathsOf(world);
    for (std::size_t i = 0; i < before.size(); ++i)
      ASSERT_FALSE(after[i].open && !before[i].open) << seed;
  }
}

std::string pairText(const ir::TeamPath& path) {
  return std::to_string(path.from_id.index) + " " + std::to_string(path.to_id.index) + " " +
         path.reason;
}

// What the placement keeps of a cluster's paths are the open ones, all of them and no others.
TEST(Laws, OpenPathsAreFoundWithoutAskingEachPair) {
  std::size_t open = 0;
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    World world = randomWorld(seed);
    for (ir::Workload& workload : world.spec.workloads) workload.gpus.count = 0;
    if (seed % 3 == 0) world.spec.teams[0].network.declared = false;
    if (seed % 5 == 0)
      world.spec.clusters[0].network_policy.value = seed % 2 == 0 ? "none" : "calico";
    world.run();
    if (!world.placement) continue;
    for (const ir::ClusterPaths& paths : world.placement->paths) {
      std::vector<std::string> expected, found;
      for (const ir::TeamPath& path : allPaths(world.spec, paths)) {
        if (path.open) expected.push_back(pairText(path));
      }
      for (const ir::TeamPath& path : openPaths(world.spec, paths)) found.push_back(pairText(path));
      ASSERT_EQ(found, expected) << seed;
      ASSERT_EQ(paths.openCount(), expected.size()) << seed;
      open += expected.size();
      found.resize(std::min<std::size_t>(found.size(), 3));
      expected.clear();
      for (const ir::TeamPath& path : openPaths(world.spec, paths, 3))
        expected.push_back(pairText(path));
      ASSERT_EQ(found, expected) << seed;
    }
  }
  EXPECT_GT(open, 100u);
}

}  // namespace

}  // namespace gpuspec::passes
