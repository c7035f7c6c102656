#pragma once

// Azure's own list of properties: what is unknown or of the wrong type is refused.

#include <string>
#include <string_view>

#include <llvm/Support/Error.h>

#include "compiler/ir/tree.h"

namespace gpuspec::deploy::sandbox::arm {

using ir::Tree;

inline constexpr std::string_view kClusterKind = "managedClusters";
inline constexpr std::string_view kPoolKind = "managedClusters/agentPools";

// `body` as a client sends it for `kind`, held against what `api_version` knows.
[[nodiscard]] llvm::Error checkBody(std::string_view kind, const Tree& body,
                                    std::string_view api_version);
// Takes out what only the service writes, and nulls.
void eraseReadOnly(std::string_view kind, Tree& body);
// Takes out what the service takes and never shows again: passwords.
void eraseSecrets(std::string_view kind, Tree& body);
// Takes out what `api_version` does not know: the service shows it to newer ones only.
void eraseUnknown(std::string_view kind, std::string_view api_version, Tree& resource);
// Puts words into the spelling of the list: "linux" is "Linux".
void spellWords(std::string_view kind, Tree& body);

}  // namespace gpuspec::deploy::sandbox::arm
