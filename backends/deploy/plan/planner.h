#pragma once

// The state of one planning; internal to the library.

#include <map>
#include <set>
#include <string>

#include "backends/deploy/plan/plan.h"

namespace gpuspec::deploy::plan {

struct Planning {
  const model::DesiredSet& desired;
  const model::LiveSet& live;
  const PlanOptions& options;
  Plan plan;
  // What stands; what is being deleted is in `going`.
  std::map<model::ResourceKey, const model::Live*> live_by_key, going;
  std::map<model::ResourceKey, const model::Desired*> desired_by_key;
  std::set<std::string> going_clusters;
  std::set<std::pair<std::string, std::string>> going_namespaces;  // cluster, name

  const model::LiveCluster* cluster(const std::string& name) const;
  const model::Target* target(const std::string& name) const;
  // The change of a resource; nullptr: there is none.
  Change* changeOf(const model::ResourceKey& key);
  // `seen`: the live resource that it changes; nullptr = there must be none.
  Change& add(Action action, const model::ResourceKey& key, const model::Live* seen,
              std::string reason);
  void conflict(Conflict::Kind kind, const Change& about, std::string text, std::string way_out);

  std::set<std::string> left_out_addresses;
  // Kinds of ours that go with a namespace without a change of their own, by cluster and namespace.
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> gone_along;
};

// going.cpp: tells what is being deleted from what stands.
void sortLive(Planning& planning);
// What it goes with when it goes: "its cluster", "its namespace"; "" = it goes by itself.
std::string goesWith(const Planning& planning, const model::Live& live);

// in_flight.cpp: "is being created": Azure works on it, whoever asked for that; "" = it does not.
std::string workOn(const model::Live& live);
// "its last operation failed"; "" = it did not, or Azure does not say.
std::string endOf(const model::Live& live);
// Azure is still making the cluster: nothing is in it, and nobody can ask it.
bool isBeingMade(const Planning& planning, const std::string& cluster);

// one_resource.cpp: one desired resource against what stands there; nullptr = nothing does.
void planOne(Planning& planning, const model::Desired& desired, const model::Live* live);
// addresses.cpp: "pool.h100" for what carries no address of its own.
std::string addressOf(const model::Live& live);
// order.cpp: walls, limits and rights, without which nothing runs in a namespace.
bool isPolicy(const std::string& kind);

// prune.cpp: what is owned and no longer written.
void planRemovals(Planning& planning);
// order.cpp: sorts plan.changes and fills in `after`; ids are positions from then on.
void orderChanges(Planning& planning);
// effects.cpp: what the changes do to running work; GPUs before and after.
void addEffects(Planning& planning);
void countGpus(Planning& planning);
// The pool of AKS that a node belongs to; "" = none.
std::string poolOf(const Tree& node);

}  // namespace gpuspec::deploy::plan
