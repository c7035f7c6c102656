#pragma once

// How many changes run side by side against one API: grows while answers come well, stands
// still or shrinks while they get slower, and halves when the API says that it is too much.
// Not thread-safe.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace gpuspec::deploy::apply {

class Limiter {
 public:
  using Latency = std::chrono::milliseconds;

  // Slow answers alone never push it below `least`; 0 = below `first`.
  Limiter(std::size_t first, std::size_t most, std::size_t least = 0);

  bool mayStart() const { return running_ < limit_; }
  std::size_t limit() const { return limit_; }

  // Both take what started() returned: changes that were already running when the limit was halved
  // say nothing about the new one.
  std::uint64_t started();
  // No latency: one that says nothing about the load, because it waited for something else.
  void finished(std::uint64_t ticket, std::optional<Latency> latency);
  void pushedBack(std::uint64_t ticket);

 private:
  void endOfRound();
  Latency median();

  std::size_t most_, limit_, least_;
  std::size_t running_ = 0, good_ = 0;
  std::uint64_t halvings_ = 0;
  std::vector<Latency> latencies_;  // of this round
  std::optional<Latency> best_;     // median of the quickest round
};

}  // namespace gpuspec::deploy::apply
