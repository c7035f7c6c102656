#include "backends/deploy/plan/planner.h"

// What somebody has deleted, and what is still there: it is on its way out, and whatever it holds
// goes with it.

namespace gpuspec::deploy::plan {

namespace {

using model::Live;
using model::System;

const Tree* at(const Tree& body, std::string_view section, std::string_view key) {
  const Tree* map = body.find(section);
  return map != nullptr ? map->find(key) : nullptr;
}

bool goesByItself(const Live& live) {
  switch (live.key.system) {
    case System::Azure: {
      const Tree* state = at(live.body, "properties", "provisioningState");
      return state != nullptr && *state == Tree("Deleting");
    }
    case System::Kubernetes: {
      const Tree* since = at(live.body, "metadata", "deletionTimestamp");
      return since != nullptr && !since->empty();
    }
    case System::Helm:
      return false;
  }
  return false;
}

}  // namespace

void sortLive(Planning& planning) {
  for (const Live& live : planning.live.resources) {
    if (!goesByItself(live)) continue;
    if (live.key.system == System::Azure && live.key.kind == "managedClusters")
      planning.going_clusters.insert(live.key.cluster);
    if (live.key.system == System::Kubernetes && live.key.kind == "Namespace")
      planning.going_namespaces.emplace(live.key.cluster, live.key.name);
  }
  for (const Live& live : planning.live.resources) {
    const bool goes = goesByItself(live) || !goesWith(planning, live).empty();
    (goes ? planning.going : planning.live_by_key)[live.key] = &live;
  }
}

std::string goesWith(const Planning& planning, const Live& live) {
  const bool is_cluster = live.key.system == System::Azure && live.key.kind == "managedClusters";
  if (!is_cluster && planning.going_clusters.contains(live.key.cluster)) return "its cluster";
  const bool inside = live.key.system != System::Azure &&
                      planning.going_namespaces.contains({live.key.cluster, live.key.scope});
  return inside ? "its namespace" : "";
}

}  // namespace gpuspec::deploy::plan
