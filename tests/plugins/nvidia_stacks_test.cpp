// What pools and stacks become: the corpus programs 01, 02 and 03 by hand, and the other stacks.

#include <gtest/gtest.h>

#include "compiler/ir/json.h"
#include "plugins/host/host.h"
#include "plugins/nvidia/api.h"
#include "tests/plugins/world.h"

namespace gpuspec::testing {
namespace {

using ir::Tree;
using Codes = std::vector<std::string>;
using Labels = std::map<std::string, std::string>;

Outcome run(const World& world) {
  static const std::unique_ptr<ir::Vendor> vendor =
      llvm::cantFail(host::makeVendor(nvidia::vendorApi(), "nvidia"));
  return world.run(*vendor);
}

const ir::ReleasePlan* release(const Outcome& outcome, const std::string& name) {
  for (const ir::ReleasePlan& plan : outcome.stack->releases) {
    if (plan.name == name) return &plan;
  }
  return nullptr;
}

// "a.b.0": maps by key, lists by index; keys with dots in them are written with `/` between the
// steps.
std::string json(const ir::ReleasePlan& plan, const std::string& path) {
  const Tree* node = &plan.values;
  std::size_t begin = 0;
  while (begin <= path.size() && node != nullptr) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string step = path.substr(begin, end - begin);
    if (node->isList()) {
      const std::size_t index = std::stoul(step);
      node = index < node->asList().size() ? &node->asList()[index] : nullptr;
    } else {
      node = node->find(step);
    }
    begin = end + 1;
  }
  return node == nullptr ? "(absent)" : ir::toJson(*node);
}

TEST(Corpus, FirstPool) {
  World world;
  world.aks().accelerator("device_plugin");
  ir::Pool& pool = world.pool("gpunp", "t4", 1);
  world.autoscale(pool, 1, 3);
  pool.taints = {{"sku", "gpu", ir::TaintEffect::NoSchedule, world.at("taint")}};
  world.job("mnist", "gpunp", 1);
  const Outcome outcome = run(world);
  EXPECT_EQ(outcome.codes(), Codes{});
  const ir::PoolPlan& plan = (*outcome.plans)[0];
  EXPECT_EQ(plan.allocatable, (std::map<std::string, std::int64_t>{{"nvidia.com/gpu", 1}}));
  EXPECT_EQ(plan.device_resource, "nvidia.com/gpu");
  EXPECT_TRUE(plan.properties.isNull());
  EXPECT_EQ(plan.node_labels, (Labels{{"nvidia.com/gpu.present", "true"}}));
  ASSERT_EQ(outcome.stack->releases.size(), 1u);
  const ir::ReleasePlan& plugin = outcome.stack->releases[0];
  EXPECT_EQ(plugin.chart, "nvidia-device-plugin");
  EXPECT_EQ(plugin.version, "0.20.0");
  EXPECT_EQ(ir::toJson(plugin.values),
            R"({"tolerations":[{"key":"nvidia.com/gpu","operator":"Exists","effect":"NoSchedule"},)"
            R"({"key":"sku","operator":"Equal","value":"gpu","effect":"NoSchedule"}]})");
}

TEST(Corpus, TwoTeams) {
  World world;
  world.aks().accelerator("gpu_operator").metrics = {true, world.at("metrics")};
  world.autoscale(world.pool("h100", "h100-80gb", 8), 1, 2);
  world.quota("ml", "h100", 8);
  world.quota("vision", "h100", 8);
  const Outcome outcome = run(world);
  EXPECT_EQ(outcome.codes(), Codes{});
  const ir::PoolPlan& plan = (*outcome.plans)[0];
  ASSERT_EQ(plan.default_taints.size(), 1u);
  EXPECT_EQ(plan.default_taints[0].str(), "nvidia.com/gpu=present:NoSchedule");
  EXPECT_EQ(ir::toJson(plan.properties), R"({"gpuProfile":{"driver":"None"}})");
  const ir::ReleasePlan& plan_of_operator = *release(outcome, "gpu-operator");
  EXPECT_EQ(plan_of_operator.namespace_labels,
            (Labels{{"pod-security.kubernetes.io/enforce", "privileged"}}));
  EXPECT_EQ(json(plan_of_operator, "toolkit/env/0"),
            R"({"name":"RUNTIME_CONFIG_SOURCE","value":"file"})");
  EXPECT_EQ(json(plan_of_operator, "dcgmExporter"), R"({"enabled":true})");
  EXPECT_EQ(json(plan_of_operator, "mig"), "(absent)");
  EXPECT_EQ(json(plan_of_operator, "daemonsets/tolerations"),
            R"([{"key":"nvidia.com/gpu","operator":"Exists","effect":"NoSchedule"}])");
  EXPECT_EQ(outcome.stack->metrics.count("gpu_utilization"), 1u);
}

TEST(Corpus, MigUniform) {
  World world;
  world.aks().accelerator("device_plugin").discovery = {true, world.at("discovery")};
  const auto cut = [](const char* strategy) {
    return Tree::Map{{"strategy", strategy}, {"profile", "1g.5gb"}};
  };
  world.block(world.pool("mixed", "a100-40gb", 8, 1), "mig", cut("mixed"));
  world.block(world.pool("one", "a100-40gb", 8, 1), "mig", cut("single"));
  world.job("nvidia-single", "one", 1, "1g.5gb");
  world.job("nvidia-mixed", "mixed", 1, "1g.5gb");
  const Outcome outcome = run(world);
  EXPECT_EQ(outcome.codes(), Codes{});
  const ir::PoolPlan& mixed = (*outcome.plans)[0];
  const ir::PoolPlan& one = (*outcome.plans)[1];
  for (const ir::PoolPlan* plan : {&mixed, &one}) {
    EXPECT_EQ(ir::toJson(plan->properties), R"({"gpuInstanceProfile":"MIG1g"})");
    EXPECT_FALSE(plan->preview_api);
  }
  EXPECT_EQ(one.allocatable, (std::map<std::string, std::int64_t>{{"nvidia.com/gpu", 56}}));
  EXPECT_EQ(one.device_resource, "nvidia.com/gpu");
  EXPECT_EQ(mixed.allocatable,
            (std::map<std::string, std::int64_t>{{"nvidia.com/mig-1g.5gb", 56}}));
  EXPECT_EQ(mixed.device_resource, "");
  EXPECT_EQ(mixed.slices[0].resource, "nvidia.com/mig-1g.5gb");
  EXPECT_EQ(mixed.summary, "8 x A100 40 GB, each 7 x 1g.5gb");
  EXPECT_EQ(mixed.node_labels.at("nvidia.com/device-plugin.config"), "mig-mixed");
  EXPECT_EQ(one.node_labels.at("nvidia.com/device-plugin.config"), "mig-single");
  const ir::ReleasePlan& plugin = *release(outcome, "nvidia-device-plugin");
  EXPECT_EQ(json(plugin, "config/map/mig-mixed"),
            R"("version: v1\nflags:\n  migStrategy: mixed\n")");
  EXPECT_EQ(json(plugin, "config/map/mig-single"),
            R"("version: v1\nflags:\n  migStrategy: single\n")");
  EXPECT_EQ(json(plugin, "config/default"), R"("default")");
  EXPECT_EQ(json(plugin, "gfd"), R"({"enabled":true})");
  // A flag beside the configurations would win over all of them.
  EXPECT_EQ(json(plugin, "migStrategy"), "(absent)");
}

TEST(DevicePlugin, OneStrategyIsOneFlag) {
  World world;
  world.aks().accelerator("device_plugin");
  world.block(world.pool("one", "h200-141gb", 8), "mig",
              {{"strategy", "single"}, {"profile", "2g.35gb"}});
  const Outcome outcome = run(world);
  EXPECT_EQ((*outcome.plans)[0].allocatable.at("nvidia.com/gpu"), 24);
  EXPECT_EQ(ir::toJson((*outcome.plans)[0].properties), R"({"gpuInstanceProfile":"MIG2g"})");
  EXPECT_EQ(json(*release(outcome, "nvidia-device-plugin"), "migStrategy"), R"("single")");
  EXPECT_EQ(json(*release(outcome, "nvidia-device-plugin"), "config"), "(absent)");
}

TEST(DevicePlugin, SharedAndWholePoolsSideBySide) {
  World world;
  world.aks().accelerator("device_plugin").metrics = {true, world.at("metrics")};
  world.pool("a100", "a100-80gb", 1);
  world.block(world.pool("notebooks", "t4", 1), "sharing", {{"time_slicing", 4}});
  const Outcome outcome = run(world);
  EXPECT_EQ((*outcome.plans)[0].node_labels.count("nvidia.com/device-plugin.config"), 0u);
  EXPECT_EQ((*outcome.plans)[1].node_labels.at("nvidia.com/device-plugin.config"),
            "time-slicing-4");
  EXPECT_EQ(
      json(*release(outcome, "nvidia-device-plugin"), "config/map/time-slicing-4"),
      R"("version: v1\nflags:\n  migStrategy: none\nsharing:\n  timeSlicing:\n)"
      R"(    failRequestsGreaterThanOne: true\n    resources:\n    - name: nvidia.com/gpu\n      replicas: 4\n")");
  const ir::ReleasePlan& exporter = *release(outcome, "dcgm-exporter");
  EXPECT_EQ(json(exporter, "extraEnv/0/name"), R"("KUBERNETES_VIRTUAL_GPUS")");
  EXPECT_EQ(json(exporter, "nodeSelector"), R"({"nvidia.com/gpu.present":"true"})");
  EXPECT_GT(exporter.order, release(outcome, "nvidia-device-plugin")->order);
}

