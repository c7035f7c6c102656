#pragma once

// YAML and JSON files that a spec names, read with places: manifests and parameter files. The only
// home of LLVM's YAML reader. Plain scalars mean what Kubernetes' own reader makes of them
// (YAML 1.1: `yes` is true, `0644` is 420).

#include <optional>
#include <vector>

#include "compiler/ir/tree.h"
#include "lang/diag/diagnostic.h"
#include "lang/source/source_map.h"

namespace gpuspec::data {

// One Tree for each document; empty documents are left out. nullopt: reported.
std::optional<std::vector<ir::Tree>> readYaml(const source::SourceMap& sources,
                                              source::FileId file_id, diag::Sink& sink);

// The value of an unquoted YAML scalar.
ir::Tree plainScalar(std::string_view text);

}  // namespace gpuspec::data
