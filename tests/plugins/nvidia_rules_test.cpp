// Each finding of the vendor fires where it should, marks the right word, and leaves the spec
// beside it alone.

#include <gtest/gtest.h>

#include "plugins/host/host.h"
#include "plugins/nvidia/api.h"
#include "tests/plugins/world.h"

namespace gpuspec::testing {
namespace {

using ir::Tree;
using Codes = std::vector<std::string>;

const ir::Vendor& nvidiaVendor() {
  static const std::unique_ptr<ir::Vendor> vendor =
      llvm::cantFail(host::makeVendor(nvidia::vendorApi(), "nvidia"));
  return *vendor;
}

Outcome run(const World& world) {
  return world.run(nvidiaVendor());
}

// The finding of that code marks that word; "" when there is no such finding.
std::string marked(const World& world, const Outcome& outcome, std::uint16_t code) {
  const diag::Diagnostic* finding = outcome.find(code);
  return finding == nullptr ? "" : world.wordAt(finding->at);
}

Tree::Map mig(const std::string& strategy, Tree::Map rest) {
  rest.insert(rest.begin(), {"strategy", Tree(strategy)});
  return rest;
}

Outcome cutH100(World& world, const std::string& stack, Tree::Map attributes) {
  world.aks().accelerator(stack);
  world.block(world.pool("h100", "h100-80gb", 8), "mig", std::move(attributes));
  return run(world);
}

TEST(Mig, UnknownProfileListsWhatThereIs) {
  World world;
  const Outcome outcome = cutH100(world, "device_plugin", mig("single", {{"profile", "1g.99gb"}}));
  ASSERT_EQ(outcome.codes(), Codes{"GS3202"});
  const diag::Diagnostic& finding = outcome.findings[0];
  EXPECT_EQ(finding.message, "`1g.99gb` is not a MIG profile of the H100 80 GB");
  EXPECT_EQ(world.wordAt(finding.at), "h100.mig.profile");
  EXPECT_EQ(finding.mark, "no such profile");
  ASSERT_EQ(finding.notes.size(), 1u);
  EXPECT_EQ(world.wordAt(finding.notes[0].at), "h100.vm");
  EXPECT_EQ(finding.notes[0].text, "has 8 x H100 80 GB");
  EXPECT_EQ(finding.facts,
            Codes{"it has: 1g.10gb  1g.10gb+me  1g.20gb  2g.20gb  3g.40gb  4g.40gb  7g.80gb"});
  EXPECT_EQ(finding.help, Codes{"`1g.10gb` gives 7 slices on each GPU"});
  EXPECT_FALSE(outcome.plans.has_value());
}

TEST(Mig, ProfileOfAnotherBoardHasACertainFix) {
  World world;
  const Outcome outcome =
      cutH100(world, "gpu_operator", mig("mixed", {{"layout", slices({slice(7, "1g.5gb")})}}));
  ASSERT_EQ(outcome.codes(), Codes{"GS3202"});
  const diag::Diagnostic& finding = outcome.findings[0];
  EXPECT_EQ(world.wordAt(finding.at), "h100.mig.layout[0]");
  ASSERT_EQ(finding.fixes.size(), 1u);
  EXPECT_TRUE(finding.fixes[0].certain);
  ASSERT_EQ(finding.fixes[0].edits.size(), 1u);
  EXPECT_EQ(finding.fixes[0].edits[0].text, "7 x 1g.10gb");
}

TEST(Mig, GpuWithoutMig) {
  World world;
  world.aks().accelerator("device_plugin");
  world.block(world.pool("t4", "t4", 1), "mig", mig("single", {{"profile", "1g.5gb"}}));
  const Outcome outcome = run(world);
  ASSERT_EQ(outcome.codes(), Codes{"GS3203"});
  EXPECT_EQ(outcome.findings[0].message, "the T4 16 GB cannot be cut by MIG");
  EXPECT_EQ(marked(world, outcome, 3203), "t4.mig");
}

TEST(Mig, ShareOfAGpuCannotBeCut) {
  World world;
  world.aks().accelerator("gpu_operator");
  ir::Pool& pool = world.pool("rtx", "rtx-pro-6000-96gb", 1);
  pool.size->fractional = true;
  world.block(pool, "mig", mig("mixed", {{"profile", "1g.24gb"}}));
  EXPECT_TRUE(run(world).has(3203));
}

TEST(Mig, ImpossibleLayoutNamesTheLimitAndANeighbour) {
  World world;
  const Outcome outcome =
      cutH100(world, "gpu_operator",
              mig("mixed", {{"layout", slices({slice(2, "3g.40gb"), Tree("1g.10gb")})}}));
  ASSERT_EQ(outcome.codes(), Codes{"GS3204"});
  EXPECT_EQ(outcome.findings[0].message,
            "this layout does not fit on one H100 80 GB: its slices take 9 memory slices, and "
            "there are 8");
  EXPECT_EQ(outcome.findings[0].help, Codes{"`[2 x 3g.40gb]` fits"});
  EXPECT_EQ(marked(world, outcome, 3204), "h100.mig.layout");
}

TEST(Mig, FullLayoutIsSilent) {
  World world;
  const Outcome outcome =
      cutH100(world, "gpu_operator",
              mig("mixed", {{"layout", slices({Tree("3g.40gb"), slice(4, "1g.10gb")})}}));
  EXPECT_EQ(outcome.codes(), Codes{});
  ASSERT_TRUE(outcome.plans.has_value());
  EXPECT_EQ((*outcome.plans)[0].allocatable,
            (std::map<std::string, std::int64_t>{{"nvidia.com/mig-3g.40gb", 8},
                                                 {"nvidia.com/mig-1g.10gb", 32}}));
}

TEST(Mig, SingleWantsEqualSlices) {
  World kinds;
  const Outcome two_kinds =
      cutH100(kinds, "gpu_operator",
              mig("single", {{"layout", slices({Tree("4g.40gb"), Tree("3g.40gb")})}}));
  EXPECT_EQ(two_kinds.codes(), Codes{"GS3205"});
  EXPECT_EQ(marked(kinds, two_kinds, 3205), "h100.mig.layout");

  World whole;
  const Tree::Map calls = {{"gpus", slices({gpusCall(0, 3, slices({slice(7, "1g.10gb")}))})}};
  const Outcome left_whole =
      cutH100(whole, "gpu_operator", mig("single", {{"layouts", Tree(calls)}}));
  ASSERT_EQ(left_whole.codes(), Codes{"GS3205"});
  EXPECT_NE(left_whole.findings[0].message.find("GPU 4 left whole"), std::string::npos);
}

TEST(Mig, MixedLayoutNeedsTheOperatorOnAks) {
  World world;
  const Tree layout = slices({Tree("4g.40gb"), Tree("3g.40gb")});
  const Outcome outcome = cutH100(world, "device_plugin", mig("mixed", {{"layout", layout}}));
  ASSERT_EQ(outcome.codes(), Codes{"GS3207"});
  EXPECT_EQ(marked(world, outcome, 3207), "h100.mig.layout");
  World fine;
  EXPECT_EQ(cutH100(fine, "gpu_operator", mig("mixed", {{"layout", layout}})).codes(), Codes{});
}

TEST(Mig, UniformLayoutWrittenOutIsWhatAksMakes) {
  World world;
  const Outcome outcome =
      cutH100(world, "device_plugin", mig("single", {{"layout", slices({slice(7, "1g.10gb")})}}));
  EXPECT_EQ(outcome.codes(), Codes{});
  World six;
  const Outcome part =
      cutH100(six, "device_plugin", mig("single", {{"layout", slices({slice(6, "1g.10gb")})}}));
  EXPECT_EQ(part.codes(), Codes{"GS3207"});
}

TEST(Mig, ProfilesThatAksDoesNotKnow) {
  for (const char* profile : {"1g.10gb+me", "1g.20gb"}) {
    World world;
    const Outcome outcome = cutH100(world, "device_plugin", mig("single", {{"profile", profile}}));
    EXPECT_EQ(outcome.codes(), Codes{"GS3207"}) << profile;
    EXPECT_EQ(marked(world, outcome, 3207), "h100.mig.profile");
  }
}

TEST(Mig, BoardsThatAksDoesNotCut) {
  World world;
  world.aks().accelerator("device_plugin");
  world.block(world.pool("gb", "gb300", 4), "mig", mig("single", {{"profile", "1g.35gb"}}));
  EXPECT_EQ(run(world).codes(), Codes{"GS3218"});
}

TEST(Mig, NotOnWindows) {
  World world;
  world.aks();
  ir::Pool& pool = world.windowsPool("win", "a100-80gb");
  world.block(pool, "mig", mig("single", {{"profile", "1g.10gb"}}));
  const Outcome outcome = run(world);
  EXPECT_TRUE(outcome.has(3208));
  EXPECT_EQ(marked(world, outcome, 3208), "win.mig");
}

TEST(Mig, OneWayToCut) {
  World twice;
  const Outcome both =
      cutH100(twice, "gpu_operator",
              mig("mixed", {{"profile", "1g.10gb"}, {"layout", slices({Tree("7g.80gb")})}}));
  EXPECT_EQ(both.codes(), Codes{"GS3209"});
  EXPECT_EQ(marked(twice, both, 3209), "h100.mig.layout");
  World never;
  EXPECT_EQ(cutH100(never, "gpu_operator", mig("mixed", {})).codes(), Codes{"GS3210"});
  World empty;
  EXPECT_EQ(cutH100(empty, "gpu_operator", mig("mixed", {{"layout", slices({})}})).codes(),
            Codes{"GS3210"});
  World no_strategy;
  EXPECT_EQ(cutH100(no_strategy, "gpu_operator", {{"profile", "1g.10gb"}}).codes(),
            Codes{"GS3211"});
  World planned;
  EXPECT_EQ(cutH100(planned, "gpu_operator", mig("mixed", {{"layout", "auto"}})).codes(),
            Codes{"GS3213"});
}

TEST(Mig, MixedDoesNotAutoscale) {
  for (const char* strategy : {"mixed", "single"}) {
    World world;
    world.aks().accelerator("device_plugin");
    ir::Pool& pool = world.pool("a100", "a100-80gb", 8);
    world.autoscale(pool, 1, 4);
    world.block(pool, "mig", mig(strategy, {{"profile", "1g.10gb"}}));
    const Outcome outcome = run(world);
    EXPECT_EQ(outcome.has(3212), std::string(strategy) == "mixed");
    EXPECT_EQ(marked(world, outcome, 3212), outcome.has(3212) ? "a100.nodes" : "");
  }
}

TEST(Mig, SlicesAndPods) {
  World world;
  world.aks().accelerator("device_plugin");
  ir::Pool& pool = world.pool("a100", "a100-80gb", 8);
  pool.max_pods = {30, world.at("a100.max_pods")};
  world.block(pool, "mig", mig("single", {{"profile", "1g.10gb"}}));
  EXPECT_EQ(marked(world, run(world), 3214), "a100.max_pods");
  world.spec().pools[0].max_pods->value = 110;
  EXPECT_FALSE(run(world).has(3214));
}

TEST(Mig, LegacyNetworkPluginHasRoomForThirtyPods) {
  World world;
  world.aks().accelerator("device_plugin");
  world.cluster().network_plugin.value = "azure";
  world.block(world.pool("a100", "a100-80gb", 8), "mig", mig("single", {{"profile", "1g.10gb"}}));
  EXPECT_TRUE(run(world).has(3214));
  world.cluster().network_plugin.value = "azure_overlay";
  EXPECT_FALSE(run(world).has(3214));
}

TEST(Mig, WastefulProfiles) {
  const std::map<std::string, bool> wasteful = {{"1g.10gb", false},
                                                {"2g.20gb", false},
                                                {"3g.40gb", true},
                                                {"4g.40gb", true},
                                                {"7g.80gb", false}};
  for (const auto& [profile, expected] : wasteful) {
    World world;
    const Outcome outcome = cutH100(world, "device_plugin", mig("single", {{"profile", profile}}));
    EXPECT_EQ(outcome.has(3215), expected) << profile;
    EXPECT_TRUE(outcome.plans.has_value());
  }
}

TEST(Mig, LayoutWithRoom) {
  World world;
  const Outcome outcome =
      cutH100(world, "gpu_operator", mig("mixed", {{"layout", slices({Tree("4g.40gb")})}}));
  ASSERT_EQ(outcome.codes(), Codes{"GS3216"});
  EXPECT_EQ(outcome.findings[0].message, "this layout leaves room for 3g.40gb more on each GPU");
}

TEST(Mig, ManySlicesForOnePod) {
  World world;
  world.aks().accelerator("device_plugin");
  world.block(world.pool("a100", "a100-80gb", 8), "mig", mig("single", {{"profile", "1g.10gb"}}));
  world.job("one", "a100", 1, "1g.10gb");
  EXPECT_EQ(run(world).codes(), Codes{});
  world.job("four", "a100", 4, "1g.10gb");
  const Outcome outcome = run(world);
  EXPECT_EQ(outcome.codes(), Codes{"GS3217"});
  EXPECT_EQ(marked(world, outcome, 3217), "four.gpus");
}

TEST(Mig, GpuIndices) {
  const auto layouts = [](std::int64_t from, std::int64_t to) {
    const Tree cut = slices({slice(7, "1g.10gb")});
    return mig(
        "mixed",
        {{"layouts",
          Tree(Tree::Map{{"gpus", slices({gpusCall(0, 3, cut), gpusCall(from, to, cut)})}})}});
  };
  World past;
  EXPECT_EQ(cutH100(past, "gpu_operator", layouts(4, 8)).codes(), Codes{"GS3220"});
  World twice;
  EXPECT_EQ(cutH100(twice, "gpu_operator", layouts(3, 7)).codes(), Codes{"GS3221"});
  World fine;
  EXPECT_EQ(cutH100(fine, "gpu_operator", layouts(4, 7)).codes(), Codes{});
}

TEST(Mig, OneStrategyUnderTheOperator) {
  const auto build = [](World& world, const std::string& stack) {
    world.aks().accelerator(stack);
    world.block(world.pool("a", "a100-40gb", 8), "mig", mig("single", {{"profile", "1g.5gb"}}));
    world.block(world.pool("b", "a100-40gb", 8), "mig", mig("mixed", {{"profile", "1g.5gb"}}));
  };
  World by_operator;
  build(by_operator, "gpu_operator");
  const Outcome outcome = run(by_operator);
  EXPECT_EQ(outcome.codes(), Codes{"GS3222"});
  EXPECT_EQ(marked(by_operator, outcome, 3222), "b.mig.strategy");
  World by_plugin;
  build(by_plugin, "device_plugin");
  EXPECT_EQ(run(by_plugin).codes(), Codes{});
}

TEST(Stack, PoolsWithoutOneAreNoticed) {
  World world;
  world.aks();
  world.pool("t4", "t4", 1);
  const Outcome outcome = run(world);
  EXPECT_EQ(outcome.codes(), Codes{"GS3230"});
  EXPECT_EQ(marked(world, outcome, 3230), "t4");
  EXPECT_EQ(outcome.findings[0].level, diag::Level::Warning);
  World windows;
  windows.aks();
  windows.windowsPool("win", "a10-24gb");
  EXPECT_FALSE(run(windows).has(3230));
}

TEST(Stack, DriverContradictions) {
  struct Case {
    const char* stack;
    const char* driver;
    std::uint16_t code;
  };
  const Case cases[] = {{"device_plugin", "none", 3231}, {"gpu_operator", "cuda", 3232},
                        {"managed", "none", 3233},       {"device_plugin", "grid", 3234},
                        {"gpu_operator", "none", 0},     {"device_plugin", "cuda", 0},
                        {"device_plugin", "auto", 0},    {"gpu_operator", "auto", 0}};
  for (const Case& c : cases) {
    World world;
    world.aks().accelerator(c.stack);
    world.pool("t4", "t4", 1).driver.value = c.driver;
    const Outcome outcome = run(world);
    for (const std::uint16_t code : {3231, 3232, 3233, 3234}) {
      EXPECT_EQ(outcome.has(code), code == c.code) << c.stack << " " << c.driver << " " << code;
    }
    EXPECT_EQ(marked(world, outcome, c.code), c.code == 0 ? "" : "t4.driver");
  }
}

TEST(Stack, ManagedPoolsDoNotAutoscale) {
  World world;
  world.aks().accelerator("managed");
  world.autoscale(world.pool("t4", "t4", 1), 1, 4);
  const Outcome outcome = run(world);
  EXPECT_EQ(outcome.codes(), (Codes{"GS3239", "GS3235"}));
  EXPECT_EQ(marked(world, outcome, 3235), "t4.nodes");
  World fixed;
  fixed.aks().accelerator("managed");
  fixed.pool("t4", "t4", 1);
  EXPECT_EQ(run(fixed).codes(), Codes{"GS3239"});
}

TEST(Stack, ManagedIsAksAlone) {
  World world;
  world.kubernetes().accelerator("managed");
  world.pool("t4", "t4", 1);
  EXPECT_EQ(run(world).codes(), Codes{"GS3241"});
}

TEST(Stack, ManagedTakesNoVersionAndNoValues) {
  World world;
  ir::Accelerator& accelerator = world.aks().accelerator("managed");
  accelerator.version = world.placed("0.20.0", "version");
  accelerator.values = Tree::map().set("x", 1);
  world.pool("t4", "t4", 1);
  EXPECT_EQ(run(world).codes(), (Codes{"GS3242", "GS3239", "GS3242"}));
}

TEST(Stack, OperatorAndWindows) {
  World world;
  world.aks().accelerator("gpu_operator");
  world.windowsPool("win", "a10-24gb");
  const Outcome outcome = run(world);
  EXPECT_TRUE(outcome.has(3236));
  EXPECT_TRUE(outcome.has(3240));
  World plugin;
  plugin.aks().accelerator("device_plugin");
  plugin.windowsPool("win", "a10-24gb");
  EXPECT_EQ(run(plugin).codes(), Codes{"GS3240"});
}

TEST(Stack, OperatorWantsANodeToStay) {
  World world;
  world.aks().accelerator("gpu_operator");
  world.autoscale(world.pool("h100", "h100-80gb", 8), 0, 2);
  EXPECT_EQ(marked(world, run(world), 3237), "h100.nodes");
  world.spec().pools[0].nodes.min = 1;
  EXPECT_EQ(run(world).codes(), Codes{});
}

TEST(Stack, OperatorWantsOneOs) {
  World world;
  world.aks().accelerator("gpu_operator");
  world.pool("a", "h100-80gb", 8);
  world.pool("b", "h100-80gb", 8).os.value = "azurelinux";
  const Outcome outcome = run(world);
  EXPECT_EQ(outcome.codes(), Codes{"GS3238"});
  EXPECT_EQ(marked(world, outcome, 3238), "b.os");
}

TEST(Stack, VirtualGpusNeedTheGuestDriver) {
  World world;
  world.aks().accelerator("gpu_operator");
  world.pool("a10", "a10-24gb", 1).size->driver = "grid";
  EXPECT_EQ(run(world).codes(), Codes{"GS3243"});
}

TEST(Stack, HealthUnderTheOperator) {
  World world;
  world.aks().accelerator("gpu_operator").health = {true, world.at("health")};
  world.pool("h100", "h100-80gb", 8);
  EXPECT_EQ(marked(world, run(world), 3246), "health");
  world.spec().accelerators[0].stack.value = "device_plugin";
  EXPECT_EQ(run(world).codes(), Codes{});
}

TEST(Stack, TeamsUnderAksDriver) {
  World world;
  world.aks().accelerator("device_plugin");
  world.pool("t4", "t4", 1);
  world.quota("a", "t4", 1);
  EXPECT_EQ(run(world).codes(), Codes{});
  world.quota("b", "t4", 1);
  EXPECT_EQ(marked(world, run(world), 3244), "stack");
  world.spec().accelerators[0].stack.value = "gpu_operator";
  EXPECT_EQ(run(world).codes(), Codes{});
}

TEST(Stack, DynamicAllocationIsLater) {
  World world;
  world.aks().accelerator("gpu_operator").dra = {true, world.at("dra")};
  world.pool("h100", "h100-80gb", 8);
  EXPECT_EQ(marked(world, run(world), 3245), "dra");
}

TEST(Stack, LabelsOnNodesOfOthers) {
  World world;
  world.kubernetes().accelerator("gpu_operator");
  world.block(world.pool("dgx", "h100-80gb", 8), "mig", mig("single", {{"profile", "1g.10gb"}}));
  const Outcome outcome = run(world);
  ASSERT_EQ(outcome.codes(), Codes{"GS3247"});
  EXPECT_EQ(outcome.findings[0].help,
            Codes{"kubectl label nodes -l node-group=dgx nvidia.com/mig.config=all-1g.10gb"});
}

TEST(Stack, UnknownDevice) {
  World world;
  world.aks().accelerator("gpu_operator");
  world.pool("new", "z900", 8);
  EXPECT_EQ(run(world).codes(), Codes{"GS3248"});
}

Outcome shareT4(World& world, Tree::Map sharing, const std::string& stack = "device_plugin") {
  world.aks().accelerator(stack);
  world.block(world.pool("t4", "t4", 1), "sharing", std::move(sharing));
  return run(world);
}

TEST(Sharing, OneWay) {
  World both;
  EXPECT_EQ(shareT4(both, {{"time_slicing", 4}, {"mps", 4}}).codes(), Codes{"GS3250"});
  World none;
  EXPECT_EQ(shareT4(none, {}).codes(), Codes{"GS3257"});
  World one;
  const Outcome outcome = shareT4(one, {{"time_slicing", 4}});
  EXPECT_EQ(outcome.codes(), Codes{});
  EXPECT_EQ((*outcome.plans)[0].allocatable.at("nvidia.com/gpu"), 4);
  EXPECT_TRUE((*outcome.plans)[0].shared);
}

TEST(Sharing, MpsTakesWholeGpus) {
  World world;
  world.aks().accelerator("gpu_operator");
  ir::Pool& pool = world.pool("h100", "h100-80gb", 8);
  world.block(pool, "mig", mig("single", {{"profile", "1g.10gb"}}));
  world.block(pool, "sharing", {{"mps", 4}});
  EXPECT_EQ(marked(world, run(world), 3251), "h100.sharing.mps");
  World whole;
  EXPECT_EQ(shareT4(whole, {{"mps", 4}}).codes(), Codes{"GS3253"});
}

TEST(Sharing, TeamsHaveNoWall) {
  World world;
  world.aks().accelerator("gpu_operator");
  world.block(world.pool("t4", "t4", 1), "sharing", {{"time_slicing", 4}});
  world.quota("a", "t4", 2);
  EXPECT_EQ(run(world).codes(), Codes{});
  world.quota("b", "t4", 2);
  const Outcome outcome = run(world);
  ASSERT_EQ(outcome.codes(), Codes{"GS3252"});
  EXPECT_EQ(outcome.findings[0].notes.size(), 2u);
  EXPECT_EQ(marked(world, outcome, 3252), "t4.sharing.time_slicing");
}

TEST(Sharing, OneShareForAPod) {
  World world;
  world.aks().accelerator("gpu_operator");
  world.block(world.pool("t4", "t4", 4), "sharing", {{"time_slicing", 4}});
  world.job("two", "t4", 2);
  EXPECT_EQ(marked(world, run(world), 3254), "two.gpus");
}

TEST(Sharing, NotOnWindowsAndNotManaged) {
  World windows;
  windows.aks();
  windows.block(windows.windowsPool("win", "a10-24gb"), "sharing", {{"time_slicing", 4}});
  EXPECT_TRUE(run(windows).has(3255));
  World managed;
  EXPECT_TRUE(shareT4(managed, {{"time_slicing", 4}}, "managed").has(3256));
}

}  // namespace
}  // namespace gpuspec::testing
