#pragma once

// What the sandbox's nodes have: sizes from the standard library's table, GPUs from the vendors.

#include <memory>
#include <string>
#include <vector>

#include "backends/deploy/sandbox/cluster/cluster.h"
#include "compiler/ir/vendor.h"

namespace gpuspec::cli {

// `vendors` outlives the facts.
std::unique_ptr<deploy::sandbox::NodeFacts> makeNodeFacts(const ir::VendorSet& vendors);

// The families of the VM sizes that the standard library knows, as `--vcpu-limit` names them.
std::vector<std::string> vmFamilies(const ir::VendorSet& vendors);

}  // namespace gpuspec::cli
