#pragma once

#include <string>
#include <vector>

#include "compiler/ir/vendor.h"
#include "plugins/host/node_ids.h"

namespace gpuspec::host {

// The documents that go to a plugin; their shapes are in plugins/abi/schema. `rows` tell which maps
// of a vendor block are blocks and which are values.
std::string partitionRequest(const ir::VendorCluster& cluster,
                             const std::vector<ir::SchemaRow>& rows, NodeIds& ids);
std::string emitRequest(const ir::VendorCluster& cluster, const std::vector<ir::PoolPlan>& plans,
                        const std::vector<std::vector<ir::Taint>>& taints,
                        const std::vector<ir::SchemaRow>& rows, NodeIds& ids);

std::string observeRequest(const ir::PoolObservation& pool);

}  // namespace gpuspec::host
