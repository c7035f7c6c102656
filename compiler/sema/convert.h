#pragma once

// Values and blocks as Trees, each node with the place that wrote it.

#include <string>

#include "compiler/ir/tree.h"
#include "compiler/sema/analysis.h"

namespace gpuspec::sema {

enum class Units : std::uint8_t {
  Base,  // integers: bytes, millicores, milliseconds, hundredths of a percent; what vendors get
  Kubernetes,  // "64Gi", "500m", "30s", "33%"; what manifests, chart values and outputs get
};

// Poison becomes null.
ir::Tree toTree(Analysis& analysis, const eval::Value& value, Units units);
// The attributes and blocks of a FreeMap (`values { ... }`) or of a vendor's block. Calls, labelled
// attributes and labelled blocks become lists under their name: [{"args": [...], "value": ...}],
// [{"label": ..., "value": ...}].
ir::Tree toTree(Analysis& analysis, const eval::Block& block, Units units);

std::string bytesText(std::int64_t bytes);         // "64Gi", "512M", "1000001"
std::string milliText(std::int64_t millicores);    // "8", "500m"
std::string durationText(std::int64_t millis);     // "30m", "90s", "250ms"
std::string percentText(std::int64_t hundredths);  // "33", "12.5"
std::string moneyText(std::int64_t micros);        // "1.2"

}  // namespace gpuspec::sema
