#include <algorithm>
#include <map>
#include <optional>
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
  kCustom,
  kWorkload,
  kRemoveWorkload,
  kRemoveCustom,
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

// An object of the user's own of a kind that a chart may bring, with whoever acts on it. What
// gpuspec itself writes of such kinds comes with AKS.
bool isCustom(const Change& change) {
  static const std::set<std::string> kOfKubernetes = {"admissionregistration.k8s.io",
                                                      "apiextensions.k8s.io",
                                                      "apiregistration.k8s.io",
                                                      "authentication.k8s.io",
                                                      "authorization.k8s.io",
                                                      "certificates.k8s.io",
                                                      "coordination.k8s.io",
                                                      "discovery.k8s.io",
                                                      "events.k8s.io",
                                                      "flowcontrol.apiserver.k8s.io",
                                                      "networking.k8s.io",
                                                      "node.k8s.io",
                                                      "rbac.authorization.k8s.io",
                                                      "resource.k8s.io",
                                                      "scheduling.k8s.io",
                                                      "storage.k8s.io"};
  const bool is_manifest = change.address.starts_with("manifest.") ||
                           change.address.find(".manifest.") != std::string::npos;
  return is_manifest && change.key.group.find('.') != std::string::npos &&
         !kOfKubernetes.contains(change.key.group);
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
  if (isCustom(change)) return gone ? kRemoveCustom : kCustom;
  if (change.key.scope.empty()) return gone ? kRemoveClusterWide : kClusterWide;
  if (isWorkload(kind)) return gone ? kRemoveWorkload : kWorkload;
  if (isPolicy(kind)) return gone ? kRemovePolicy : kPolicy;
  return gone ? kRemovePlain : kPlain;
}

// Of two releases the one that was installed later: own ones come after those of the stacks, by
// name.
bool goesFirst(const Change& a, const Change& b) {
  const auto installed = [](const Change& change) {
    const bool is_own = change.address.starts_with("release.") ||
                        change.address.find(".release.") != std::string::npos;
    return std::tuple(is_own, change.key.name, change.key.scope);
  };
  if (a.key.cluster != b.key.cluster) return a.key.cluster < b.key.cluster;
  return installed(a) > installed(b);
}

bool isSystemPool(const Change& change) {
  const Tree* properties = change.body.find("properties");
  const Tree* mode = properties != nullptr ? properties->find("mode") : nullptr;
  return mode != nullptr && *mode == Tree("System");
}

// Changes that others wait for, by cluster and namespace, cluster, or cluster and API group.
class Groups {
 public:
  using Name = std::pair<std::string, std::string>;

  explicit Groups(std::vector<Gate>& gates) : gates_(gates) {}

  void add(const Name& name, std::size_t id) { groups_[name].ids.push_back(id); }

  bool has(const Name& name) const { return groups_.contains(name); }

  // An edge from each of few; one gate in front of everybody who waits for many.
  void putBefore(Change& change, const Name& name) {
    const auto found = groups_.find(name);
    if (found == groups_.end()) return;
    Group& group = found->second;
    if (group.ids.size() <= kFew) return putDirectlyBefore(change, name);
    if (!group.gate) {
      group.gate = gates_.size();
      gates_.push_back({group.ids});
    }
    change.gates.push_back(*group.gate);
  }

  void putDirectlyBefore(Change& change, const Name& name) const {
    const auto found = groups_.find(name);
    if (found == groups_.end()) return;
    change.after.insert(change.after.end(), found->second.ids.begin(), found->second.ids.end());
  }

 private:
  static constexpr std::size_t kFew = 8;
  struct Group {
    std::vector<std::size_t> ids;
    std::optional<std::size_t> gate;
  };

  std::vector<Gate>& gates_;
  std::map<Name, Group> groups_;
};

class Ordering {
 public:
  explicit Ordering(Planning& planning)
      : planning_(planning),
        changes_(planning.plan.changes),
        policies_(planning.plan.gates),
        cluster_wide_(planning.plan.gates),
        definitions_(planning.plan.gates),
        releases_(planning.plan.gates),
        custom_(planning.plan.gates),
        workloads_(planning.plan.gates),
        removed_(planning.plan.gates),
        removed_workloads_(planning.plan.gates),
        removed_custom_(planning.plan.gates),
        removed_namespaces_(planning.plan.gates),
        removed_of_group_(planning.plan.gates) {}

