#pragma once

// Address ranges as NetworkPolicy writes them: "10.0.0.0/8", "fd00::/8". Two ranges are nested or
// disjoint.

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace gpuspec::passes {

struct Cidr {
  std::array<std::uint8_t, 16> address{};  // host bits cleared; IPv4 fills the first four
  bool v6 = false;
  int prefix = 0;

  bool contains(const Cidr& inner) const;
  bool overlaps(const Cidr& other) const { return contains(other) || other.contains(*this); }
};

// nullopt and a few words in `fault` when the text is no range.
std::optional<Cidr> parseCidr(const std::string& text, std::string& fault);

}  // namespace gpuspec::passes
