#pragma once

// What a refused apply means; internal to the library.

#include <string>
#include <vector>

#include "backends/deploy/kube/caller.h"

namespace gpuspec::deploy::kube {

// The fields of a FieldManagerConflict, without what stands in brackets: "spec.template.spec".
std::vector<std::string> conflictingFields(const llvm::Error& error);

// A FieldManagerConflict over nothing but fields that the plan changes.
bool isInPlan(const llvm::Error& error, const std::vector<plan::FieldChange>& fields);

// Goes away by itself within seconds: a kind or a quota that the server does not know yet.
bool isPassing(const llvm::Error& error);

// The server lost too many races with others that write the same object.
bool isRace(const llvm::Error& error);

// What somebody else adds to such objects opens a door, so the plan takes it away.
bool isGuardedKind(const std::string& kind);

}  // namespace gpuspec::deploy::kube
