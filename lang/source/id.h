#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace gpuspec {

// Tables own, ids refer. An Id is an index into the table of its tag; `none()` refers to nothing.
template <class Tag>
struct Id {
  std::uint32_t index = std::numeric_limits<std::uint32_t>::max();

  static constexpr Id none() { return Id{}; }
  constexpr bool valid() const { return index != std::numeric_limits<std::uint32_t>::max(); }
  explicit constexpr operator bool() const { return valid(); }
  friend auto operator<=>(Id, Id) = default;
};

}  // namespace gpuspec
