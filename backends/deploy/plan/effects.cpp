#include <algorithm>
#include <map>

#include "backends/deploy/model/compare.h"
#include "backends/deploy/plan/chart_version.h"
#include "backends/deploy/plan/names.h"
#include "backends/deploy/plan/planner.h"
#include "backends/deploy/plan/render_text.h"

namespace gpuspec::deploy::plan {

namespace {

using model::System;

std::string textAt(const Tree* tree, std::string_view key) {
  const Tree* value = tree != nullptr ? tree->find(key) : nullptr;
  return value != nullptr && value->isString() ? value->asString() : "";
}

const Tree* below(const Tree& tree, std::initializer_list<std::string_view> path) {
  const Tree* at = &tree;
  for (const std::string_view key : path) {
    at = at->find(key);
    if (at == nullptr) return nullptr;
  }
  return at;
}

std::int64_t intAt(const Tree& tree, std::initializer_list<std::string_view> path) {
  const Tree* value = below(tree, path);
  return value != nullptr && value->isInt() ? value->asInt() : 0;
}

std::string counted(std::int64_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string lastName(const std::string& name) {
  return name.substr(name.rfind('/') + 1);
}

// What runs on the nodes of one pool.
struct PoolWork {
  std::int64_t nodes = 0, pods = 0;
  std::map<std::string, std::int64_t> by_owner;  // "team chat", "namespace default"
};

bool isOfDaemon(const Tree& pod) {
  const Tree* owners = below(pod, {"metadata", "ownerReferences"});
  return owners != nullptr && owners->isList() && !owners->empty() &&
         textAt(&owners->asList()[0], "kind") == "DaemonSet";
}

bool isOver(const Tree& pod) {
  const std::string phase = textAt(pod.find("status"), "phase");
  return phase == "Succeeded" || phase == "Failed";
}

// Nodes and pods of all clusters by pool, read through once.
class RunningWork {
 public:
  explicit RunningWork(const Planning& planning) {
    for (const auto& [key, live] : planning.live_by_key) {
      if (key.system == System::Kubernetes && key.kind == "Namespace" && !live->address.empty())
        owners_[{key.cluster, key.name}] = spokenAddress(live->address);
    }
    for (const model::LiveCluster& cluster : planning.live.clusters) add(cluster);
  }

  const PoolWork& on(const std::string& cluster, const std::string& pool) const {
    static const PoolWork kNone;
    const auto found = work_.find({cluster, pool});
    return found == work_.end() ? kNone : found->second;
  }

  PoolWork in(const std::string& cluster) const {
    PoolWork all;
    for (const auto& [name, work] : work_) {
      if (name.first != cluster) continue;
      all.nodes += work.nodes;
      all.pods += work.pods;
      for (const auto& [owner, count] : work.by_owner) all.by_owner[owner] += count;
    }
    return all;
  }

  std::int64_t podsIn(const std::string& cluster, const std::string& name) const {
    const auto found = pods_in_.find({cluster, name});
    return found == pods_in_.end() ? 0 : found->second;
  }

 private:
  using Name = std::pair<std::string, std::string>;  // cluster, and pool or namespace

  void add(const model::LiveCluster& cluster) {
    std::map<std::string, PoolWork*> by_node;
    for (const Tree& node : cluster.nodes) {
      const std::string pool = poolOf(node);
      if (pool.empty()) continue;
      PoolWork& work = work_[{cluster.cluster, pool}];
      ++work.nodes;
      by_node[textAt(node.find("metadata"), "name")] = &work;
    }
    for (const Tree& pod : cluster.pods) {
      if (isOver(pod)) continue;
      ++pods_in_[{cluster.cluster, textAt(pod.find("metadata"), "namespace")}];
      const auto found = by_node.find(textAt(pod.find("spec"), "nodeName"));
      if (found == by_node.end() || isOfDaemon(pod)) continue;
      ++found->second->pods;
      ++found->second
            ->by_owner[ownerOf(cluster.cluster, textAt(pod.find("metadata"), "namespace"))];
    }
  }

  std::string ownerOf(const std::string& cluster, const std::string& name) const {
    const auto found = owners_.find({cluster, name});
    return found == owners_.end() ? "namespace " + name : found->second;
  }

  std::map<Name, std::string> owners_;
  std::map<Name, PoolWork> work_;
  std::map<Name, std::int64_t> pods_in_;
};

// "5 pods of team chat", "5 pods of team chat (3), team ml (2)"
std::string podsText(const PoolWork& work) {
  std::string owners;
  for (const auto& [name, count] : work.by_owner)
    owners += (owners.empty() ? "" : ", ") + name +
              (work.by_owner.size() > 1 ? " (" + std::to_string(count) + ")" : "");
  return counted(work.pods, "pod") + (owners.empty() ? "" : " of " + owners);
}

std::string drainText(const PoolWork& work) {
  if (work.nodes == 0) return "has no nodes now";
  const std::string text = "drains " + counted(work.nodes, "node");
  if (work.pods > 0) return text + ": " + podsText(work);
  return text + ", no pod on " + (work.nodes == 1 ? "it" : "them");
}

void addPoolEffects(const Planning& planning, const RunningWork& running, Change& change) {
  if (change.action == Action::Create || change.action == Action::Release ||
      change.action == Action::Wait)
    return;
  const PoolWork& work = running.on(change.key.cluster, lastName(change.key.name));
  if (change.action == Action::Replace || change.action == Action::Delete) {
    const model::LiveCluster* cluster = planning.cluster(change.key.cluster);
    const bool known = cluster != nullptr && cluster->reachable;
    change.effects.push_back(known ? drainText(work) : "drains its nodes");
    return;
  }
  const std::int64_t most = std::max(intAt(change.body, {"properties", "maxCount"}),
                                     intAt(change.body, {"properties", "count"}));
  if (work.nodes > most && most > 0)
    change.effects.push_back("takes " + counted(work.nodes - most, "node") + " away; " +
                             podsText(work) + (work.pods == 1 ? " runs" : " run") +
                             " on the pool now");
}

// Running pods stay when a quota shrinks; only new ones wait.
void addQuotaEffects(const Planning& planning, Change& change) {
  const auto live = planning.live_by_key.find(change.key);
  if (live == planning.live_by_key.end()) return;
  const Tree* used = below(live->second->body, {"status", "used"});
  const Tree* hard = below(change.body, {"spec", "hard"});
  if (used == nullptr || hard == nullptr || !hard->isMap()) return;
  for (const auto& [resource, amount] : hard->asMap()) {
    const std::string now = textAt(used, resource);
    const std::string wanted = amount.isString() ? amount.asString() : "";
    if (model::lessQuantity(wanted, now).value_or(false))
      change.effects.push_back((resource.starts_with("requests.") ? resource.substr(9) : resource) +
                               " in use now: " + now + "; running pods stay, new ones wait");
  }
}

bool changesTemplate(const Change& change) {
  return std::any_of(change.fields.begin(), change.fields.end(), [](const FieldChange& field) {
    return field.path.starts_with("spec.template");
  });
}

// Pools that stand in the cluster's own body have no change of their own.
void addPoolsMadeAlong(const Planning& planning, Change& change) {
  for (const auto& [key, wanted] : planning.desired_by_key) {
    if (!wanted->made_with_cluster || key.cluster != change.key.cluster) continue;
    const std::int64_t least = std::max(intAt(wanted->body, {"properties", "minCount"}),
                                        intAt(wanted->body, {"properties", "count"}));
    const Tree* size = below(wanted->body, {"properties"});
    change.effects.push_back("comes with pool " + lastName(key.name) + ": " +
                             counted(least, "node") + " of " + textAt(size, "vmSize"));
  }
}

void addClusterEffects(const Planning& planning, const RunningWork& running, Change& change) {
  if (change.action == Action::Create) addPoolsMadeAlong(planning, change);
  if (change.action != Action::Delete) return;
  const PoolWork work = running.in(change.key.cluster);
  change.effects.push_back("everything in it goes, too" +
                           (work.nodes > 0 ? ": " + counted(work.nodes, "node") : std::string()) +
                           (work.pods > 0 ? ", " + podsText(work) : std::string()));
  const model::LiveCluster* cluster = planning.cluster(change.key.cluster);
  if (cluster == nullptr || cluster->other_namespaces.empty()) return;
  std::string names;
  for (const std::string& name : firstOf(cluster->other_namespaces))
    names += (names.empty() ? "" : ", ") + name;
  change.effects.push_back("so do namespaces that are not of this project: " + names);
}

void addReleaseEffects(const Planning& planning, Change& change) {
  const auto live = planning.live_by_key.find(change.key);
  const std::string status =
      live != planning.live_by_key.end() ? textAt(&live->second->body, "status") : "";
  if (status.starts_with("pending-")) {
    change.effects.push_back(
        "goes back to its last good revision first (uninstalled where there is none), as Helm "
        "takes "
        "no upgrade while one is pending");
    return;
  }
  for (const FieldChange& field : change.fields) {
    if (field.path == "version" && field.before && field.before->isString() && field.after &&
        isOlder(field.after->asString(), field.before->asString()))
      change.effects.push_back("goes back to an older version of the chart");
  }
  change.effects.push_back("its pods restart where the chart says so; others keep running");
}

void addKubernetesEffects(const Planning& planning, const RunningWork& running, Change& change) {
  const std::string& kind = change.key.kind;
  if (kind == "ResourceQuota" && change.action == Action::Update) addQuotaEffects(planning, change);
  if ((kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet") &&
      change.action == Action::Update && changesTemplate(change))
    change.effects.push_back("restarts its pods, a few at a time");
  if ((kind == "Job" || kind == "JobSet") && change.action == Action::Replace)
    change.effects.push_back("ends its running pods and begins anew");
  const std::int64_t pods = running.podsIn(change.key.cluster, change.key.name);
  if (kind != "Namespace" || change.action != Action::Delete) return;
  std::string text = "everything in it goes, too";
  const auto along = planning.gone_along.find({change.key.cluster, change.key.name});
  if (along != planning.gone_along.end()) text += ": " + kindsText(along->second);
  if (pods > 0)
    text +=
        ", and " + counted(pods, "pod") + " that " + (pods == 1 ? "runs" : "run") + " there now";
  change.effects.push_back(std::move(text));
}

}  // namespace

void addEffects(Planning& planning) {
  const RunningWork running(planning);
  for (Change& change : planning.plan.changes) {
    if (change.key.system == System::Azure && change.key.kind == "managedClusters")
      addClusterEffects(planning, running, change);
    if (change.key.system == System::Azure && change.key.kind != "managedClusters")
      addPoolEffects(planning, running, change);
    if (change.key.system == System::Kubernetes) addKubernetesEffects(planning, running, change);
    if (change.key.system == System::Helm && change.action == Action::Update)
      addReleaseEffects(planning, change);
  }
}

}  // namespace gpuspec::deploy::plan
