#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>

#include "tests/deploy/apply/simulation.h"

// How long an apply takes in simulated time, beside the shortest time that its plan allows: the
// longest way through it, or all of its work on as many requests as may be in flight.

namespace gpuspec::deploy::apply {

namespace {

using model::System;
using namespace std::chrono_literals;

struct Shape {
  const char* name;
  std::function<void(plan::Plan&)> make;
  std::function<milliseconds(const plan::Change&)> latency = [](const auto&) { return 100ms; };
};

std::size_t add(plan::Plan& plan, System system, std::vector<std::size_t> after = {}) {
  return addChange(plan, system, "c" + std::to_string(plan.changes.size()), std::move(after)).id;
}

void addChain(plan::Plan& plan, std::size_t length, std::vector<std::size_t> after = {}) {
  for (std::size_t i = 0; i < length; ++i) after = {add(plan, System::Kubernetes, after)};
}

// What comes first by number holds up nobody; what everything takes its time from comes last.
void chainBehindCrowd(plan::Plan& plan) {
  for (int i = 0; i < 600; ++i) add(plan, System::Kubernetes);
  addChain(plan, 20);
}

void combs(plan::Plan& plan) {
  for (int comb = 0; comb < 4; ++comb) {
    std::size_t spine = add(plan, System::Kubernetes);
    for (int tooth = 0; tooth < 20; ++tooth) {
      for (int leaf = 0; leaf < 5; ++leaf) add(plan, System::Kubernetes, {spine});
      spine = add(plan, System::Kubernetes, {spine});
    }
  }
}

void diamonds(plan::Plan& plan) {
  std::size_t end = add(plan, System::Kubernetes);
  for (int diamond = 0; diamond < 15; ++diamond) {
    std::vector<std::size_t> middle;
    for (int i = 0; i < 25; ++i) middle.push_back(add(plan, System::Kubernetes, {end}));
    end = add(plan, System::Kubernetes, middle);
  }
}

// A gate that many wait for, and one of those before it is at the end of a chain.
void gateBehindChain(plan::Plan& plan) {
  plan.gates.emplace_back();
  for (int i = 0; i < 300; ++i) plan.gates[0].after.push_back(add(plan, System::Kubernetes));
  addChain(plan, 12);
  plan.gates[0].after.push_back(plan.changes.size() - 1);
  for (int i = 0; i < 20; ++i) {
    const std::size_t behind = add(plan, System::Kubernetes);
    plan.changes[behind].gates = {0};
    addChain(plan, 2, {behind});
  }
}

void poolsAndTeams(plan::Plan& plan) {
  const std::size_t cluster = add(plan, System::Azure);
  for (int pool = 0; pool < 12; ++pool) {
    const std::size_t made = add(plan, System::Azure, {cluster});
    const std::size_t release = add(plan, System::Helm, {made});
    for (int job = 0; job < 30; ++job) add(plan, System::Kubernetes, {release});
  }
  for (int team = 0; team < 50; ++team) {
    const std::size_t space = add(plan, System::Kubernetes, {cluster});
    for (int wall = 0; wall < 8; ++wall) add(plan, System::Kubernetes, {space});
  }
}

milliseconds poolsLatency(const plan::Change& change) {
  if (change.key.system == System::Azure) return 60s + (change.id % 7) * 30s;
  return change.key.system == System::Helm ? 15s : milliseconds(20 + change.id % 5);
}

void teams(plan::Plan& plan) {
  for (int team = 0; team < 100; ++team) {
    const std::size_t space = add(plan, System::Kubernetes);
    for (int object = 0; object < 9; ++object) add(plan, System::Kubernetes, {space});
  }
}

void randomLayers(plan::Plan& plan) {
  std::mt19937 random(11);
  for (std::size_t i = 0; i < 400; ++i) {
    std::vector<std::size_t> after;
    const std::size_t layer = i / 20;
    for (int edge = 0; layer > 0 && edge < 3; ++edge)
      after.push_back((layer - 1) * 20 + random() % 20);
    std::sort(after.begin(), after.end());
    after.erase(std::unique(after.begin(), after.end()), after.end());
    add(plan, System::Kubernetes, after);
  }
}

milliseconds unequal(const plan::Change& change) {
  return milliseconds(20 + change.id * 7919 % 400);
}

class Makespan : public ::testing::TestWithParam<Shape>, protected Simulation {
 protected:
  // No order of the changes is quicker than this.
  milliseconds shortest() const {
    std::int64_t work[3] = {};
    for (const plan::Change& change : plan.changes)
      work[static_cast<std::size_t>(change.key.system)] += client.latency(change).count();
    const std::int64_t most = *std::max_element(work, work + 3);
    return std::max(criticalPath(),
                    milliseconds(most / static_cast<std::int64_t>(options.parallel)));
  }
};

TEST_P(Makespan, IsAtMostATenthAboveTheShortestThereIs) {
  options.parallel = 32;
  GetParam().make(plan);
  client.latency = GetParam().latency;
  const Result result = run();
  EXPECT_EQ(result.count(State::Done), plan.changes.size());
  EXPECT_GE(result.took, criticalPath());
  EXPECT_LE(result.took.count(), shortest().count() * 11 / 10)
      << "of at least " << shortest().count();
}

INSTANTIATE_TEST_SUITE_P(Shapes, Makespan,
                         ::testing::Values(Shape{"ChainBehindCrowd", chainBehindCrowd},
                                           Shape{"Combs", combs}, Shape{"Diamonds", diamonds},
                                           Shape{"GateBehindChain", gateBehindChain},
                                           Shape{"PoolsAndTeams", poolsAndTeams, poolsLatency},
                                           Shape{"Teams", teams},
                                           Shape{"RandomLayers", randomLayers},
                                           Shape{"UnequalLayers", randomLayers, unequal}),
                         [](const auto& shape) { return std::string(shape.param.name); });

}  // namespace

}  // namespace gpuspec::deploy::apply
