// What AMD's pools and stack become, and what their nodes report.

#include <gtest/gtest.h>

#include "compiler/ir/json.h"
#include "plugins/amd/api.h"
#include "plugins/amd/profiles.h"
#include "plugins/host/host.h"
#include "tests/plugins/world.h"

namespace gpuspec::testing {
namespace {

using ir::Tree;
using Amounts = std::map<std::string, std::int64_t>;
using Labels = std::map<std::string, std::string>;

const ir::Vendor& amdVendor() {
  static const std::unique_ptr<ir::Vendor> vendor =
      llvm::cantFail(host::makeVendor(amd::vendorApi(), "amd"));
  return *vendor;
}

std::string valueAt(const Tree& values, const std::string& path) {
  const Tree* node = &values;
  std::size_t begin = 0;
  while (begin <= path.size() && node != nullptr) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    node = node->find(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return node == nullptr ? "(absent)" : ir::toJson(*node);
}

TEST(Plans, AWholeGpuNeedsNoProfile) {
  World world("amd");
  world.aks().accelerator("gpu_operator");
  world.pool("p", "mi300x-192gb", 8);
  const Outcome outcome = world.run(amdVendor());
  const ir::PoolPlan& plan = outcome.plans->at(0);
  EXPECT_EQ(plan.allocatable, (Amounts{{"amd.com/gpu", 8}}));
  EXPECT_EQ(plan.node_labels, Labels{});
  EXPECT_EQ(ir::toJson(plan.properties), R"({"gpuProfile":{"driver":"None"}})");
  ASSERT_EQ(plan.default_taints.size(), 1u);
  EXPECT_EQ(plan.default_taints[0].str(), "amd.com/gpu=present:NoSchedule");
  const ir::ReleasePlan& release = outcome.stack->releases.at(0);
  EXPECT_EQ(release.chart, "gpu-operator-charts");
  EXPECT_EQ(release.release_namespace, "kube-amd-gpu");
  EXPECT_EQ(valueAt(release.values, "deviceConfig/spec/configManager"), "(absent)");
  EXPECT_EQ(valueAt(release.values, "defaultDCMConfigMap"), "(absent)");
}

TEST(Plans, MixedNamesEveryPoolByItsModes) {
  World world("amd");
  world.aks().accelerator("gpu_operator");
  world.block(world.pool("cut", "mi300x-192gb", 8), "partition",
              {{"compute", "CPX"}, {"memory", "NPS4"}, {"strategy", "mixed"}});
  world.pool("whole", "mi300x-192gb", 8);
  const Outcome outcome = world.run(amdVendor());
  EXPECT_EQ(outcome.plans->at(0).allocatable, (Amounts{{"amd.com/cpx_nps4", 64}}));
  EXPECT_EQ(outcome.plans->at(0).device_resource, "amd.com/cpx_nps4");
  EXPECT_EQ(outcome.plans->at(1).allocatable, (Amounts{{"amd.com/spx_nps1", 8}}));
  const Tree& values = outcome.stack->releases.at(0).values;
  EXPECT_EQ(valueAt(values, "deviceConfig/spec/devicePlugin/devicePluginArguments"),
            R"({"resource_naming_strategy":"mixed"})");
}

TEST(Plans, OnlyTheConfigManagerStaysWhileANodeIsCut) {
  World world("amd");
  world.aks().accelerator("gpu_operator").metrics.value = true;
  ir::Pool& pool = world.pool("p", "mi300x-192gb", 8);
  pool.taints = {{"team", "llm", ir::TaintEffect::NoSchedule, world.at("taint")}};
  world.block(pool, "partition", {{"compute", "CPX"}});
  const Outcome outcome = world.run(amdVendor());
  const Tree& values = outcome.stack->releases.at(0).values;
  const std::string spec = "deviceConfig/spec/";
  const std::string own = valueAt(values, spec + "configManager/configManagerTolerations");
  EXPECT_NE(own.find("amd-dcm"), std::string::npos);
  for (const char* part :
       {"devicePlugin/devicePluginTolerations", "devicePlugin/nodeLabellerTolerations",
        "metricsExporter/tolerations", "driver/tolerations"}) {
    const std::string found = valueAt(values, spec + part);
    EXPECT_NE(found.find("\"team\""), std::string::npos) << part;
    EXPECT_EQ(found.find("amd-dcm"), std::string::npos) << part;
  }
}

TEST(Plans, NodesThatBringTheirDriver) {
  World world("amd");
  world.kubernetes().accelerator("gpu_operator");
  world.pool("p", "mi300x-192gb", 8).driver.value = "none";
  const Outcome outcome = world.run(amdVendor());
  EXPECT_TRUE(outcome.plans->at(0).properties.isNull());
  EXPECT_EQ(valueAt(outcome.stack->releases.at(0).values, "deviceConfig/spec/driver"),
            R"({"enable":false})");
}

ir::NodeReport observe(const ir::PoolObservation& pool) {
  auto report = amdVendor().observe(pool);
  EXPECT_TRUE(static_cast<bool>(report)) << llvm::toString(report.takeError());
  return report ? *report : ir::NodeReport();
}

ir::PoolObservation nodeOf(const std::string& profile, Tree values) {
  ir::PoolObservation out;
  out.device = "mi300x-192gb";
  out.gpus = 8;
  out.driver = "none";
  out.properties = Tree::map();
  if (!profile.empty())
    out.properties.at("nodeLabels").set("dcm.amd.com/gpu-config-profile", profile);
  if (values.isMap())
    out.releases = {{"o", "gpu-operator-charts", "v1.5.1", "kube-amd-gpu", std::move(values)}};
  return out;
}

Tree installed(bool config_manager) {
  Tree values = Tree::map();
  values.setPath("deviceConfig.spec.driver.enable", true);
  values.setPath("deviceConfig.spec.configManager.enable", config_manager);
  return values;
}

// Every legal cut under either naming: the nodes report what the plan promises.
TEST(Observe, NodesKeepThePlansPromise) {
  int cuts = 0;
  for (const amd::Model& model : amd::models()) {
    for (const amd::Mode& mode : model.legal) {
      for (const char* strategy : {"single", "mixed"}) {
        World world("amd");
        world.aks().accelerator("gpu_operator");
        world.block(world.pool("p", model.key, 8), "partition",
                    {{"compute", mode.compute}, {"memory", mode.memory}, {"strategy", strategy}});
        const Outcome outcome = world.run(amdVendor());
        ASSERT_TRUE(outcome.stack.has_value());
        const ir::PoolPlan& plan = outcome.plans->at(0);
        ir::PoolObservation asked = nodeOf(plan.node_labels.at("dcm.amd.com/gpu-config-profile"),
                                           outcome.stack->releases.at(0).values);
        asked.device = model.key;
        EXPECT_EQ(observe(asked).allocatable, plan.allocatable) << plan.summary;
        asked.releases.clear();
        EXPECT_EQ(observe(asked).allocatable, plan.allocatable) << plan.summary;
        ++cuts;
      }
    }
  }
  EXPECT_EQ(cuts, 2 * (7 + 7 + 3 + 7 + 7));
}

TEST(Observe, WithoutDriverOrPluginThereIsNothing) {
  EXPECT_TRUE(observe(nodeOf("", Tree::map())).allocatable.empty()) << "the chart installs none";
  Tree values = installed(false);
  EXPECT_EQ(observe(nodeOf("", values)).allocatable, (Amounts{{"amd.com/gpu", 8}}));
  EXPECT_EQ(observe(nodeOf("", values)).driver_version, "30.20.1");
  values.setPath("deviceConfig.spec.devicePlugin.enableDevicePlugin", false);
  EXPECT_TRUE(observe(nodeOf("", values)).allocatable.empty());
  Tree no_config = installed(false);
  no_config.setPath("crds.defaultCR.install", false);
  EXPECT_TRUE(observe(nodeOf("", no_config)).allocatable.empty());
}

TEST(Observe, AProfileNeedsTheConfigManager) {
  EXPECT_EQ(observe(nodeOf("cpx_nps4_all", installed(false))).allocatable,
            (Amounts{{"amd.com/gpu", 8}}));
  const ir::NodeReport report = observe(nodeOf("cpx_nps4_all", installed(true)));
  EXPECT_EQ(report.allocatable, (Amounts{{"amd.com/gpu", 64}}));
  EXPECT_EQ(report.labels.at("dcm.amd.com/gpu-config-profile-state"), "success");
  EXPECT_EQ(report.labels.at("amd.com/gpu.compute-memory-partition"), "cpx_nps4");
  const ir::NodeReport failed = observe(nodeOf("no_such_profile", installed(true)));
  EXPECT_EQ(failed.allocatable, (Amounts{{"amd.com/gpu", 8}}));
  EXPECT_EQ(failed.labels.at("dcm.amd.com/gpu-config-profile-state"), "failure");
}

TEST(Observe, SingleRefusesNodesWhoseGpusDiffer) {
  Tree values = installed(true);
  values.at("defaultDCMConfigMap").at("data").set("config.json", R"({"gpu-config-profiles": {
    "half": {"profiles": [
      {"computePartition": "CPX", "memoryPartition": "NPS1", "numGPUsAssigned": 2},
      {"computePartition": "SPX", "memoryPartition": "NPS1"}]}}})");
  EXPECT_TRUE(observe(nodeOf("half", values)).allocatable.empty());
  values.setPath("deviceConfig.spec.devicePlugin.devicePluginArguments.resource_naming_strategy",
                 "mixed");
  EXPECT_EQ(observe(nodeOf("half", values)).allocatable,
            (Amounts{{"amd.com/cpx_nps1", 16}, {"amd.com/spx_nps1", 6}}));
}

TEST(Profiles, CountsMustAddUp) {
  const amd::Model& model = *amd::findModel("mi300x-192gb");
  const auto modes = [&](const std::string& entry) {
    return amd::profileModes(model, 8, "p", R"({"gpu-config-profiles": {"p": )" + entry + "}}");
  };
  const std::string cpx = R"("computePartition": "CPX", "memoryPartition": "NPS4")";
  EXPECT_TRUE(modes(R"({"profiles": [{)" + cpx + R"(, "numGPUsAssigned": 8}]})"));
  EXPECT_FALSE(modes(R"({"profiles": [{)" + cpx + R"(, "numGPUsAssigned": 7}]})"));
  EXPECT_FALSE(modes(R"({"profiles": [{)" + cpx + R"(, "numGPUsAssigned": 9}]})"));
  EXPECT_FALSE(modes(R"({"profiles": [{)" + cpx + R"(, "numGPUsAssigned": -1}]})"));
  EXPECT_TRUE(modes(R"({"skippedGPUs": {"ids": [0]}, "profiles": [
    {"computePartition": "CPX", "memoryPartition": "NPS1", "numGPUsAssigned": 7}]})"));
  EXPECT_FALSE(modes(R"({"profiles": "odd"})"));
  EXPECT_FALSE(modes(R"({"profiles": [{"computePartition": "CPX", "memoryPartition": "NPS2"}]})"));
  EXPECT_FALSE(amd::profileModes(model, 8, "p", "not json"));
}

}  // namespace
}  // namespace gpuspec::testing
