#pragma once

// One mistake must not hide what is wrong elsewhere: the part of a program that an error leaves
// untouched can be judged further.

#include <optional>
#include <set>

#include "compiler/eval/program.h"

namespace gpuspec::eval {

// `program` with the declarations left out in which an error lies or a value could not be computed,
// and those that refer to such a declaration, however indirectly. nullopt when nothing can be said
// of the rest: an error lies outside of all declarations, or nothing is left.
std::optional<Program> soundPart(const Program& program, const std::set<source::Range>& errors);

}  // namespace gpuspec::eval
