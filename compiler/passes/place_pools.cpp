#include <algorithm>

#include "compiler/passes/place_steps.h"
#include "compiler/passes/saturating.h"
#include "compiler/passes/text.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::passes {

namespace {

using ir::PlacedPool;
using ir::Placement;
using ir::PoolId;
using ir::VendorCluster;

constexpr const char* kSpotKey =
    "kubernetes.azure.com/scalesetpriority";  // AKS, "Add an Azure Spot node pool"

// The pools of one vendor on one cluster; sorted by cluster, then vendor.
using Groups = std::map<std::pair<ir::ClusterId, std::string>, VendorCluster>;

Groups groupsOf(const ir::Spec& spec) {
  Groups groups;
  for (std::uint32_t i = 0; i < spec.pools.size(); ++i) {
    const ir::Pool& pool = spec.pools[i];
    if (!hasGpu(pool)) continue;
    VendorCluster& group = groups[{pool.cluster_id, pool.vendor()}];
    group.pool_ids.push_back(PoolId{i});
  }
  for (std::uint32_t i = 0; i < spec.accelerators.size(); ++i) {
    const ir::Accelerator& accelerator = spec.accelerators[i];
    groups[{accelerator.cluster_id, accelerator.vendor}].accelerator_id = ir::AcceleratorId{i};
  }
  for (auto& [key, group] : groups) {
    group.spec = &spec;
    group.cluster_id = key.first;
  }
  return groups;
}

bool planGroup(const ir::VendorSet& vendors, const std::string& vendor_name,
               const VendorCluster& group, Placement& placement, diag::Sink& sink) {
  const ir::Vendor* vendor = vendors.find(vendor_name);
  if (!vendor) {
    const ir::Pool& first = (*group.spec)[group.pool_ids.front()];
    sink.report(first.vm->empty() ? first.device.at : first.vm.at, diag::VendorPluginMissing,
                vendor_name)
        .help("install its plugin, or name it with `--plugin FILE`");
    return false;
  }
  auto plans = vendor->partition(group, sink);
  if (!plans || plans->size() != group.pool_ids.size()) return false;
  for (std::size_t i = 0; i < plans->size(); ++i)
    placement.pools[group.pool_ids[i].index].plan = std::move((*plans)[i]);
  return true;
}

bool addNodeLabels(const ir::Pool& pool, PlacedPool& placed, diag::Sink& sink) {
  bool complete = true;
  for (const auto& [key, value] : placed.plan.node_labels) {
    const auto own =
        std::find_if(placed.labels.begin(), placed.labels.end(),
                     [&, name = &key](const auto& label) { return label.first == *name; });
    if (own == placed.labels.end()) {
      placed.labels.push_back({key, {value, pool.at}});
    } else if (*own->second != value) {
      complete = false;
      sink.report(own->second.at, diag::NodeLabelTaken, key, pool.address.name, value)
          .help("leave the label out: it is set for you");
    }
  }
  std::sort(placed.labels.begin(), placed.labels.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return complete;
}

void addPlatformTaints(const ir::Pool& pool, bool on_aks, PlacedPool& placed) {
  if (!on_aks || !pool.spot) return;
  const ir::Taint spot{kSpotKey, "spot", ir::TaintEffect::NoSchedule, pool.spot->at};
  const bool written =
      std::find(placed.taints.begin(), placed.taints.end(), spot) != placed.taints.end();
  if (!written) placed.platform_taints.push_back(spot);
}

bool finishPool(const ir::Spec& spec, const ir::Pool& pool, PlacedPool& placed, diag::Sink& sink) {
  const bool on_aks = onAks(spec, pool);
  placed.taints = pool.taints ? *pool.taints : placed.plan.default_taints;
  if (!pool.taints) {
    for (ir::Taint& taint : placed.taints) taint.at = pool.at;
  }
  addPlatformTaints(pool, on_aks, placed);
  placed.labels = pool.labels;
  if (on_aks) placed.selectors = {{"kubernetes.azure.com/agentpool", pool.address.name}};
  if (!on_aks) placed.selectors.assign(pool.selector.begin(), pool.selector.end());
  if (!placed.selectors.empty()) placed.selector = placed.selectors.front();
  placed.min_gpus = saturatingProduct(pool.gpusPerNode(), pool.nodes.min);
  placed.max_gpus = saturatingProduct(pool.gpusPerNode(), pool.nodes.max);
  return addNodeLabels(pool, placed, sink);
}

}  // namespace

bool placePools(const ir::VendorSet& vendors, Placement& placement, diag::Sink& sink) {
  const ir::Spec& spec = *placement.spec;
  placement.pools.resize(spec.pools.size());
  bool complete = true;
  for (const auto& [key, group] : groupsOf(spec)) {
    if (!group.pool_ids.empty()) complete &= planGroup(vendors, key.second, group, placement, sink);
  }
  if (!complete) return false;
  for (std::size_t i = 0; i < spec.pools.size(); ++i)
    complete &= finishPool(spec, spec.pools[i], placement.pools[i], sink);
  return complete;
}

bool placeStacks(const ir::VendorSet& vendors, Placement& placement, diag::Sink& sink) {
  const ir::Spec& spec = *placement.spec;
  const Groups groups = groupsOf(spec);
  bool complete = true;
  for (std::uint32_t i = 0; i < spec.accelerators.size(); ++i) {
    const ir::Accelerator& accelerator = spec.accelerators[i];
    const VendorCluster& group = groups.at({accelerator.cluster_id, accelerator.vendor});
    if (!spec.hasAll("pool") && group.pool_ids.empty()) continue;
    std::vector<ir::PoolPlan> plans;
    std::vector<std::vector<ir::Taint>> taints;
    for (PoolId id : group.pool_ids) {
      plans.push_back(placement[id].plan);
      taints.push_back(placement[id].taints);
      taints.back().insert(taints.back().end(), placement[id].platform_taints.begin(),
                           placement[id].platform_taints.end());
    }
    const ir::Vendor* vendor = vendors.find(accelerator.vendor);
    if (!vendor) sink.report(accelerator.at, diag::VendorPluginMissing, accelerator.vendor);
    std::optional<ir::StackPlan> plan =
        vendor ? vendor->emit(group, plans, taints, sink) : std::nullopt;
    complete &= plan.has_value();
    if (plan) placement.stacks.push_back({ir::AcceleratorId{i}, std::move(*plan)});
  }
  return complete;
}

}  // namespace gpuspec::passes
