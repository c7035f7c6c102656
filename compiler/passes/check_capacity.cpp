#include <map>

#include "compiler/passes/checks.h"
#include "compiler/passes/place_steps.h"
#include "compiler/passes/saturating.h"
#include "compiler/passes/text.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::passes {

namespace {

using ir::PoolId;
using ir::QuotaItem;
using ir::Team;

struct Share {
  const Team* team;
  const QuotaItem* item;
};

// What teams may use of one resource of one pool.
using Shares = std::map<std::pair<PoolId, std::string>, std::vector<Share>>;

bool countsDevices(const QuotaItem& item) {
  return item.kind == ir::QuotaKind::Gpu || item.kind == ir::QuotaKind::Slice;
}

Shares sharesOf(const ir::Placement& placement) {
  Shares shares;
  for (const Team& team : placement.spec->teams) {
    for (const QuotaItem& item : team.quota) {
      if (!countsDevices(item)) continue;
      const auto offer = offerOf(placement[item.pool_id].plan, item.profile);
      if (offer) shares[{item.pool_id, offer->resource}].push_back({&team, &item});
    }
  }
  return shares;
}

std::int64_t perNode(const ir::PoolPlan& plan, const std::string& resource) {
  const auto found = plan.allocatable.find(resource);
  return found == plan.allocatable.end() ? 0 : found->second;
}

// Reported at the amount with which the sum first exceeds the pool.
void checkPool(const ir::Placement& placement, PoolId pool_id, const std::string& resource,
               const std::vector<Share>& shares, diag::Sink& sink) {
  const ir::Pool& pool = (*placement.spec)[pool_id];
  const std::int64_t on_node = perNode(placement[pool_id].plan, resource);
  const std::int64_t most = saturatingProduct(on_node, pool.nodes.max);
  std::int64_t sum = 0;
  const Share* tipping = nullptr;
  for (const Share& share : shares) {
    sum = saturatingSum(sum, share.item->amount);
    if (sum > most && !tipping) tipping = &share;
  }
  if (!tipping) return;
  auto report = sink.report(tipping->item->at, diag::PoolOvercommitted, sum, resource,
                            pool.address.shortName(), most);
  report.note(pool.nodes.at, nodesText(pool.nodes) + " with " + std::to_string(on_node) + " each");
  std::size_t noted = 0;
  for (const Share& share : shares) {
    if (&share == tipping || ++noted > 4) continue;
    report.note(share.item->at,
                "`" + share.team->address.shortName() + "`: " + std::to_string(share.item->amount));
  }
  if (pool.nodes.min < pool.nodes.max)
    report.fact("at " + counted(pool.nodes.min, "node") + " it has " +
                std::to_string(saturatingProduct(on_node, pool.nodes.min)));
  report.help(
      "lower the amounts or raise `nodes`; who comes late waits, so keep it only if that is meant");
}

// A unit of the one is as good as a unit of the other.
bool interchangeable(const ir::Placement& placement, PoolId a, PoolId b) {
  const ir::Pool& x = (*placement.spec)[a];
  const ir::Pool& y = (*placement.spec)[b];
  const auto memory = [](const ir::Pool& pool) {
    return pool.size ? pool.size->gpu_memory_gib : 0;
  };
  return x.model() == y.model() && memory(x) == memory(y) &&
         x.spot.has_value() == y.spot.has_value() &&
         placement[a].plan.shared == placement[b].plan.shared &&
         placement[a].plan.slices.empty() == placement[b].plan.slices.empty();
}

void checkSplit(const ir::Placement& placement, const Team& team, const std::string& resource,
                const std::vector<const QuotaItem*>& items, diag::Sink& sink) {
  std::int64_t sum = 0;
  const QuotaItem* different = nullptr;
  for (const QuotaItem* item : items) {
    sum = saturatingSum(sum, item->amount);
    if (!different && !interchangeable(placement, items.front()->pool_id, item->pool_id))
      different = item;
  }
  if (!different) return;
  auto report = sink.report(different->at, diag::QuotaSplitUnenforced, sum, resource,
                            team.address.shortName());
  for (const QuotaItem* item : items) {
    if (item != different)
      report.note(item->at, std::to_string(item->amount) + " of the " + std::to_string(sum));
  }
  report.help(
      "Kubernetes counts resource names, not pools: split the work by namespace and admission, or "
      "take the sum as meant");
}

void checkSplits(const ir::Placement& placement, const Team& team, diag::Sink& sink) {
  std::map<std::pair<ir::ClusterId, std::string>, std::vector<const QuotaItem*>> sums;
  for (const QuotaItem& item : team.quota) {
    if (!countsDevices(item) || item.amount == 0) continue;
    const auto offer = offerOf(placement[item.pool_id].plan, item.profile);
    if (offer) sums[{(*placement.spec)[item.pool_id].cluster_id, offer->resource}].push_back(&item);
  }
  for (const auto& [key, items] : sums) checkSplit(placement, team, key.second, items, sink);
}

}  // namespace

void checkCapacity(const ir::Placement& placement, diag::Sink& sink) {
  for (const auto& [key, shares] : sharesOf(placement))
    checkPool(placement, key.first, key.second, shares, sink);
  for (const Team& team : placement.spec->teams) checkSplits(placement, team, sink);
}

}  // namespace gpuspec::passes
