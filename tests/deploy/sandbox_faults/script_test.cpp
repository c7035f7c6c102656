#include <gtest/gtest.h>

#include "tests/deploy/sandbox_faults/read.h"

namespace gpuspec::deploy::sandbox {
namespace {

using namespace std::chrono_literals;

std::string onlyProblem(const std::string& rule) {
  const ReadScript read = readScript("rules:\n- " + rule + "\n");
  EXPECT_FALSE(read.script) << rule;
  EXPECT_EQ(read.problems.size(), 1u) << rule;
  return read.problems.empty() ? "" : read.problems.front();
}

TEST(FaultScript, SaysWhatGoesWrongAndWhen) {
  const ReadScript read = readScript(R"(
seed: 7
rules:
- name: slow writes
  match: { api: kubernetes, cluster: sandbox, method: [PATCH, post], path: "/apis/**" }
  when: { nth: [3, 5], times: 2 }
  do: { latency: [20ms, 2s], status: 429, retry_after: 1m, retry_after_form: date }
- when: { every: 4, probability: 0.5 }
  do: { cut: body }
- do: { watch: gone, after: 3s }
)");
  ASSERT_TRUE(read.script) << read.problems.front();
  EXPECT_EQ(read.script->seed, 7u);
  ASSERT_EQ(read.script->rules.size(), 3u);
  const FaultRule& first = read.script->rules[0];
  EXPECT_EQ(first.name, "slow writes");
  EXPECT_EQ(first.match.api, FaultApi::Kubernetes);
  EXPECT_EQ(first.match.methods, (std::vector<std::string>{"PATCH", "POST"}));
  EXPECT_EQ(first.when.nth, (std::vector<std::int64_t>{3, 5}));
  EXPECT_EQ(first.when.times, 2);
  EXPECT_EQ(first.effect.latency, 20ms);
  EXPECT_EQ(first.effect.latency_to, 2s);
  EXPECT_EQ(first.effect.retry_after, std::optional<std::chrono::milliseconds>(60s));
  EXPECT_TRUE(first.effect.retry_as_date);
  EXPECT_EQ(read.script->rules[1].name, "rule 2");
  EXPECT_EQ(read.script->rules[1].when.every, 4);
  EXPECT_EQ(read.script->rules[2].effect.watch, WatchEnd::Gone);
  EXPECT_EQ(read.script->rules[2].effect.watch_after, 3s);
}

TEST(FaultScript, JsonIsReadAsWell) {
  const ReadScript read = readScript(R"({"rules":[{"do":{"drop":"after"}}]})");
  ASSERT_TRUE(read.script);
  EXPECT_EQ(read.script->rules[0].effect.drop, Moment::After);
}

TEST(FaultScript, WhatIsWrongHasItsPlace) {
  EXPECT_EQ(onlyProblem("{ match: { api: azure }, do: { drop: after } }"),
            "2:19 `api` is `arm` or `kubernetes` or `login`");
  EXPECT_EQ(onlyProblem("{ match: { method: GIT }, do: { drop: after } }"),
            "2:22 `method` is GET, POST, PUT, PATCH, DELETE or OPTIONS, or a list of them");
  EXPECT_EQ(onlyProblem("{ when: { nth: 0 }, do: { drop: after } }"),
            "2:18 `nth` is a whole number from 1");
  EXPECT_EQ(onlyProblem("{ when: { probability: 1.5 }, do: { drop: after } }"),
            "2:26 `probability` is a number from 0 to 1");
  EXPECT_EQ(onlyProblem("{ do: { drop: sometimes } }"), "2:17 `drop` is `before` or `after`");
  EXPECT_EQ(onlyProblem("{ do: { status: 200 } }"),
            "2:19 `status` is a whole number from 400 to 599");
  EXPECT_EQ(onlyProblem("{ do: { latency: 3 } }"),
            "2:20 `latency` is a time up to an hour: `200ms`, `2s`, `1m`");
  EXPECT_EQ(onlyProblem("{ do: { latency: [2s, 1s] } }"),
            "2:21 `latency` goes from the shorter time to the longer one");
  EXPECT_EQ(onlyProblem("{ do: { drop: after, retry_after: 2s } }"),
            "2:37 `retry_after` goes with `status`");
  EXPECT_EQ(onlyProblem("{ do: { drop: after, after: 2s } }"), "2:31 `after` goes with `watch`");
  EXPECT_EQ(onlyProblem("{ match: { path: apis }, do: { drop: after } }"),
            "2:20 `path` begins with `/`, `*` or `**`");
  EXPECT_EQ(onlyProblem("{ match: { path: \"/*/*/*/*/*/*/*\" }, do: { drop: after } }"),
            "2:20 `path` has at most 6 `*`");
  EXPECT_EQ(onlyProblem("{ name: one }"), "2:5 a rule says what it does: `do`");
}

TEST(FaultScript, WordsThatNobodyKnowsAreNamed) {
  EXPECT_NE(onlyProblem("{ do: { drop: after }, chance: 1 }").find("a rule has no `chance`"),
            std::string::npos);
  EXPECT_NE(onlyProblem("{ do: { drop: after, cut: body } }").find("`do` has one of"),
            std::string::npos);
  EXPECT_NE(onlyProblem("{ do: {} }").find("`do` does nothing"), std::string::npos);
  EXPECT_EQ(readScript("- 1\n").problems.front(),
            "1:1 a fault script is a map with `seed`, `rules`");
  EXPECT_EQ(readScript("seed: 3\n").problems.front(), "1:1 a fault script has a list of `rules`");
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
