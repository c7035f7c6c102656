#pragma once

// From what was declared to what is put where. `runPasses` holds the spec against the rules of
// Azure and Kubernetes, places pools, quotas, workloads and vendors' stacks, holds the result
// against what was asked, and proves which teams can reach each other. Passes read ir only; GPUs
// are known to them through ir::Vendor. Every rule stands in one check_*.cpp, and its page in
// docs/diagnostics names the source of the fact.

#include <optional>
#include <string>

#include "compiler/ir/placement.h"
#include "compiler/ir/spec.h"
#include "compiler/ir/vendor.h"

namespace gpuspec::diag {
class Sink;
}

namespace gpuspec::passes {

// The day for which the facts of this library (retirements, ends of support) were collected.
inline constexpr const char* kFactsDate = "2026-11-01";

struct Options {
  std::string as_of;  // ISO date; "" = kFactsDate
};

// All passes in order. nullopt: something could not be placed, and was reported. Errors of the
// checks do not withhold the placement (some may be allowed by the spec); ask the sink. The
// placement refers to `spec`, which must outlive it.
std::optional<ir::Placement> runPasses(const ir::Spec& spec, const ir::VendorSet& vendors,
                                       const Options& options, diag::Sink& sink);

// Placement alone, with its own findings only.
std::optional<ir::Placement> place(const ir::Spec& spec, const ir::VendorSet& vendors,
                                   diag::Sink& sink);

}  // namespace gpuspec::passes
