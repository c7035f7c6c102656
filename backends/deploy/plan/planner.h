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
  std::map<model::ResourceKey, const model::Live*> live_by_key;
  std::map<model::ResourceKey, const model::Desired*> desired_by_key;

  const model::LiveCluster* cluster(const std::string& name) const;
  const model::Target* target(const std::string& name) const;
  // The change of a resource; nullptr: there is none.
  Change* changeOf(const model::ResourceKey& key);
  Change& add(Action action, const model::ResourceKey& key, std::string reason);
  void conflict(Conflict::Kind kind, const Change& about, std::string text, std::string way_out);

  std::set<std::string> left_out_addresses;
};

// prune.cpp: what is owned and no longer written.
void planRemovals(Planning& planning);
// order.cpp: sorts plan.changes and fills in `after`; ids are positions from then on.
void orderChanges(Planning& planning);
// effects.cpp: what the changes do to running work; GPUs before and after.
void addEffects(Planning& planning);
void countGpus(Planning& planning);

}  // namespace gpuspec::deploy::plan
