#pragma once

// Findings as SARIF 2.1.0, for code scanning services and editors.

#include <string>
#include <vector>

#include "lang/diag/diagnostic.h"

namespace gpuspec::diag {

struct SarifOptions {
  std::string tool_version;
  std::string docs = "docs/diagnostics/";  // before GS3004.md
};

// Suppressed findings are carried with their reason. Fingerprints hold the code, the file and the
// message without its numbers, so that a finding stays the same when lines above it come and go.
std::string renderSarif(const source::SourceMap& sources, const std::vector<Diagnostic>& findings,
                        const SarifOptions& options);

}  // namespace gpuspec::diag
