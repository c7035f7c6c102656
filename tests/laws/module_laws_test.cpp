// A module instance is what its file says with its values, and nothing of its neighbours.

#include <gtest/gtest.h>

#include "tests/laws/programs.h"

namespace gpuspec::test {
namespace {

const char* const kRegion = R"(
param location: string
param teams: list(string)
cluster gpu {
  platform = aks  resource_group = "rg-${location}"  location = location  version = "1.36"
  network  { plugin = azure_overlay  dataplane = cilium  policy = cilium }
}
pool system { cluster = gpu  mode = system  vm = "Standard_D4s_v5"  nodes = 3 }
pool a100 { cluster = gpu  vm = "Standard_NC24ads_A100_v4"  nodes = 1..4 }
accelerator nvidia { cluster = gpu  stack = gpu_operator }
for t in teams {
  team "${t}" { clusters = [gpu]  quota { gpu(pool.a100) = 1 }  network { allow egress to dns } }
}
)";

Outcome compileMain(const std::string& main) {
  CompileRequest request;
  request.files = {{"main.gpuspec", "project \"p\"\n" + main}, {"region.gpuspec", kRegion}};
  Outcome outcome = compileInMemory(request);
  EXPECT_EQ(outcome.list(), "") << main;
  return outcome;
}

std::string instance(const std::string& name, const std::string& location) {
  return "module " + name + " from \"./region.gpuspec\" { location = \"" + location +
         "\"  teams = [\"xx\", \"yy\"] }\n";
}

std::string folderOf(const Outcome& outcome, const std::string& cluster) {
  std::string out;
  for (const artifact::File& file : outcome.files) {
    if (file.path.starts_with(cluster + "/"))
      out += "=== " + file.path.substr(cluster.size()) + "\n" + file.bytes;
  }
  EXPECT_NE(out, "") << cluster;
  return out;
}

std::string replacedAll(std::string text, const std::string& what, const std::string& with) {
  for (std::size_t i = text.find(what); i != std::string::npos;
       i = text.find(what, i + with.size()))
    text.replace(i, what.size(), with);
  return text;
}

TEST(ModuleLaws, ANeighbourChangesNothing) {
  const std::string alone = folderOf(compileMain(instance("east", "eastus")), "east.gpu");
  const Outcome both = compileMain(instance("west", "westus3") + instance("east", "eastus"));
  EXPECT_EQ(folderOf(both, "east.gpu"), alone);
  EXPECT_NE(folderOf(both, "west.gpu"), alone);
}

TEST(ModuleLaws, OneFileAndEqualValuesMakeEqualClusters) {
  const Outcome outcome = compileMain(instance("aaaa", "aaaaaa") + instance("bbbb", "bbbbbb"));
  EXPECT_EQ(replacedAll(replacedAll(folderOf(outcome, "aaaa.gpu"), "aaaaaa", "R"), "aaaa", "M"),
            replacedAll(replacedAll(folderOf(outcome, "bbbb.gpu"), "bbbbbb", "R"), "bbbb", "M"));
}

TEST(ModuleLaws, LoopedInstancesAreInstances) {
  const Outcome written = compileMain(instance("east", "east") + instance("west", "west"));
  const Outcome looped = compileMain(
      "for r in [\"west\", \"east\"] { module \"${r}\" from \"./region.gpuspec\" { location = r  "
      "teams = [\"xx\", \"yy\"] } }\n");
  EXPECT_EQ(allBytes(looped), allBytes(written));
}

// Written out in place, only the addresses (and the file's name) are shorter.
TEST(ModuleLaws, AnInstanceIsItsFileWithItsValues) {
  const Outcome used = compileMain(instance("east", "eastus"));
  std::string inlined = kRegion;
  inlined = replacedAll(inlined, "param location: string", "let location = \"eastus\"");
  inlined = replacedAll(inlined, "param teams: list(string)", "let teams = [\"xx\", \"yy\"]");
  const Outcome flat = compileMain(inlined);
  const std::string expected = folderOf(flat, "gpu");
  std::string found = replacedAll(folderOf(used, "east.gpu"), "region.gpuspec", "main.gpuspec");
  found = replacedAll(found, "east.", "");
  EXPECT_EQ(found, expected);
}

TEST(ModuleLaws, OrderOfInstancesDoesNotCount) {
  EXPECT_EQ(allBytes(compileMain(instance("b", "eastus") + instance("a", "westus3"))),
            allBytes(compileMain(instance("a", "westus3") + instance("b", "eastus"))));
}

}  // namespace
}  // namespace gpuspec::test
