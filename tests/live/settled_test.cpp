// Every option of plan and apply either decides what a plan holds, and is saved with it, or may be
// chosen anew when it is applied.

#include "tools/gpuspec/live/settled.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "tools/gpuspec/live/commands.h"
#include "tools/gpuspec/live/shapes.h"

namespace gpuspec::cli {
namespace {

using Form = SettledOption::Form;
using Values = SettledOption::Values;

bool isSettled(const std::string& name) {
  const auto options = settledOptions();
  return std::any_of(options.begin(), options.end(), [&](const SettledOption& option) {
    return option.name == name && option.form != Form::Argument;
  });
}

const SettledOption& optionOf(std::string_view name) {
  const auto options = settledOptions();
  return *std::find_if(options.begin(), options.end(),
                       [&](const SettledOption& option) { return option.name == name; });
}

TEST(Settled, NoOptionIsForgotten) {
  // Of how it runs and what it shows, which a plan does not depend on.
  const std::set<std::string> free = {
      "color",    "deny-warnings", "detailed-exitcode", "format", "lock-timeout", "o",
      "parallel", "plugin",        "plugin-path",       "quiet",  "timeout",      "yes"};
  const auto plan = makePlanCommand(false), apply = makeApplyCommand(false);
  std::set<std::string> seen;
  for (const CommandShape& shape : commandShapes()) {
    for (const OptionShape& option : shape.options) {
      EXPECT_NE(isSettled(option.name), free.contains(option.name))
          << shape.name << " --" << option.name;
      seen.insert(option.name);
    }
  }
  for (const SettledOption& option : settledOptions()) {
    if (option.form != Form::Argument) {
      EXPECT_TRUE(seen.contains(std::string(option.name))) << option.name;
    }
  }
}

TEST(Settled, WhatIsTakenIsGivenBack) {
  for (const SettledOption& option : settledOptions()) {
    ProjectSettings project;
    LiveSettings live;
    const Values plain = option.values(project, live);
    const std::string value = option.form == Form::Flag ? "true" : "a=b c=d";
    option.take(value, project, live);
    EXPECT_EQ(option.values(project, live), Values{value}) << option.name;
    EXPECT_NE(plain, Values{value}) << option.name;
    for (const SettledOption& other : settledOptions()) {
      if (other.name != option.name && other.name != "as-of") {
        EXPECT_EQ(other.values(project, live), Values()) << option.name << " " << other.name;
      }
    }
  }
}

TEST(Settled, SaysWhatThePlanWasMadeWith) {
  EXPECT_EQ(whySettled(optionOf("env"), {"prod"}, {"prod"}), "");
  EXPECT_EQ(whySettled(optionOf("env"), {"dev"}, {"prod"}),
            "made with `--env prod`, which `--env dev` cannot change");
  EXPECT_EQ(whySettled(optionOf("skip-helm"), {"true"}, {}),
            "made without `--skip-helm`, which `--skip-helm` cannot change");
  EXPECT_EQ(whySettled(optionOf("skip-helm"), {}, {"true"}),
            "made with `--skip-helm`, which `--skip-helm=false` cannot change");
  EXPECT_EQ(whySettled(optionOf("only"), {"team.a"}, {"team.a", "team.b"}),
            "made with `--only team.a --only team.b`, which `--only team.a` cannot change");
}

TEST(Settled, ShowsNoValueOfAParameter) {
  const SettledOption& param = optionOf("param");
  EXPECT_EQ(whySettled(param, {"password=hunter22"}, {"size=2"}), "");
  EXPECT_EQ(whySettled(param, {"size=2"}, {"size=2", "x=1"}), "");
  const std::string why = whySettled(param, {"size=hunter22"}, {"size=hunter33"});
  EXPECT_NE(why.find("`--param size`"), std::string::npos) << why;
  EXPECT_EQ(why.find("hunter"), std::string::npos) << why;
}

}  // namespace
}  // namespace gpuspec::cli
