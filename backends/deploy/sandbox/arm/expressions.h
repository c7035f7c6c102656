#pragma once

// ARM's template expressions, as far as gpuspec and its users' `arm` blocks need them. Functions
// that are not known are an error that names them, never a guess.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <llvm/Support/Error.h>

#include "compiler/ir/tree.h"

namespace gpuspec::deploy::sandbox::arm {

using ir::Tree;

// What expressions speak about.
struct Scope {
  std::string subscription_id, tenant_id, deployment;
  Tree group;  // the resource group
  std::function<llvm::Expected<Tree>(const std::string&)> parameter, variable;
};

// "[...]" that is not "[[...": text that is computed.
bool isExpression(std::string_view text);
// Fails with InvalidTemplate. `text` with its brackets.
[[nodiscard]] llvm::Expected<Tree> evaluate(std::string_view text, const Scope& scope);
// All expressions in a tree, and "[[x]" becomes "[x]".
[[nodiscard]] llvm::Expected<Tree> evaluateAll(const Tree& tree, const Scope& scope);

[[nodiscard]] llvm::Error invalidTemplate(const std::string& text);
// The id of a resource of a type, "a/b" with as many names.
[[nodiscard]] llvm::Expected<std::string> resourceId(const std::string& subscription,
                                                     const std::string& group,
                                                     const std::string& type,
                                                     const std::vector<std::string>& names);

// A function by its name in lower case; null when there is none.
using Function = llvm::Expected<Tree> (*)(const std::vector<Tree>& arguments, const Scope& scope);
Function findFunction(std::string_view name);

}  // namespace gpuspec::deploy::sandbox::arm
