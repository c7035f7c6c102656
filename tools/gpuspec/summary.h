#pragma once

// What `compile` tells people and machines about its result.

#include <string>

#include "compiler/ir/tree.h"
#include "tools/gpuspec/emit.h"

namespace gpuspec::cli {

struct SummaryStyle {
  bool color = false;
  bool unicode = true;
};

// One paragraph for each cluster: pools, teams, isolation, what was written below `out`.
std::string summaryOf(const ir::Placement& placement, const Output& output, const std::string& out,
                      const SummaryStyle& style);

// The `clusters` list and `outputs` map of the compile document (see docs/cli.md).
ir::Tree clustersTree(const ir::Placement& placement, const Output& output);
ir::Tree outputsTree(const ir::Spec& spec);
// `moved` and `removed`: [{from, to}] and [{what, destroy}].
ir::Tree movesTree(const ir::Spec& spec);
ir::Tree removalsTree(const ir::Spec& spec);

}  // namespace gpuspec::cli
