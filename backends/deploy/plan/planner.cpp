#include "backends/deploy/plan/planner.h"

#include <algorithm>

#include "backends/deploy/plan/pattern.h"

namespace gpuspec::deploy::plan {

using model::Desired;
using model::Live;
using model::OwnerKind;
using model::ResourceKey;
using model::System;

const model::LiveCluster* Planning::cluster(const std::string& name) const {
  for (const model::LiveCluster& cluster : live.clusters) {
    if (cluster.cluster == name) return &cluster;
  }
  return nullptr;
}

const model::Target* Planning::target(const std::string& name) const {
  for (const model::Target& target : desired.targets) {
    if (target.cluster == name) return &target;
  }
  return nullptr;
}

Change& Planning::add(Action action, const ResourceKey& key, const Live* seen, std::string reason) {
  Change change;
  change.id = plan.changes.size();
  change.action = action;
  change.key = key;
  change.reason = std::move(reason);
  if (const auto found = desired_by_key.find(key); found != desired_by_key.end()) {
    const Desired& wanted = *found->second;
    change.api_version = wanted.api_version;
    change.address = wanted.address.str();
    change.file = wanted.file;
    change.line = wanted.line;
    change.drain_timeout_s = wanted.lifecycle.drain_timeout_s;
  }
  if (seen != nullptr) {
    change.uid = seen->uid;
    change.revision = seen->revision;
    if (change.api_version.empty()) change.api_version = seen->api_version;
    if (change.address.empty()) change.address = seen->address;
  }
  plan.changes.push_back(std::move(change));
  return plan.changes.back();
}

void Planning::conflict(Conflict::Kind kind, const Change& about, std::string text,
                        std::string way_out) {
  plan.conflicts.push_back({kind,
                            about.key,
                            about.address,
                            about.file,
                            about.line,
                            std::move(text),
                            std::move(way_out),
                            {}});
}

std::string titleOf(const ResourceKey& key) {
  switch (key.system) {
    case System::Azure: {
      const std::size_t slash = key.name.find('/');
      return slash == std::string::npos ? "cluster " + key.name
                                        : "pool " + key.name.substr(slash + 1);
    }
    case System::Kubernetes:
      return key.kind + " " + (key.scope.empty() ? "" : key.scope + "/") + key.name;
    case System::Helm:
      return "release " + key.scope + "/" + key.name;
  }
  return key.name;
}

namespace {

bool isMadeAlong(const Planning& planning, const Desired& desired) {
  if (!desired.made_with_cluster) return false;
  const model::LiveCluster* cluster = planning.cluster(desired.key.cluster);
  if (cluster == nullptr || !cluster->exists ||
      planning.going_clusters.contains(desired.key.cluster))
    return true;
  return isBeingMade(planning, desired.key.cluster) && !planning.live_by_key.contains(desired.key);
}

void planDesired(Planning& planning) {
  for (const auto& [key, resource] : planning.desired_by_key) {
    const Desired& desired = *resource;
    if (!isSelected(planning.options.only, desired.address.str())) {
      planning.left_out_addresses.insert(desired.address.str());
      continue;
    }
    if (isMadeAlong(planning, desired)) continue;
    const auto live = planning.live_by_key.find(desired.key);
    planOne(planning, desired, live == planning.live_by_key.end() ? nullptr : live->second);
  }
}

void addUnverified(Planning& planning) {
  Plan& plan = planning.plan;
  std::set<std::string> open;  // clusters in which nothing could be compared
  for (const auto& [key, desired] : planning.desired_by_key) {
    const model::LiveCluster* cluster = planning.cluster(key.cluster);
    if (key.system == System::Kubernetes && (cluster == nullptr || !cluster->reachable))
      open.insert(key.cluster);
  }
  for (const std::string& cluster : open)
    plan.not_checked.push_back(
        "what is in cluster " + cluster + ", which is " +
        (isBeingMade(planning, cluster) ? "being created" : "not there yet"));
  for (const model::LiveCluster& cluster : planning.live.clusters) {
    for (const std::string& text : cluster.not_checked) plan.not_checked.push_back(text);
    for (const std::string& stray : cluster.strays) plan.strays.push_back(stray);
    for (const std::string& kind : cluster.unknown_kinds)
      plan.not_checked.push_back(cluster.cluster + " serves no " + kind +
                                 " yet; what defines it has to be there before");
  }
  std::string pools;
  bool several = false;
  for (const Change& change : plan.changes) {
    if (change.key.system != System::Azure || change.action != Action::Create ||
        change.key.kind == "managedClusters")
      continue;
    several = !pools.empty();
    pools += (several ? ", " : "") + titleOf(change.key).substr(std::string_view("pool ").size());
  }
  if (!pools.empty())
    plan.not_checked.push_back("capacity for " + std::string(several ? "pools " : "pool ") + pools +
                               " (Azure tells only when " + (several ? "they are" : "it is") +
                               " made)");
}

// Where owned things may be found, before anything is made: what will be there, and what is.
void listMembers(Planning& planning) {
  std::map<std::string, std::set<ResourceKey>> members;
  const auto add = [&](const ResourceKey& key) {
    if (key.system == System::Kubernetes) members[key.cluster].insert(key);
  };
  if (!planning.options.destroy) {
    for (const Desired& desired : planning.desired.resources) add(desired.key);
  }
  for (const Live& live : planning.live.resources) {
    if (live.owner.kind == OwnerKind::Us) add(live.key);
  }
  for (const auto& [cluster, keys] : members)
    planning.plan.members.emplace_back(cluster, std::vector<ResourceKey>(keys.begin(), keys.end()));
}

}  // namespace

Plan makePlan(const model::DesiredSet& desired, const model::LiveSet& live,
              const PlanOptions& options) {
  Planning planning{desired, live, options, {}, {}, {}, {}, {}, {}, {}, {}};
  sortLive(planning);
  for (const Desired& resource : desired.resources)
    planning.desired_by_key[resource.key] = &resource;
  Plan& plan = planning.plan;
  plan.project = desired.project;
  plan.environment = desired.environment;
  plan.targets = desired.targets;
  std::sort(plan.targets.begin(), plan.targets.end(),
            [](const auto& a, const auto& b) { return a.cluster < b.cluster; });
  plan.azure_requests = live.azure_requests;
  plan.kubernetes_requests = live.kubernetes_requests;
  if (!options.destroy) planDesired(planning);
  planRemovals(planning);
  orderChanges(planning);
  addEffects(planning);
  countGpus(planning);
  addUnverified(planning);
  listMembers(planning);
  plan.left_out.assign(planning.left_out_addresses.begin(), planning.left_out_addresses.end());
  return std::move(planning.plan);
}

}  // namespace gpuspec::deploy::plan
