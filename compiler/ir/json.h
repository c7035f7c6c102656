#pragma once

// JSON text to Tree and back. The home of nlohmann's exceptions: none leave this file.

#include <string>
#include <string_view>

#include <llvm/Support/Error.h>

#include "compiler/ir/tree.h"

namespace gpuspec::ir {

// Fails with "line L, column C: what" on anything that is not one JSON document; duplicate keys
// keep the last. Integers past 64 bits become doubles. More than 2000 levels are an error.
llvm::Expected<Tree> parseJson(std::string_view text);

// Compact, keys in the tree's order, UTF-8 kept as is.
std::string toJson(const Tree& tree);

}  // namespace gpuspec::ir
