#include "compiler/schema/table.h"

#include <algorithm>
#include <cctype>
#include <set>

#include <gtest/gtest.h>

namespace gpuspec::schema {
namespace {

std::string parentOf(const std::string& path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string::npos ? "" : path.substr(0, dot);
}

TEST(Table, EveryRowIsFoundByItsPathAndReadsItsTypes) {
  const Table table;
  for (const Row* row : table.all()) {
    EXPECT_EQ(table.find(row->path), row) << row->path;
    EXPECT_NE(table.typeOf(*row), nullptr) << row->path;
    EXPECT_EQ(table.argsOf(*row).empty(), row->form != Form::Call) << row->path;
  }
  EXPECT_EQ(table.find("pool.nonsense"), nullptr);
  EXPECT_EQ(table.find(""), nullptr);
}

TEST(Table, EveryParentIsABlock) {
  const Table table;
  for (const Row* row : table.all()) {
    const std::string parent = parentOf(row->path);
    EXPECT_EQ(parent.empty(), row->form == Form::Declaration) << row->path;
    if (parent.empty()) continue;
    const Row* above = table.find(parent);
    ASSERT_NE(above, nullptr) << row->path;
    const bool has_body = above->form == Form::Declaration || above->form == Form::Block ||
                          above->form == Form::LabelledBlock;
    EXPECT_TRUE(has_body) << row->path;
  }
}

TEST(Table, ChildrenAreTheWholeTableInItsOrder) {
  const Table table;
  std::size_t count = table.children("").size();
  for (const Row* row : table.all()) count += table.children(row->path).size();
  EXPECT_EQ(count, table.all().size());
  const auto pool = table.children("pool");
  ASSERT_GT(pool.size(), 2u);
  EXPECT_STREQ(pool[0]->path, "pool.cluster");
  EXPECT_STREQ(pool[1]->path, "pool.vm");
  EXPECT_TRUE(table.children("pool.vm").empty());
}

TEST(Table, EveryDocIsOneLineAndASentence) {
  for (const Row* row : Table().all()) {
    const std::string doc = row->doc;
    ASSERT_FALSE(doc.empty()) << row->path;
    EXPECT_EQ(doc.find('\n'), std::string::npos) << row->path;
    EXPECT_LE(doc.size(), 180u) << row->path;
    const bool sysctl = std::string(row->path).starts_with("pool.linux.sysctls.");
    EXPECT_TRUE(sysctl || doc.back() == '.') << row->path;
  }
}

TEST(Table, TheCoreNamesNoVendor) {
  for (const Row* row : Table().all()) {
    std::string text = std::string(row->path) + " " + row->type + " " + row->doc + " " +
                       row->target + " " + row->args;
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    for (const char* word : {"nvidia", "amd", "radeon", "instinct", "cuda", "rocm", "tesla"}) {
      EXPECT_EQ(text.find(word), std::string::npos) << row->path << " says " << word;
    }
    EXPECT_STREQ(row->vendor, "");
  }
}

TEST(Table, KnowsTheKindsOfTheLanguage) {
  const Table table;
  for (const char* kind : {"cluster", "pool", "accelerator", "team", "job", "service", "model",
                           "smoke", "policy", "manifest", "release"}) {
    EXPECT_TRUE(table.isKind(kind)) << kind;
    EXPECT_EQ(table.find(kind)->label, std::string(kind) != "policy") << kind;
  }
  EXPECT_FALSE(table.isKind("cluster.network"));
  EXPECT_FALSE(table.isKind("nodepool"));
}

// What the specification of the language names, block by block.
TEST(Table, HasEveryAttributeThatTheLanguageNames) {
  const Table table;
  for (const char* path : {"cluster.platform",
                           "cluster.existing",
                           "cluster.context",
                           "cluster.name",
                           "cluster.subscription",
                           "cluster.resource_group",
                           "cluster.location",
                           "cluster.version",
                           "cluster.tier",
                           "cluster.identity",
                           "cluster.network.plugin",
                           "cluster.network.policy",
                           "cluster.network.dataplane",
                           "cluster.network.subnet",
                           "cluster.access.admin_groups",
                           "cluster.access.azure_rbac",
                           "cluster.access.local_accounts",
                           "cluster.access.authorized_ip_ranges",
                           "cluster.access.private",
                           "cluster.upgrades.kubernetes",
                           "cluster.upgrades.node_image",
                           "cluster.upgrades.window",
                           "cluster.autoscaler.expander",
                           "cluster.monitoring.prometheus",
                           "cluster.monitoring.container_insights",
                           "cluster.monitoring.cost_analysis",
                           "cluster.addons.keda",
                           "cluster.addons.vpa",
                           "cluster.addons.kaito",
                           "cluster.addons.node_provisioning",
                           "cluster.addons.kueue",
                           "cluster.tags",
                           "cluster.lifecycle",
                           "cluster.arm",
                           "pool.cluster",
                           "pool.vm",
                           "pool.device",
                           "pool.count",
                           "pool.selector",
                           "pool.nodes",
                           "pool.mode",
                           "pool.os",
                           "pool.zones",
                           "pool.spot.max_price",
                           "pool.spot.eviction",
                           "pool.driver",
                           "pool.labels",
                           "pool.disk.type",
                           "pool.disk.size",
                           "pool.max_pods",
                           "pool.subnet",
                           "pool.reservation",
                           "pool.placement_group",
                           "pool.infiniband",
                           "pool.upgrade.max_surge",
                           "pool.upgrade.max_unavailable",
                           "pool.upgrade.drain_timeout",
                           "pool.upgrade.soak",
                           "pool.upgrade.undrainable",
                           "pool.scale_down",
                           "pool.kubelet",
                           "pool.only_for",
                           "pool.lifecycle.prevent_destroy",
                           "pool.lifecycle.replace",
                           "pool.lifecycle.drain_timeout",
                           "pool.lifecycle.ignore",
                           "pool.taints",
                           "pool.arm",
                           "accelerator.cluster",
                           "accelerator.stack",
                           "accelerator.version",
                           "accelerator.metrics",
                           "accelerator.health",
                           "accelerator.discovery",
                           "accelerator.dra",
                           "accelerator.values",
                           "team.clusters",
                           "team.namespaces",
                           "team.adopt",
                           "team.labels",
                           "team.members.group",
                           "team.members.user",
                           "team.quota.gpu",
                           "team.quota.slice",
                           "team.quota.cpu",
                           "team.quota.memory",
                           "team.quota.pods",
                           "team.limits.default",
                           "team.limits.max",
                           "team.network.default",
                           "team.network.allow",
                           "team.pod_security",
                           "team.priority",
                           "team.queue.cohort",
                           "team.queue.borrow",
                           "team.queue.lend",
                           "team.queue.preempt",
                           "team.queue.weight",
                           "team.budget",
                           "team.secrets",
                           "job.team",
                           "job.pool",
                           "job.image",
                           "job.command",
                           "job.args",
                           "job.env",
                           "job.gpus",
                           "job.cpu",
                           "job.memory",
                           "job.shared_memory",
                           "job.volume.mount",
                           "job.volume.claim",
                           "job.volume.disk",
                           "job.volume.file_share",
                           "job.volume.blob",
                           "job.volume.empty_dir",
                           "job.volume.config",
                           "job.volume.secret",
                           "job.annotations",
                           "job.labels",
                           "job.nodes",
                           "job.completions",
                           "job.parallelism",
                           "job.schedule",
                           "job.deadline",
                           "job.retries",
                           "service.replicas",
                           "service.port",
                           "service.ports",
                           "service.probe.http",
                           "service.scale_on",
                           "model.team",
                           "model.preset",
                           "model.pool",
                           "smoke.image",
                           "smoke.pool",
                           "policy.deny",
                           "policy.warn",
                           "policy.off",
                           "policy.max_hourly_cost",
                           "policy.max_monthly_cost",
                           "policy.require",
                           "manifest.cluster",
                           "manifest.object",
                           "manifest.file",
                           "release.cluster",
                           "release.chart",
                           "release.repository",
                           "release.version",
                           "release.namespace",
                           "release.values"}) {
    EXPECT_NE(table.find(path), nullptr) << path;
  }
}

using PluginRow = Table::PluginRow;

PluginRow pluginRow(const char* path, const char* form, const char* type = "") {
  return {path, form, type, "", "A row of a plugin.", "", "0.1", ""};
}

TEST(Extend, AddsBlocksToPools) {
  Table table;
  std::string error;
  PluginRow call = pluginRow("pool.cut.layouts.gpus", "call", "list(counted | profile)");
  call.args = "int | range";
  ASSERT_TRUE(table.extend(
      "acme",
      {pluginRow("pool.cut", "block"), pluginRow("pool.cut.mode", "attribute", "enum(a, b)"),
       pluginRow("pool.cut.layouts", "block"), call},
      error))
      << error;
  const Row* row = table.find("pool.cut.mode");
  ASSERT_NE(row, nullptr);
  EXPECT_STREQ(row->vendor, "acme");
  EXPECT_EQ(table.typeOf(*row)->str(), "enum(a, b)");
  EXPECT_EQ(table.argsOf(*table.find("pool.cut.layouts.gpus"))[0]->str(), "int | range");
  const auto children = table.children("pool");
  EXPECT_STREQ(children.back()->path, "pool.cut");
  EXPECT_EQ(table.children("pool.cut").size(), 2u);
}

struct Refusal {
  PluginRow row;
  const char* reason;
};

TEST(Extend, RefusesRowsThatCannotWork) {
  const Refusal refusals[] = {
      {pluginRow("pool.vm", "block"), "exists already"},
      {pluginRow("pool.cut.mode", "attribute", "int"), "there is no `pool.cut`"},
      {pluginRow("pool.speed", "attribute", "int"), "blocks only"},
      {pluginRow("cluster.cut", "block"), "no block of this plugin"},
      {pluginRow("pool.disk.cut", "attribute", "int"), "no block of this plugin"},
      {pluginRow("cut", "block"), "there is no"},
      {pluginRow("pool.cut", "declaration"), "no form"},
      {pluginRow("pool.Cut", "block"), "characters"},
      {pluginRow("pool.cut", "free_map", "integer"), "blocks only"},
  };
  for (const Refusal& refusal : refusals) {
    Table table;
    std::string error;
    EXPECT_FALSE(table.extend("acme", {refusal.row}, error)) << refusal.row.path;
    EXPECT_NE(error.find(refusal.reason), std::string::npos) << error;
    EXPECT_NE(error.find(refusal.row.path), std::string::npos) << error;
  }
}

TEST(Extend, IsAllOrNothing) {
  Table table;
  std::string error;
  EXPECT_FALSE(table.extend(
      "acme", {pluginRow("pool.cut", "block"), pluginRow("pool.cut.mode", "attribute", "number(")},
      error));
  EXPECT_NE(error.find("type"), std::string::npos) << error;
  EXPECT_EQ(table.find("pool.cut"), nullptr);
  ASSERT_TRUE(table.extend("acme", {pluginRow("pool.cut", "block")}, error)) << error;
  EXPECT_FALSE(table.extend("other", {pluginRow("pool.cut.mode", "attribute", "int")}, error));
}

}  // namespace
}  // namespace gpuspec::schema