TEST(DevicePlugin, EveryTaintOfEveryPoolIsTolerated) {
  World world;
  world.aks().accelerator("device_plugin");
  world.pool("spot", "t4", 1).spot = ir::Spot{};
  ir::Pool& pool = world.pool("tainted", "t4", 1);
  pool.taints = {{"dedicated", "ml", ir::TaintEffect::NoExecute, {}},
                 {"nvidia.com/gpu", "true", ir::TaintEffect::NoExecute, {}},
                 {"soft", "x", ir::TaintEffect::PreferNoSchedule, {}}};
  const ir::ReleasePlan plugin = *release(run(world), "nvidia-device-plugin");
  const std::string tolerations = json(plugin, "tolerations");
  for (const char* key : {R"("kubernetes.azure.com/scalesetpriority")", R"("dedicated")",
                          R"("value":"true","effect":"NoExecute")"}) {
    EXPECT_NE(tolerations.find(key), std::string::npos) << key;
  }
  EXPECT_EQ(tolerations.find("soft"), std::string::npos);
}

TEST(DevicePlugin, NodesOfOthersAreFoundByTheirLabels) {
  World world;
  world.kubernetes().accelerator("device_plugin");
  world.pool("dgx", "h100-80gb", 8);
  const Outcome outcome = run(world);
  EXPECT_EQ(outcome.codes(), Codes{});
  EXPECT_TRUE((*outcome.plans)[0].node_labels.empty());
  EXPECT_TRUE((*outcome.plans)[0].properties.isNull());
  EXPECT_EQ(json(*release(outcome, "nvidia-device-plugin"),
                 "affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/"
                 "nodeSelectorTerms/0"),
            R"({"matchExpressions":[{"key":"node-group","operator":"In","values":["dgx"]}]})");
}

