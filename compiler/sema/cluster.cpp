#include <algorithm>
#include <span>

#include "compiler/sema/analysis.h"
#include "compiler/sema/convert.h"
#include "compiler/sema/settings.h"

namespace gpuspec::sema {

namespace {

using Paths = std::span<const std::string_view>;

// Said of a cluster that this spec does not make, these describe it; other layers are checked
// against them.
constexpr std::string_view kDescribeAny[] = {"cluster.version", "cluster.network.plugin",
                                             "cluster.network.policy", "cluster.network.dataplane"};
constexpr std::string_view kDescribeAks[] = {
    "cluster.version", "cluster.tier",        "cluster.identity",         "cluster.network.",
    "cluster.addons.", "cluster.monitoring.", "cluster.access.azure_rbac"};

bool startsWithAny(std::string_view path, Paths prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return path.starts_with(prefix); });
}

void reportContext(Analysis& analysis, const eval::Block& block, const eval::Attribute& context) {
  auto report = analysis.sink.report(context.name_at, diag::ContextOnAks, block.label);
  if (!block.find("platform")) report.fact("a cluster is on AKS where `platform` says nothing");
  report.help(
      "write `platform = kubernetes`, or leave `context` out: AKS hands out its own credentials");
}

void checkAks(Analysis& analysis, const eval::Block& block) {
  if (const eval::Attribute* context = block.find("context"))
    reportContext(analysis, block, *context);
  if (!platformIsKnown(block)) return;
  for (const char* name : {"resource_group", "location"}) {
    if (block.find(name) || mayBeBroken(block, name)) continue;
    auto report = analysis.sink.report(block.at, diag::AksClusterNeeds, block.label, name);
    report.help("an AKS cluster lives in a resource group and a region");
  }
}

// Every property of an Azure resource, said of a cluster that has none.
void checkPlainKubernetes(Analysis& analysis, const eval::Block& block) {
  if (!block.find("context") && !mayBeBroken(block, "context")) {
    analysis.sink.report(block.at, diag::ContextMissing, block.label)
        .help("name the kubeconfig context that reaches it: `context = \"...\"`");
  }
  for (const char* name : {"resource_group", "subscription", "location"}) {
    if (const eval::Attribute* attribute = block.find(name)) {
      reportAzureOnly(analysis, attribute->name_at, name, block.label);
    }
  }
  for (const auto& [attribute, row] : plainAttributes(analysis, block, "cluster")) {
    if (!startsWithAny(row->path, kDescribeAny))
      reportAzureOnly(analysis, attribute->name_at, attribute->name, block.label);
  }
  for (const char* name : {"tags", "arm"}) {
    if (const eval::Block* map = block.child(name)) {
      reportAzureOnly(analysis, map->kind_at, name, block.label);
    }
  }
}

void checkExisting(Analysis& analysis, const eval::Block& block) {
  for (const auto& [attribute, row] : plainAttributes(analysis, block, "cluster")) {
    if (startsWithAny(row->path, kDescribeAks)) continue;
    analysis.sink
        .report(attribute->name_at, diag::ExistingClusterUnchanged, attribute->name, block.label)
        .help("leave it out, or let this spec make the cluster: `existing = false`");
  }
  for (const char* name : {"tags", "arm"}) {
    if (const eval::Block* map = block.child(name)) {
      analysis.sink.report(map->kind_at, diag::ExistingClusterUnchanged, name, block.label);
    }
  }
}

void readNetwork(const eval::Block& block, ir::Cluster& cluster) {
  cluster.network_plugin = cluster.network_policy = cluster.network_dataplane = {"", block.at};
  const eval::Block* network = block.child("network");
  if (!network) return;
  cluster.network_plugin = placedText(*network, "plugin");
  cluster.network_policy = placedText(*network, "policy");
  cluster.network_dataplane = placedText(*network, "dataplane");
}

void readExtras(Analysis& analysis, const eval::Block& block, ir::Cluster& cluster) {
  if (const eval::Block* monitoring = block.child("monitoring")) {
    cluster.prometheus = boolOf(*monitoring, "prometheus");
    cluster.cost_analysis = boolOf(*monitoring, "cost_analysis");
  }
  if (const eval::Block* addons = block.child("addons")) {
    for (const eval::Attribute& addon : addons->attributes) {
      if (addon.value.isPoison()) continue;
      cluster.addons[addon.name] = {toTree(analysis, addon.value, Units::Base), addon.value.at()};
    }
  }
  for (const auto& [key, value] : labelsOf(block, "tags")) cluster.tags[key] = value;
  if (const eval::Block* arm = block.child("arm"))
    cluster.arm = toTree(analysis, *arm, Units::Base);
}

}  // namespace

bool platformIsKnown(const eval::Block& cluster) {
  if (cluster.value("platform")) return true;
  return !mayBeBroken(cluster, "platform") && !cluster.find("context");
}

ir::Cluster clusterFrom(Analysis& analysis, const eval::Block& block) {
  ir::Cluster cluster;
  cluster.at = block.at;
  cluster.address = addressOf(block);
  const bool plain = textOf(block, "platform", "aks") == "kubernetes";
  cluster.platform = plain ? ir::Platform::Kubernetes : ir::Platform::Aks;
  cluster.existing = plain || boolOf(block, "existing");
  cluster.context = textOf(block, "context");
  cluster.name = textOf(block, "name", block.label);
  cluster.subscription = textOf(block, "subscription");
  cluster.resource_group = textOf(block, "resource_group");
  cluster.location = placedText(block, "location");
  cluster.version = placedText(block, "version");
  cluster.tier = textOf(block, "tier");
  readNetwork(block, cluster);
  readExtras(analysis, block, cluster);
  cluster.lifecycle = lifecycleFrom(analysis, block);
  if (block.poisoned("platform")) return cluster;
  if (plain) {
    checkPlainKubernetes(analysis, block);
    return cluster;
  }
  checkAks(analysis, block);
  if (cluster.existing) checkExisting(analysis, block);
  cluster.settings = settingsFrom(analysis, block, "cluster", schema::Scheme::Arm);
  return cluster;
}

}  // namespace gpuspec::sema
