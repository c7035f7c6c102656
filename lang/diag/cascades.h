#pragma once

// Findings that are consequences of another one. A reader mends the cause, so what follows from it
// is left out or gathered: every use of one name that is not declared is one finding with notes,
// and what stands before a bracket that closes nothing is not judged.

#include <vector>

#include "lang/diag/diagnostic.h"

namespace gpuspec::diag {

// `findings` are in their final order, and stay in it.
void leaveOutConsequences(std::vector<Diagnostic>& findings, const source::SourceMap& sources);

}  // namespace gpuspec::diag
