// libFuzzer's way in; FUZZ_TARGET names the function.

#include <cstdint>
#include <ctime>

#include "lang/source/check.h"
#include "tests/fuzz/targets.h"

// libFuzzer's own limit is by the clock on the wall, which on a busy machine says little. With
// sanitizers everything takes some thirty times as long.
constexpr std::clock_t kMostSeconds = 60;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::clock_t start = std::clock();
  gpuspec::fuzz::FUZZ_TARGET({reinterpret_cast<const char*>(bytes), size});
  GPUSPEC_CHECK(std::clock() - start < kMostSeconds * CLOCKS_PER_SEC, "an input takes too long");
  return 0;
}
