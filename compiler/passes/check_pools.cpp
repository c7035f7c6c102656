#include <algorithm>
#include <map>

#include "compiler/passes/checks.h"
#include "compiler/passes/text.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::passes {

namespace {

using ir::Pool;

constexpr std::int64_t kMostNodes =
    1000;  // of one pool; a scale set, extra nodes of an upgrade included

void checkNodeCount(const Pool& pool, diag::Sink& sink) {
  const std::int64_t least = *pool.mode == ir::Mode::System ? 1 : 0;
  for (const std::int64_t count : {pool.nodes.min, pool.nodes.max}) {
    if (count >= least && count <= kMostNodes) continue;
    sink.report(pool.nodes.at, diag::NodeCountOutOfRange, pool.address.name, count, least,
                kMostNodes)
        .help(count > kMostNodes ? "spread the nodes over several pools"
                                 : "a system pool keeps at least one node");
    return;
  }
}

void checkZones(const Pool& pool, diag::Sink& sink) {
  std::map<std::string, ir::Location> seen;
  for (const auto& zone : pool.zones) {
    const auto [first, added] = seen.try_emplace(*zone, zone.at);
    if (!added) sink.report(zone.at, diag::ZoneTwice, *zone).note(first->second, "the first time");
  }
  const ir::Tree* group = settingOf(pool.settings, "properties.proximityPlacementGroupID");
  if (!group || seen.size() < 2) return;
  sink.report(placeOf(*group, pool.at), diag::PlacementGroupSpread, pool.address.name,
              static_cast<std::int64_t>(seen.size()))
      .note(pool.zones.front().at, "the zones")
      .help("a placement group keeps nodes close together: name one zone");
}

bool isZero(const ir::Tree* value) {
  return value && value->isString() && (value->asString() == "0" || value->asString() == "0%");
}

void checkUpgrade(const Pool& pool, diag::Sink& sink) {
  const ir::Tree* surge = settingOf(pool.settings, "properties.upgradeSettings.maxSurge");
  const ir::Tree* missing = settingOf(pool.settings, "properties.upgradeSettings.maxUnavailable");
  if (isZero(surge) && (!missing || isZero(missing))) {
    auto report = sink.report(placeOf(*surge, pool.at), diag::UpgradeStuck, pool.address.name);
    if (missing) report.note(placeOf(*missing, pool.at), "nor may one be missing");
    report.help(
        "write `max_unavailable = 1`: a node goes before its successor comes, and no quota is "
        "needed");
  }
}

void checkInfiniband(const Pool& pool, diag::Sink& sink) {
  if (!pool.infiniband || !pool.size) return;
  if (!pool.size->rdma) {
    sink.report(pool.vm.at, diag::InfinibandAbsent, pool.size->name)
        .help(
            "sizes with an `r` in their features have it, as in `Standard_ND96isr_H100_v5`; or "
            "drop `infiniband`");
  } else if (pool.zones.size() > 1) {
    sink.report(pool.zones.front().at, diag::InfinibandSpread, pool.address.name,
                static_cast<std::int64_t>(pool.zones.size()))
        .help("name one zone, or make one pool for each");
  }
}

void checkUntainted(const Pool& pool, diag::Sink& sink) {
  if (!hasGpu(pool) || !pool.taints || !pool.taints->empty() || isWindows(pool)) return;
  sink.report(pool.taints_at, diag::GpuPoolUntainted, pool.address.name)
      .note(pool.at, "its nodes cost the same, whatever runs on them")
      .help(
          "leave `taints` out: the vendor's own taint is set, and tolerated by what asks for its "
          "GPUs");
}

bool hasUserIdentity(const ir::Cluster& cluster) {
  const ir::Tree* identity = settingOf(cluster.settings, "identity");
  const ir::Tree* type = identity ? identity->find("type") : nullptr;
  return type && type->isString() && type->asString().find("UserAssigned") != std::string::npos;
}

void checkReservation(const ir::Cluster& cluster, const Pool& pool, diag::Sink& sink) {
  const ir::Tree* group = settingOf(pool.settings, "properties.capacityReservationGroupID");
  if (!group || cluster.existing || hasUserIdentity(cluster)) return;
  sink.report(placeOf(*group, pool.at), diag::ReservationIdentity, pool.address.name,
              cluster.address.shortName())
      .note(cluster.at, "made with a system-assigned identity")
      .help(
          "write `identity = [\"<resource id>\"]`, and give it the role Contributor on the "
          "reservation group");
}

void checkNodeProvisioning(const ir::Cluster& cluster, const Pool& pool, diag::Sink& sink) {
  const auto addon = cluster.addons.find("node_provisioning");
  if (addon == cluster.addons.end() || !isTrue(&*addon->second) || !pool.nodes.autoscaled) return;
  sink.report(pool.nodes.at, diag::NodeProvisioningAutoscaled, pool.address.name,
              cluster.address.shortName())
      .note(addon->second.at,
            "it makes nodes by itself, and AKS allows no cluster autoscaler beside it")
      .help("write a fixed count, `nodes = " +
            std::to_string(std::max<std::int64_t>(pool.nodes.min, 1)) + "`, or turn it off");
}

}  // namespace

void checkPools(const ir::Spec& spec, diag::Sink& sink) {
  for (const Pool& pool : spec.pools) {
    checkUntainted(pool, sink);
    if (!onAks(spec, pool)) continue;
    const ir::Cluster& cluster = spec[pool.cluster_id];
    checkNodeCount(pool, sink);
    checkZones(pool, sink);
    checkUpgrade(pool, sink);
    checkInfiniband(pool, sink);
    checkReservation(cluster, pool, sink);
    checkNodeProvisioning(cluster, pool, sink);
  }
}

}  // namespace gpuspec::passes
