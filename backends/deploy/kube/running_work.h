#pragma once

// Nodes and pods: what a change does to running work; internal to the library.

#include "backends/deploy/kube/parts.h"

namespace gpuspec::deploy::kube {

// Fills nodes and pods; without the right to list them, a sentence in not_checked.
[[nodiscard]] llvm::Error readRunningWork(KubeClient& client, Caller& caller,
                                          model::LiveCluster& cluster);

}  // namespace gpuspec::deploy::kube
