// What a vendor says that nodes report must be what it promised for the same pools at compile time.

#include <gtest/gtest.h>

#include <filesystem>

#include "compiler/driver/compilation.h"
#include "compiler/driver/file_system.h"
#include "compiler/ir/json.h"
#include "plugins/abi/gpuspec_plugin.hpp"
#include "plugins/fake/api.h"
#include "plugins/host/host.h"
#include "plugins/nvidia/api.h"
#include "plugins/nvidia/block_yaml.h"
#include "tests/support/compile_in_memory.h"

namespace gpuspec::testing {
namespace {

using ir::Tree;

Tree json(std::string_view text) {
  return llvm::cantFail(ir::parseJson(text));
}

ir::NodeReport observe(const ir::PoolObservation& pool, const std::string& vendor = "nvidia") {
  auto report = test::testVendors().find(vendor)->observe(pool);
  EXPECT_TRUE(static_cast<bool>(report)) << llvm::toString(report.takeError());
  return report ? *report : ir::NodeReport();
}

ir::PoolObservation poolOf(const std::string& device, std::int64_t gpus,
                           std::string_view properties) {
  ir::PoolObservation out;
  out.device = device;
  out.gpus = gpus;
  out.driver = "cuda";
  out.properties = json(properties);
  return out;
}

using Amounts = std::map<std::string, std::int64_t>;

// The pools of one compiled example as the cloud would hold them.
void checkExample(const std::string& folder, int& pools) {
  driver::RealFileSystem files;
  driver::CompileOptions options;
  options.stdlib = STDLIB_FOLDER;
  driver::Compilation compilation(files, test::testVendors(), options);
  ASSERT_FALSE(static_cast<bool>(compilation.load(folder)));
  ASSERT_TRUE(compilation.run()) << folder;
  const ir::Placement& placement = *compilation.placement();
  for (std::size_t i = 0; i < placement.pools.size(); ++i) {
    const ir::Pool& pool = placement.spec->pools[i];
    const ir::PlacedPool& placed = placement.pools[i];
    if (!pool.size || pool.vendor().empty()) continue;
    ir::PoolObservation asked;
    asked.device = pool.model();
    asked.gpus = pool.gpusPerNode();
    asked.fractional = pool.size->fractional;
    asked.driver = pool.size->driver;
    asked.properties = placed.plan.properties.isMap() ? placed.plan.properties : Tree::map();
    for (const auto& [key, value] : placed.labels) {
      asked.properties.at("nodeLabels").set(key, value.value);
    }
    for (const ir::PlacedStack& stack : placement.stacks) {
      if ((*placement.spec)[stack.accelerator_id].cluster_id.index != pool.cluster_id.index)
        continue;
      for (const ir::ReleasePlan& release : stack.plan.releases) {
        asked.releases.push_back({release.name, release.chart, release.version,
                                  release.release_namespace, release.values});
      }
    }
    const ir::NodeReport report = observe(asked, pool.vendor());
    EXPECT_EQ(report.allocatable, placed.plan.allocatable)
        << pool.address.str() << " of " << folder;
    EXPECT_FALSE(report.driver_version.empty()) << pool.address.str();
    ++pools;
  }
}

TEST(Observe, TheExamplesPoolsGetWhatTheirPlansPromise) {
  int pools = 0;
  for (const auto& entry : std::filesystem::directory_iterator(EXAMPLES_FOLDER)) {
    if (entry.is_directory()) checkExample(entry.path().string(), pools);
  }
  EXPECT_GE(pools, 13);
}

TEST(Observe, AnInstanceProfileCutsEveryGpu) {
  auto pool = poolOf("h100-80gb", 8, R"({"gpuInstanceProfile": "MIG1g"})");
  pool.releases = {
      {"plugin", "nvidia-device-plugin", "0.20.0", "x", json(R"({"migStrategy": "mixed"})")}};
  EXPECT_EQ(observe(pool).allocatable, (Amounts{{"nvidia.com/mig-1g.10gb", 56}}));
  pool.releases[0].values = json(R"({"migStrategy": "single", "gfd": {"enabled": true}})");
  const ir::NodeReport single = observe(pool);
  EXPECT_EQ(single.allocatable, (Amounts{{"nvidia.com/gpu", 56}}));
  EXPECT_EQ(single.labels.at("nvidia.com/gpu.product"), "NVIDIA-H100-80GB-HBM3-MIG-1g.10gb");
  EXPECT_EQ(single.labels.at("nvidia.com/gpu.count"), "56");
  EXPECT_EQ(single.labels.at("nvidia.com/mig.strategy"), "single");
  // The chart's own default looks at no slices.
  pool.releases[0].values = Tree::map();
  EXPECT_EQ(observe(pool).allocatable, (Amounts{{"nvidia.com/gpu", 8}}));
  EXPECT_TRUE(observe(pool).labels.empty());
}

TEST(Observe, TheOperatorsLayoutCutsByIndex) {
  auto pool = poolOf("a100-80gb", 4, R"({"gpuProfile": {"driver": "None"},
    "nodeLabels": {"nvidia.com/mig.config": "pool-p"}})");
  Tree values = json(R"({"mig": {"strategy": "mixed"}})");
  values.setPath("migManager.config.data", Tree::map().set("config.yaml", R"(version: v1
mig-configs:
  all-disabled:
  - devices: all
    mig-enabled: false
  pool-p:   # two kinds
    - devices: [0, 1]
      mig-enabled: true
      mig-devices:
        "1g.10gb": 7
    - devices: [2]
      mig-enabled: true
      mig-devices: {}
    - devices: [3]
      mig-enabled: false
)"));
  pool.releases = {{"gpu-operator", "gpu-operator", "v26.7.0", "gpu-operator", values}};
  const ir::NodeReport report = observe(pool);
  EXPECT_EQ(report.allocatable, (Amounts{{"nvidia.com/gpu", 1}, {"nvidia.com/mig-1g.10gb", 14}}));
  EXPECT_EQ(report.labels.at("nvidia.com/mig.config.state"), "success");
  EXPECT_EQ(report.labels.at("nvidia.com/mig-1g.10gb.count"), "14");
  // `single` refuses a node whose GPUs differ.
  pool.releases[0].values.setPath("mig.strategy", "single");
  EXPECT_TRUE(observe(pool).allocatable.empty());
  pool.properties.at("nodeLabels").set("nvidia.com/mig.config", "no-such-layout");
  EXPECT_EQ(observe(pool).labels.at("nvidia.com/mig.config.state"), "failed");
  EXPECT_EQ(observe(pool).allocatable, (Amounts{{"nvidia.com/gpu", 4}}));
}

TEST(Observe, TheManagersOwnLayoutsAreKnown) {
  auto pool = poolOf("a100-40gb", 8, R"({"gpuProfile": {"driver": "None"},
    "nodeLabels": {"nvidia.com/mig.config": "all-balanced"}})");
  EXPECT_EQ(observe(pool).allocatable, (Amounts{{"nvidia.com/mig-1g.5gb", 16},
                                                {"nvidia.com/mig-2g.10gb", 8},
                                                {"nvidia.com/mig-3g.20gb", 8}}));
  pool.properties.at("nodeLabels").set("nvidia.com/mig.config", "all-1g.5gb.me");
  EXPECT_EQ(observe(pool).allocatable, (Amounts{{"nvidia.com/mig-1g.5gb.me", 8}}));
}

TEST(Observe, SharesMultiply) {
  auto pool = poolOf("t4", 1, R"({"nodeLabels": {"nvidia.com/device-plugin.config": "four"}})");
  Tree values = json(R"({"gfd": {"enabled": true}, "config": {"default": "plain"}})");
  values.setPath("config.map", Tree::map().set("plain", "version: v1\n").set("four", R"(version: v1
sharing:
  timeSlicing:
    resources:
      - name: nvidia.com/gpu
        replicas: 4
)"));
  pool.releases = {{"plugin", "nvidia-device-plugin", "0.20.0", "x", values}};
  const ir::NodeReport report = observe(pool);
  EXPECT_EQ(report.allocatable, (Amounts{{"nvidia.com/gpu", 4}}));
  EXPECT_EQ(report.labels.at("nvidia.com/gpu.product"), "Tesla-T4-SHARED");
  EXPECT_EQ(report.labels.at("nvidia.com/gpu.replicas"), "4");
  EXPECT_EQ(report.labels.at("nvidia.com/gpu.sharing-strategy"), "time-slicing");
  pool.properties = Tree::map();
  EXPECT_EQ(observe(pool).allocatable, (Amounts{{"nvidia.com/gpu", 1}}));
}

TEST(Observe, WithoutDriverOrPluginThereIsNothing) {
  auto pool = poolOf("t4", 1, R"({"gpuProfile": {"driver": "None"}})");
  pool.releases = {{"plugin", "nvidia-device-plugin", "0.20.0", "x", Tree::map()}};
  EXPECT_TRUE(observe(pool).allocatable.empty());
  EXPECT_EQ(observe(pool).driver_version, "");
  pool.properties = Tree::map();
  EXPECT_EQ(observe(pool).allocatable, (Amounts{{"nvidia.com/gpu", 1}}));
  pool.releases = {{"other", "something-else", "1", "x", Tree::map()}};
  EXPECT_TRUE(observe(pool).allocatable.empty());
  EXPECT_NE(observe(pool).driver_version, "");
}

TEST(Observe, WithoutReleasesPropertiesAndLabelsSpeak) {
  EXPECT_EQ(observe(poolOf("h100-94gb", 2, R"({"gpuInstanceProfile": "MIG2g"})")).allocatable,
            (Amounts{{"nvidia.com/mig-2g.24gb", 6}}));
  EXPECT_EQ(observe(poolOf("h100-94gb", 2, R"({"gpuInstanceProfile": "MIG2g",
              "nodeLabels": {"nvidia.com/device-plugin.config": "mig-single-time-slicing-2"}})"))
                .allocatable,
            (Amounts{{"nvidia.com/gpu", 12}}));
  EXPECT_EQ(observe(poolOf("h100-80gb", 8, R"({"gpuInstanceProfile": "MIG1g", "gpuProfile": {
              "nvidia": {"managementMode": "Managed", "migStrategy": "None"}}})"))
                .allocatable,
            (Amounts{{"nvidia.com/gpu", 56}}));
}

TEST(Observe, TheFakeVendorAnswersToo) {
  EXPECT_EQ(observe(poolOf("f1", 2, R"({"nodeLabels": {"fake.example/cut": "1g.4gb"}})"), "fake")
                .allocatable,
            (Amounts{{"fake.example/slice-1g.4gb", 8}}));
}

TEST(Observe, AnOlderPluginIsNotAsked) {
  gs_vendor_v1 older = fake::vendorApi();
  older.struct_size = offsetof(gs_vendor_v1, observe);
  older.abi_minor = 0;
  const auto vendor = llvm::cantFail(host::makeVendor(older, "older"));
  auto report = vendor->observe(poolOf("f1", 1, "{}"));
  ASSERT_FALSE(static_cast<bool>(report));
  EXPECT_NE(llvm::toString(report.takeError()).find("observe"), std::string::npos);
}

TEST(BlockYaml, ReadsWhatTheFilesUse) {
  const auto parsed = nvidia::parseBlockYaml(
      "a: 1\nb:\n- x: [0, \"p: q\"]  # note\n  y: {}\n-\n  z: 'it'\nc: true\n");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->dump(), R"({"a":1,"b":[{"x":[0,"p: q"],"y":{}},{"z":"it"}],"c":true})");
  EXPECT_FALSE(nvidia::parseBlockYaml("a: 1\n   b: 2\n"));
  EXPECT_FALSE(nvidia::parseBlockYaml("a: 1\nplain\n"));
  EXPECT_FALSE(nvidia::parseBlockYaml(std::string(200, '-') + " x: 1\n: : :\n - a"));
}

}  // namespace
}  // namespace gpuspec::testing
