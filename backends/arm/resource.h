#pragma once

// The two kinds of resources; internal to the library.

#include <optional>
#include <string>

#include "compiler/ir/placement.h"

namespace gpuspec::arm {

// agentPools, without dependsOn.
ir::Tree poolResource(const ir::Placement& placement, ir::PoolId pool_id);
// The same pool as an item of agentPoolProfiles.
ir::Tree poolProfile(const ir::Placement& placement, ir::PoolId pool_id);

// managedClusters; `body_pool` is the System pool in its body.
ir::Tree clusterResource(const ir::Placement& placement, ir::ClusterId cluster_id,
                         std::optional<ir::PoolId> body_pool);

// The pool that is written into the cluster's body: its first System pool, when the spec makes the
// cluster.
std::optional<ir::PoolId> bodyPool(const ir::Spec& spec, ir::ClusterId cluster_id);

// Marks of ownership, as tags: {"gpuspec-env": ..., "gpuspec-project": ...}; empty when the spec
// names no project.
ir::Tree ownerTags(const ir::Spec& spec);
inline constexpr const char* kProjectTag = "gpuspec-project";
inline constexpr const char* kEnvironmentTag = "gpuspec-env";

void applySettings(const std::vector<ir::Setting>& settings, ir::Tree& resource);
void eraseEmpty(ir::Tree& map);  // null values, empty maps and lists directly below

}  // namespace gpuspec::arm
