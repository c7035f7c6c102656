#pragma once

// Placement to ARM: one flat deployment template for each AKS cluster, with literal values and no
// parameters that have to be given. A cluster that the spec makes is one managedClusters resource,
// whose body holds one System pool because Azure makes no cluster without; every other pool is an
// agentPools resource of its own. They are chained by `dependsOn`: AKS refuses a second write to a
// cluster while one is running. On a cluster that exists there are pools only.

#include <optional>
#include <vector>

#include "backends/artifact/artifact.h"
#include "compiler/ir/placement.h"
#include "lang/diag/diagnostic.h"

namespace gpuspec::arm {

// The template's resources in the order of the chain; none on plain Kubernetes.
std::vector<ir::Tree> resources(const ir::Placement& placement, ir::ClusterId cluster_id);

// The pool that stands in the cluster's body, as a resource of its own: what a later change of it
// is sent as.
std::optional<ir::Tree> bodyPoolResource(const ir::Placement& placement, ir::ClusterId cluster_id);

// What cannot be written into a template: findings about `arm` blocks and tags.
void checkLimits(const ir::Placement& placement, diag::Sink& sink);

// "arm/azuredeploy.json" and its parameters file, below the cluster's folder; nothing when there
// are no resources. Reports a template that ARM would refuse for its size.
std::vector<artifact::File> emit(const ir::Placement& placement, ir::ClusterId cluster_id,
                                 const source::SourceMap& sources, diag::Sink& sink);

}  // namespace gpuspec::arm
