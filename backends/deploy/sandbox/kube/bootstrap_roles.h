#pragma once

// The roles that every cluster has for its users.

#include <utility>
#include <vector>

#include "backends/deploy/sandbox/kube/kube_api.h"

namespace gpuspec::deploy::sandbox::api {

// Name and rules of cluster-admin, admin, edit and view. Source: Kubernetes, "Using RBAC
// Authorization", user-facing roles; for the kinds that a sandbox serves.
std::vector<std::pair<const char*, Tree>> ownRoles();

}  // namespace gpuspec::deploy::sandbox::api
