#pragma once

// The same program with its declarations in another order.

#include <cstdint>
#include <string>

namespace gpuspec::test {

// Top-level items of one file in an order that `seed` decides, each with the comments and
// annotations above it. The text must parse.
std::string shuffled(const std::string& text, std::uint32_t seed);

}  // namespace gpuspec::test
