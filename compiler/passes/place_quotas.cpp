#include <map>
#include <set>

#include "compiler/passes/place_steps.h"
#include "compiler/passes/quantity.h"
#include "compiler/passes/saturating.h"
#include "compiler/passes/text.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::passes {

namespace {

using ir::Placement;
using ir::QuotaItem;
using ir::QuotaKind;

struct Sum {
  std::int64_t amount = 0;
  ir::Location at;  // the first item's
};

// Every resource name under which a GPU, or a part of one, is handed out on the cluster.
std::set<std::string> gpuResourcesOf(const Placement& placement, ir::ClusterId cluster_id) {
  std::set<std::string> resources;
  for (ir::PoolId id : placement.spec->poolsOf(cluster_id)) {
    const ir::PoolPlan& plan = placement[id].plan;
    for (const auto& [resource, amount] : plan.allocatable) resources.insert(resource);
    if (!plan.device_resource.empty()) resources.insert(plan.device_resource);
    for (const ir::SliceResource& slice : plan.slices) resources.insert(slice.resource);
  }
  return resources;
}

bool checkItem(const Placement& placement, const ir::Team& team, const QuotaItem& item,
               diag::Sink& sink) {
  const ir::Spec& spec = *placement.spec;
  const ir::Pool& pool = spec[item.pool_id];
  const ir::PoolPlan& plan = placement[item.pool_id].plan;
  if (!worksOn(team, pool.cluster_id)) {
    const ir::Cluster& cluster = spec[pool.cluster_id];
    sink.report(item.pool_at, diag::QuotaPoolElsewhere, pool.address.name,
                cluster.address.shortName(), team.address.name)
        .note(pool.at, "the pool")
        .help("add the cluster to the team's `clusters`, or take the amount out");
    return false;
  }
  if (offerOf(plan, item.profile)) return true;
  if (item.kind == QuotaKind::Slice) {
    sink.report(item.pool_at, diag::ProfileNotOffered, pool.address.name, item.profile)
        .note(pool.at, slicesText(plan))
        .help(plan.slices.empty() ? "count whole GPUs: `gpu(...) = n`"
                                  : "count a profile that it has");
  } else {
    sink.report(item.pool_at, diag::QuotaNeedsProfile, pool.address.name)
        .note(pool.at, slicesText(plan))
        .help("count slices: `slice(pool." + pool.address.name + ", " +
              (plan.slices.empty() ? "PROFILE" : plan.slices.front().profile) + ") = n`");
  }
  return false;
}

bool countsDevices(const QuotaItem& item) {
  return item.kind == QuotaKind::Gpu || item.kind == QuotaKind::Slice;
}

std::string keyOf(QuotaKind kind) {
  if (kind == QuotaKind::Cpu) return "requests.cpu";
  if (kind == QuotaKind::Memory) return "requests.memory";
  return kind == QuotaKind::Storage ? "requests.storage" : "pods";
}

std::string amountOf(const QuotaItem& item) {
  if (item.kind == QuotaKind::Cpu) return cpuQuantity(item.amount);
  return item.kind == QuotaKind::Pods ? std::to_string(item.amount) : byteQuantity(item.amount);
}

ir::PlacedQuota quotaOf(const Placement& placement, ir::TeamId team_id, ir::ClusterId cluster_id,
                        const std::set<std::string>& gpu_resources) {
  const ir::Spec& spec = *placement.spec;
  const ir::Team& team = spec[team_id];
  std::map<std::string, Sum> devices;
  std::map<std::string, ir::Placed<std::string>> hard;
  for (const QuotaItem& item : team.quota) {
    if (!countsDevices(item)) {
      hard[keyOf(item.kind)] = {amountOf(item), item.at};
    } else if (spec[item.pool_id].cluster_id == cluster_id) {
      const auto offer = offerOf(placement[item.pool_id].plan, item.profile);
      if (!offer) continue;
      Sum& sum = devices.try_emplace(offer->resource, Sum{0, item.at}).first->second;
      sum.amount = saturatingSum(sum.amount, item.amount);
    }
  }
  // An absent key would be no limit at all.
  for (const std::string& resource : gpu_resources)
    devices.try_emplace(resource, Sum{0, team.quota_at});
  for (const auto& [resource, sum] : devices)
    hard["requests." + resource] = {std::to_string(sum.amount), sum.at};
  return {team_id, cluster_id, {hard.begin(), hard.end()}};
}

}  // namespace

bool placeQuotas(Placement& placement, diag::Sink& sink) {
  const ir::Spec& spec = *placement.spec;
  bool complete = true;
  for (const ir::Team& team : spec.teams) {
    for (const QuotaItem& item : team.quota)
      complete &= !countsDevices(item) || checkItem(placement, team, item, sink);
  }
  for (std::uint32_t i = 0; i < spec.clusters.size(); ++i) {
    const ir::ClusterId cluster_id{i};
    const std::set<std::string> gpu_resources = gpuResourcesOf(placement, cluster_id);
    for (ir::TeamId team_id : spec.teamsOf(cluster_id)) {
      if (hasQuota(spec[team_id]))
        placement.quotas.push_back(quotaOf(placement, team_id, cluster_id, gpu_resources));
    }
  }
  return complete;
}

}  // namespace gpuspec::passes
