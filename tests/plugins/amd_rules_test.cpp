// Each finding of the vendor fires where it should, marks the right word, and leaves the spec
// beside it alone.

#include <gtest/gtest.h>

#include "plugins/amd/api.h"
#include "plugins/amd/models.h"
#include "plugins/host/host.h"
#include "tests/plugins/world.h"

namespace gpuspec::testing {
namespace {

using ir::Tree;
using Codes = std::vector<std::string>;

Outcome run(const World& world) {
  static const std::unique_ptr<ir::Vendor> vendor =
      llvm::cantFail(host::makeVendor(amd::vendorApi(), "amd"));
  return world.run(*vendor);
}

// On Kubernetes, where no platform has a say; the operator's nodes need a label then.
Outcome cut(World& world, const std::string& model, Tree::Map attributes) {
  world.kubernetes().accelerator("gpu_operator");
  world.block(world.pool("p", model, 8), "partition", std::move(attributes));
  return run(world);
}

TEST(Partition, EveryPairIsEitherLegalOrRefused) {
  for (const amd::Model& model : amd::models()) {
    std::size_t legal = 0;
    for (const char* compute : {"SPX", "DPX", "TPX", "QPX", "CPX"}) {
      for (const char* memory : {"NPS1", "NPS2", "NPS4"}) {
        World world("amd");
        const Outcome outcome = cut(world, model.key, {{"compute", compute}, {"memory", memory}});
        const bool allowed = model.allows({compute, memory});
        EXPECT_EQ(outcome.plans.has_value(), allowed) << model.key << " " << compute << memory;
        EXPECT_EQ(outcome.find(3200) == nullptr, allowed);
        if (allowed) {
          ++legal;
          EXPECT_EQ((*outcome.plans)[0].allocatable.at("amd.com/gpu"),
                    8 * amd::devicesOf(model, compute));
        }
      }
    }
    EXPECT_EQ(legal, model.legal.size()) << model.key;
  }
}

TEST(Partition, APairThatDoesNotExistNamesThoseThatDo) {
  World world("amd");
  const Outcome outcome = cut(world, "mi300x-192gb", {{"compute", "CPX"}, {"memory", "NPS2"}});
  ASSERT_EQ(outcome.codes(), Codes{"GS3200"});
  const diag::Diagnostic& finding = outcome.findings[0];
  EXPECT_EQ(finding.message, "`NPS2` with `CPX` does not exist on the MI300X 192 GB");
  EXPECT_EQ(world.wordAt(finding.at), "p.partition.memory");
  EXPECT_EQ(finding.facts, Codes{"with CPX it has: CPX/NPS1  CPX/NPS4"});
  ASSERT_EQ(finding.fixes.size(), 1u);
  EXPECT_EQ(finding.fixes[0].edits[0].text, "NPS4");
  EXPECT_FALSE(finding.fixes[0].certain);
}

TEST(Partition, MemoryIsNotCutFinerThanTheGpu) {
  World world("amd");
  const Outcome outcome = cut(world, "mi300x-192gb", {{"compute", "SPX"}, {"memory", "NPS4"}});
  ASSERT_EQ(outcome.codes(), Codes{"GS3200"});
  ASSERT_EQ(outcome.findings[0].facts.size(), 2u);
  EXPECT_EQ(outcome.findings[0].facts[1],
            "memory is never cut finer than the GPU: SPX shows 1 device");
}

TEST(Partition, AComputeModeOfAnotherDevice) {
  World world("amd");
  const Outcome outcome = cut(world, "mi300x-192gb", {{"compute", "TPX"}});
  ASSERT_EQ(outcome.codes(), Codes{"GS3200"});
  EXPECT_EQ(outcome.findings[0].message, "the MI300X 192 GB has no compute mode `TPX`");
  EXPECT_EQ(world.wordAt(outcome.findings[0].at), "p.partition.compute");
  World other("amd");
  EXPECT_TRUE(cut(other, "mi300a-128gb", {{"compute", "TPX"}}).plans.has_value());
}

TEST(Partition, MustSayHowItIsCut) {
  World world("amd");
  const Outcome outcome = cut(world, "mi300x-192gb", {{"memory", "NPS1"}});
  ASSERT_EQ(outcome.codes(), Codes{"GS3200"});
  EXPECT_EQ(world.wordAt(outcome.findings[0].at), "p.partition");
  EXPECT_FALSE(outcome.plans.has_value());
}

TEST(Partition, WhatOnlyTheDriverKnowsIsAWarning) {
  World world("amd");
  const Outcome outcome = cut(world, "mi300x-192gb", {{"compute", "QPX"}, {"memory", "NPS4"}});
  EXPECT_EQ(outcome.codes(), (Codes{"GS3247", "AMD0002"}));
  EXPECT_TRUE(outcome.plans.has_value());
  World beside("amd");
  EXPECT_EQ(cut(beside, "mi300x-192gb", {{"compute", "QPX"}, {"memory", "NPS1"}}).codes(),
            Codes{"GS3247"});
}

TEST(Partition, NodesThatExistNeedTheLabel) {
  World world("amd");
  const Outcome outcome = cut(world, "mi300x-192gb", {{"compute", "CPX"}});
  ASSERT_EQ(outcome.codes(), Codes{"GS3247"});
  EXPECT_EQ(outcome.findings[0].help, Codes{"kubectl label nodes -l node-group=p "
                                            "dcm.amd.com/gpu-config-profile=cpx_nps1_all"});
}

TEST(Partition, AzureDoesNotConfirmIt) {
  World world("amd");
  world.aks().accelerator("gpu_operator");
  world.block(world.pool("p", "mi300x-192gb", 8), "partition",
              {{"compute", "CPX"}, {"memory", "NPS4"}});
  const Outcome outcome = run(world);
  ASSERT_EQ(outcome.codes(), Codes{"AMD0001"});
  EXPECT_EQ(outcome.findings[0].message,
            "Azure does not confirm that the GPUs of `Standard_p` can be cut from inside the VM");
  EXPECT_NE(outcome.findings[0].facts[0].find("source: AKS"), std::string::npos);
  World whole("amd");
  whole.aks().accelerator("gpu_operator");
  whole.pool("p", "mi300x-192gb", 8);
  EXPECT_EQ(run(whole).codes(), Codes{});
}

TEST(Partition, TeamsUnderOneMemoryHaveNoWall) {
  const auto codes = [](const char* memory, bool second) {
    World world("amd");
    world.kubernetes().accelerator("gpu_operator");
    world.block(world.pool("p", "mi300x-192gb", 8), "partition",
                {{"compute", "CPX"}, {"memory", memory}});
    world.quota("one", "p", 8);
    if (second) world.quota("two", "p", 8);
    return run(world).codes();
  };
  EXPECT_EQ(codes("NPS1", true), (Codes{"GS3247", "AMD0003"}));
  EXPECT_EQ(codes("NPS1", false), Codes{"GS3247"});
  EXPECT_EQ(codes("NPS4", true), Codes{"GS3247"});
}

TEST(Partition, MoreDevicesThanPods) {
  World world("amd");
  world.aks().accelerator("gpu_operator");
  ir::Pool& pool = world.pool("p", "mi300x-192gb", 8);
  pool.max_pods = {30, world.at("max_pods")};
  world.block(pool, "partition", {{"compute", "CPX"}, {"memory", "NPS4"}});
  const diag::Diagnostic* finding = run(world).find(3214);
  ASSERT_NE(finding, nullptr);
}

TEST(Naming, OneStrategyForTheCluster) {
  const auto codes = [](const char* first, const char* second) {
    World world("amd");
    world.kubernetes().accelerator("gpu_operator");
    world.block(world.pool("a", "mi300x-192gb", 8), "partition",
                {{"compute", "CPX"}, {"strategy", first}});
    world.block(world.pool("b", "mi300x-192gb", 8), "partition",
                {{"compute", "QPX"}, {"strategy", second}});
    return run(world);
  };
  EXPECT_EQ(codes("mixed", "mixed").codes(), (Codes{"GS3247", "GS3247"}));
  const Outcome outcome = codes("mixed", "single");
  const diag::Diagnostic* finding = outcome.find(3200);
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->fixes[0].edits[0].text, "mixed");
}

TEST(Stack, DriversOfOtherVendorsAreRefused) {
  const auto codes = [](const char* driver) {
    World world("amd");
    world.aks().accelerator("gpu_operator");
    world.pool("p", "mi300x-192gb", 8).driver.value = driver;
    return run(world).codes();
  };
  EXPECT_EQ(codes("cuda"), Codes{"GS3200"});
  EXPECT_EQ(codes("grid"), Codes{"GS3200"});
  EXPECT_EQ(codes("rocm"), Codes{"GS3249"});
  EXPECT_EQ(codes("none"), Codes{});
  EXPECT_EQ(codes("auto"), Codes{});
}

TEST(Stack, OneDriverForTheCluster) {
  World world("amd");
  world.kubernetes().accelerator("gpu_operator");
  world.pool("a", "mi300x-192gb", 8);
  world.pool("b", "mi300x-192gb", 8).driver.value = "none";
  const Outcome outcome = run(world);
  ASSERT_EQ(outcome.codes(), Codes{"GS3200"});
  EXPECT_EQ(world.wordAt(outcome.findings[0].at), "b.driver");
}

TEST(Stack, WhatItDoesNotDo) {
  World world("amd");
  ir::Accelerator& accelerator = world.aks().accelerator("gpu_operator");
  accelerator.health.value = true;
  accelerator.dra.value = true;
  world.autoscale(world.pool("p", "mi300x-192gb", 8), 0, 2);
  const Outcome outcome = run(world);
  for (const std::uint16_t code : {3245, 3246, 3237})
    EXPECT_NE(outcome.find(code), nullptr) << code;
  World own("amd");
  own.kubernetes().accelerator("gpu_operator").health.value = true;
  own.pool("p", "mi300x-192gb", 8);
  EXPECT_EQ(run(own).codes(), Codes{"GS3242"});
}

TEST(Stack, NobodyAdvertisesWithoutOne) {
  World world("amd");
  world.aks();
  world.pool("p", "mi300x-192gb", 8);
  const Outcome outcome = run(world);
  ASSERT_EQ(outcome.codes(), Codes{"GS3230"});
  EXPECT_EQ(outcome.findings[0].help,
            Codes{"accelerator amd { cluster = ml  stack = gpu_operator }"});
}

TEST(Stack, WindowsAndUnknownDevices) {
  World windows("amd");
  windows.aks().accelerator("gpu_operator");
  windows.windowsPool("p", "mi300x-192gb");
  EXPECT_NE(run(windows).find(3236), nullptr);
  World unknown("amd");
  unknown.aks().accelerator("gpu_operator");
  unknown.pool("p", "v710-24gb", 1);
  EXPECT_EQ(run(unknown).codes(), Codes{"GS3248"});
}

}  // namespace
}  // namespace gpuspec::testing
