#pragma once

// Findings as workflow commands of GitHub Actions, which shows them beside the changed lines.

#include <string>
#include <vector>

#include "lang/diag/diagnostic.h"

namespace gpuspec::diag {

// One line for each finding that is not suppressed.
std::string renderGithub(const source::SourceMap& sources, const std::vector<Diagnostic>& findings);

}  // namespace gpuspec::diag
