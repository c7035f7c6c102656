#include "backends/deploy/sandbox/host/gate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <shared_mutex>
#include <thread>
#include <vector>

namespace gpuspec::deploy::sandbox {
namespace {

TEST(Gate, NobodyIsInsideWhileItIsClosed) {
  Gate gate;
  std::atomic<int> inside = 0, passed = 0;
  std::atomic<bool> done = false;
  std::vector<std::thread> passers;
  for (int i = 0; i < 4; ++i) {
    passers.emplace_back([&] {
      while (!done) {
        const std::shared_lock pass(gate);
        ++inside;
        ++passed;
        --inside;
      }
    });
  }
  // The stream of passers never ends by itself, and each closing still gets through.
  for (int i = 0; i < 200; ++i) {
    const std::unique_lock closed(gate);
    EXPECT_EQ(inside, 0);
    const int before = passed;
    std::this_thread::yield();
    EXPECT_EQ(passed, before);
  }
  done = true;
  for (std::thread& passer : passers) passer.join();
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
