#pragma once

// Findings for people at a terminal.

#include <cstdint>
#include <string>
#include <vector>

#include "lang/diag/diagnostic.h"

namespace gpuspec::diag {

struct HumanOptions {
  bool color = false;
  bool unicode = true;       // otherwise nothing but ASCII is written
  std::uint32_t width = 80;  // columns; less than 40 counts as 40
};

// A blank line between findings; suppressed ones are not shown. `gpuspec explain` is named once for
// each code.
std::string renderHuman(const source::SourceMap& sources, const std::vector<Diagnostic>& findings,
                        const HumanOptions& options);

}  // namespace gpuspec::diag
