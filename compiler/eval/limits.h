#pragma once

// What a hostile file cannot pass. Far above any real spec, low enough that the answer comes within
// a second.

#include <cstdint>

namespace gpuspec::eval {

struct Limits {
  std::uint64_t iterations = 300'000;      // of all loops and comprehensions together
  std::uint64_t blocks = 150'000;          // declarations, all modules together
  std::uint64_t body_items = 4'000'000;    // attributes and blocks inside blocks
  std::uint64_t string_bytes = 16u << 20;  // of one string
  std::uint64_t total_bytes = 512u << 20;  // of all strings built
  std::uint64_t elements = 8'000'000;      // of all lists and maps built
  std::uint64_t steps = 60'000'000;        // expressions evaluated
  std::uint64_t modules = 20'000;          // module instances
  std::uint32_t depth = 600;               // values that wait for each other
  std::uint32_t module_depth = 32;         // modules inside modules
  std::uint32_t expression_depth =
      2'500;                    // expressions that wait for each other: the machine's stack
  std::uint32_t nesting = 250;  // lists and maps inside each other
};

}  // namespace gpuspec::eval
