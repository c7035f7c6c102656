#pragma once

// managedFields (fieldsV1) as paths: who set which fields of an object.

#include <vector>

#include "backends/deploy/model/resource.h"

namespace gpuspec::deploy::model {

// One FieldOwner for each manager, operation and subresource; `managed_fields` is
// metadata.managedFields.
std::vector<FieldOwner> fieldOwners(const Tree& managed_fields);

// Whether whoever adopts an object takes over what this manager has set: what was applied, and what
// tools that say how an object shall be have written; with `everybody`, whatever anybody has.
bool isFormerOwner(std::string_view manager, std::string_view operation,
                   std::string_view subresource, bool everybody);

// Whether the manager set the field at `path`, something below it, or all of what it is part of.
bool owns(const FieldOwner& owner, const FieldPath& path);

// Every scalar and empty map or list of a Kubernetes object; list items by their keys where their
// list has some, else by position.
std::vector<FieldPath> leavesOf(std::string_view kind, const Tree& object);

// The value at the path; nullptr when there is none.
const Tree* valueAt(const Tree& object, const FieldPath& path);

}  // namespace gpuspec::deploy::model
