#pragma once

// Request bodies to objects, as the server's decoder does it: types held, quantities and times made
// canonical, nulls and unknown fields left out (and told).

#include <string>
#include <vector>

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/kube/registry.h"

namespace gpuspec::deploy::sandbox::api {

// A body in JSON, YAML or Kubernetes' protobuf. `duplicates` gets `duplicate field "spec.x"` of
// JSON bodies.
llvm::Expected<Tree> parseBody(std::string_view body, std::string_view content_type,
                               std::vector<std::string>* duplicates);

struct Decoded {
  Tree object;
  std::vector<std::string> unknown;  // `unknown field "spec.x"`
};
// Fails with 400 where a value has the wrong type; custom resources are held against their schema
// later (422).
llvm::Expected<Decoded> decode(Tree object, const ResourceInfo& resource);

// What the client asked for: Strict refuses, Warn fills `warnings`, Ignore neither.
llvm::Error reportStrictness(const std::vector<std::string>& problems, std::string_view directive,
                             const ResourceInfo& resource, std::vector<std::string>* warnings);

}  // namespace gpuspec::deploy::sandbox::api
