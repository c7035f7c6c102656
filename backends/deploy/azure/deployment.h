#pragma once

// One resource through one deployment: Microsoft.Resources/deployments, mode Incremental.

#include "backends/deploy/azure/operation.h"
#include "backends/deploy/azure/session.h"

namespace gpuspec::deploy::azure {

struct Deployment {
  std::string group_path;  // "/subscriptions/S/resourceGroups/G"
  std::string name;
  Tree resource;  // as templates have it
};

// Submits it and waits until it is over; one of the same name that still runs is waited for first.
// An error tells the resource's own reason, not the deployment's.
[[nodiscard]] llvm::Error deploy(Session& session, const Deployment& deployment,
                                 const Waiting& waiting);

// Strings that a template would take for expressions get the bracket that says they are none.
void makeLiteral(Tree& tree);

// Whether each value of a template's resource is live already; an expression counts as if it were.
bool covers(std::string_view kind, const Tree& resource, const Tree& live);

}  // namespace gpuspec::deploy::azure
