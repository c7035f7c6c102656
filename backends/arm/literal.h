#pragma once

#include <string>

#include "compiler/ir/tree.h"

namespace gpuspec::arm {

// ARM takes a string from `[` to `]` for an expression; a second `[` in front keeps it a string.
// Applied to every string inside `tree`; keys are never expressions.
void makeLiteral(ir::Tree& tree);

// 'it''s': a string inside an expression.
std::string quoted(const std::string& text);

}  // namespace gpuspec::arm
