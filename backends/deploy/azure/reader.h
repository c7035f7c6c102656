#pragma once

// What is live in Azure: for each cluster one GET and one LIST of its pools, for each subscription
// one query for what carries the project's tag.

#include "backends/deploy/azure/session.h"

namespace gpuspec::deploy::azure {

[[nodiscard]] llvm::Error readLive(Session& session, const model::DesiredSet& desired,
                                   model::LiveSet& live);

// Every page of a list, in order; `nextLink` is followed on the endpoint's own host only.
[[nodiscard]] llvm::Expected<std::vector<Tree>> listAll(Session& session, ArmCall call);

// The tags of a cluster, or of a pool, whose resource has none of its own.
const Tree* tagsOf(std::string_view kind, const Tree& resource);

}  // namespace gpuspec::deploy::azure
