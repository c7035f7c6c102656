#pragma once

// What the passes decided: every GPU has a resource name, every quota is a Kubernetes quota, every
// workload knows its nodes. Emitters read a Placement and nothing else.

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "compiler/ir/spec.h"
#include "compiler/ir/vendor.h"

namespace gpuspec::ir {

struct PlacedPool {
  PoolPlan plan;              // empty for pools without a GPU
  std::vector<Taint> taints;  // final
  std::vector<Taint>
      platform_taints;  // that the platform sets by itself: to be tolerated, not to be written
  std::vector<std::pair<std::string, Placed<std::string>>>
      labels;                                    // final, sorted by key: the spec's and the stack's
  std::pair<std::string, std::string> selector;  // the label that names exactly this pool's nodes
  std::vector<std::pair<std::string, std::string>>
      selectors;  // all of them, where it takes several; front() = selector
  std::int64_t min_gpus = 0, max_gpus = 0;  // physical GPUs (or shares) at min and max nodes
};

// One team on one cluster: `hard` of the ResourceQuota of its namespaces, in Kubernetes spelling.
struct PlacedQuota {
  TeamId team_id;
  ClusterId cluster_id;
  // "requests.vendor/gpu" -> ("8", the quota item). 0 for resources that the team may not use.
  std::vector<std::pair<std::string, Placed<std::string>>> hard;  // sorted by key
};

struct PlacedWorkload {
  std::string resource;     // "" = no GPU
  std::int64_t amount = 0;  // per pod
  std::string workload_namespace;
  std::vector<Taint> tolerated;
  std::vector<PoolId> pool_ids;  // where its pods may run
};

struct PlacedStack {
  AcceleratorId accelerator_id;
  StackPlan plan;
};

// The proof that `compile` prints: can a pod of `from` send to a pod of `to`?
struct TeamPath {
  TeamId from_id, to_id;
  ClusterId cluster_id;
  bool open = false;
  bool declared = false;  // open because both sides, or the only guarded side, say so
  std::string reason;     // "default deny on both sides", "`b` has no network block" ...
};

// Who reaches whom on one cluster. Pairs that are not here are closed: passes/paths.h says why, and
// answers for any pair. Not a row for each pair, as hundreds of teams share a cluster.
struct ClusterPaths {
  ClusterId cluster_id;
  std::vector<TeamId> team_ids;  // that work on it
  std::vector<TeamId> mutual;    // each of them reaches each other of them: nothing closes any
  std::vector<TeamPath> open;    // further open pairs, sorted

  std::size_t openCount() const {
    return open.size() + mutual.size() * (mutual.size() - std::min<std::size_t>(1, mutual.size()));
  }
};

struct Placement {
  const Spec* spec = nullptr;
  std::vector<PlacedPool> pools;          // parallel to spec->pools
  std::vector<PlacedWorkload> workloads;  // parallel to spec->workloads
  std::vector<PlacedQuota> quotas;        // sorted by cluster, team
  std::vector<PlacedStack> stacks;        // one for each accelerator, in order
  std::vector<ClusterPaths> paths;        // parallel to spec->clusters

  const PlacedPool& operator[](PoolId id) const { return pools[id.index]; }
  const PlacedWorkload& operator[](WorkloadId id) const { return workloads[id.index]; }
};

}  // namespace gpuspec::ir
