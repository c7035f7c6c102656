#include "backends/deploy/plan/saved.h"

#include <algorithm>

#include "backends/deploy/plan/render.h"
#include "tests/deploy/plan/fixture.h"

namespace gpuspec::deploy::plan {
namespace {

using Lines = std::vector<std::string>;

std::string map(const std::string& data, const std::string& name = "a") {
  return R"({"kind": "ConfigMap", "metadata": {"name": ")" + name +
         R"(", "namespace": "ml"}, "data": )" + data + "}";
}

World world(const std::string& wanted, const std::string& live) {
  World made;
  if (!wanted.empty()) made.want("team.ml", map(wanted));
  if (!live.empty()) made.have("team.ml", map(live));
  return made;
}

SavedPlan saved(const Plan& plan) {
  const std::string text = writeSaved(
      {{"1.2.3", "spec-digest", {{"vendor", "2.0"}}, "live-digest"}, {"env=prod"}, plan, {}});
  llvm::Expected<SavedPlan> read = readSaved(text);
  if (read) return std::move(*read);
  ADD_FAILURE() << llvm::toString(read.takeError());
  return {};
}

std::string errorOf(const std::string& text) {
  llvm::Expected<SavedPlan> read = readSaved(text);
  return read ? "" : llvm::toString(read.takeError());
}

TEST(Saved, IsReadAsItWasWritten) {
  const SavedPlan read = saved(world(R"({"x": "2"})", R"({"x": "1"})").plan());
  EXPECT_EQ(read.fingerprints.tool_version, "1.2.3");
  EXPECT_EQ(read.fingerprints.spec, "spec-digest");
  EXPECT_EQ(read.fingerprints.live, "live-digest");
  EXPECT_EQ(read.fingerprints.plugins,
            (std::vector<std::pair<std::string, std::string>>{{"vendor", "2.0"}}));
  EXPECT_EQ(read.arguments, Lines{"env=prod"});
  ASSERT_EQ(read.changes.size(), 1U);
  EXPECT_EQ(read.changes[0].title, "ConfigMap ml/a");
  EXPECT_EQ(read.changes[0].action, "update");
  ASSERT_EQ(read.changes[0].fields.size(), 1U);
  EXPECT_EQ(read.changes[0].fields[0].path, "data.x");
  EXPECT_EQ(read.changes[0].fields[0].before, Tree("1"));
}

TEST(Saved, KnowsItsClusters) {
  const Fingerprints prints{"1", "s", {}, "l", {{"lab", "uid-1"}}};
  llvm::Expected<SavedPlan> read =
      readSaved(writeSaved({prints, {}, world(R"({"x": "2"})", "").plan(), {}}));
  ASSERT_TRUE(static_cast<bool>(read));
  EXPECT_EQ(read->fingerprints.clusters, prints.clusters);
}

TEST(Saved, WhatIsDamagedIsRefused) {
  const std::string good =
      writeSaved({{"1", "s", {}, "l"}, {}, world(R"({"x": "2"})", R"({"x": "1"})").plan(), {}});
  ASSERT_EQ(errorOf(good), "");
  for (std::size_t length : {std::size_t{0}, std::size_t{1}, good.size() / 2, good.size() - 3})
    EXPECT_NE(errorOf(good.substr(0, length)), "") << length;
  EXPECT_EQ(errorOf("{}"), "it names no schema, not gpuspec.saved-plan/1");
  EXPECT_EQ(errorOf(R"({"schema": "gpuspec.saved-plan/2"})"),
            "its schema is gpuspec.saved-plan/2, not gpuspec.saved-plan/1");

  Tree tree = json(good);
  for (const char* key : {"plugins", "arguments", "changes", "plan"}) {
    Tree cut = tree;
    cut.erase(key);
    EXPECT_EQ(errorOf(ir::toJson(cut)), "it is cut off or was edited") << key;
  }
  Tree fewer = tree;
  fewer.at("changes") = Tree::list();
  EXPECT_EQ(errorOf(ir::toJson(fewer)), "it is cut off or was edited");
  Tree renamed = tree;
  renamed.at("plan").at("changes").asList()[0].set("id", "core/ConfigMap/ml/other");
  EXPECT_EQ(errorOf(ir::toJson(renamed)), "it is cut off or was edited");
  Tree argument = tree;
  argument.at("arguments").push(7);
  EXPECT_EQ(errorOf(ir::toJson(argument)), "an argument in it is no text");
}

