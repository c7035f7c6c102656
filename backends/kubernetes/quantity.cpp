#include "backends/kubernetes/quantity.h"

namespace gpuspec::kubernetes {

namespace {

std::string withSuffix(std::int64_t amount, std::int64_t step, const char* const (&suffixes)[7]) {
  int steps = 0;
  while (steps < 6 && amount % step == 0) {
    amount /= step;
    ++steps;
  }
  return std::to_string(amount) + suffixes[steps];
}

}  // namespace

std::string cpuText(std::int64_t millicores) {
  return millicores % 1000 == 0 ? std::to_string(millicores / 1000)
                                : std::to_string(millicores) + "m";
}

std::string bytesText(std::int64_t bytes) {
  if (bytes == 0) return "0";
  const std::string binary = withSuffix(bytes, 1024, {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"});
  const std::string decimal = withSuffix(bytes, 1000, {"", "k", "M", "G", "T", "P", "E"});
  return decimal.size() < binary.size() ? decimal : binary;
}

}  // namespace gpuspec::kubernetes
