#pragma once

#include <string_view>

namespace gpuspec::arm {

// The versions of Microsoft.ContainerService that templates are written for. The preview is used by
// just those resources that have a property only previews know; `arm { apiVersion = "..." }`
// overrides either.
inline constexpr std::string_view kStableApiVersion = "2026-05-01";
inline constexpr std::string_view kPreviewApiVersion = "2026-05-02-preview";

inline constexpr std::string_view kClusterType = "Microsoft.ContainerService/managedClusters";
inline constexpr std::string_view kPoolType =
    "Microsoft.ContainerService/managedClusters/agentPools";

}  // namespace gpuspec::arm
