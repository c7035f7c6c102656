#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "backends/deploy/plan/planner.h"

namespace gpuspec::deploy::plan {

namespace {

using model::ResourceKey;
using model::System;

// Where a change stands among those of its cluster: an edge always leads from a lower to a higher
// one, so that their order is an order of the graph, too.
enum Rank : int {
  kCluster,
  kPool,
  kDefinition,
  kNamespace,
  kClusterWide,
  kPolicy,
  kPlain,
  kRelease,
  kWorkload,
  kRemoveWorkload,
  kRemoveRelease,
  kRemovePlain,
  kRemovePolicy,
  kRemoveNamespace,
  kRemoveClusterWide,
  kRemoveDefinition,
  kRemovePool,
  kRemoveCluster,
};

bool isWorkload(const std::string& kind) {
  static const std::set<std::string> kWorkloads = {
      "Pod",         "Job",        "CronJob",
      "JobSet",      "Deployment", "ReplicaSet",
      "StatefulSet", "DaemonSet",  "HorizontalPodAutoscaler"};
  return kWorkloads.contains(kind);
}

// What a workload must find in its namespace: its walls, its limits, its rights.
bool isPolicy(const std::string& kind) {
  static const std::set<std::string> kPolicies = {
      "ResourceQuota", "LimitRange",  "NetworkPolicy", "CiliumNetworkPolicy",
      "Role",          "RoleBinding", "ConfigMap",     "ServiceAccount",
      "Secret",        "LocalQueue"};
  return kPolicies.contains(kind);
}

bool removes(Action action) {
  return action == Action::Delete || action == Action::Release;
}

Rank rankOf(const Change& change) {
  const bool gone = removes(change.action);
  if (change.key.system == System::Azure) {
    if (change.key.kind == "managedClusters") return gone ? kRemoveCluster : kCluster;
    return gone ? kRemovePool : kPool;
  }
  if (change.key.system == System::Helm) return gone ? kRemoveRelease : kRelease;
  const std::string& kind = change.key.kind;
  if (kind == "CustomResourceDefinition") return gone ? kRemoveDefinition : kDefinition;
  if (kind == "Namespace") return gone ? kRemoveNamespace : kNamespace;
  if (change.key.scope.empty()) return gone ? kRemoveClusterWide : kClusterWide;
  if (isWorkload(kind)) return gone ? kRemoveWorkload : kWorkload;
  if (isPolicy(kind)) return gone ? kRemovePolicy : kPolicy;
  return gone ? kRemovePlain : kPlain;
}

bool isSystemPool(const Change& change) {
  const Tree* properties = change.body.find("properties");
  const Tree* mode = properties != nullptr ? properties->find("mode") : nullptr;
  return mode != nullptr && *mode == Tree("System");
}

class Ordering {
 public:
  explicit Ordering(Planning& planning) : planning_(planning), changes_(planning.plan.changes) {}

  void run() {
    sort();
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      changes_[i].id = i;
      by_key_[changes_[i].key] = i;
    }
    index();
    for (Change& change : changes_) {
      link(change);
      std::sort(change.after.begin(), change.after.end());
      change.after.erase(std::unique(change.after.begin(), change.after.end()), change.after.end());
    }
  }

 private:
  using InNamespace = std::pair<std::string, std::string>;  // cluster, namespace

  void sort() {
    std::stable_sort(changes_.begin(), changes_.end(), [](const Change& a, const Change& b) {
      const auto order = [](const Change& change) {
        const int rank = rankOf(change);
        return std::tuple(rank, rank == kPool && !isSystemPool(change),
                          std::cref(change.key.cluster).get(), std::cref(change.key).get());
      };
      return order(a) < order(b);
    });
  }

