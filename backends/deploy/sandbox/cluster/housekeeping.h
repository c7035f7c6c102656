#pragma once

// The controllers that keep other objects in order: what has lost its owner, namespaces that go,
// endpoints, default service accounts, volumes.

#include <memory>

#include "backends/deploy/sandbox/cluster/controller.h"

namespace gpuspec::deploy::sandbox::live {

std::unique_ptr<Controller> makeGarbageCollector(World& world);
std::unique_ptr<Controller> makeNamespaces(World& world);
std::unique_ptr<Controller> makeEndpoints(World& world);
std::unique_ptr<Controller> makeServiceAccounts(World& world);
std::unique_ptr<Controller> makeVolumes(World& world);

}  // namespace gpuspec::deploy::sandbox::live
