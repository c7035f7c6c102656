#pragma once

#include <string>
#include <vector>

#include "backends/deploy/sandbox/host/sandbox.h"

namespace gpuspec::deploy::sandbox {

Access newAccess();
[[nodiscard]] llvm::Error writeAccess(const std::string& folder, const Access& access);

// A kubeconfig with one context for each cluster, named like it.
Tree kubeconfigOf(const Access& access, const std::string& ca_base64,
                  const std::vector<std::string>& clusters, const std::string& current);

}  // namespace gpuspec::deploy::sandbox
