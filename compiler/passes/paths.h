#pragma once

// Questions about the paths between teams that a placement knows.

#include <cstddef>
#include <limits>
#include <vector>

#include "compiler/ir/placement.h"

namespace gpuspec::passes {

// May a pod of `from_id` send to one of `to_id`, and why (not)? Both work on the cluster.
ir::TeamPath pathBetween(const ir::Spec& spec, ir::ClusterId cluster_id, ir::TeamId from_id,
                         ir::TeamId to_id);

// The open paths of a cluster in the order of (from, to), at most `limit`.
std::vector<ir::TeamPath> openPaths(const ir::Spec& spec, const ir::ClusterPaths& paths,
                                    std::size_t limit = std::numeric_limits<std::size_t>::max());

// Every ordered pair of teams of a cluster, in order.
std::vector<ir::TeamPath> allPaths(const ir::Spec& spec, const ir::ClusterPaths& paths);

}  // namespace gpuspec::passes
