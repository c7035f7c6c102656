#include "compiler/schema/target.h"

#include <set>

#include <gtest/gtest.h>

namespace gpuspec::schema {
namespace {

Row rowWith(const char* target) {
  return {.path = "pool.x",
          .form = Form::Attribute,
          .type = "int",
          .fallback = "",
          .doc = "",
          .target = target};
}

TEST(Target, ReadsPathConversionAndConstants) {
  const auto targets = armTargets(rowWith("arm:properties.a.b|minutes + properties.c=true"));
  ASSERT_EQ(targets.size(), 2u);
  EXPECT_EQ(targets[0].path, "properties.a.b");
  EXPECT_EQ(targets[0].conversion, Conversion::Minutes);
  EXPECT_EQ(targets[0].constant, "");
  EXPECT_EQ(targets[1].path, "properties.c");
  EXPECT_EQ(targets[1].constant, "true");
}

TEST(Target, OtherTargetsAreNoArmProperties) {
  EXPECT_TRUE(armTargets(rowWith("")).empty());
  EXPECT_TRUE(armTargets(rowWith("Namespace metadata.labels")).empty());
}

TEST(Target, AttributesAndBlocksBecomeTheseProperties) {
  using Paths = std::vector<std::string>;
  const Table table;
  EXPECT_EQ(armPathsOf(table, "pool", "max_pods"), Paths{"properties.maxPods"});
  EXPECT_EQ(armPathsOf(table, "pool", "labels"), Paths{"properties.nodeLabels"});
  EXPECT_EQ(armPathsOf(table, "pool", "nodes"),
            (Paths{"properties.count", "properties.minCount", "properties.maxCount",
                   "properties.enableAutoScaling"}));
  EXPECT_EQ(armPathsOf(table, "pool", "upgrade").front(), "properties.upgradeSettings.maxSurge");
  EXPECT_EQ(armPathsOf(table, "cluster", "tier"), (Paths{"sku.tier", "sku.name"}));
  EXPECT_EQ(armPathsOf(table, "cluster", "tags"), Paths{"tags"});
  for (const char* name : {"labelz", "infiniband", "lifecycle", "arm"})
    EXPECT_TRUE(armPathsOf(table, "pool", name).empty()) << name;
}

TEST(Target, PoolsSchemeBelongsToClusters) {
  const Table table;
  for (const Row* row : table.all()) {
    for (const ArmTarget& target : armTargets(*row)) {
      EXPECT_FALSE(target.path.empty()) << row->path;
      const std::string path = row->path;
      EXPECT_TRUE(path.starts_with("cluster.") || path.starts_with("pool.")) << path;
      EXPECT_EQ(target.scheme == Scheme::Pools, std::string(row->target).starts_with("pools:"))
          << path;
      if (target.scheme == Scheme::Pools) {
        EXPECT_TRUE(path.starts_with("cluster.")) << path;
      }
    }
  }
}

// Two attributes that write one property would hide each other.
TEST(Target, NoPropertyHasTwoAttributes) {
  const Table table;
  std::set<std::string> seen;
  for (const Row* row : table.all()) {
    for (const ArmTarget& target : armTargets(*row)) {
      if (!target.constant.empty() || target.scheme == Scheme::Pools) continue;
      const std::string kind =
          std::string(row->path).substr(0, std::string_view(row->path).find('.'));
      EXPECT_TRUE(seen.insert(kind + ":" + std::string(target.path)).second) << row->path;
    }
  }
}

TEST(Target, SpellsEnumerationsAsThePropertyWants) {
  EXPECT_EQ(armSpelling("properties.osSKU", "ubuntu"), "Ubuntu");
  EXPECT_EQ(armSpelling("properties.networkProfile.networkPolicy", "cilium"), "cilium");
  EXPECT_EQ(armSpelling("properties.networkProfile.networkPluginMode", "azure"), std::nullopt);
}

}  // namespace
}  // namespace gpuspec::schema
