#pragma once

// One context of a kubeconfig as a connection; internal to the library.

#include "backends/deploy/kube/kube_client.h"
#include "backends/deploy/kube/kubeconfig_file.h"

namespace gpuspec::deploy::kube {

// "" context = the current one.
[[nodiscard]] llvm::Expected<Connection> connect(const Kubeconfig& config, std::string context);

// An ApiError of Kind::Invalid without a status: nobody was asked.
[[nodiscard]] llvm::Error kubeconfigError(const std::string& text, std::string way_out = "");
[[nodiscard]] llvm::Expected<std::string> readWhole(const std::string& path);
// Reads the file each time: whoever writes it renews it. `what` begins errors.
std::function<llvm::Expected<std::string>(bool)> tokenFrom(std::string path, std::string what);

}  // namespace gpuspec::deploy::kube
