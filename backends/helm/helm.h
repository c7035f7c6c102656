#pragma once

// Placement to Helm: helm/releases.yaml lists the releases of a cluster in the order of their
// installation, the vendors' stacks first, and helm/<release>/values.yaml holds the values of each.
// Nothing is rendered here: the charts stay the vendors' own.

#include <string>
#include <vector>

#include "backends/artifact/artifact.h"
#include "compiler/ir/placement.h"
#include "lang/diag/diagnostic.h"

namespace gpuspec::helm {

struct Release {
  std::string name, chart, repository, version, release_namespace;
  std::int64_t order = 0;
  ir::Tree values;     // a map
  std::string folder;  // below helm/
  std::string owner;   // "accelerator x", "release monitoring"
  source::Location at;
};

// By order, then name and namespace.
std::vector<Release> releases(const ir::Placement& placement, ir::ClusterId cluster_id);

// Release names that Helm refuses, and two releases of one name in one namespace.
void checkLimits(const ir::Placement& placement, diag::Sink& sink);

// Nothing when there is no release. Paths are below the cluster's folder.
std::vector<artifact::File> emit(const ir::Placement& placement, ir::ClusterId cluster_id,
                                 const source::SourceMap& sources);

}  // namespace gpuspec::helm
