#pragma once

// Placement to what plan and apply want: every resource that the backends make, with its key, the
// declaration behind it and what it needs.

#include <map>
#include <string>
#include <vector>

#include "backends/deploy/model/resource.h"
#include "compiler/ir/placement.h"
#include "lang/source/source_map.h"

namespace gpuspec::cli {

struct DesiredOptions {
  std::string subscription;                     // where a cluster names none
  std::map<std::string, std::string> contexts;  // cluster -> kubeconfig context; "" = every cluster
  bool one_subscription = false;                // there is no other: a sandbox
};

deploy::model::DesiredSet desiredSet(const ir::Placement& placement,
                                     const source::SourceMap& sources,
                                     const DesiredOptions& options);

}  // namespace gpuspec::cli
