#pragma once

// Findings as JSON, as docs/cli.md promises: lines and columns from 1, columns in code points, ends
// exclusive. A finding about the project as a whole has null for its file, lines and columns. Bytes
// that are not UTF-8 are replaced.

#include <string>
#include <vector>

#include "lang/diag/diagnostic.h"

namespace gpuspec::diag {

// The array of the findings that are not suppressed, on one line.
std::string findingsJson(const source::SourceMap& sources, const std::vector<Diagnostic>& findings);
// {"errors":0,"warnings":1,"suppressed":0}
std::string summaryJson(const std::vector<Diagnostic>& findings);
// The document that `check --format json` prints; suppressed findings stand in a list of their own,
// with the reason.
std::string checkJson(const source::SourceMap& sources, const std::vector<Diagnostic>& findings);

}  // namespace gpuspec::diag
