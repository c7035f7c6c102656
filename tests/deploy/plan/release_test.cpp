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

TEST(Releases, ValuesAreComparedAsHelmKeepsThem) {
  World world;
  world.wantRelease("plugin", R"({"chart": "plugin", "values": {"list": [1, {"a": 2.0}],
    "large": 9007199254740993, "none": null, "empty": {}}})");
  world.haveRelease("plugin", R"({"chart": "plugin", "values": {"list": [1.0, {"a": 2}],
    "large": 9007199254740992, "empty": {}}})");
  EXPECT_TRUE(world.plan().empty());
}

TEST(Releases, AChartIsKnownByItsNameWhereverItComesFrom) {
  for (const char* chart :
       {"plugin", "repo/plugin", "oci://r.test/charts/plugin", "oci://r.test/charts/plugin:1.2.3",
        "oci://r.test/plugin@sha256:0a", "https://r.test/plugin-1.2.3.tgz",
        "https://r.test/plugin-v1.2.3-rc.1+x.tgz", "./charts/plugin/"}) {
    World world;
    world.wantRelease("plugin", std::string(R"({"chart": ")") + chart + R"("})");
    world.haveRelease("plugin", R"({"chart": "plugin", "version": "1.2.3", "values": {}})");
    EXPECT_TRUE(world.plan().empty()) << chart;
  }
  World world;
  world.wantRelease("plugin", R"({"chart": "./charts/x", "chart_name": "plugin"})");
  world.haveRelease("plugin", R"({"chart": "plugin", "values": {}})");
  EXPECT_TRUE(world.plan().empty()) << "a folder's name is not the chart's";
}

TEST(Releases, AVersionMayBeARange) {
  struct Case {
    const char *wanted, *found;
    bool same;
  };
  static constexpr Case kCases[] = {
      {"1.2", "1.2.9", true},
      {"1.2", "1.3.0", false},
      {"1", "1.9.0", true},
      {"1.x", "2.0.0", false},
      {"1.2.x", "1.2.0", true},
      {"*", "7.1.0", true},
      {"~1.2.3", "1.2.9", true},
      {"~1.2.3", "1.2.2", false},
      {"~1.2.3", "1.3.0", false},
      {"~1", "1.9.9", true},
      {"^1.2.3", "1.9.0", true},
      {"^1.2.3", "2.0.0", false},
      {"^0.2.3", "0.2.9", true},
      {"^0.2.3", "0.3.0", false},
      {"^0.0.3", "0.0.4", false},
      {">=1.2", "1.2.0", true},
      {">= 1.2, < 2", "1.9.9", true},
      {">=1.2 <2", "2.0.0", false},
      {">1.2", "1.2.9", false},
      {"<=1.2", "1.2.9", true},
      {"!=1.2.3", "1.2.3", false},
      {"1.2 - 1.4", "1.4.5", true},
      {"1.2 - 1.4", "1.5.0", false},
      {"^1 || ^3", "3.1.0", true},
      {"^1 || ^3", "2.1.0", false},
      {"^1.2", "1.3.0-rc.1", false},
      {">=1.2.0-0", "1.2.0-rc1", true},
      {"v1.2.3", "1.2.3", true},
      {"1.2.3", "1.2.3+build", true},
      {"1.2.3", "1.2.3-rc.1", false},
      {"latest", "1.2.3", false},
  };
  for (const Case& c : kCases) {
    World world;
    world.wantRelease("plugin",
                      std::string(R"({"chart": "plugin", "version": ")") + c.wanted + R"("})");
    world.haveRelease("plugin", std::string(R"({"chart": "plugin", "values": {}, "version": ")") +
                                    c.found + R"("})");
    EXPECT_EQ(world.plan().empty(), c.same) << c.wanted << " " << c.found;
  }
}

TEST(Releases, AnOlderVersionIsCalledOne) {
  for (const auto& [version, older] :
       {std::pair("1.2.2", true), {"1.2.3-rc.2", true}, {"1.10.0", false}, {"0.9", false}}) {
    World world;
    world.wantRelease("plugin",
                      std::string(R"({"chart": "plugin", "version": ")") + version + R"("})");
    world.haveRelease("plugin", R"({"chart": "plugin", "version": "1.2.3", "values": {}})");
    const Plan plan = world.plan();
    const Lines& effects = changeOf(plan, "Release", "plugin").effects;
    EXPECT_EQ(effects.front() == "goes back to an older version of the chart", older) << version;
  }
}

TEST(Releases, WhatDidNotEndWellIsDoneAgain) {
  struct Case {
    const char* status;
    Action action;
    const char* reason;
  };
  static constexpr Case kCases[] = {
      {"failed", Action::Update, "its last install or upgrade failed"},
      {"pending-upgrade", Action::Update,
       "its last upgrade never ended: rolled back, then upgraded"},
      {"pending-rollback", Action::Update,
       "its last rollback never ended: rolled back, then upgraded"},
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
            Lines{"goes back to its last good revision first (uninstalled where there is none), as "
                  "Helm takes no upgrade while one is pending"});
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
