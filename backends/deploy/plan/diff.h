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

// Why a release that is there is not what it should be although chart and values are: "its last
// upgrade failed"; "" = it is well.
std::string releaseState(const model::Live& live);
// Whether it has to be uninstalled before it can be installed.
bool isHalfDone(const model::Live& live);

// diff_removed.cpp: fields that an earlier run set, or the former owners of what is adopted, and
// that this one would not: server-side apply takes them away, unless somebody else has set them,
// too. What `changes` has already is not added again.
void addRemovedFields(const model::Desired& desired, const model::Live& live,
                      std::vector<FieldChange>& changes);

// What is sent. A new resource is sent whole; for one that is there, what the spec leaves to others
// goes back as it was found, since leaving it out would take it away.
model::SharedTree bodyToSend(const model::Desired& desired, const model::Live* live);

// Where the body holds expressions of a template, whose values nobody knows before it is deployed.
std::vector<std::string> expressionPaths(const Tree& body);

// A Secret's values and what else must not be read by anybody who sees a plan.
bool isSensitive(const model::ResourceKey& key, std::string_view path);
// The value of an environment variable whose name says that it is a secret; `path` with its items.
bool isOfSecretVariable(const model::ResourceKey& key, std::string_view path);
// The same for what stands in `value`, down to its leaves.
bool holdsSensitive(const model::ResourceKey& key, const std::string& path, const Tree& value);

// Whether `lifecycle.ignore` names it, or what it is part of.
bool isIgnored(const model::Desired& desired, std::string_view plain);

// "spec.a[name=x].b" to "spec.a.b".
std::string plainPath(std::string_view path);
bool isBelow(std::string_view path, std::string_view parent);  // or the same

}  // namespace gpuspec::deploy::plan
