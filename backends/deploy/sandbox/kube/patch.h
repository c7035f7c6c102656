#pragma once

// The three kinds of PATCH that are no apply. Each answers with the patched object.

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/kube/schema.h"

namespace gpuspec::deploy::sandbox::api {

// RFC 7386: maps join, null deletes, everything else replaces.
llvm::Expected<Tree> patchedByMerge(const Tree& live, const Tree& patch);
// RFC 6902; 422 where an operation cannot be done.
llvm::Expected<Tree> patchedByJson(const Tree& live, const Tree& operations);
// Kubernetes' own: lists of structs join by the merge key of their field; $patch, $retainKeys,
// $deleteFromPrimitiveList and $setElementOrder are understood.
llvm::Expected<Tree> patchedByStrategy(const Tree& live, const Tree& patch, const Schema& schema);

}  // namespace gpuspec::deploy::sandbox::api
