#pragma once

// Placement to the whole output: every cluster's folder, by all backends.

#include <string>
#include <vector>

#include "backends/artifact/artifact.h"
#include "compiler/ir/placement.h"
#include "lang/diag/diagnostic.h"

namespace gpuspec::cli {

struct ClusterOutput {
  ir::ClusterId cluster_id;
  std::string folder;  // "shared", "eastus.gpu"
  std::vector<std::string> files;
  std::size_t arm_resources = 0;
  std::size_t kubernetes_objects = 0;
  std::size_t kubernetes_files = 0;
  std::size_t releases = 0;
};

struct Output {
  artifact::Set files;  // sorted by path
  std::vector<ClusterOutput> clusters;
};

// Limits of the targets are checked first; findings go to `sink`.
Output emitAll(const ir::Placement& placement, const source::SourceMap& sources, diag::Sink& sink);

}  // namespace gpuspec::cli
