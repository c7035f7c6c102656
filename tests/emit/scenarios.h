#pragma once

// The specs behind golden/: each shows one kind of cluster with much of what it can hold.

#include "world.h"

namespace gpuspec::testing {

World sharedCluster();    // new on AKS, Cilium: two teams behind walls, an operator, a service
World existingCluster();  // on AKS, made elsewhere: spot, slices, preview API, escape hatches,
                          // every kind of network rule
World plainCluster();     // plain Kubernetes: no ARM, nodes found by labels

}  // namespace gpuspec::testing
