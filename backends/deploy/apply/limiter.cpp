#include "backends/deploy/apply/limiter.h"

#include <algorithm>

namespace gpuspec::deploy::apply {

namespace {

// Twice the best latency still is a server that takes more; clocks count whole milliseconds, and
// below some tens of them nothing can be told from noise.
constexpr std::int64_t kSlower = 2;
constexpr Limiter::Latency kNoise{20};

}  // namespace

Limiter::Limiter(std::size_t first, std::size_t most, std::size_t least)
    : most_(std::max<std::size_t>(most, 1)),
      limit_(std::clamp<std::size_t>(first, 1, most_)),
      least_(least == 0 ? limit_ : std::min(least, limit_)) {}

std::uint64_t Limiter::started() {
  ++running_;
  return halvings_;
}

void Limiter::finished(std::uint64_t ticket, std::optional<Latency> latency) {
  --running_;
  if (ticket != halvings_) return;
  ++good_;
  if (latency) latencies_.push_back(*latency);
  if (good_ >= limit_) endOfRound();
}

void Limiter::pushedBack(std::uint64_t ticket) {
  --running_;
  if (ticket != halvings_) return;
  ++halvings_;
  limit_ = std::max<std::size_t>(limit_ / 2, 1);
  good_ = 0;
  latencies_.clear();
}

void Limiter::endOfRound() {
  good_ = 0;
  if (!latencies_.empty()) {
    const Latency now = median();
    best_ = std::min(best_.value_or(now), now);
    if (now > kSlower * *best_ + kNoise) {
      if (limit_ > least_) limit_ = std::max(least_, limit_ * 3 / 4);
      return;
    }
  }
  limit_ = std::min(limit_ * 2, most_);
}

Limiter::Latency Limiter::median() {
  const auto middle = latencies_.begin() + static_cast<std::ptrdiff_t>(latencies_.size() / 2);
  std::nth_element(latencies_.begin(), middle, latencies_.end());
  const Latency found = *middle;
  latencies_.clear();
  return found;
}

}  // namespace gpuspec::deploy::apply
