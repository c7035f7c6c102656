#pragma once

// Keeps what is held for a time, a lock or a claim, by renewing it in a thread.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

namespace gpuspec::deploy::apply {

enum class Renewed : std::uint8_t {
  Yes,
  No,     // not this time; what is held goes on until its time is over
  Taken,  // by somebody else: nothing more is renewed
};

class Renewal {
 public:
  // It is held for `duration` from now on, and from the beginning of each call of `renew` that says
  // so; three calls fit into that time.
  Renewal(std::chrono::milliseconds duration, std::function<Renewed()> renew);
  ~Renewal() { stop(); }
  Renewal(const Renewal&) = delete;
  Renewal& operator=(const Renewal&) = delete;

  // Returns when no call of `renew` runs any more.
  void stop();
  // By the clock, too: a renewal that hangs must not keep what others see as over.
  bool lost() const;
  bool taken() const;

 private:
  using Steady = std::chrono::steady_clock;
  void run();

  const std::chrono::milliseconds duration_;
  const std::function<Renewed()> renew_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  Steady::time_point good_until_;
  bool ended_ = false, taken_ = false;
  std::thread thread_;
};

}  // namespace gpuspec::deploy::apply
