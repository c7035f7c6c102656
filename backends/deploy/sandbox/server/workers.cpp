#include "backends/deploy/sandbox/server/workers.h"

namespace gpuspec::deploy::sandbox {

void Workers::enqueue(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(task));
  if (waiting_.size() > free_ && threads_.size() < limit_)
    threads_.emplace_back([this] { work(); });
  wake_.notify_one();
}

void Workers::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++free_;
    wake_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    --free_;
    if (waiting_.empty()) return;
    const std::function<void()> task = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    task();
    lock.lock();
  }
}

bool Workers::crowded() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size() > free_ && threads_.size() >= limit_;
}

bool Workers::ending() const {
  const std::lock_guard lock(mutex_);
  return ending_;
}

void Workers::shutdown() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

}  // namespace gpuspec::deploy::sandbox
