#pragma once

// What AKS fills in.

#include <string>
#include <string_view>

#include "compiler/ir/tree.h"

namespace gpuspec::deploy::sandbox::arm {

using ir::Tree;

// `cluster`: null where it is not known.
void fillPool(Tree& properties, const Tree* cluster);
// `cluster` has id, name, location and properties. `group` is its resource group.
void fillCluster(Tree& cluster, std::string_view group, std::string_view tenant_id);

}  // namespace gpuspec::deploy::sandbox::arm
