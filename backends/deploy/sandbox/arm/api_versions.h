#pragma once

// Which API versions are taken.

#include <string_view>

#include <llvm/Support/Error.h>

namespace gpuspec::deploy::sandbox::arm {

// Those that the provider's list names; others in between are taken, too.
inline constexpr const char* kContainerVersions[] = {"2026-08-01", "2026-06-01", "2026-05-01",
                                                     "2026-05-02-preview"};

inline bool isPreview(std::string_view api_version) {
  return api_version.ends_with("-preview");
}

// Of requests to Azure Resource Manager itself.
[[nodiscard]] llvm::Error checkManagerVersion(std::string_view api_version);
// Of Microsoft.ContainerService; `type` is "managedClusters" or "managedClusters/agentPools".
[[nodiscard]] llvm::Error checkContainerVersion(std::string_view api_version,
                                                std::string_view type);

}  // namespace gpuspec::deploy::sandbox::arm
