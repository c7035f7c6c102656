// What the generator promises about its texts; tests/laws compiles them.

#include "tests/support/spec_generator.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace gpuspec::test {
namespace {

TEST(SpecGenerator, SameSeedSameText) {
  for (std::uint64_t seed = 1; seed < 20; ++seed) {
    EXPECT_EQ(printSpec(generateSpec(seed)), printSpec(generateSpec(seed)));
    EXPECT_EQ(printSpec(generateSpec(seed), {seed, seed}),
              printSpec(generateSpec(seed), {seed, seed}));
  }
  EXPECT_NE(printSpec(generateSpec(1)), printSpec(generateSpec(2)));
}

// Seeds are written in test failures: they must mean the same on every platform.
TEST(SpecGenerator, NumbersAreTheSameEverywhere) {
  Random random(1);
  EXPECT_EQ(random.next(), 10451216379200822465u);
  for (int i = 0; i < 1000; ++i) {
    const int number = random.number(-2, 3);
    EXPECT_GE(number, -2);
    EXPECT_LE(number, 3);
  }
}

TEST(SpecGenerator, ShufflingKeepsTheDeclarations) {
  const GeneratedSpec spec = generateSpec(3);
  std::string straight = printSpec(spec)[0].second, shuffled = printSpec(spec, {5, 0})[0].second;
  EXPECT_NE(straight, shuffled);
  std::sort(straight.begin(), straight.end());
  std::sort(shuffled.begin(), shuffled.end());
  EXPECT_EQ(straight, shuffled);
}

TEST(SpecGenerator, EveryConstructComesUp) {
  std::string all;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    for (const auto& [name, text] : printSpec(generateSpec(seed))) all += text;
  }
  for (const char* construct :
       {"cluster ",     "pool ",           "accelerator ", "team ",   "job ",    "service ",
        "module ",      "for t in ",       "let ",         "param ",  "output ", "assert ",
        "env ",         "mig {",           "network {",    "quota {", "slice(",  "gpu(",
        "allow egress", "existing = true", "limits {"}) {
    EXPECT_NE(all.find(construct), std::string::npos) << construct;
  }
}

}  // namespace
}  // namespace gpuspec::test