  void index() {
    for (const Change& change : changes_) {
      const Rank rank = rankOf(change);
      const InNamespace place{change.key.cluster, change.key.scope};
      if (rank == kPolicy) policies_[place].push_back(change.id);
      if (rank == kClusterWide) cluster_wide_[change.key.cluster].push_back(change.id);
      if (rank == kWorkload) workloads_[change.key.cluster].push_back(change.id);
      if (change.key.system == System::Kubernetes && change.action == Action::Delete &&
          !change.key.scope.empty())
        removed_in_[place].push_back(change.id);
      if (change.key.system != System::Azure && change.action == Action::Delete)
        removed_[change.key.cluster].push_back(change.id);
    }
  }

  void after(Change& change, const ResourceKey& key) const {
    const auto found = by_key_.find(key);
    if (found != by_key_.end() && found->second < change.id &&
        !removes(changes_[found->second].action))
      change.after.push_back(found->second);
  }

  template <class Map>
  static void afterAll(Change& change, const Map& map, const typename Map::key_type& key) {
    const auto found = map.find(key);
    if (found == map.end()) return;
    for (const std::size_t id : found->second) {
      if (id < change.id) change.after.push_back(id);
    }
  }

  void link(Change& change) {
    if (removes(change.action)) return linkRemoval(change);
    if (const auto wanted = planning_.desired_by_key.find(change.key);
        wanted != planning_.desired_by_key.end()) {
      for (const ResourceKey& needed : wanted->second->needs) after(change, needed);
    }
    if (change.key.system == System::Azure) return chain(change);
    after(change, {System::Kubernetes, change.key.cluster, "", "Namespace", "", change.key.scope});
    if (change.key.system == System::Kubernetes) linkDefinition(change);
    if (rankOf(change) != kWorkload) return;
    afterAll(change, policies_, {change.key.cluster, change.key.scope});
    afterAll(change, cluster_wide_, change.key.cluster);
  }

  // AKS refuses a second write to a cluster while one is running.
  void chain(Change& change) {
    const auto [last, fresh] = last_azure_.try_emplace(change.key.cluster, change.id);
    if (!fresh) change.after.push_back(last->second);
    last->second = change.id;
  }

  // A custom resource waits for what defines its kind.
  void linkDefinition(Change& change) const {
    if (change.key.group.find('.') == std::string::npos) return;
    for (const Change& other : changes_) {
      if (rankOf(other) > kDefinition) break;
      if (rankOf(other) != kDefinition || other.key.cluster != change.key.cluster) continue;
      const Tree* spec = other.body.find("spec");
      const Tree* group = spec != nullptr ? spec->find("group") : nullptr;
      if (group != nullptr && *group == Tree(change.key.group)) change.after.push_back(other.id);
    }
  }

  void linkRemoval(Change& change) {
    switch (rankOf(change)) {
      case kRemovePolicy:
        // Walls stand for as long as there is somebody behind them.
        for (const std::size_t id : idsOf(removed_in_, {change.key.cluster, change.key.scope})) {
          if (rankOf(changes_[id]) == kRemoveWorkload) change.after.push_back(id);
        }
        break;
      case kRemoveNamespace:
        afterAll(change, removed_in_, {change.key.cluster, change.key.name});
        break;
      case kRemovePool:
        afterAll(change, workloads_, change.key.cluster);
        afterAll(change, removed_, change.key.cluster);
        chain(change);
        break;
      case kRemoveCluster:
        afterAll(change, removed_, change.key.cluster);
        chain(change);
        break;
      default:
        break;
    }
  }

  static std::vector<std::size_t> idsOf(const std::map<InNamespace, std::vector<std::size_t>>& map,
                                        const InNamespace& key) {
    const auto found = map.find(key);
    return found == map.end() ? std::vector<std::size_t>{} : found->second;
  }

  Planning& planning_;
  std::vector<Change>& changes_;
  std::map<ResourceKey, std::size_t> by_key_;
  std::map<InNamespace, std::vector<std::size_t>> policies_, removed_in_;
  std::map<std::string, std::vector<std::size_t>> cluster_wide_, workloads_, removed_;
  std::map<std::string, std::size_t> last_azure_;
};

}  // namespace

void orderChanges(Planning& planning) {
  Ordering(planning).run();
}

}  // namespace gpuspec::deploy::plan