TEST(DevicePlugin, ManagedPrometheusReadsAPodMonitor) {
  World world;
  world.aks().accelerator("device_plugin").metrics = {true, world.at("metrics")};
  world.cluster().prometheus = true;
  world.pool("t4", "t4", 1);
  const Outcome outcome = run(world);
  ASSERT_EQ(outcome.stack->manifests.size(), 1u);
  EXPECT_EQ(outcome.stack->manifests[0].find("apiVersion")->asString(),
            "azmonitoring.coreos.com/v1");
}

TEST(Operator, LayoutsByIndex) {
  World world;
  world.aks().accelerator("gpu_operator");
  const Tree small = slices({slice(7, "1g.10gb")}),
             large = slices({Tree("3g.40gb"), Tree("4g.40gb")});
  const Tree::Map calls = {{"gpus", slices({gpusCall(0, 3, small), gpusCall(4, 6, large)})}};
  world.block(world.pool("a100", "a100-80gb", 8), "mig",
              {{"strategy", "mixed"}, {"layouts", Tree(calls)}});
  const Outcome outcome = run(world);
  EXPECT_EQ(outcome.codes(), Codes{});
  const ir::PoolPlan& plan = (*outcome.plans)[0];
  EXPECT_EQ(plan.allocatable, (std::map<std::string, std::int64_t>{{"nvidia.com/gpu", 1},
                                                                   {"nvidia.com/mig-1g.10gb", 28},
                                                                   {"nvidia.com/mig-3g.40gb", 3},
                                                                   {"nvidia.com/mig-4g.40gb", 3}}));
  EXPECT_EQ(plan.device_resource, "nvidia.com/gpu");
  EXPECT_EQ(plan.node_labels, (Labels{{"nvidia.com/mig.config", "pool-a100"}}));
  const ir::ReleasePlan& plan_of_operator = *release(outcome, "gpu-operator");
  EXPECT_EQ(json(plan_of_operator, "mig/strategy"), R"("mixed")");
  EXPECT_EQ(json(plan_of_operator, "migManager/env/0/name"), R"("WITH_REBOOT")");
  EXPECT_EQ(
      plan_of_operator.values.find("migManager")
          ->find("config")
          ->find("data")
          ->find("config.yaml")
          ->asString(),
      "version: v1\nmig-configs:\n"
      "  all-disabled:\n  - devices: all\n    mig-enabled: false\n"
      "  pool-a100:\n"
      "  - devices: [0, 1, 2, 3]\n    mig-enabled: true\n    mig-devices:\n      \"1g.10gb\": 7\n"
      "  - devices: [4, 5, 6]\n    mig-enabled: true\n    mig-devices:\n      \"4g.40gb\": 1\n     "
      " \"3g.40gb\": 1\n"
      "  - devices: [7]\n    mig-enabled: false\n");
}

