#pragma once

// Findings as SARIF 2.1.0, for code scanning services and editors.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "lang/diag/diagnostic.h"

namespace gpuspec::diag {

struct SarifOptions {
  std::string tool_version;
  // The explanation of a code as Markdown; "" = there is none at hand. It travels in the report, as
  // a `helpUri` would have to lead to a place that everybody reaches.
  std::function<std::string(std::uint16_t)> page = {};
};

// Suppressed findings are carried with their reason. Fingerprints hold the code, the file and the
// message without its numbers, so that a finding stays the same when lines above it come and go.
std::string renderSarif(const source::SourceMap& sources, const std::vector<Diagnostic>& findings,
                        const SarifOptions& options);

}  // namespace gpuspec::diag
