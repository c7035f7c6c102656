#pragma once

// What others have where a plan takes the place away: in namespaces and in whole clusters.

#include <optional>
#include <set>
#include <string>

#include "backends/deploy/kube/kube_client.h"

namespace gpuspec::deploy::kube {

// Whether objects of the kind stand in namespaces, and are seen and deleted one by one.
bool standsInNamespaces(const ApiResource& resource);

// Whose an object is; nullopt: it is ours, goes with something else, or is kept by Kubernetes in
// every namespace.
std::optional<model::Owner> otherOwner(const ApiResource& resource, const Tree& object,
                                       const model::Scope& scope);

// Into cluster.others, with one LIST for each kind that the cluster serves. What we have no right
// to list is named in not_checked.
[[nodiscard]] llvm::Error readOthersIn(KubeClient& client, const model::Scope& scope,
                                       const std::set<std::string>& namespaces,
                                       model::LiveCluster& cluster);

// Into cluster.other_projects and other_namespaces: one LIST of namespaces, one of inventories, and
// one for each kind that another project's inventory names.
[[nodiscard]] llvm::Error readNeighbours(KubeClient& client, const model::Scope& scope,
                                         model::LiveCluster& cluster);

}  // namespace gpuspec::deploy::kube
