#pragma once

// Field by field: what has to change in a live resource so that it is what is desired.

#include <string>
#include <vector>

#include "backends/deploy/plan/plan.h"

namespace gpuspec::deploy::plan {

// By path; empty = nothing to do. What `lifecycle.ignore` names is not compared.
std::vector<FieldChange> diffFields(const model::Desired& desired, const model::Live& live);

// Releases: chart, version, state, and the values as a whole.
std::vector<FieldChange> diffRelease(const model::Desired& desired, const model::Live& live);

// What is sent. A new resource is sent whole; for one that is there, what the spec leaves to others
// goes back as it was found, since leaving it out would take it away.
Tree bodyToSend(const model::Desired& desired, const model::Live* live);

// Where the body holds expressions of a template, whose values nobody knows before it is deployed.
std::vector<std::string> expressionPaths(const Tree& body);

// A Secret's values and what else must not be read by anybody who sees a plan.
bool isSensitive(const model::ResourceKey& key, std::string_view path);
// The same for what stands in `value`, down to its leaves.
bool holdsSensitive(const model::ResourceKey& key, const std::string& path, const Tree& value);

// "spec.a[name=x].b" to "spec.a.b".
std::string plainPath(std::string_view path);
bool isBelow(std::string_view path, std::string_view parent);  // or the same

}  // namespace gpuspec::deploy::plan