  void run() {
    sort();
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      changes_[i].id = i;
      by_key_[changes_[i].key] = i;
      index(changes_[i]);
    }
    for (Change& change : changes_) {
      if (removes(change.action)) {
        linkRemoval(change);
      } else {
        link(change);
      }
      std::sort(change.after.begin(), change.after.end());
      change.after.erase(std::unique(change.after.begin(), change.after.end()), change.after.end());
    }
  }

 private:
  void sort() {
    std::stable_sort(changes_.begin(), changes_.end(), [](const Change& a, const Change& b) {
      const auto place = [](const Change& change) {
        const int rank = rankOf(change);
        return std::pair(rank, rank == kPool && !isSystemPool(change));
      };
      const auto x = place(a), y = place(b);
      if (x != y) return x < y;
      if (x.first == kRemoveRelease) return goesFirst(a, b);
      return std::tie(a.key.cluster, a.key) < std::tie(b.key.cluster, b.key);
    });
  }

  void index(const Change& change) {
    const std::string& cluster = change.key.cluster;
    const Groups::Name place{cluster, change.key.scope};
    switch (rankOf(change)) {
      case kPolicy:
        policies_.add(place, change.id);
        break;
      case kClusterWide:
        cluster_wide_.add({cluster, ""}, change.id);
        break;
      case kDefinition:
        definitions_.add({cluster, definedGroup(change)}, change.id);
        break;
      case kRelease:
        releases_.add({cluster, ""}, change.id);
        break;
      case kCustom:
        custom_.add({cluster, ""}, change.id);
        break;
      case kWorkload:
        workloads_.add({cluster, ""}, change.id);
        break;
      default:
        break;
    }
    if (change.key.system == System::Azure || change.action != Action::Delete) return;
    // By namespace, and for the cluster as a whole.
    removed_.add({cluster, ""}, change.id);
    if (!change.key.scope.empty()) removed_.add(place, change.id);
    if (rankOf(change) == kRemoveWorkload) removed_workloads_.add(place, change.id);
    if (rankOf(change) == kRemoveCustom) removed_custom_.add({cluster, ""}, change.id);
    if (rankOf(change) == kRemoveNamespace) {
      removed_namespaces_.add({cluster, ""}, change.id);
      if (!change.address.empty()) removed_namespaces_.add({cluster, change.address}, change.id);
    }
    if (rankOf(change) != kRemoveDefinition)
      removed_of_group_.add({cluster, change.key.group}, change.id);
  }

  // The API group whose kinds a definition brings: it is the second part of its name.
  static std::string definedGroup(const Change& change) {
    const std::size_t dot = change.key.name.find('.');
    return dot == std::string::npos ? "" : change.key.name.substr(dot + 1);
  }

  void after(Change& change, const ResourceKey& key) const {
    const auto found = by_key_.find(key);
    if (found != by_key_.end() && found->second < change.id &&
        !removes(changes_[found->second].action))
      change.after.push_back(found->second);
  }

  void link(Change& change) {
    if (const auto wanted = planning_.desired_by_key.find(change.key);
        wanted != planning_.desired_by_key.end()) {
      for (const ResourceKey& needed : wanted->second->needs) after(change, needed);
    }
    const std::string& cluster = change.key.cluster;
    if (change.key.system == System::Azure) return chain(change, last_azure_);
    after(change, {System::Kubernetes, cluster, "", "Namespace", "", change.key.scope});
    const int rank = rankOf(change);
    // A custom resource waits for what defines its kind.
    if (rank > kDefinition && change.key.group.find('.') != std::string::npos)
      definitions_.putBefore(change, {cluster, change.key.group});
    if (rank == kCustom) releases_.putBefore(change, {cluster, ""});
    if (rank != kWorkload) return;
    custom_.putBefore(change, {cluster, ""});
    policies_.putBefore(change, {cluster, change.key.scope});
    cluster_wide_.putBefore(change, {cluster, ""});
  }

  using Last = std::map<std::string, std::size_t>;  // by cluster

  // AKS refuses a second write to a cluster while one is running; of releases nobody says which
  // needs which.
  static void chain(Change& change, Last& lasts) {
    const auto [last, fresh] = lasts.try_emplace(change.key.cluster, change.id);
    if (!fresh) change.after.push_back(last->second);
    last->second = change.id;
  }

  void linkRemoval(Change& change) {
    const std::string& cluster = change.key.cluster;
    switch (rankOf(change)) {
      case kRemovePolicy:
        // Walls stand for as long as there is somebody behind them.
        removed_workloads_.putBefore(change, {cluster, change.key.scope});
        break;
      case kRemoveRelease:
        // Whoever acts on them may have to let go of them first.
        removed_custom_.putBefore(change, {cluster, ""});
        chain(change, last_release_);
        break;
      case kRemoveNamespace:
        removed_.putDirectlyBefore(change, {cluster, change.key.name});
        break;
      case kRemoveClusterWide:
        // Admission policies and their like outlive what they guard.
        removed_namespaces_.putBefore(
            change,
            {cluster, removed_namespaces_.has({cluster, change.address}) ? change.address : ""});
        break;
      case kRemoveDefinition:
        removed_of_group_.putBefore(change, {cluster, definedGroup(change)});
        break;
      case kRemovePool:
      case kRemoveCluster:
        linkAzureRemoval(change);
        break;
      default:
        break;
    }
  }

  // Nothing is taken from under what still runs. What comes later in the chain waits with the
  // first.
  void linkAzureRemoval(Change& change) {
    chain(change, last_azure_);
    const auto [first, fresh] = first_removal_.try_emplace(change.key.cluster, change.id);
    if (!fresh) return;
    removed_.putDirectlyBefore(change, {change.key.cluster, ""});
    workloads_.putDirectlyBefore(change, {change.key.cluster, ""});
  }

  Planning& planning_;
  std::vector<Change>& changes_;
  std::map<ResourceKey, std::size_t> by_key_;
  Groups policies_, cluster_wide_, definitions_, releases_, custom_, workloads_, removed_,
      removed_workloads_, removed_custom_, removed_namespaces_, removed_of_group_;
  Last last_azure_, last_release_, first_removal_;
};

}  // namespace

// What a workload must find in its namespace: its walls, its limits, its rights.
bool isPolicy(const std::string& kind) {
  static const std::set<std::string> kPolicies = {
      "ResourceQuota", "LimitRange",  "NetworkPolicy", "CiliumNetworkPolicy",
      "Role",          "RoleBinding", "ConfigMap",     "ServiceAccount",
      "Secret",        "LocalQueue"};
  return kPolicies.contains(kind);
}

void orderChanges(Planning& planning) {
  Ordering(planning).run();
}

}  // namespace gpuspec::deploy::plan
