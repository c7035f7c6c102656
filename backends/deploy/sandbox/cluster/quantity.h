#pragma once

// Kubernetes quantities ("500m", "1900Gi", "8") as thousandths, and sums of them by resource name.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/ir/tree.h"

namespace gpuspec::deploy::sandbox::live {

// In thousandths, so 1 is 1000; holds up to 9 PB of bytes, more saturates. nullopt: no quantity.
std::optional<std::int64_t> milliOf(std::string_view text);
std::optional<std::int64_t> milliOf(const ir::Tree& value);
// In the canonical form; `binary` gives Ki, Mi, Gi ... where it divides evenly.
std::string quantityText(std::int64_t milli, bool binary);

// "cpu" -> thousandths
using Amounts = std::map<std::string, std::int64_t, std::less<>>;
Amounts amountsOf(const ir::Tree* quantities);
void add(Amounts& to, const Amounts& what);
void subtract(Amounts& from, const Amounts& what);
void raiseTo(Amounts& to, const Amounts& what);

// What a pod takes of its node: the sum of its containers and sidecars, or what one of its init
// containers needs, whichever is more; 1 of "pods"; overhead.
Amounts requestsOf(const ir::Tree& pod);
Amounts limitsOf(const ir::Tree& pod);

}  // namespace gpuspec::deploy::sandbox::live
