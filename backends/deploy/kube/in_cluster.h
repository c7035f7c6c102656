#pragma once

// The service account of the pod that gpuspec runs in; internal to the library.

#include <optional>
#include <string>

#include "backends/deploy/kube/kubeconfig.h"

namespace gpuspec::deploy::kube {

// Whether this is a pod with a service account: a token is mounted, and Kubernetes named its API.
bool isInCluster(const InCluster& pod);
// The token's file is read each time, as the kubelet renews it.
[[nodiscard]] llvm::Expected<Connection> inClusterConnection(const InCluster& pod);

}  // namespace gpuspec::deploy::kube
