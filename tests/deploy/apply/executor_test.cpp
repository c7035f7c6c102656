#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/deploy/apply/simulation.h"

namespace gpuspec::deploy::apply {

namespace {

using model::System;
using namespace std::chrono_literals;

class Executor : public ::testing::Test, protected Simulation {
 protected:
  std::size_t add(System system, const std::string& name, std::vector<std::size_t> after = {}) {
    return addChange(plan, system, name, std::move(after)).id;
  }
  void expectOrderKept() {
    for (const plan::Change& change : plan.changes) {
      for (const std::size_t before : change.after) {
        if (view.started_at.count(change.id) == 0) continue;
        EXPECT_LE(view.finished_at.at(before), view.started_at.at(change.id))
            << change.key.name << " began before " << plan.changes[before].key.name << " was done";
      }
    }
  }
  State stateOf(const Result& result, const std::string& name) const {
    for (const plan::Change& change : plan.changes) {
      if (change.key.name == name) return result.outcomes[change.id].state;
    }
    ADD_FAILURE() << "no change " << name;
    return State::Waiting;
  }
};

TEST_F(Executor, AnEmptyPlanIsOverAtOnce) {
  const Result result = run();
  EXPECT_TRUE(result.outcomes.empty());
  EXPECT_FALSE(result.interrupted);
}

TEST_F(Executor, EachChangeBeginsAfterWhatItWaitsFor) {
  std::mt19937 random(7);
  for (std::size_t i = 0; i < 300; ++i) {
    std::vector<std::size_t> after;
    for (std::size_t edge = 0; i > 0 && edge < i % 4; ++edge) after.push_back(random() % i);
    add(i % 5 == 0 ? System::Azure : System::Kubernetes, "c" + std::to_string(i), after);
  }
  client.latency = [](const plan::Change& change) { return milliseconds(1 + change.id * 37 % 90); };
  const Result result = run();
  EXPECT_EQ(result.count(State::Done), plan.changes.size());
  expectOrderKept();
}

// A cluster, pools of very different length, a team's objects behind each pool.
TEST_F(Executor, TakesAboutAsLongAsTheLongestWayThroughThePlan) {
  const std::size_t cluster = add(System::Azure, "shared");
  for (std::size_t pool = 0; pool < 30; ++pool) {
    const std::string name = "p" + std::to_string(pool);
    const std::size_t pool_id = add(System::Azure, name, {cluster});
    const std::size_t release = add(System::Helm, name + "-stack", {pool_id});
    const std::size_t space = add(System::Kubernetes, name + "-namespace", {cluster});
    for (std::size_t object = 0; object < 20; ++object)
      add(System::Kubernetes, name + "-" + std::to_string(object), {space, release});
  }
  client.latency = [](const plan::Change& change) -> milliseconds {
    if (change.key.system == System::Azure) return 120s + (change.id % 17) * 10s;
    return change.key.system == System::Helm ? 20s : 30ms;
  };
  const Result result = run();
  EXPECT_EQ(result.count(State::Done), plan.changes.size());
  expectOrderKept();
  EXPECT_GE(result.took, criticalPath());
  EXPECT_LE(result.took.count(), criticalPath().count() * 11 / 10);
}

TEST_F(Executor, OneSlowPoolHoldsUpOnlyWhoNeedsIt) {
  const std::size_t slow = add(System::Azure, "slow");
  const std::size_t quick = add(System::Azure, "quick");
  const std::size_t waits = add(System::Kubernetes, "on-slow", {slow});
  const std::size_t free = add(System::Kubernetes, "on-quick", {quick});
  client.latency = [&](const plan::Change& change) -> milliseconds {
    return change.id == slow ? 600s : 1s;
  };
  run();
  EXPECT_EQ(view.finished_at.at(free), 2s);
  EXPECT_EQ(view.finished_at.at(waits), 601s);
}

TEST_F(Executor, WhatFailsStopsOnlyWhatWaitsForIt) {
  const std::size_t bad = add(System::Azure, "bad");
  const std::size_t good = add(System::Azure, "good");
  const std::size_t child = add(System::Helm, "child", {bad, good});
  add(System::Kubernetes, "grandchild", {child});
  add(System::Kubernetes, "other", {good});
  client.answer = [&](const plan::Change& change) -> llvm::Error {
    if (change.id != bad) return llvm::Error::success();
    return apiError(ApiError::Kind::Quota, "QuotaExceeded", "no cores left", "ask for more");
  };
  const Result result = run();
  EXPECT_EQ(stateOf(result, "shared/bad"), State::Failed);
  EXPECT_EQ(stateOf(result, "shared/good"), State::Done);
  EXPECT_EQ(stateOf(result, "child"), State::Skipped);
  EXPECT_EQ(stateOf(result, "grandchild"), State::Skipped);
  EXPECT_EQ(stateOf(result, "other"), State::Done);
  EXPECT_EQ(result.outcomes[bad].code, "QuotaExceeded");
  EXPECT_EQ(result.outcomes[bad].way_out, "ask for more");
  EXPECT_EQ(result.outcomes[3].error, "waits for pool bad, which did not succeed");
  EXPECT_EQ(result.outcomes[3].because, plan.changes[bad].key.id());
  EXPECT_FALSE(result.interrupted);
}

TEST_F(Executor, DrainingFinishesWhatHasBegunAndBeginsNothing) {
  http::CancelToken drain;
  options.drain = &drain;
  const std::size_t first = add(System::Kubernetes, "first");
  add(System::Kubernetes, "second");
  add(System::Kubernetes, "later", {first});
  client.answer = [&](const plan::Change& change) {
    if (change.id == first) drain.cancel();
    return llvm::Error::success();
  };
  const Result result = run();
  EXPECT_EQ(stateOf(result, "first"), State::Done);
  EXPECT_EQ(stateOf(result, "second"), State::Done);
  EXPECT_EQ(stateOf(result, "later"), State::Interrupted);
  EXPECT_TRUE(result.interrupted);
  EXPECT_EQ(view.started_at.count(2), 0U);
}

TEST_F(Executor, AStopThatComesWhenAllIsDoneInterruptsNothing) {
  http::CancelToken drain;
  options.drain = &drain;
  add(System::Kubernetes, "only");
  client.answer = [&](const plan::Change&) {
    drain.cancel();
    return llvm::Error::success();
  };
  EXPECT_FALSE(run().interrupted);
}

TEST_F(Executor, StoppingEndsWhatIsInFlight) {
  http::CancelToken drain, stop;
  options.drain = &drain;
  options.stop = &stop;
  const std::size_t pool = add(System::Azure, "pool");
  add(System::Kubernetes, "quick");
  add(System::Kubernetes, "later", {pool});
  client.latency = [](const plan::Change& change) -> milliseconds {
    return change.key.system == System::Azure ? 3600s : 10ms;
  };
  client.answer = [&](const plan::Change&) {
    drain.cancel();
    stop.cancel();
    return llvm::Error::success();
  };
  const Result result = run();
  EXPECT_EQ(stateOf(result, "quick"), State::Done);
  EXPECT_EQ(stateOf(result, "shared/pool"), State::Interrupted);
  EXPECT_EQ(stateOf(result, "later"), State::Interrupted);
  EXPECT_TRUE(result.interrupted);
  EXPECT_LT(result.took, 1s);
}

TEST_F(Executor, BeginsByIdAmongWhatIsReady) {
  options.parallel = 1;
  const std::size_t last = add(System::Kubernetes, "a");
  add(System::Kubernetes, "b", {last});
  add(System::Kubernetes, "c");
  add(System::Kubernetes, "d", {last});
  run();
  EXPECT_EQ(view.events, (std::vector<std::string>{"start a", "done a", "start b", "done b",
                                                   "start c", "done c", "start d", "done d"}));
}

TEST_F(Executor, NeverRunsMoreThanItMay) {
  options.parallel = 20;
  for (std::size_t i = 0; i < 500; ++i) add(System::Kubernetes, "o" + std::to_string(i));
  run();
  EXPECT_EQ(view.most_running, 20U);
}

TEST_F(Executor, GrowsWhileAnswersComeWell) {
  for (std::size_t i = 0; i < 600; ++i) add(System::Kubernetes, "o" + std::to_string(i));
  const Result result = run();
  EXPECT_EQ(view.most_running, 64U);
  // 32, 64, 64 ... at a time, 100 ms each.
  EXPECT_LE(result.took, 1400ms);
}

TEST_F(Executor, RunsLessSideBySideWhenTheApiPushesBack) {
  options.parallel = 64;
  for (std::size_t i = 0; i < 400; ++i) add(System::Kubernetes, "o" + std::to_string(i));
  client.answer = [](const plan::Change& change) -> llvm::Error {
    if (change.id >= 200) return llvm::Error::success();
    return apiError(ApiError::Kind::Throttled, "TooManyRequests", "slow down");
  };
  const Result result = run();
  EXPECT_EQ(result.count(State::Failed), 200U);
  // 32, 16, 8, 4, 2, then one at a time until answers come well again.
  EXPECT_GT(result.took, 14s);
  EXPECT_EQ(view.started_at.at(31), 0ms);
  EXPECT_EQ(view.started_at.at(62), 500ms);
  EXPECT_EQ(view.started_at.at(63), 600ms);
}

TEST_F(Executor, TakesTenThousandChangesInItsStride) {
  const std::size_t space = add(System::Kubernetes, "namespace");
  for (std::size_t i = 1; i < 10'000; ++i)
    add(System::Kubernetes, "o" + std::to_string(i), {i % 100 == 0 ? i - 100 : space});
  client.latency = [](const plan::Change&) { return 0ms; };
  const auto from = std::chrono::steady_clock::now();
  const Result result = run();
  const auto took = std::chrono::steady_clock::now() - from;
  EXPECT_EQ(result.count(State::Done), 10'000U);
  // A debug build on a busy machine; quadratic scheduling takes minutes.
  EXPECT_LT(took, 10s);
}

TEST_F(Executor, TellsWhatHappensMeanwhile) {
  add(System::Azure, "pool");
  run();
  EXPECT_EQ(view.events,
            (std::vector<std::string>{"start shared/pool", "shared/pool: 0 of 1 nodes ready",
                                      "done shared/pool"}));
}

}  // namespace

}  // namespace gpuspec::deploy::apply
