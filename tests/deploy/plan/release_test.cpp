#include "tests/deploy/plan/fixture.h"

namespace gpuspec::deploy::plan {
namespace {

using Lines = std::vector<std::string>;

constexpr const char* kWanted =
    R"({"chart": "charts/plugin", "version": "v1.2.3", "values": {"a": {"b": 1}}})";

std::string installed(const std::string& status, const std::string& version = "1.2.3") {
  return R"({"chart": "plugin", "version": ")" + version +
         R"(", "values": {"a": {"b": 1.0}}, "status": ")" + status + R"("})";
}

TEST(Releases, TheSameChartAndValuesAreNoChange) {
  World world;
  world.wantRelease("plugin", kWanted);
  world.haveRelease("plugin", installed("deployed"));
  EXPECT_TRUE(world.plan().empty()) << "charts drop the v, and JSON knows one kind of number";
}

TEST(Releases, AnotherVersionOrOtherValues) {
  World world;
  world.wantRelease("plugin", kWanted);
  Live& live = world.haveRelease("plugin", installed("deployed", "1.2.2"));
  live.body.at("values").at("extra").set("c", true);
  const Plan plan = world.plan();
  const Change& change = changeOf(plan, "Release", "plugin");
  EXPECT_EQ(change.action, Action::Update);
  EXPECT_EQ(fields(change),
            (Lines{R"(values.extra: {"c":true} -> (none))", R"(version: "1.2.2" -> "v1.2.3")"}))
      << "values of a release are the user's whole";
}

TEST(Releases, WhatDidNotEndWellIsDoneAgain) {
  struct Case {
    const char* status;
    Action action;
    const char* reason;
  };
  static constexpr Case kCases[] = {
      {"failed", Action::Update, "its last install or upgrade failed"},
      {"pending-upgrade", Action::Update, "its last upgrade never ended, or is still going on"},
      {"pending-rollback", Action::Update, "its last rollback never ended, or is still going on"},
      {"pending-install", Action::Replace,
       "its install never ended: uninstalled, then installed anew"},
      {"uninstalling", Action::Replace,
       "is being uninstalled: removed to the end, then installed anew"},
      {"uninstalled", Action::Update, "was uninstalled, and its history kept"},
      {"odd", Action::Update, "Helm says that it is `odd`"},
  };
  for (const Case& c : kCases) {
    World world;
    world.wantRelease("plugin", kWanted);
    world.haveRelease("plugin", installed(c.status));
    const Plan plan = world.plan();
    const Change& change = changeOf(plan, "Release", "plugin");
    EXPECT_EQ(change.action, c.action) << c.status;
    EXPECT_EQ(change.reason, c.reason);
    EXPECT_EQ(fields(change), Lines{std::string("status: \"") + c.status + "\" -> \"deployed\""});
    EXPECT_TRUE(plan.conflicts.empty())
        << "nothing is lost that --allow-replace would have to allow";
  }
}

TEST(Releases, APendingOneSaysHowItEnds) {
  World world;
  world.wantRelease("plugin", kWanted);
  world.haveRelease("plugin", installed("pending-upgrade"));
  EXPECT_EQ(changeOf(world.plan(), "Release", "plugin").effects,
            Lines{"Helm takes no upgrade while one is pending: if none is running, `helm rollback "
                  "plugin -n gpu` "
                  "ends it"});
}

TEST(Releases, TheOneOfSomebodyElseIsAConflict) {
  World world;
  world.wantRelease("plugin", kWanted);
  world.haveRelease("plugin", installed("failed")).owner = {OwnerKind::Other, "somebody's helm"};
  const Plan plan = world.plan();
  EXPECT_TRUE(plan.changes.empty());
  EXPECT_EQ(plan.conflicts.size(), 1U);
}

TEST(Releases, CredentialsInValuesAreSensitive) {
  World world;
  world.wantRelease("plugin",
                    R"({"chart": "c", "values": {"auth": {"apiToken": "canary-7d"}, "size": 2}})");
  world.haveRelease("plugin",
                    R"({"chart": "c", "values": {"auth": {"apiToken": "canary-8e"}, "size": 1}})");
  const Plan plan = world.plan();
  for (const FieldChange& field : changeOf(plan, "Release", "plugin").fields)
    EXPECT_EQ(field.sensitive, field.path == "values.auth.apiToken") << field.path;
}

}  // namespace
}  // namespace gpuspec::deploy::plan