TEST(Operator, OneNameForEqualLayoutsOnly) {
  World world;
  world.aks().accelerator("gpu_operator");
  // Seven plain slices of an 80 GB board, four with double memory of a 40 GB board.
  world.block(world.pool("big", "a100-80gb", 8), "mig",
              {{"strategy", "single"}, {"profile", "1g.10gb"}});
  world.block(world.pool("bigger", "h100-80gb", 8), "mig",
              {{"strategy", "single"}, {"profile", "1g.10gb"}});
  world.block(world.pool("small", "a100-40gb", 8), "mig",
              {{"strategy", "single"}, {"profile", "1g.10gb"}});
  const Outcome outcome = run(world);
  EXPECT_EQ((*outcome.plans)[0].node_labels.at("nvidia.com/mig.config"), "all-1g.10gb");
  EXPECT_EQ((*outcome.plans)[1].node_labels.at("nvidia.com/mig.config"), "all-1g.10gb");
  EXPECT_EQ((*outcome.plans)[2].node_labels.at("nvidia.com/mig.config"), "pool-small");
  EXPECT_EQ((*outcome.plans)[2].allocatable.at("nvidia.com/gpu"), 32);
}

TEST(Operator, SharedSlices) {
  World world;
  world.aks().accelerator("gpu_operator");
  ir::Pool& pool = world.pool("h100", "h100-80gb", 8);
  world.block(pool, "mig", {{"strategy", "mixed"}, {"profile", "1g.10gb"}});
  world.block(pool, "sharing", {{"time_slicing", 2}});
  const Outcome outcome = run(world);
  EXPECT_EQ((*outcome.plans)[0].allocatable.at("nvidia.com/mig-1g.10gb"), 112);
  EXPECT_EQ((*outcome.plans)[0].node_labels.at("nvidia.com/device-plugin.config"),
            "time-slicing-2");
  const std::string config =
      json(*release(outcome, "gpu-operator"), "devicePlugin/config/data/time-slicing-2");
  EXPECT_NE(config.find("- name: nvidia.com/mig-1g.10gb"), std::string::npos);
  EXPECT_NE(config.find("migStrategy: mixed"), std::string::npos);
}

