#pragma once

// The scale subresource: an autoscaling/v1 Scale made of an object, and put back into it.

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/kube/registry.h"

namespace gpuspec::deploy::sandbox::api {

Tree scaleOf(const ResourceInfo& resource, const Tree& object);
// The object with the Scale's spec.replicas.
llvm::Expected<Tree> withScale(const ResourceInfo& resource, const Tree& object, const Tree& scale);

}  // namespace gpuspec::deploy::sandbox::api
