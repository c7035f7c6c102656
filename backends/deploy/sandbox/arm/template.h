#pragma once

// A deployment's template, evaluated: resources with what has to be there before each.

#include <string>
#include <vector>

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/arm/expressions.h"

namespace gpuspec::deploy::sandbox::arm {

struct TemplateResource {
  std::string type, api_version, id;
  std::vector<std::string> names;  // one for each part of the type
  std::vector<std::size_t> needs;  // places in the list
  Tree body;                       // what its own PUT takes
};

struct Template {
  std::vector<TemplateResource> resources;  // in the order written
  Tree parameters;                          // {name: {type, value}}
  Tree outputs;                             // {name: {type, value}}
};

// `parameters` as {name: {value}}. Fails with InvalidTemplate.
[[nodiscard]] llvm::Expected<Template> readTemplate(const Tree& text, const Tree& parameters,
                                                    Scope scope);

}  // namespace gpuspec::deploy::sandbox::arm