TEST(Saved, HoldsNoBodyAndNoSecret) {
  World made;
  made.want("team.ml", R"({"kind": "Secret", "metadata": {"name": "s", "namespace": "ml"},
                           "data": {"key": "Y2FuYXJ5LW5ldw=="}})");
  made.have("team.ml", R"({"kind": "Secret", "metadata": {"name": "s", "namespace": "ml"},
                           "data": {"key": "Y2FuYXJ5LW9sZA=="}})");
  made.want("team.ml", map(R"({"content": "body-canary"})"));
  const std::string text = writeSaved({{"1", "s", {}, "l"}, {}, made.plan(), {}});
  EXPECT_EQ(text.find("Y2FuYXJ5"), std::string::npos);
  EXPECT_EQ(text.find("body-canary"), std::string::npos);
}

TEST(Saved, HoldsWhereNothingMoved) {
  World made = world(R"({"x": "2"})", R"({"x": "1"})");
  const SavedPlan plan = saved(made.plan());
  EXPECT_EQ(whatMoved(plan, made.plan()), Lines{});
  made.live.resources[0].revision = "99";
  EXPECT_EQ(whatMoved(plan, made.plan()), Lines{}) << "a status that changed moves nothing";
}

TEST(Saved, SaysExactlyWhatMoved) {
  const SavedPlan plan = saved(world(R"({"x": "2"})", R"({"x": "1"})").plan());
  const auto moved = [&](const World& now) { return whatMoved(plan, now.plan()); };
  EXPECT_EQ(moved(world(R"({"x": "2"})", R"({"x": "7"})")),
            Lines{"ConfigMap ml/a in shared: `data.x` is 7, was 1"});
  EXPECT_EQ(moved(world(R"({"x": "3"})", R"({"x": "1"})")),
            Lines{"ConfigMap ml/a in shared: `data.x` would become 3, not 2"});
  EXPECT_EQ(moved(world(R"({"x": "2"})", R"({"x": "1", "y": "0"})")),
            Lines{"ConfigMap ml/a in shared: `data.y` is 0, was as the spec says"});
  EXPECT_EQ(moved(world(R"({"x": "2"})", R"({"x": "2"})")),
            Lines{"ConfigMap ml/a in shared needs no change any more"});
  EXPECT_EQ(moved(world(R"({"x": "2"})", "")),
            Lines{"ConfigMap ml/a in shared: would create now, not update; `data.x` is as the spec "
                  "says already"});
  World replaced = world(R"({"x": "2"})", R"({"x": "1"})");
  replaced.live.resources[0].uid = "another";
  EXPECT_EQ(moved(replaced),
            Lines{"ConfigMap ml/a in shared: is another one of the same name, or was moved"});
  World more = world(R"({"x": "2"})", R"({"x": "1"})");
  more.want("team.ml", map("{}", "b"));
  EXPECT_EQ(moved(more),
            Lines{"ConfigMap ml/b in shared would create now, which the saved plan does not hold"});
  World taken = world(R"({"x": "2"})", "");
  taken.haveOfOther("argocd", map(R"({"x": "1"})"));
  EXPECT_EQ(moved(taken), (Lines{"ConfigMap ml/a in shared needs no change any more",
                                 "ConfigMap ml/a in shared exists and belongs to argocd"}));
}

TEST(Saved, ASecretThatMovedIsNamedWithoutItsValue) {
  const auto made = [](const char* value) {
    World secret;
    secret.want(
        "team.ml",
        R"({"kind": "Secret", "metadata": {"name": "s", "namespace": "ml"}, "data": {"k": "bmV3"}})");
    secret.have("team.ml",
                std::string(R"({"kind": "Secret", "metadata": {"name": "s", "namespace": "ml"},
                                            "data": {"k": ")") +
                    value + "\"}}");
    return secret;
  };
  const SavedPlan plan = saved(made("b2xk").plan());
  World now = made("Y2FuYXJ5");
  now.live.resources[0].revision = "99";
  EXPECT_EQ(whatMoved(plan, now.plan()),
            Lines{"Secret ml/s in shared: `data.k` (sensitive) may have changed"});
}

TEST(Saved, TheLiveFingerprintFollowsRevisionsOnly) {
  World made = world("", R"({"x": "1"})");
  const std::string before = liveFingerprint(made.live);
  made.live.resources[0].body.set("noise", 1);
  EXPECT_EQ(liveFingerprint(made.live), before);
  made.live.resources[0].revision = "99";
  EXPECT_NE(liveFingerprint(made.live), before);
}

}  // namespace
}  // namespace gpuspec::deploy::plan
