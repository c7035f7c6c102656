#pragma once

// Time that passes only when somebody sleeps.

#include <chrono>
#include <functional>
#include <mutex>
#include <vector>

#include "backends/deploy/apply/executor.h"

namespace gpuspec::test {

class FakeClock : public deploy::apply::Clock {
 public:
  std::chrono::milliseconds now() const override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  void sleep(std::chrono::milliseconds time, const deploy::http::CancelToken& cancel) override {
    if (cancel.cancelled()) return;
    {
      const std::lock_guard lock(mutex_);
      now_ += time;
      sleeps_.push_back(time);
    }
    if (on_sleep) on_sleep();
  }
  void advance(std::chrono::milliseconds time) {
    const std::lock_guard lock(mutex_);
    now_ += time;
  }
  std::vector<std::chrono::milliseconds> sleeps() const {
    const std::lock_guard lock(mutex_);
    return sleeps_;
  }

  std::function<void()> on_sleep;  // may be empty; set before the first sleep

 private:
  mutable std::mutex mutex_;
  std::chrono::milliseconds now_{0};
  std::vector<std::chrono::milliseconds> sleeps_;
};

}  // namespace gpuspec::test