TEST(Operator, ChartVersionAndValuesAreTheUsers) {
  World world;
  ir::Accelerator& accelerator = world.aks().accelerator("gpu_operator");
  accelerator.version.value = "v26.3.1";
  accelerator.values =
      Tree::map().setPath("driver.version", "580.159.04").setPath("dcgmExporter.enabled", true);
  world.pool("h100", "h100-80gb", 8);
  const ir::ReleasePlan plan = *release(run(world), "gpu-operator");
  EXPECT_EQ(plan.version, "v26.3.1");
  EXPECT_EQ(json(plan, "driver/version"), R"("580.159.04")");
  EXPECT_EQ(json(plan, "dcgmExporter/enabled"), "true");
}

TEST(Managed, PoolsNeedPreviewProperties) {
  World world;
  world.aks().accelerator("managed");
  world.pool("t4", "t4", 1);
  world.block(world.pool("cut", "a100-80gb", 8), "mig",
              {{"strategy", "mixed"}, {"profile", "7g.80gb"}});
  const Outcome outcome = run(world);
  EXPECT_EQ(outcome.codes(), Codes{"GS3239"});
  EXPECT_EQ(
      ir::toJson((*outcome.plans)[0].properties),
      R"({"gpuProfile":{"driver":"Install","nvidia":{"managementMode":"Managed","migStrategy":"None"}}})");
  EXPECT_EQ(ir::toJson((*outcome.plans)[1].properties),
            R"({"gpuInstanceProfile":"MIG7g","gpuProfile":{"driver":"Install",)"
            R"("nvidia":{"managementMode":"Managed","migStrategy":"Mixed"}}})");
  for (const ir::PoolPlan& plan : *outcome.plans) {
    EXPECT_TRUE(plan.preview_api);
    EXPECT_EQ(plan.preview_features,
              Codes{"Microsoft.ContainerService/ManagedGPUExperiencePreview"});
  }
  EXPECT_TRUE(outcome.stack->releases.empty());
}

TEST(Windows, DriverTypeIsAPreviewField) {
  World world;
  world.aks();
  world.windowsPool("wingpu", "a10-24gb").driver = world.placed("grid", "wingpu.driver");
  const Outcome outcome = run(world);
  EXPECT_EQ(outcome.codes(), Codes{"GS3240"});
  const ir::PoolPlan& plan = (*outcome.plans)[0];
  EXPECT_EQ(ir::toJson(plan.properties),
            R"({"gpuProfile":{"driver":"Install","driverType":"GRID"}})");
  EXPECT_TRUE(plan.preview_api);
  EXPECT_EQ(plan.device_resource, "microsoft.com/directx");
  EXPECT_TRUE(plan.default_taints.empty());
  EXPECT_TRUE(plan.node_labels.empty());
}

TEST(Values, TellWhereTheyComeFrom) {
  World world;
  world.aks().accelerator("gpu_operator");
  world.block(world.pool("h100", "h100-80gb", 8), "mig",
              {{"strategy", "single"}, {"profile", "1g.10gb"}});
  const ir::ReleasePlan plan = *release(run(world), "gpu-operator");
  EXPECT_EQ(world.wordAt(plan.values.find("mig")->find("strategy")->location()),
            "h100.mig.strategy");
  EXPECT_EQ(world.wordAt(plan.values.location()), "accelerator");
  EXPECT_NE(plan.values.find("daemonsets")->find("tolerations")->comment().find("h100"),
            std::string::npos);
}

}  // namespace
}  // namespace gpuspec::testing
