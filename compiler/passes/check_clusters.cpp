#include <algorithm>

#include "compiler/passes/checks.h"
#include "compiler/passes/names.h"
#include "compiler/passes/text.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::passes {

namespace {

using ir::Cluster;

void checkNames(const Cluster& cluster, diag::Sink& sink) {
  if (const std::string fault = clusterNameFault(cluster.name); !fault.empty()) {
    sink.report(cluster.at, diag::ClusterNameInvalid, cluster.name, fault)
        .help(
            "letters, digits, `_` and `-`, at most 63; `name = \"...\"` gives another one than the "
            "label");
  }
  const std::string fault =
      cluster.resource_group.empty() ? "" : resourceGroupFault(cluster.resource_group);
  if (!fault.empty()) {
    sink.report(cluster.at, diag::ResourceGroupInvalid, cluster.resource_group, fault)
        .help("letters, digits and `_ - . ( )`, at most 90, no dot at the end");
  }
}

void checkNodeGroup(const Cluster& cluster, diag::Sink& sink) {
  if (!isNewAks(cluster) || settingOf(cluster.settings, "properties.nodeResourceGroup")) return;
  const std::string group =
      "MC_" + cluster.resource_group + "_" + cluster.name + "_" + *cluster.location;
  if (group.size() <= 80) return;
  sink.report(cluster.at, diag::NodeGroupTooLong, group, static_cast<std::int64_t>(group.size()))
      .help("shorten the names, or give the group one: `node_resource_group = \"...\"`");
}

// An Azure identity does not care for capitals.
std::string azureIdentity(const Cluster& cluster) {
  return lower(cluster.subscription + "/" + cluster.resource_group + "/" + cluster.name);
}

void checkTwice(const ir::Spec& spec, diag::Sink& sink) {
  std::map<std::string, const Cluster*> seen;
  for (const Cluster& cluster : spec.clusters) {
    if (cluster.platform != ir::Platform::Aks) continue;
    const auto [first, added] = seen.try_emplace(azureIdentity(cluster), &cluster);
    if (added) continue;
    sink.report(cluster.at, diag::ClusterTwice, first->second->address.shortName(),
                cluster.address.shortName())
        .note(first->second->at, "the same subscription, resource group and name")
        .help("give one of them another `name`, or keep one block");
  }
}

void reportCombination(const ir::Placed<std::string>& value, const char* attribute,
                       const std::string& other, const ir::Location& other_at, const char* rule,
                       diag::Sink& sink) {
  sink.report(value.at, diag::NetworkCombination, std::string(attribute) + " = " + *value, other)
      .note(other_at, "the other part")
      .help(rule);
}

void checkNetwork(const Cluster& cluster, diag::Sink& sink) {
  const std::string& policy = *cluster.network_policy;
  const std::string& plugin = *cluster.network_plugin;
  const bool cilium = *cluster.network_dataplane == "cilium";
  if (cilium && !policy.empty() && policy != "cilium" && policy != "none") {
    reportCombination(
        cluster.network_policy, "policy", "`dataplane = cilium`", cluster.network_dataplane.at,
        "the cilium dataplane has an engine of its own: write `policy = cilium`", sink);
  }
  if (policy == "cilium" && !cilium && isNewAks(cluster)) {
    const bool given = !cluster.network_dataplane->empty();
    reportCombination(
        cluster.network_policy, "policy",
        given ? "`dataplane = " + *cluster.network_dataplane + "`" : "the default dataplane",
        cluster.network_dataplane.at, "write `dataplane = cilium` as well", sink);
  }
  if (cilium && (plugin == "kubenet" || plugin == "none")) {
    reportCombination(cluster.network_dataplane, "dataplane", "`plugin = " + plugin + "`",
                      cluster.network_plugin.at,
                      "the cilium dataplane works with `plugin = azure_overlay` or `azure`", sink);
  }
  if (policy == "azure" && (plugin == "kubenet" || plugin == "none")) {
    reportCombination(
        cluster.network_policy, "policy", "`plugin = " + plugin + "`", cluster.network_plugin.at,
        "this engine works with the azure plugin only; `calico` works with kubenet", sink);
  }
  const ir::Tree* advanced =
      settingOf(cluster.settings,
                "properties.networkProfile.advancedNetworking.security.advancedNetworkPolicies");
  if (advanced && !cilium && isNewAks(cluster)) {
    sink.report(placeOf(*advanced, cluster.at), diag::NetworkCombination, "advanced_policies",
                "a dataplane other than cilium")
        .help("write `dataplane = cilium` and `policy = cilium`");
  }
}

void checkTier(const Cluster& cluster, diag::Sink& sink) {
  if (!isNewAks(cluster)) return;
  const std::string tier = cluster.tier.empty() ? "free" : cluster.tier;
  const ir::Tree* cost =
      settingOf(cluster.settings, "properties.metricsProfile.costAnalysis.enabled");
  if (cluster.cost_analysis && tier == "free") {
    sink.report(cost ? placeOf(*cost, cluster.at) : cluster.at, diag::TierTooLow, "cost_analysis",
                "standard or premium", cluster.address.shortName(),
                cluster.tier.empty() ? "the default, free" : tier)
        .help("write `tier = standard`");
  }
  const ir::Tree* plan = settingOf(cluster.settings, "properties.supportPlan");
  if (plan && plan->isString() && plan->asString() == "AKSLongTermSupport" && tier != "premium") {
    sink.report(placeOf(*plan, cluster.at), diag::TierTooLow, "support = long_term", "premium",
                cluster.address.shortName(), cluster.tier.empty() ? "the default, free" : tier)
        .help("write `tier = premium`");
  }
}

void checkLogin(const Cluster& cluster, diag::Sink& sink) {
  const ir::Tree* groups = settingOf(cluster.settings, "properties.aadProfile.adminGroupObjectIDs");
  if (groups && groups->isList()) {
    for (const ir::Tree& group : groups->asList()) {
      if (!group.isString() || isGuid(group.asString())) continue;
      sink.report(placeOf(group, cluster.at), diag::GroupIdInvalid, group.asString())
          .help(
              "an object id looks like `6f2e0a1c-9d3b-4f57-8a61-0c2d4e8b7f10`; `az ad group show "
              "--group NAME` prints it");
    }
  }
  const ir::Tree* closed = settingOf(cluster.settings, "properties.disableLocalAccounts");
  if (!isTrue(closed) || !isNewAks(cluster)) return;
  if (isTrue(settingOf(cluster.settings, "properties.aadProfile.managed"))) return;
  sink.report(placeOf(*closed, cluster.at), diag::LocalAccountsNeedEntra,
              cluster.address.shortName())
      .help(
          "name who administers it: `access { admin_groups = [\"...\"]  local_accounts = false }`");
}

void checkTags(const Cluster& cluster, diag::Sink& sink) {
  const auto report = [&](const std::string& fault) {
    sink.report(cluster.at, diag::TagInvalid, cluster.address.shortName(), fault)
        .help(
            "Azure takes 50 tags, names up to 512 characters without `<>%&\\?/`, values up to 256");
  };
  if (cluster.tags.size() > 50) report("there are " + std::to_string(cluster.tags.size()));
  for (const auto& [key, value] : cluster.tags) {
    const std::size_t strange = key.find_first_of("<>%&\\?/");
    if (key.empty()) report("one has no name");
    if (strange != std::string::npos) report("the name `" + key + "` has `" + key[strange] + "`");
    if (key.size() > 512) report("a name has " + std::to_string(key.size()) + " characters");
    if (value.size() > 256)
      report("the value of `" + key + "` has " + std::to_string(value.size()) + " characters");
  }
}

}  // namespace

void checkClusters(const ir::Spec& spec, diag::Sink& sink) {
  checkTwice(spec, sink);
  for (const Cluster& cluster : spec.clusters) {
    if (cluster.platform != ir::Platform::Aks) continue;
    checkNames(cluster, sink);
    checkNodeGroup(cluster, sink);
    checkNetwork(cluster, sink);
    checkTier(cluster, sink);
    checkLogin(cluster, sink);
    checkTags(cluster, sink);
  }
}

}  // namespace gpuspec::passes
