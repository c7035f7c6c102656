#include <algorithm>
#include <thread>

#include "backends/deploy/apply/executor.h"

namespace gpuspec::deploy::apply {

namespace {

class SystemClock final : public Clock {
 public:
  std::chrono::milliseconds now() const override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
  }
  void sleep(std::chrono::milliseconds time, const http::CancelToken& cancel) override {
    constexpr std::chrono::milliseconds kStep{50};
    const std::chrono::milliseconds until = now() + time;
    while (!cancel.cancelled() && now() < until)
      std::this_thread::sleep_for(std::min(kStep, until - now()));
  }
};

}  // namespace

Clock& systemClock() {
  static SystemClock clock;
  return clock;
}

}  // namespace gpuspec::deploy::apply
