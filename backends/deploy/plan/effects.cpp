#include <algorithm>
#include <map>

#include "backends/deploy/model/compare.h"
#include "backends/deploy/plan/planner.h"

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

// The nodes of a pool and the pods on them, as they were read.
struct PoolWork {
  std::int64_t nodes = 0, pods = 0;
  std::map<std::string, std::int64_t> by_team;
};

PoolWork workOn(const model::LiveCluster& cluster, const std::string& pool) {
  PoolWork work;
  std::map<std::string, bool> is_of_pool;
  for (const Tree& node : cluster.nodes) {
    const Tree* labels = below(node, {"metadata", "labels"});
    const bool found = textAt(labels, "kubernetes.azure.com/agentpool") == pool ||
                       textAt(labels, "agentpool") == pool;
    if (!found) continue;
    ++work.nodes;
    is_of_pool[textAt(node.find("metadata"), "name")] = true;
  }
  for (const Tree& pod : cluster.pods) {
    const std::string phase = textAt(pod.find("status"), "phase");
    if (phase == "Succeeded" || phase == "Failed") continue;
    if (!is_of_pool.contains(textAt(pod.find("spec"), "nodeName"))) continue;
    const Tree* owners = below(pod, {"metadata", "ownerReferences"});
    const bool daemon = owners != nullptr && owners->isList() && !owners->empty() &&
                        textAt(&owners->asList()[0], "kind") == "DaemonSet";
    if (daemon) continue;
    ++work.pods;
    ++work.by_team[textAt(pod.find("metadata"), "namespace")];
  }
  return work;
}

std::string drainText(const PoolWork& work) {
  std::string text = "drains " + counted(work.nodes, "node");
  if (work.pods == 0) return text + ", no pod on them";
  text += ": " + counted(work.pods, "pod") + " of namespace";
  text += work.by_team.size() == 1 ? " " : "s ";
  bool first = true;
  for (const auto& [name, count] : work.by_team) {
    text += (first ? "" : ", ") + name;
    if (work.by_team.size() > 1) text += " (" + std::to_string(count) + ")";
    first = false;
  }
  return text;
}

void addPoolEffects(const Planning& planning, Change& change) {
  const model::LiveCluster* cluster = planning.cluster(change.key.cluster);
  if (cluster == nullptr || change.action == Action::Create) return;
  const PoolWork work = workOn(*cluster, lastName(change.key.name));
  if (change.action == Action::Replace || change.action == Action::Delete) {
    change.effects.push_back(drainText(work));
    return;
  }
  const std::int64_t most = std::max(intAt(change.body, {"properties", "maxCount"}),
                                     intAt(change.body, {"properties", "count"}));
  if (work.nodes > most && most > 0)
    change.effects.push_back("takes " + counted(work.nodes - most, "node") + " away; " +
                             counted(work.pods, "pod") + " run on the pool now");
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
      change.effects.push_back(resource + " in use now: " + now +
                               "; running pods stay, new ones wait");
  }
}

bool changesTemplate(const Change& change) {
  return std::any_of(change.fields.begin(), change.fields.end(), [](const FieldChange& field) {
    return field.path.starts_with("spec.template");
  });
}

void addKubernetesEffects(const Planning& planning, Change& change) {
  const std::string& kind = change.key.kind;
  if (kind == "ResourceQuota" && change.action == Action::Update) addQuotaEffects(planning, change);
  if ((kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet") &&
      change.action == Action::Update && changesTemplate(change))
    change.effects.push_back("restarts its pods, a few at a time");
  if ((kind == "Job" || kind == "JobSet") && change.action == Action::Replace)
    change.effects.push_back("ends its running pods and begins anew");
  if (kind == "Namespace" && change.action == Action::Delete)
    change.effects.push_back("everything in it goes, too");
}

}  // namespace

void addEffects(Planning& planning) {
  for (Change& change : planning.plan.changes) {
    if (change.key.system == System::Azure && change.key.kind != "managedClusters")
      addPoolEffects(planning, change);
    if (change.key.system == System::Kubernetes) addKubernetesEffects(planning, change);
    if (change.key.system == System::Helm && change.action == Action::Update)
      change.effects.push_back("its pods restart where the chart says so; others keep running");
  }
}

void countGpus(Planning& planning) {
  std::map<std::string, std::int64_t> gpus_of_size;
  std::map<std::pair<std::string, std::string>, std::int64_t> gpus_of_pool;
  GpuTotals& gpus = planning.plan.gpus;
  for (const model::PoolFacts& pool : planning.desired.pools) {
    gpus_of_size[pool.vm] = pool.gpus_per_node;
    gpus_of_pool[{pool.cluster, pool.name}] = pool.gpus_per_node;
    if (planning.options.destroy) continue;
    gpus.min_after += pool.min_nodes * pool.gpus_per_node;
    gpus.max_after += pool.max_nodes * pool.gpus_per_node;
  }
  bool unknown = false;
  for (const model::Live& live : planning.live.resources) {
    if (live.key.system != System::Azure || live.key.kind == "managedClusters") continue;
    const std::string size = textAt(live.body.find("properties"), "vmSize");
    const auto known = gpus_of_size.find(size);
    const auto same = gpus_of_pool.find({live.key.cluster, lastName(live.key.name)});
    if (known == gpus_of_size.end()) {
      unknown = unknown || same != gpus_of_pool.end();
      continue;
    }
    const std::int64_t count = intAt(live.body, {"properties", "count"});
    const std::int64_t least = intAt(live.body, {"properties", "minCount"});
    const std::int64_t most = intAt(live.body, {"properties", "maxCount"});
    gpus.min_before += (most > 0 ? least : count) * known->second;
    gpus.max_before += (most > 0 ? most : count) * known->second;
  }
  if (unknown)
    planning.plan.not_checked.push_back("GPUs of a live pool whose size the spec no longer names");
}

}  // namespace gpuspec::deploy::plan
