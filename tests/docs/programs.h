#pragma once

// Compiles an example as `gpuspec compile` would, on files in memory.

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "lang/diag/diagnostic.h"
#include "tests/docs/fences.h"

namespace gpuspec::docs {

struct Outcome {
  std::vector<diag::Diagnostic> findings;
  std::string rendered;  // as a person would read them

  std::set<std::uint16_t> codes() const;
  std::set<std::uint16_t> errors() const;  // codes of what is an error and not allowed
};

// Every phase, the limits of the targets and the emitters.
Outcome compile(const Fence& fence);
// Syntax alone.
Outcome parse(const Fence& fence);

}  // namespace gpuspec::docs
