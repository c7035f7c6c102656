#pragma once

// What RBAC objects allow, for access reviews. Requests themselves are not held to it: whoever has
// a cluster's token is its administrator.

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/kube/kube_api.h"

namespace gpuspec::deploy::sandbox::api {

// The status of a (Local)SubjectAccessReview with this spec: {allowed, reason}. Fails with 422
// where the spec asks nothing, or for nobody.
llvm::Expected<Tree> reviewAccess(const Objects& objects, const Tree& spec);

}  // namespace gpuspec::deploy::sandbox::api
