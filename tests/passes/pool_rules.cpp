#include "tests/passes/rules.h"

// Rules about pools, sizes and system pools.

namespace gpuspec::passes {

namespace {

using source::Location;

constexpr const char* kSurge = "properties.upgradeSettings.maxSurge";
constexpr const char* kUnavailable = "properties.upgradeSettings.maxUnavailable";
constexpr const char* kGroup = "properties.proximityPlacementGroupID";

Location zones(World& world, std::initializer_list<const char*> names) {
  for (const char* name : names) world.pool("gpu").zones.push_back(world.text(name));
  return world.pool("gpu").zones.back().at;
}

ir::Taint taint(World& world, const char* key) {
  return {key, "gpu", ir::TaintEffect::NoSchedule, world.at()};
}

std::vector<Rule> systemRules() {
  return {
      {diag::GpuPoolAsSystem.info,
       [](World& world) {
         world.pool("gpu").mode.value = ir::Mode::System;
         return world.pool("gpu").mode.at;
       },
       [](World& world) { world.pool("gpu").mode.value = ir::Mode::User; },
       {},
       ""},
      {diag::SystemPoolMissing.info,
       [](World& world) {
         world.pool("system").mode.value = ir::Mode::User;
         return world.cluster().at;
       },
       [](World& world) {
         world.pool("system").mode.value = ir::Mode::User;
         world.cluster().existing = true;
       },
       {},
       ""},
      {diag::SystemPoolUnfit.info,
       [](World& world) {
         world.pool("system").spot = ir::Spot{"-1", "Delete", world.at()};
         return world.pool("system").spot->at;
       },
       [](World& world) { world.pool("gpu").spot = ir::Spot{"-1", "Delete", world.at()}; },
       {},
       ""},
      {diag::SystemPoolUnfit.info,
       [](World& world) {
         world.pool("system").max_pods = world.placed<std::int64_t>(29);
         return world.pool("system").max_pods->at;
       },
       [](World& world) { world.pool("system").max_pods = world.placed<std::int64_t>(30); },
       {},
       ""},
      {diag::SystemPoolUnfit.info,
       [](World& world) {
         world.pool("system").os.value = "windows2025";
         return world.pool("system").os.at;
       },
       [](World& world) { world.pool("system").os.value = "azurelinux"; },
       {4012, 4013},
       ""},
      {diag::SystemPoolUnfit.info,
       [](World& world) { return world.set(world.pool("system").settings, kUnavailable, "1"); },
       [](World& world) { world.set(world.pool("system").settings, kUnavailable, "0"); },
       {},
       ""},
      {diag::SystemPoolWeak.info,
       [](World& world) {
         world.pool("system").nodes.min = world.pool("system").nodes.max = 1;
         return world.pool("system").nodes.at;
       },
       [](World& world) { world.pool("system").nodes.min = world.pool("system").nodes.max = 2; },
       {},
       ""},
      {diag::SystemPoolWeak.info,
       [](World& world) {
         world.pool("system").size->vcpus = 2;
         return world.pool("system").vm.at;
       },
       [](World& world) { world.pool("system").size->vcpus = 4; },
       {},
       ""},
      {diag::SystemPoolWeak.info,
       [](World& world) {
         world.pool("system").size->name = "Standard_B4ms";
         return world.pool("system").vm.at;
       },
       [](World& world) { world.pool("gpu").size->name = "Standard_B4ms"; },
       {},
       ""},
  };
}

std::vector<Rule> fabricRules() {
  return {
      {diag::InfinibandAbsent.info,
       [](World& world) {
         world.pool("gpu").infiniband = true;
         return world.pool("gpu").vm.at;
       },
       [](World& world) { world.pool("gpu").infiniband = world.pool("gpu").size->rdma = true; },
       {},
       ""},
      {diag::InfinibandSpread.info,
       [](World& world) {
         world.pool("gpu").infiniband = world.pool("gpu").size->rdma = true;
         zones(world, {"1", "2"});
         return world.pool("gpu").zones.front().at;
       },
       [](World& world) {
         world.pool("gpu").infiniband = world.pool("gpu").size->rdma = true;
         zones(world, {"1"});
       },
       {},
       ""},
      {diag::PlacementGroupSpread.info,
       [](World& world) {
         zones(world, {"1", "2"});
         return world.set(world.pool("gpu").settings, kGroup, "/subscriptions/x");
       },
       [](World& world) {
         zones(world, {"1"});
         world.set(world.pool("gpu").settings, kGroup, "/subscriptions/x");
       },
       {},
       ""},
      {diag::ZoneTwice.info,
       [](World& world) { return zones(world, {"1", "2", "1"}); },
       [](World& world) { zones(world, {"1", "2", "3"}); },
       {},
       ""},
  };
}

std::vector<Rule> osRules() {
  return {
      {diag::SizeNotListed.info,
       [](World& world) {
         world.pool("gpu").size->os.clear();
         return world.pool("gpu").vm.at;
       },
       [](World& world) {
         world.pool("gpu").size->os.clear();
         world.pool("gpu").driver.value = "none";
       },
       {},
       ""},
      {diag::OsNotForSize.info,
       [](World& world) {
         world.pool("gpu").size->os = {"Ubuntu"};
         world.pool("gpu").os.value = "azurelinux3";
         return world.pool("gpu").os.at;
       },
       [](World& world) {
         world.pool("gpu").size->os = {"Ubuntu", "AzureLinux3"};
         world.pool("gpu").os.value = "azurelinux3";
       },
       {},
       ""},
      {diag::AzureLinuxPatches.info,
       [](World& world) {
         world.set(world.cluster().settings, "properties.autoUpgradeProfile.nodeOSUpgradeChannel",
                   "SecurityPatch");
         world.pool("gpu").os.value = "azurelinux";
         return world.pool("gpu").os.at;
       },
       [](World& world) {
         world.set(world.cluster().settings, "properties.autoUpgradeProfile.nodeOSUpgradeChannel",
                   "NodeImage");
         world.pool("gpu").os.value = "azurelinux";
       },
       {},
       ""},
      {diag::WindowsGeneration.info,
       [](World& world) {
         world.pool("gpu").size->generations = {2};
         world.pool("gpu").os.value = "windows2022";
         return world.pool("gpu").os.at;
       },
       [](World& world) {
         world.pool("gpu").size->generations = {2};
         world.pool("gpu").os.value = "windows2025";
       },
       {4012, 4013},
       ""},
  };
}

std::vector<Rule> countRules() {
  return {
      {diag::GpuPoolUntainted.info,
       [](World& world) {
         world.pool("gpu").taints.emplace();
         return world.pool("gpu").taints_at = world.at();
       },
       [](World& world) { world.pool("gpu").taints = {taint(world, "sku")}; },
       {},
       ""},
      {diag::NodeCountOutOfRange.info,
       [](World& world) {
         world.pool("gpu").nodes.max = 1001;
         return world.pool("gpu").nodes.at;
       },
       [](World& world) { world.pool("gpu").nodes.max = 1000; },
       {},
       ""},
      {diag::NodeCountOutOfRange.info,
       [](World& world) {
         world.pool("system").nodes = {0, 3, true, false, world.at()};
         return world.pool("system").nodes.at;
       },
       [](World& world) { world.pool("gpu").nodes.min = 0; },
       {},
       ""},
      {diag::UpgradeStuck.info,
       [](World& world) {
         const Location surge = world.set(world.pool("gpu").settings, kSurge, "0");
         world.set(world.pool("gpu").settings, kUnavailable, "0%");
         return surge;
       },
       [](World& world) {
         world.set(world.pool("gpu").settings, kSurge, "0");
         world.set(world.pool("gpu").settings, kUnavailable, "1");
       },
       {},
       ""},
      {diag::VendorPluginMissing.info,
       [](World& world) {
         world.pool("gpu").size->vendor = "other";
         return world.pool("gpu").vm.at;
       },
       [](World& world) { world.vendors.add(std::make_unique<FakeVendor>("other")); },
       {},
       ""},
      {diag::NodeLabelTaken.info,
       [](World& world) {
         world.vendor->node_labels = {{"fake/stack", "on"}};
         world.pool("gpu").labels = {{"fake/stack", world.text("off")}};
         return world.pool("gpu").labels[0].second.at;
       },
       [](World& world) {
         world.vendor->node_labels = {{"fake/stack", "on"}};
         world.pool("gpu").labels = {{"fake/stack", world.text("on")}};
       },
       {},
       ""},
      {diag::VmSizeRetired.info,
       [](World& world) {
         world.pool("gpu").size->retired_on = "2026-09-30";
         return world.pool("gpu").vm.at;
       },
       [](World& world) { world.pool("gpu").size->retired_on = "2026"; },
       {},
       ""},
      {diag::VmSizeRetired.info,
       [](World& world) {
         world.pool("gpu").size->retired_on = "2023";
         return world.pool("gpu").vm.at;
       },
       [](World& world) { world.pool("gpu").size->retired_on = ""; },
       {},
       ""},
      {diag::VmSizeRetiring.info,
       [](World& world) {
         world.pool("gpu").size->retired_on = "2026-09-30";
         return world.pool("gpu").vm.at;
       },
       [](World& world) { world.pool("gpu").size->retired_on = "2027-06-30"; },
       {},
       "2026-05-01"},
  };
}

}  // namespace

std::vector<Rule> poolRules() {
  std::vector<Rule> rules;
  for (const auto& part : {systemRules(), fabricRules(), osRules(), countRules()})
    rules.insert(rules.end(), part.begin(), part.end());
  return rules;
}

}  // namespace gpuspec::passes
