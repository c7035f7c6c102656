#pragma once

// What AKS refuses beyond unknown properties: names, ranges, and what does not go together.

#include <string>
#include <string_view>
#include <vector>

#include <llvm/Support/Error.h>

#include "compiler/ir/tree.h"

namespace gpuspec::deploy::sandbox::arm {

using ir::Tree;

[[nodiscard]] llvm::Error checkGroupName(std::string_view name);
[[nodiscard]] llvm::Error checkDeploymentName(std::string_view name);
[[nodiscard]] llvm::Error checkClusterName(std::string_view name);

// `properties` of one pool with its defaults; `cluster` is null where only the pool is known.
[[nodiscard]] llvm::Error checkPool(std::string_view name, const Tree& properties,
                                    const Tree* cluster);
// A cluster's body with its defaults.
[[nodiscard]] llvm::Error checkCluster(const Tree& cluster);
// All pools of a cluster together, as "name" and the properties.
[[nodiscard]] llvm::Error checkPools(const std::vector<Tree>& profiles);

}  // namespace gpuspec::deploy::sandbox::arm
