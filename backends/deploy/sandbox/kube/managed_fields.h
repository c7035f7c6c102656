#pragma once

// Who owns which field of an object: metadata.managedFields, kept as the API server keeps it.

#include <map>
#include <optional>
#include <string>

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/kube/fieldset.h"
#include "backends/deploy/sandbox/kube/registry.h"

namespace gpuspec::deploy::sandbox::api {

struct Writer {
  std::string manager, api_version, subresource;
};

// Tracks a create (`live` null), an update or a patch: what `after` changes becomes the writer's.
// Returns `after` with its managedFields.
Tree trackUpdate(const Tree* live, Tree after, const ResourceInfo& resource, const Writer& writer);

// Server-side apply of `config`: the joined object with its managedFields. Fails with 409 naming
// managers and fields, unless `force`. `ignored` are fields that this endpoint does not write.
llvm::Expected<Tree> applyConfig(const Tree* live, const Tree& config, const ResourceInfo& resource,
                                 const Writer& writer, bool force, const FieldSet& ignored);

// Whether two objects differ at most in the times of their managedFields.
bool sameButTimes(const Tree& a, const Tree& b);

}  // namespace gpuspec::deploy::sandbox::api
