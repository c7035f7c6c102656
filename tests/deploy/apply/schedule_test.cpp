#include "backends/deploy/apply/schedule.h"

#include <gtest/gtest.h>

#include <numeric>

#include "tests/deploy/apply/simulation.h"

namespace gpuspec::deploy::apply {

namespace {

using namespace std::chrono_literals;

// Starts as many as it may, ends them all with this latency.
void round(Limiter& limiter, milliseconds latency) {
  std::vector<std::uint64_t> tickets;
  while (limiter.mayStart()) tickets.push_back(limiter.started());
  for (const std::uint64_t ticket : tickets) limiter.finished(ticket, latency);
}

TEST(LimiterTest, DoublesUpToWhatItMay) {
  Limiter limiter(8, 50);
  for (const std::size_t expected : {8, 16, 32, 50, 50}) {
    EXPECT_EQ(limiter.limit(), expected);
    round(limiter, 10ms);
  }
}

TEST(LimiterTest, ShrinksBelowItsBeginningWhereItMay) {
  Limiter limiter(32, 64, 8);
  round(limiter, 10ms);
  ASSERT_EQ(limiter.limit(), 64U);
  for (const std::size_t expected : {48, 36, 27, 20, 15, 11, 8, 8}) {
    round(limiter, 200ms);
    EXPECT_EQ(limiter.limit(), expected);
  }
}

TEST(LimiterTest, NeverBeginsAboveWhatItMay) {
  EXPECT_EQ(Limiter(8, 3).limit(), 3U);
}

TEST(LimiterTest, ShrinksWhileAnswersGetSlower) {
  Limiter limiter(8, 64);
  round(limiter, 10ms);
  round(limiter, 10ms);
  ASSERT_EQ(limiter.limit(), 32U);
  round(limiter, 200ms);
  EXPECT_EQ(limiter.limit(), 24U);
  for (const std::size_t expected : {18, 13, 9, 8}) {
    round(limiter, 200ms);
    EXPECT_EQ(limiter.limit(), expected);
  }
  round(limiter, 200ms);
  EXPECT_EQ(limiter.limit(), 8U) << "slow answers alone never push it below its beginning";
  round(limiter, 12ms);
  EXPECT_EQ(limiter.limit(), 16U);
}

TEST(LimiterTest, HalvesOnceForEachTimeThatItWasTooMuch) {
  Limiter limiter(8, 64);
  std::vector<std::uint64_t> tickets;
  while (limiter.mayStart()) tickets.push_back(limiter.started());
  for (const std::uint64_t ticket : tickets) limiter.pushedBack(ticket);
  EXPECT_EQ(limiter.limit(), 4U);
  for (int i = 0; i < 3; ++i) {
    const std::uint64_t ticket = limiter.started();
    limiter.pushedBack(ticket);
  }
  EXPECT_EQ(limiter.limit(), 1U);
  EXPECT_TRUE(limiter.mayStart());
}

TEST(LimiterTest, CountsOutWhatRanBefore) {
  Limiter limiter(2, 2);
  const std::uint64_t first = limiter.started(), second = limiter.started();
  EXPECT_FALSE(limiter.mayStart());
  limiter.pushedBack(first);
  EXPECT_FALSE(limiter.mayStart()) << "one is allowed, one still runs";
  limiter.finished(second, 1ms);
  EXPECT_TRUE(limiter.mayStart());
}

TEST(ScheduleTest, EachClusterHasALimitOfItsOwn) {
  plan::Plan plan;
  for (int i = 0; i < 40; ++i) addChange(plan, model::System::Kubernetes, "a");
  for (int i = 0; i < 3; ++i) addChange(plan, model::System::Kubernetes, "b").key.cluster = "other";
  Schedule schedule(plan.changes, 64);
  std::vector<std::size_t> begun, expected(32);
  while (const auto id = schedule.start()) begun.push_back(*id);
  std::iota(expected.begin(), expected.end(), 0U);
  expected.insert(expected.end(), {40, 41, 42});
  EXPECT_EQ(begun, expected);
}

TEST(ScheduleTest, BeginsWithWhatHoldsUpTheMost) {
  plan::Plan plan;
  addChange(plan, model::System::Kubernetes, "alone");
  addChange(plan, model::System::Kubernetes, "before two");
  addChange(plan, model::System::Kubernetes, "second", {1});
  addChange(plan, model::System::Kubernetes, "third", {2});
  addChange(plan, model::System::Kubernetes, "before a pool");
  addChange(plan, model::System::Azure, "pool", {4});
  addChange(plan, model::System::Kubernetes, "behind the gate").gates = {0};
  addChange(plan, model::System::Helm, "release", {6});
  addChange(plan, model::System::Kubernetes, "before the gate");
  plan.gates = {{{8}}};
  Schedule schedule(plan.changes, 64, plan.gates);
  std::vector<std::size_t> begun;
  while (const auto id = schedule.start()) begun.push_back(*id);
  EXPECT_EQ(begun, (std::vector<std::size_t>{4, 8, 1, 0}));
}

TEST(ScheduleTest, AbandonsWhatHasNotBegun) {
  plan::Plan plan;
  addChange(plan, model::System::Kubernetes, "a");
  addChange(plan, model::System::Kubernetes, "b", {0});
  addChange(plan, model::System::Kubernetes, "c", {1});
  Schedule schedule(plan.changes, 1);
  EXPECT_EQ(schedule.start(), 0U);
  EXPECT_EQ(schedule.abandon(), (std::vector<std::size_t>{1, 2}));
  EXPECT_FALSE(schedule.over());
  schedule.succeeded(0, 1ms);
  EXPECT_EQ(schedule.start(), std::nullopt);
  EXPECT_TRUE(schedule.over());
}

TEST(ScheduleTest, SkipsEachOnce) {
  plan::Plan plan;
  addChange(plan, model::System::Kubernetes, "a");
  addChange(plan, model::System::Kubernetes, "b");
  addChange(plan, model::System::Kubernetes, "c", {0, 1});
  Schedule schedule(plan.changes, 2);
  schedule.start();
  schedule.start();
  EXPECT_EQ(schedule.failed(0, false), (std::vector<std::size_t>{2}));
  EXPECT_EQ(schedule.failed(1, false), (std::vector<std::size_t>{}));
  EXPECT_TRUE(schedule.over());
}

TEST(ScheduleTest, AGateOpensOnceAllBeforeItAreDone) {
  plan::Plan plan;
  addChange(plan, model::System::Kubernetes, "a");
  addChange(plan, model::System::Kubernetes, "b");
  addChange(plan, model::System::Kubernetes, "c").gates = {0};
  addChange(plan, model::System::Kubernetes, "d", {0}).gates = {0};
  plan.gates = {{{0, 1}}};
  Schedule schedule(plan.changes, 4, plan.gates);
  EXPECT_EQ(schedule.start(), 0U);
  EXPECT_EQ(schedule.start(), 1U);
  EXPECT_EQ(schedule.start(), std::nullopt);
  schedule.succeeded(0, 1ms);
  EXPECT_EQ(schedule.start(), std::nullopt);
  schedule.succeeded(1, 1ms);
  EXPECT_EQ(schedule.start(), 2U);
  EXPECT_EQ(schedule.start(), 3U);
  EXPECT_FALSE(schedule.over());
  schedule.succeeded(2, 1ms);
  schedule.succeeded(3, 1ms);
  EXPECT_TRUE(schedule.over());
}

plan::Change& addPool(plan::Plan& plan, const std::string& name, std::vector<std::size_t> after) {
  plan::Change& change = addChange(plan, model::System::Azure, name, std::move(after));
  change.key.kind = "managedClusters/agentPools";
  return change;
}

TEST(ScheduleTest, APoolThatFailsHoldsUpNoOther) {
  plan::Plan plan;
  addPool(plan, "a", {});
  addPool(plan, "b", {0});
  addChange(plan, model::System::Kubernetes, "job on a", {0});
  addChange(plan, model::System::Kubernetes, "job on b", {1});
  Schedule schedule(plan.changes, 4);
  EXPECT_EQ(schedule.start(), 0U);
  EXPECT_EQ(schedule.start(), std::nullopt) << "one after the other";
  EXPECT_EQ(schedule.failed(0, false), (std::vector<std::size_t>{2}));
  EXPECT_EQ(schedule.start(), 1U);
  schedule.succeeded(1, 1ms);
  EXPECT_EQ(schedule.start(), 3U);
  schedule.succeeded(3, 1ms);
  EXPECT_TRUE(schedule.over());
}

TEST(ScheduleTest, WhatWaitsAtAGateThatStaysShutIsSkipped) {
  plan::Plan plan;
  addChange(plan, model::System::Kubernetes, "a");
  addChange(plan, model::System::Kubernetes, "b");
  addChange(plan, model::System::Kubernetes, "c").gates = {0};
  addChange(plan, model::System::Kubernetes, "d", {2});
  plan.gates = {{{0, 1}}};
  Schedule schedule(plan.changes, 4, plan.gates);
  schedule.start();
  schedule.start();
  EXPECT_EQ(schedule.failed(0, false), (std::vector<std::size_t>{2, 3})) << "a gate is no change";
  schedule.succeeded(1, 1ms);
  EXPECT_EQ(schedule.start(), std::nullopt);
  EXPECT_TRUE(schedule.over());
}

TEST(ScheduleTest, WithoutTheirClusterNoPoolIsTried) {
  plan::Plan plan;
  addChange(plan, model::System::Azure, "cluster").key.kind = "managedClusters";
  addPool(plan, "a", {0});
  addPool(plan, "b", {0, 1});
  Schedule schedule(plan.changes, 4);
  EXPECT_EQ(schedule.start(), 0U);
  EXPECT_EQ(schedule.failed(0, false), (std::vector<std::size_t>{1, 2}));
  EXPECT_TRUE(schedule.over());
}

TEST(ScheduleTest, WhatAPoolStandsInForStaysWhenItFails) {
  plan::Plan plan;
  addPool(plan, "new", {});
  addPool(plan, "old", {0}).action = plan::Action::Delete;
  Schedule schedule(plan.changes, 4);
  EXPECT_EQ(schedule.start(), 0U);
  EXPECT_EQ(schedule.failed(0, false), (std::vector<std::size_t>{1}));
  EXPECT_TRUE(schedule.over());
}

TEST(ScheduleDeathTest, APlanThatWaitsInACircleIsAFaultOfOurs) {
  plan::Plan plan;
  addChange(plan, model::System::Kubernetes, "a", {1});
  addChange(plan, model::System::Kubernetes, "b", {0});
  Schedule schedule(plan.changes, 1);
  EXPECT_DEATH(schedule.start(), "circle");
}

TEST(ScheduleTest, IsLinear) {
  constexpr std::size_t kMany = 200'000;
  plan::Plan plan;
  for (std::size_t i = 0; i < kMany; ++i)
    addChange(plan, model::System::Kubernetes, "o",
              i < 10 ? std::vector<std::size_t>{} : std::vector<std::size_t>{i % 10, i - 10});
  Schedule schedule(plan.changes, 64);
  std::size_t done = 0;
  const auto from = std::chrono::steady_clock::now();
  while (const auto id = schedule.start()) {
    schedule.succeeded(*id, 1ms);
    ++done;
  }
  EXPECT_EQ(done, kMany);
  EXPECT_LT(std::chrono::steady_clock::now() - from, 10s);
}

}  // namespace

}  // namespace gpuspec::deploy::apply
