#include "compiler/passes/quantity.h"

#include <array>

namespace gpuspec::passes {

namespace {

struct Unit {
  std::int64_t bytes;
  const char* suffix;
};

constexpr std::array<Unit, 6> kBinary = {{{std::int64_t{1} << 60, "Ei"},
                                          {std::int64_t{1} << 50, "Pi"},
                                          {std::int64_t{1} << 40, "Ti"},
                                          {std::int64_t{1} << 30, "Gi"},
                                          {std::int64_t{1} << 20, "Mi"},
                                          {std::int64_t{1} << 10, "Ki"}}};
constexpr std::array<Unit, 6> kDecimal = {{{1'000'000'000'000'000'000, "E"},
                                           {1'000'000'000'000'000, "P"},
                                           {1'000'000'000'000, "T"},
                                           {1'000'000'000, "G"},
                                           {1'000'000, "M"},
                                           {1'000, "k"}}};

// The largest unit that divides `bytes`.
std::string inUnits(std::int64_t bytes, const std::array<Unit, 6>& units) {
  for (const Unit& unit : units) {
    if (bytes % unit.bytes == 0) return std::to_string(bytes / unit.bytes) + unit.suffix;
  }
  return std::to_string(bytes);
}

}  // namespace

std::string cpuQuantity(std::int64_t millicores) {
  if (millicores % 1000 == 0) return std::to_string(millicores / 1000);
  return std::to_string(millicores) + "m";
}

std::string byteQuantity(std::int64_t bytes) {
  if (bytes == 0) return "0";
  const std::string binary = inUnits(bytes, kBinary);
  const std::string decimal = inUnits(bytes, kDecimal);
  return decimal.size() < binary.size() ? decimal : binary;
}

}  // namespace gpuspec::passes
