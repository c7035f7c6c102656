#pragma once

// Sums and products that stop at the largest integer: counts come from specs, and a wrapped one
// would turn "too many" into "none".

#include <cstdint>
#include <limits>

namespace gpuspec::passes {

inline std::int64_t saturatingSum(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::int64_t>::max() : sum;
}

// Of counts that are not negative.
inline std::int64_t saturatingProduct(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<std::int64_t>::max()
                                                : product;
}

}  // namespace gpuspec::passes
