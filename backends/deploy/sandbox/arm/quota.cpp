#include "backends/deploy/sandbox/arm/quota.h"

#include <map>

#include "backends/deploy/sandbox/arm/text.h"
#include "backends/deploy/sandbox/arm/vm_size.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::arm {

namespace {

constexpr std::int64_t kUnlimited = 1'000'000;  // what the list says where there is no limit

struct Demand {
  std::string family, region;  // for people
  std::int64_t vcpus = 0;
};
using Demands = std::map<std::pair<std::string, std::string>, Demand>;  // lower case

void add(Demands& demands, const PoolDemand& pool, std::int64_t sign) {
  const VmSize size = readVmSize(pool.vm_size);
  if (!size.valid) return;
  Demand& demand = demands[{lower(size.family), pool.region}];
  demand.family = size.family;
  demand.region = pool.region;
  demand.vcpus += sign * size.vcpus * pool.count;
}

// Every pool that there is.
Demands allDemands(const State& state) {
  Demands demands;
  for (const std::shared_ptr<const Tree>& pool : state.list("/arm/pools/")) {
    // The region is the cluster's, whose key is in the pool's id.
    const std::vector<std::string> id = split(textAt(*pool, "id"), '/');
    if (id.size() < 9) continue;
    const std::shared_ptr<const Tree> cluster = state.get(clusterKey(id[4], id[8]));
    if (!cluster) continue;
    add(demands,
        {regionName(textAt(*cluster, "resource.location")), textAt(*pool, "properties.vmSize"),
         numberAt(*pool, "properties.count").value_or(0)},
        1);
  }
  return demands;
}

}  // namespace

std::int64_t Quota::limit(const std::string& family) const {
  for (const auto& [name, vcpus] : options_.vcpu_limits) {
    if (sameName(name, family)) return vcpus;
  }
  return options_.default_vcpu_limit;
}

std::int64_t Quota::used(const std::string& family, const std::string& region) const {
  const Demands demands = allDemands(state_);
  const auto found = demands.find({lower(family), region});
  return found == demands.end() ? 0 : found->second.vcpus;
}

llvm::Error Quota::check(const std::vector<PoolDemand>& before,
                         const std::vector<PoolDemand>& after) const {
  Demands growth;
  for (const PoolDemand& pool : before) add(growth, pool, -1);
  for (const PoolDemand& pool : after) add(growth, pool, 1);
  for (const auto& [key, demand] : growth) {
    const std::int64_t most = limit(demand.family);
    if (most < 0 || demand.vcpus <= 0) continue;
    const std::int64_t remaining =
        std::max<std::int64_t>(most - used(demand.family, demand.region), 0);
    if (demand.vcpus <= remaining) continue;
    return fail(400, "ErrCode_InsufficientVCPUQuota",
                "Insufficient vcpu quota requested " + std::to_string(demand.vcpus) +
                    ", remaining " + std::to_string(remaining) + " for family standard" +
                    demand.family + "Family for region " + demand.region +
                    ". Surge nodes would also consume vcpu quota. Please consider use smaller SKU "
                    "or request quota increase.");
  }
  return llvm::Error::success();
}

Tree Quota::usages(const std::string& region) const {
  std::map<std::string, Demand> families;
  for (const auto& [key, demand] : allDemands(state_)) {
    if (key.second == region) families[key.first] = demand;
  }
  for (const auto& [name, vcpus] : options_.vcpu_limits)
    families.try_emplace(lower(name), Demand{name, region, 0});
  Tree items = Tree::list();
  for (const auto& [key, demand] : families) {
    const std::string name = "standard" + demand.family + "Family";
    const std::int64_t most = limit(demand.family);
    items.push(ir::mapOf("unit", "Count", "currentValue", demand.vcpus, "limit",
                         most < 0 ? kUnlimited : most, "name",
                         ir::mapOf("value", name, "localizedValue", name)));
  }
  return ir::mapOf("value", std::move(items));
}

}  // namespace gpuspec::deploy::sandbox::arm
