#pragma once

// gpuspec sandbox seed: what a spec takes for granted, made in the sandbox.

#include <string>
#include <vector>

#include "compiler/ir/vendor.h"
#include "tools/gpuspec/terminal.h"

namespace gpuspec::cli {

struct SeedOptions {
  std::string path, environment;
  std::vector<std::string> parameters;  // name=value
};

// Makes the AKS clusters with `existing = true`, with one System pool each, and in the cluster
// `sandbox` the nodes that pools of plain Kubernetes clusters select. Repeating it changes nothing.
int seedSandbox(const SeedOptions& options, const ir::VendorSet& vendors,
                const std::string& sandbox_folder, Terminal& terminal);

}  // namespace gpuspec::cli
