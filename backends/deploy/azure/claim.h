#pragma once

// Who works on a cluster that has no API, and so no Lease: it is about to be made, or to go. Said
// by a deployment without resources in the cluster's resource group, which its holder sends again
// for as long as it lives. ARM has no conditional write of a deployment, but refuses one while
// another of its name runs (DeploymentActive). A claim is a word among runs of gpuspec: what holds
// in the end is the Lease, without which no run writes to a cluster that is there.

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "backends/deploy/azure/azure_client.h"
#include "backends/deploy/azure/session.h"

namespace gpuspec::deploy::azure {

// Where the claim to a cluster stands.
struct ClaimPlace {
  std::string group_path;  // "/subscriptions/S/resourceGroups/G"
  std::string cluster;     // its name in Azure
};

// "alice@host, pid 4711, since 2026-11-21T06:00:00Z"; "" = nobody's, or over.
[[nodiscard]] llvm::Expected<std::string> claimedBy(Session& session, const ClaimPlace& place);

// Kind::Busy when another run has it, after options.wait. Fails with ResourceGroupNotFound where
// there is no group yet.
[[nodiscard]] llvm::Expected<std::unique_ptr<Claim>> takeClaim(Session& session,
                                                               const ClaimPlace& place,
                                                               const ClaimOptions& options,
                                                               const http::CancelToken& cancel);

// Until nobody has a claim to it; Kind::Busy when that takes longer than `wait`. Removes what a
// killed run has left.
[[nodiscard]] llvm::Error awaitNoClaim(Session& session, const ClaimPlace& place,
                                       std::chrono::milliseconds wait,
                                       const http::CancelToken& cancel);

}  // namespace gpuspec::deploy::azure
