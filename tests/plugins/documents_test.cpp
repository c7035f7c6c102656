// The documents of a few telling specs, kept as files beside this test, so that a change of the
// contract is seen in review. The same files are validated against the published schemas and
// charts.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "plugins/abi/gpuspec_plugin.hpp"
#include "plugins/amd/api.h"
#include "plugins/host/host.h"
#include "plugins/host/requests.h"
#include "plugins/nvidia/api.h"
#include "tests/plugins/world.h"

namespace gpuspec::testing {
namespace {

using ir::Tree;

std::string readable(const std::string& json) {
  return nlohmann::ordered_json::parse(json).dump(2) + "\n";
}

// GPUSPEC_UPDATE_GOLDENS rewrites, and says so by skipping.
void compare(const std::string& name, const std::string& json) {
  const std::string path = std::string(GOLDEN_FOLDER) + "/" + name + ".json";
  std::ostringstream expected;
  expected << std::ifstream(path).rdbuf();
  const std::string found = readable(json);
  if (expected.str() == found) return;
  if (std::getenv("GPUSPEC_UPDATE_GOLDENS") == nullptr) {
    EXPECT_EQ(expected.str(), found) << name;
    return;
  }
  std::ofstream(path) << found;
  GTEST_SKIP() << "rewrote " << name;
}

std::string ask(gs_status (*function)(gs_str, const gs_sink*), const std::string& request,
                gs_status expected, std::string* findings = nullptr) {
  struct Texts {
    std::string reply, findings;
  } texts;
  const gs_sink sink{
      sizeof(gs_sink), &texts,
      [](void* ctx, gs_str s) { static_cast<Texts*>(ctx)->reply.append(s.data, s.size); },
      [](void* ctx, gs_str s) {
        std::string& all = static_cast<Texts*>(ctx)->findings;
        all += (all.empty() ? "" : ",") + std::string(s.data, s.size);
      }};
  EXPECT_EQ(function(plugin::str(request), &sink), expected);
  if (findings != nullptr) *findings = "[" + texts.findings + "]";
  return texts.reply;
}

void record(const std::string& name, const World& world,
            const gs_vendor_v1& api = nvidia::vendorApi()) {
  const std::unique_ptr<ir::Vendor> vendor =
      llvm::cantFail(host::makeVendor(api, std::string(plugin::view(api.name))));
  const ir::VendorCluster cluster = world.vendorCluster();
  host::NodeIds ids;
  const std::string request = host::partitionRequest(cluster, vendor->schemaRows(), ids);
  compare(name + ".partition-request", request);
  compare(name + ".partition-reply", ask(api.partition, request, GS_OK));
  diag::Sink sink;
  const auto plans = vendor->partition(cluster, sink);
  ASSERT_TRUE(plans.has_value());
  std::vector<std::vector<ir::Taint>> taints;
  for (const ir::PoolPlan& plan : *plans) taints.push_back(plan.default_taints);
  host::NodeIds emit_ids;
  const std::string emit =
      host::emitRequest(cluster, *plans, taints, vendor->schemaRows(), emit_ids);
  compare(name + ".emit-request", emit);
  compare(name + ".emit-reply", ask(api.emit, emit, GS_OK));
}

class DescribeDocument : public ::testing::TestWithParam<const gs_vendor_v1*> {};

TEST_P(DescribeDocument, IsTheRecordedOne) {
  std::string reply;
  const gs_sink sink{
      sizeof(gs_sink), &reply,
      [](void* ctx, gs_str s) { static_cast<std::string*>(ctx)->append(s.data, s.size); },
      [](void*, gs_str) {}};
  ASSERT_EQ(GetParam()->describe(&sink), GS_OK);
  compare(std::string(plugin::view(GetParam()->name)) + ".describe-reply", reply);
}

INSTANTIATE_TEST_SUITE_P(Vendors, DescribeDocument,
                         ::testing::Values(&nvidia::vendorApi(), &amd::vendorApi()));

TEST(Documents, DevicePlugin) {
  World world;
  ir::Accelerator& accelerator = world.aks().accelerator("device_plugin");
  accelerator.metrics = {true, world.at("metrics")};
  accelerator.discovery = {true, world.at("discovery")};
  world.cluster().prometheus = true;
  world.block(world.pool("mixed", "a100-40gb", 8), "mig",
              {{"strategy", "mixed"}, {"profile", "1g.5gb"}});
  world.block(world.pool("notebooks", "t4", 1), "sharing", {{"time_slicing", 4}});
  world.pool("spot", "t4", 4).spot = ir::Spot{};
  world.job("train", "mixed", 1, "1g.5gb", "vision");
  world.quota("vision", "mixed", 4);
  record("device_plugin", world);
}

TEST(Documents, Operator) {
  World world;
  ir::Accelerator& accelerator = world.aks().accelerator("gpu_operator");
  accelerator.metrics = {true, world.at("metrics")};
  accelerator.values = Tree::map().setPath("driver.version", "580.159.04");
  const Tree small = slices({slice(7, "1g.10gb")}),
             large = slices({Tree("4g.40gb"), Tree("3g.40gb")});
  const Tree::Map calls = {{"gpus", slices({gpusCall(0, 3, small), gpusCall(4, 7, large)})}};
  world.block(world.pool("a100", "a100-80gb", 8), "mig",
              {{"strategy", "mixed"}, {"layouts", Tree(calls)}});
  world.block(world.pool("notebooks", "t4", 1), "sharing", {{"mps", 4}});
  record("operator", world);
}

TEST(Documents, OnPremises) {
  World world;
  world.kubernetes().accelerator("device_plugin").metrics = {true, world.at("metrics")};
  world.pool("dgx", "h100-80gb", 8);
  record("on_premises", world);
}

TEST(Documents, Partitions) {
  World world("amd");
  ir::Accelerator& accelerator = world.aks().accelerator("gpu_operator");
  accelerator.metrics = {true, world.at("metrics")};
  accelerator.values =
      Tree::map().setPath("deviceConfig.spec.driver.image", "registry.example/amdgpu");
  world.cluster().prometheus = true;
  world.block(world.pool("fine", "mi300x-192gb", 8), "partition",
              {{"compute", "CPX"}, {"memory", "NPS4"}, {"strategy", "mixed"}});
  world.pool("whole", "mi300x-192gb", 8).spot = ir::Spot{};
  world.job("check", "fine", 2, "", "llm");
  world.quota("llm", "fine", 64);
  record("partitions", world, amd::vendorApi());
}

TEST(Documents, NodesWithTheirOwnDriver) {
  World world("amd");
  world.kubernetes().accelerator("gpu_operator");
  world.pool("rack", "mi355x-288gb", 8).driver.value = "none";
  record("own_driver", world, amd::vendorApi());
}

TEST(Documents, ObserveProfile) {
  ir::PoolObservation pool;
  pool.device = "mi300x-192gb";
  pool.gpus = 8;
  pool.driver = "none";
  pool.properties = Tree::map().set(
      "nodeLabels", Tree::map().set("dcm.amd.com/gpu-config-profile", "cpx_nps4_all"));
  Tree values = Tree::map();
  values.setPath("deviceConfig.spec.driver.enable", true);
  values.setPath("deviceConfig.spec.configManager.enable", true);
  pool.releases = {{"amd-gpu-operator", "gpu-operator-charts", "v1.5.1", "kube-amd-gpu", values}};
  const std::string request = host::observeRequest(pool);
  compare("profile.observe-request", request);
  compare("profile.observe-reply", ask(amd::vendorApi().observe, request, GS_OK));
}

TEST(Documents, Observe) {
  ir::PoolObservation pool;
  pool.device = "a100-40gb";
  pool.gpus = 8;
  pool.driver = "cuda";
  pool.properties = Tree::map().set("gpuInstanceProfile", "MIG1g");
  pool.releases = {{"nvidia-device-plugin", "nvidia-device-plugin", "0.20.0",
                    "nvidia-device-plugin",
                    Tree::map().set("migStrategy", "mixed").setPath("gfd.enabled", true)}};
  const std::string request = host::observeRequest(pool);
  compare("mig.observe-request", request);
  compare("mig.observe-reply", ask(nvidia::vendorApi().observe, request, GS_OK));
}

TEST(Documents, Findings) {
  World world;
  world.aks().accelerator("gpu_operator");
  world.block(world.pool("h100", "h100-80gb", 8), "mig",
              {{"strategy", "mixed"}, {"layout", slices({slice(7, "1g.5gb"), Tree("9g.9gb")})}});
  world.block(world.pool("h200", "h200-141gb", 8), "mig",
              {{"strategy", "mixed"}, {"layout", slices({slice(2, "4g.71gb")})}});
  const std::unique_ptr<ir::Vendor> vendor =
      llvm::cantFail(host::makeVendor(nvidia::vendorApi(), "nvidia"));
  host::NodeIds ids;
  const std::string request =
      host::partitionRequest(world.vendorCluster(), vendor->schemaRows(), ids);
  std::string findings;
  ask(nvidia::vendorApi().partition, request, GS_REJECTED, &findings);
  compare("findings.finding-list", findings);
}

}  // namespace
}  // namespace gpuspec::testing
