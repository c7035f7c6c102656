#include "compiler/ir/spec.h"

namespace gpuspec::ir {

namespace {

template <class TargetId, class Table, class Predicate>
std::vector<TargetId> idsWhere(const Table& table, Predicate matches) {
  std::vector<TargetId> ids;
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    if (matches(table[i])) ids.push_back(TargetId{i});
  }
  return ids;
}

}  // namespace

std::string Address::str() const {
  return module.empty() ? kind + "." + name : module + "." + kind + "." + name;
}

std::string Address::shortName() const {
  return module.empty() ? name : module + "." + name;
}

std::string Taint::str() const {
  static constexpr const char* kEffects[] = {"NoSchedule", "PreferNoSchedule", "NoExecute"};
  return key + "=" + value + ":" + kEffects[static_cast<int>(effect)];
}

std::string Pool::vendor() const {
  if (!device->empty()) return device->substr(0, device->find('.'));
  return size ? size->vendor : "";
}

std::string Pool::model() const {
  if (!device->empty()) return device->substr(device->find('.') + 1);
  return size ? size->model : "";
}

std::int64_t Pool::gpusPerNode() const {
  if (!device->empty()) return device_count;
  return size ? size->gpus : 0;
}

std::vector<PoolId> Spec::poolsOf(ClusterId cluster_id) const {
  return idsWhere<PoolId>(pools, [=](const Pool& pool) { return pool.cluster_id == cluster_id; });
}

std::vector<TeamId> Spec::teamsOf(ClusterId cluster_id) const {
  return idsWhere<TeamId>(teams, [=](const Team& team) {
    for (ClusterId id : team.cluster_ids) {
      if (id == cluster_id) return true;
    }
    return false;
  });
}

std::vector<WorkloadId> Spec::workloadsOf(ClusterId cluster_id) const {
  return idsWhere<WorkloadId>(
      workloads, [=](const Workload& workload) { return workload.cluster_id == cluster_id; });
}

std::vector<AcceleratorId> Spec::acceleratorsOf(ClusterId cluster_id) const {
  return idsWhere<AcceleratorId>(accelerators, [=](const Accelerator& accelerator) {
    return accelerator.cluster_id == cluster_id;
  });
}

}  // namespace gpuspec::ir
