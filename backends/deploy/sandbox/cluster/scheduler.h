#pragma once

// Binds pods to nodes, by priority and age; says of the others why not.

#include "backends/deploy/sandbox/cluster/controller.h"

namespace gpuspec::deploy::sandbox::live {

std::unique_ptr<Controller> makeScheduler(World& world);

}  // namespace gpuspec::deploy::sandbox::live
