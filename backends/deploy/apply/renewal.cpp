#include "backends/deploy/apply/renewal.h"

namespace gpuspec::deploy::apply {

Renewal::Renewal(std::chrono::milliseconds duration, std::function<Renewed()> renew)
    : duration_(duration), renew_(std::move(renew)), good_until_(Steady::now() + duration) {
  thread_ = std::thread([this] { run(); });
}

void Renewal::stop() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Renewal::lost() const {
  const std::lock_guard lock(mutex_);
  return taken_ || Steady::now() >= good_until_;
}

bool Renewal::taken() const {
  const std::lock_guard lock(mutex_);
  return taken_;
}

void Renewal::run() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, duration_ / 3, [this] { return ended_; })) {
    lock.unlock();
    const Steady::time_point begun = Steady::now();
    const Renewed renewed = renew_();
    lock.lock();
    if (renewed == Renewed::Yes) good_until_ = begun + duration_;
    taken_ = renewed == Renewed::Taken;
    if (taken_) return;
  }
}

}  // namespace gpuspec::deploy::apply
