#include "compiler/passes/checks.h"
#include "compiler/passes/text.h"
#include "compiler/passes/versions.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::passes {

namespace {

using ir::Cluster;
using ir::Pool;

constexpr std::int64_t kMostPools = 100;       // AKS, "Quotas, limits, and region availability"
constexpr std::int64_t kMostNodes = 5000;      // tier standard or premium
constexpr std::int64_t kMostNodesFree = 1000;  // AKS, "Free, Standard, and Premium pricing tiers"
constexpr std::int64_t kMostNodesAzurePolicy = 250;  // AKS, "Secure traffic between pods"
constexpr int kMostMinorsBehind = 3;  // Kubernetes version skew policy, 1.28 and later

std::int64_t mostNodesOf(const ir::Spec& spec, const std::vector<ir::PoolId>& pool_ids) {
  std::int64_t nodes = 0;
  for (ir::PoolId id : pool_ids) nodes += spec[id].nodes.max;
  return nodes;
}

void checkSize(const ir::Spec& spec, ir::ClusterId id, diag::Sink& sink) {
  const Cluster& cluster = spec[id];
  const std::vector<ir::PoolId> pool_ids = spec.poolsOf(id);
  const std::string name = cluster.address.shortName();
  const auto pool_count = static_cast<std::int64_t>(pool_ids.size());
  if (pool_count > kMostPools) {
    sink.report(cluster.at, diag::TooManyPools, name, pool_count, kMostPools)
        .help("put pools together, or make a second cluster");
  }
  const std::int64_t nodes = mostNodesOf(spec, pool_ids);
  const bool free = isNewAks(cluster) && (cluster.tier.empty() || cluster.tier == "free");
  const std::int64_t limit = free ? kMostNodesFree : kMostNodes;
  if (nodes > limit) {
    sink.report(cluster.at, diag::TooManyNodes, name, nodes, free ? "tier free" : "AKS", limit)
        .help(free && nodes <= kMostNodes ? "write `tier = standard`"
                                          : "spread the pools over more clusters");
  }
  if (*cluster.network_policy == "azure" && nodes > kMostNodesAzurePolicy) {
    sink.report(cluster.network_policy.at, diag::PolicyEngineTooSmall, name, nodes)
        .help("write `dataplane = cilium  policy = cilium`");
  }
}

std::optional<Version> versionOf(const std::string& text, const ir::Location& at,
                                 diag::Sink& sink) {
  const auto version = parseVersion(text);
  if (!version || version->major != 1) {
    sink.report(at, diag::VersionInvalid, text)
        .help("write a minor, `1.36`, or a patch of it, `1.36.1`");
    return std::nullopt;
  }
  return version;
}

void checkPoolVersion(const Cluster& cluster, const std::optional<Version>& cluster_version,
                      const Pool& pool, diag::Sink& sink) {
  const ir::Tree* written = settingOf(pool.settings, "properties.orchestratorVersion");
  if (!written || !written->isString()) return;
  const ir::Location at = placeOf(*written, pool.at);
  const auto version = versionOf(written->asString(), at, sink);
  if (!version || !cluster_version) return;
  const int behind = cluster_version->minorsAfter(*version);
  std::string where;
  if (newerThan(*version, *cluster_version)) where = "newer than the";
  if (behind > kMostMinorsBehind) where = counted(behind, "minor version") + " behind the";
  if (where.empty()) return;
  sink.report(at, diag::PoolVersionSkew, pool.address.name, written->asString(), where,
              *cluster.version)
      .note(cluster.version.at, "the control plane")
      .help("nodes are never newer than their control plane, and at most 3 minor versions older");
}

}  // namespace

void checkClusterLimits(const ir::Spec& spec, diag::Sink& sink) {
  for (std::uint32_t i = 0; i < spec.clusters.size(); ++i) {
    const ir::ClusterId id{i};
    const Cluster& cluster = spec[id];
    const auto version = cluster.version->empty()
                             ? std::nullopt
                             : versionOf(*cluster.version, cluster.version.at, sink);
    if (cluster.platform != ir::Platform::Aks) continue;
    checkSize(spec, id, sink);
    for (ir::PoolId pool_id : spec.poolsOf(id))
      checkPoolVersion(cluster, version, spec[pool_id], sink);
  }
}

}  // namespace gpuspec::passes
