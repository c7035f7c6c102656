#pragma once

// Compiles an example as `gpuspec compile` would, on files in memory.

#include <set>
#include <string>

#include "tests/docs/fences.h"
#include "tests/support/compile_in_memory.h"

namespace gpuspec::docs {

// Every phase and the emitters; a `fragment` is only parsed.
test::Outcome compile(const Fence& fence);

// "GS2018"; allowed ones do not count.
std::set<std::string> codesOf(const test::Outcome& outcome);
std::set<std::string> errorsOf(const test::Outcome& outcome);

}  // namespace gpuspec::docs
