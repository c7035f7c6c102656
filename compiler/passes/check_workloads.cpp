#include <algorithm>
#include <optional>

#include "compiler/passes/checks.h"
#include "compiler/passes/place_steps.h"
#include "compiler/passes/quantity.h"
#include "compiler/passes/saturating.h"
#include "compiler/passes/text.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::passes {

namespace {

using ir::PlacedWorkload;
using ir::Placement;
using ir::Workload;
using ir::WorkloadKind;

constexpr std::int64_t kGiB = std::int64_t{1} << 30;

std::string poolsText(const ir::Spec& spec, const std::vector<ir::PoolId>& ids) {
  std::vector<std::string> names;
  for (ir::PoolId id : ids) names.push_back(spec[id].address.name);
  return (names.size() == 1 ? "pool " : "pools ") + quoted(names) +
         (names.size() == 1 ? "" : " together");
}

struct Capacity {
  std::int64_t nodes = 0, units = 0;
};

Capacity capacityOf(const Placement& placement, const PlacedWorkload& placed) {
  Capacity capacity;
  for (ir::PoolId id : placed.pool_ids) {
    const std::int64_t nodes = (*placement.spec)[id].nodes.max;
    const auto& allocatable = placement[id].plan.allocatable;
    const auto found = allocatable.find(placed.resource);
    capacity.nodes = saturatingSum(capacity.nodes, nodes);
    if (found != allocatable.end())
      capacity.units = saturatingSum(capacity.units, saturatingProduct(nodes, found->second));
  }
  return capacity;
}

// Pods that run at the same time, at most.
std::int64_t mostPods(const Workload& workload) {
  if (workload.kind == WorkloadKind::Service) return workload.replicas_max;
  if (workload.nodes > 1) return workload.nodes;
  return std::min(workload.parallelism.value_or(1),
                  workload.completions.value_or(workload.parallelism.value_or(1)));
}

// Pods without which it does no work.
std::int64_t leastPods(const Workload& workload) {
  if (workload.kind == WorkloadKind::Service)
    return std::max<std::int64_t>(workload.replicas_min, 1);
  return workload.nodes;
}

void checkCapacity(const Placement& placement, const Workload& workload,
                   const PlacedWorkload& placed, diag::Sink& sink) {
  if (placed.pool_ids.empty()) return;
  const ir::Spec& spec = *placement.spec;
  const Capacity capacity = capacityOf(placement, placed);
  const ir::Pool& pool = spec[placed.pool_ids.front()];
  if (workload.nodes > capacity.nodes) {
    sink.report(workload.at, diag::NodesExceedPool, workload.address.name, workload.nodes,
                poolsText(spec, placed.pool_ids), capacity.nodes)
        .note(pool.nodes.at, nodesText(pool.nodes))
        .help("each pod needs a node of its own, all at once: raise the pool's `nodes`");
    return;
  }
  const std::int64_t pods = mostPods(workload);
  const std::int64_t need = saturatingProduct(pods, placed.amount);
  if (placed.resource.empty() || need <= capacity.units) return;
  sink.report(workload.gpus.at, diag::PodsExceedPool, pods, workload.address.name, need,
              placed.resource, capacity.units)
      .note(pool.nodes.at, nodesText(pool.nodes))
      .help("raise the pool's `nodes`, or ask for fewer pods");
}

const ir::PlacedQuota* quotaOf(const Placement& placement, const Workload& workload) {
  const auto key = std::make_pair(workload.cluster_id, workload.team_id);
  const auto found =
      std::lower_bound(placement.quotas.begin(), placement.quotas.end(), key,
                       [](const ir::PlacedQuota& quota, const auto& wanted) {
                         return std::make_pair(quota.cluster_id, quota.team_id) < wanted;
                       });
  if (found == placement.quotas.end() || std::make_pair(found->cluster_id, found->team_id) != key)
    return nullptr;
  return &*found;
}

std::string quotaText(const Placement& placement, const Workload& workload,
                      const PlacedWorkload& placed, std::int64_t amount) {
  const std::string pool = "pool." + (*placement.spec)[placed.pool_ids.front()].address.name;
  const std::string& profile = workload.gpus.profile;
  return (profile.empty() ? "gpu(" + pool + ")" : "slice(" + pool + ", " + profile + ")") + " = " +
         std::to_string(amount);
}

void checkQuota(const Placement& placement, const Workload& workload, const PlacedWorkload& placed,
                diag::Sink& sink) {
  if (!workload.team_id || placed.resource.empty()) return;
  const ir::PlacedQuota* quota = quotaOf(placement, workload);
  if (!quota) return;
  const std::string key = "requests." + placed.resource;
  for (const auto& [resource, amount] : quota->hard) {
    if (resource != key) continue;
    const std::int64_t allowed = std::stoll(*amount);
    const std::int64_t need = saturatingProduct(leastPods(workload), placed.amount);
    if (need <= allowed) return;
    sink.report(workload.gpus.at, diag::RequestExceedsQuota, workload.address.name, need,
                placed.resource, (*placement.spec)[workload.team_id].address.shortName(), allowed)
        .note(amount.at, allowed == 0 ? "this quota names no pool that has it, so none is allowed"
                                      : "the team's amount")
        .help("raise the quota: `" + quotaText(placement, workload, placed, need) +
              "`, or ask for less");
  }
}

// What a container asks for: a limit without a request is one, and the team's defaults fill in.
std::int64_t requested(std::int64_t written, std::int64_t default_request, std::int64_t default_) {
  if (written > 0) return written;
  return default_request > 0 ? default_request : default_;
}

struct Need {
  std::int64_t amount;
  std::string text;
  const char* attribute;
};

std::optional<Need> needOf(const ir::Team& team, const Workload& workload, ir::QuotaKind kind) {
  const ir::Limits& limits = team.limits;
  const std::int64_t pods = leastPods(workload);
  const std::string by = pods > 1 ? " for " + counted(pods, "pod") : "";
  switch (kind) {
    case ir::QuotaKind::Cpu: {
      const std::int64_t each =
          requested(workload.cpu_m, limits.default_request_cpu_m, limits.default_cpu_m);
      const std::int64_t all = saturatingProduct(pods, each);
      return Need{all, cpuQuantity(all) + " CPU" + by, "cpu"};
    }
    case ir::QuotaKind::Memory: {
      const std::int64_t each =
          requested(workload.memory, limits.default_request_memory, limits.default_memory);
      const std::int64_t all = saturatingProduct(pods, each);
      return Need{all, byteQuantity(all) + " memory" + by, "memory"};
    }
    case ir::QuotaKind::Pods:
      return Need{pods, counted(pods, "pod"), "pods"};
    default:
      return std::nullopt;
  }
}

std::string amountText(const ir::QuotaItem& item) {
  if (item.kind == ir::QuotaKind::Cpu) return cpuQuantity(item.amount);
  return item.kind == ir::QuotaKind::Memory ? byteQuantity(item.amount)
                                            : std::to_string(item.amount);
}

// CPU, memory and pods, which are counted in each namespace; devices: checkQuota.
void checkComputeQuota(const ir::Team& team, const Workload& workload, diag::Sink& sink) {
  for (const ir::QuotaItem& item : team.quota) {
    const std::optional<Need> need = needOf(team, workload, item.kind);
    if (!need || need->amount <= item.amount) continue;
    sink.report(workload.at, diag::ComputeExceedsQuota, workload.address.name, need->text,
                team.address.shortName(), amountText(item))
        .note(item.at, "the team's amount")
        .help("raise `" + std::string(need->attribute) + "` in the team's quota, or ask for less");
  }
}

void checkLimits(const ir::Team& team, const Workload& workload, diag::Sink& sink) {
  const auto report = [&](const ir::Location& at, const std::string& asked,
                          const std::string& allowed) {
    sink.report(at, diag::RequestAboveLimit, workload.address.name, asked, team.address.shortName(),
                allowed)
        .note(team.limits.at, "the team's limits")
        .help("raise `max` in the team's limits, or ask for less");
  };
  const ir::Limits& limits = team.limits;
  if (limits.max_gpus > 0 && workload.gpus.count > limits.max_gpus) {
    report(workload.gpus.at, counted(workload.gpus.count, "GPU"), std::to_string(limits.max_gpus));
  }
  if (limits.max_cpu_m > 0 && workload.cpu_m > limits.max_cpu_m) {
    report(workload.at, cpuQuantity(workload.cpu_m) + " CPU", cpuQuantity(limits.max_cpu_m));
  }
  if (limits.max_memory > 0 && workload.memory > limits.max_memory) {
    report(workload.at, byteQuantity(workload.memory) + " memory", byteQuantity(limits.max_memory));
  }
}

// What is wrong with the largest of the pools; a pool of unknown size fits.
void checkNodeSize(const ir::Spec& spec, const Workload& workload, const PlacedWorkload& placed,
                   diag::Sink& sink) {
  const ir::Pool* largest = nullptr;
  for (ir::PoolId id : placed.pool_ids) {
    const ir::Pool& pool = spec[id];
    if (!pool.size || pool.size->vcpus == 0 || pool.size->memory_gib == 0) return;
    const bool fits = workload.cpu_m <= pool.size->vcpus * 1000 &&
                      workload.memory <= pool.size->memory_gib * kGiB;
    if (fits) return;
    if (!largest || pool.size->vcpus > largest->size->vcpus) largest = &pool;
  }
  if (!largest) return;
  const bool cpu = workload.cpu_m > largest->size->vcpus * 1000;
  const std::string asked =
      cpu ? cpuQuantity(workload.cpu_m) + " CPU" : byteQuantity(workload.memory) + " memory";
  const std::string has =
      cpu ? std::to_string(largest->size->vcpus) : std::to_string(largest->size->memory_gib) + "Gi";
  sink.report(workload.at, diag::NodeTooSmall, workload.address.name, asked, largest->address.name,
              has)
      .note(largest->vm.at, "this size")
      .help("ask for less than the whole node: the kubelet and the system keep a part of it");
}

void checkFabric(const ir::Spec& spec, const Workload& workload, const PlacedWorkload& placed,
                 diag::Sink& sink) {
  if (workload.nodes < 2 || placed.resource.empty()) return;
  for (ir::PoolId id : placed.pool_ids) {
    const ir::Pool& pool = spec[id];
    if (!pool.size || !pool.size->rdma || pool.infiniband) continue;
    sink.report(workload.at, diag::InfinibandNotAsked, workload.address.name, workload.nodes,
                pool.address.name)
        .note(pool.vm.at, "has InfiniBand")
        .help(
            "write `infiniband = true` in the pool, and register the feature AKSInfinibandSupport");
    return;
  }
}

}  // namespace

void checkWorkloads(const Placement& placement, diag::Sink& sink) {
  const ir::Spec& spec = *placement.spec;
  for (std::size_t i = 0; i < spec.workloads.size(); ++i) {
    const Workload& workload = spec.workloads[i];
    const PlacedWorkload& placed = placement.workloads[i];
    checkCapacity(placement, workload, placed, sink);
    checkQuota(placement, workload, placed, sink);
    if (workload.team_id) {
      checkComputeQuota(spec[workload.team_id], workload, sink);
      checkLimits(spec[workload.team_id], workload, sink);
    }
    checkNodeSize(spec, workload, placed, sink);
    checkFabric(spec, workload, placed, sink);
  }
}

}  // namespace gpuspec::passes
