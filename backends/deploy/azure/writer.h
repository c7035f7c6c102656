#pragma once

// Carries one change of a cluster or a pool out.

#include <optional>

#include "backends/deploy/azure/operation.h"
#include "backends/deploy/azure/session.h"

namespace gpuspec::deploy::azure {

// `scope`: whose marks count as ours; nullopt: not known, then the plan's word is taken for it.
[[nodiscard]] llvm::Error carryOut(Session& session, const plan::Change& change,
                                   const std::optional<model::Scope>& scope,
                                   const apply::Progress& progress,
                                   const http::CancelToken& cancel);

// The resource group of a cluster that is about to be made.
[[nodiscard]] llvm::Error makeGroup(Session& session, const plan::Change& cluster,
                                    const apply::Progress& progress,
                                    const http::CancelToken& cancel);

// "pool h100 of cluster shared", "cluster shared".
std::string nameOf(const model::ResourceKey& key);

}  // namespace gpuspec::deploy::azure
