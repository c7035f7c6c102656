#pragma once

// A PUT on what exists: it is written whole, but what cannot change stays, and what must not change
// is refused.

#include <string_view>

#include <llvm/Support/Error.h>

#include "compiler/ir/tree.h"

namespace gpuspec::deploy::sandbox::arm {

using ir::Tree;

// Fields that the body leaves out and that cannot change (model::armRule), and those whose value
// the service keeps, come from `before`. Both have the keys "properties", "location" ...
void keepWhatStays(std::string_view kind, const Tree& before, Tree& after);
// PropertyChangeNotAllowed where an immutable field differs.
[[nodiscard]] llvm::Error checkChange(std::string_view kind, const Tree& before, const Tree& after);

}  // namespace gpuspec::deploy::sandbox::arm
