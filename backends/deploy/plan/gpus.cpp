#include <algorithm>
#include <map>
#include <set>

#include "backends/deploy/plan/planner.h"

// GPUs before and after, of each pool and of all. How many a size of machine has is known from the
// spec's pools, and else from the nodes that run. Where the platform is Kubernetes itself, nodes
// are somebody else's: a plan neither adds nor takes any.

namespace gpuspec::deploy::plan {

namespace {

using model::Live;
using model::PoolFacts;
using model::System;

const Tree* at(const Tree& tree, std::string_view map, std::string_view key) {
  const Tree* found = tree.find(map);
  return found != nullptr ? found->find(key) : nullptr;
}

std::int64_t intAt(const Tree& body, std::string_view key) {
  const Tree* value = at(body, "properties", key);
  return value != nullptr && value->isInt() ? value->asInt() : 0;
}

std::string lastName(const std::string& name) {
  return name.substr(name.rfind('/') + 1);
}

bool isPool(const model::ResourceKey& key) {
  return key.system == System::Azure && key.kind != "managedClusters";
}

class Counting {
 public:
  explicit Counting(Planning& planning) : planning_(planning) {
    for (const PoolFacts& pool : planning.desired.pools) {
      of_size_[pool.vm] = pool.gpus_per_node;
      wanted_[{pool.cluster, pool.name}] = &pool;
      for (const auto& [resource, count] : pool.allocatable) {
        // Of a partitioned GPU a node offers more than it has.
        if (count == pool.gpus_per_node) whole_gpus_.insert(resource);
      }
    }
  }

  void run() {
    GpuTotals& all = planning_.plan.gpus;
    for (const auto& [name, pool] : wanted_) {
      if (nodesAreGiven(*pool)) {
        addGiven(*pool);
        continue;
      }
      if (planning_.options.destroy) continue;
      all.min_after += pool->min_nodes * pool->gpus_per_node;
      all.max_after += pool->max_nodes * pool->gpus_per_node;
    }
    for (const Live& live : planning_.live.resources) {
      if (!isPool(live.key)) continue;
      const GpuTotals before = beforeOf(live);
      all.min_before += before.min_before;
      all.max_before += before.max_before;
      all.before_known = all.before_known && before.before_known;
      live_[live.key] = before;
    }
    for (Change& change : planning_.plan.changes) {
      if (isPool(change.key)) addTo(change);
    }
    if (!all.before_known)
      planning_.plan.not_checked.push_back(
          "GPUs of a live pool without nodes, whose size the spec no longer names");
  }

 private:
  bool nodesAreGiven(const PoolFacts& pool) const {
    return std::ranges::any_of(planning_.desired.targets, [&](const model::Target& target) {
      return target.cluster == pool.cluster && target.platform == ir::Platform::Kubernetes;
    });
  }

  void addGiven(const PoolFacts& pool) {
    const model::LiveCluster* cluster = planning_.cluster(pool.cluster);
    const auto nodes =
        cluster == nullptr ? 0 : std::ranges::count_if(cluster->nodes, [&](const Tree& n) {
          return selects(pool, n);
        });
    const std::int64_t gpus = nodes * pool.gpus_per_node;
    GpuTotals& all = planning_.plan.gpus;
    for (std::int64_t* total : {&all.min_before, &all.max_before, &all.min_after, &all.max_after})
      *total += gpus;
  }

  static bool selects(const PoolFacts& pool, const Tree& node) {
    const Tree* labels = at(node, "metadata", "labels");
    return std::ranges::all_of(pool.selector, [&](const auto& wanted) {
      const Tree* value = labels != nullptr ? labels->find(wanted.first) : nullptr;
      return value != nullptr && value->isString() && value->asString() == wanted.second;
    });
  }

  GpuTotals beforeOf(const Live& live) const {
    GpuTotals before;
    const std::optional<std::int64_t> each = gpusOfNode(live);
    before.before_known = each.has_value();
    const std::int64_t count = intAt(live.body, "count"), most = intAt(live.body, "maxCount");
    before.min_before = (most > 0 ? intAt(live.body, "minCount") : count) * each.value_or(0);
    before.max_before = (most > 0 ? most : count) * each.value_or(0);
    return before;
  }

  std::optional<std::int64_t> gpusOfNode(const Live& live) const {
    const Tree* size = at(live.body, "properties", "vmSize");
    const auto known = of_size_.find(size != nullptr && size->isString() ? size->asString() : "");
    if (known != of_size_.end()) return known->second;
    const model::LiveCluster* cluster = planning_.cluster(live.key.cluster);
    if (cluster == nullptr) return std::nullopt;
    std::optional<std::int64_t> most;
    for (const Tree& node : cluster->nodes) {
      if (poolOf(node) == lastName(live.key.name)) most = std::max(most.value_or(0), gpusOn(node));
    }
    return most;
  }

  std::int64_t gpusOn(const Tree& node) const {
    std::int64_t gpus = 0;
    for (const std::string& resource : whole_gpus_) {
      const Tree* status = node.find("status");
      const Tree* offered = status != nullptr ? at(*status, "allocatable", resource) : nullptr;
      if (offered == nullptr) continue;
      gpus += offered->isInt() ? offered->asInt()
                               : std::atoll(offered->isString() ? offered->asString().c_str() : "");
    }
    return gpus;
  }

  void addTo(Change& change) const {
    GpuTotals gpus;
    if (const auto live = live_.find(change.key); live != live_.end()) gpus = live->second;
    const auto wanted = wanted_.find({change.key.cluster, lastName(change.key.name)});
    if (wanted != wanted_.end() && change.action != Action::Delete) {
      gpus.min_after = wanted->second->min_nodes * wanted->second->gpus_per_node;
      gpus.max_after = wanted->second->max_nodes * wanted->second->gpus_per_node;
    }
    if (gpus.max_before > 0 || gpus.max_after > 0) change.gpus = gpus;
  }

  Planning& planning_;
  std::map<std::string, std::int64_t> of_size_;
  std::map<std::pair<std::string, std::string>, const PoolFacts*> wanted_;
  std::map<model::ResourceKey, GpuTotals> live_;
  std::set<std::string> whole_gpus_;
};

}  // namespace

std::string poolOf(const Tree& node) {
  const Tree* labels = at(node, "metadata", "labels");
  for (const char* label : {"kubernetes.azure.com/agentpool", "agentpool"}) {
    const Tree* pool = labels != nullptr ? labels->find(label) : nullptr;
    if (pool != nullptr && pool->isString()) return pool->asString();
  }
  return {};
}

void countGpus(Planning& planning) {
  Counting(planning).run();
}

}  // namespace gpuspec::deploy::plan
