#pragma once

// ARM's addresses: subscriptions, groups, clusters, pools, deployments.

#include <string>
#include <string_view>

#include "backends/deploy/model/resource.h"

namespace gpuspec::deploy::azure {

inline constexpr std::string_view kClusters = "managedClusters";
inline constexpr std::string_view kPools = "managedClusters/agentPools";
inline constexpr std::string_view kProvider = "Microsoft.ContainerService";

// For reading what the spec no longer writes; as templates are written for (backends/arm).
inline constexpr std::string_view kContainerServiceVersion = "2026-05-01";
// Microsoft.Resources deployments and groups, and the list of resources by tag.
inline constexpr std::string_view kDeploymentsVersion = "2025-04-01";
inline constexpr std::string_view kResourceListVersion = "2021-04-01";

std::string lowerCase(std::string_view text);
// Azure's names have no case.
bool sameName(std::string_view a, std::string_view b);

// Everything but letters, digits and "-._~" as %XX.
std::string percentEncoded(std::string_view text);

// "/subscriptions/S/resourceGroups/G"; `subscription` where the target names none.
std::string scopeOf(const model::Target& target, const std::string& subscription);
// The path of a cluster or pool; an empty subscription in the key's scope is filled in.
std::string pathOf(const model::ResourceKey& key, const std::string& subscription);
std::string clusterPath(const std::string& scope, const std::string& name);
// The scope's part of a resource's path.
std::string groupPath(const model::ResourceKey& key, const std::string& subscription);

// "gpuspec-shared-h100", within what ARM takes as a name of a deployment (64 of [A-Za-z0-9_.()-]).
std::string deploymentName(const model::ResourceKey& key);

// Scheme, host and port of a URL, in lower case.
std::string originOf(std::string_view url);

}  // namespace gpuspec::deploy::azure
