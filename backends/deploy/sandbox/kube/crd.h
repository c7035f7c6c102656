#pragma once

// CustomResourceDefinitions: what they serve, and what their schemas mean for the objects.

#include <vector>

#include "backends/deploy/sandbox/kube/registry.h"

namespace gpuspec::deploy::sandbox::api {

// One for each served version.
std::vector<Resource> resourcesOf(const Tree& definition);
// The status of a definition whose names nobody else has: accepted and established.
void establish(Tree& definition);

// A structural schema as the server's other parts use it, with metadata as every object has it.
struct CompiledSchema {
  std::shared_ptr<const void> owner;
  const Schema* root = nullptr;
};
CompiledSchema compileSchema(const Tree& open_api_schema);

// `default` of the schema's nodes, where the parent is there and the field is not.
void fillCustomDefaults(Tree& object, const Schema& schema);

}  // namespace gpuspec::deploy::sandbox::api
