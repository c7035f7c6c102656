#pragma once

// JSON text to Tree and back. The home of nlohmann's exceptions: none leave this file.

#include <functional>
#include <string>
#include <string_view>

#include <llvm/Support/Error.h>

#include "compiler/ir/tree.h"

namespace gpuspec::ir {

// Fails with "line L, column C: what" on anything that is not one JSON document; duplicate keys
// keep the last. Integers past 64 bits become doubles. More than 2000 levels are an error.
llvm::Expected<Tree> parseJson(std::string_view text);

// The same of a document with a list at `key` that may be long: each of its elements goes to `take`
// as soon as it is read, and the list in the result is empty.
llvm::Expected<Tree> parseJsonList(std::string_view text, std::string_view key,
                                   const std::function<void(Tree)>& take);

// Compact, keys in the tree's order, UTF-8 kept as is.
std::string toJson(const Tree& tree);

}  // namespace gpuspec::ir
