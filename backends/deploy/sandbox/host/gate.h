#pragma once

// Many pass side by side; whoever closes the gate waits until all are out and keeps the others
// waiting meanwhile. Unlike std::shared_mutex, a stream of passers cannot keep it open for ever.

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace gpuspec::deploy::sandbox {

class Gate {
 public:
  // For std::shared_lock and std::unique_lock.
  void lock_shared() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !closed_; });
    ++inside_;
  }
  void unlock_shared() {
    const std::lock_guard lock(mutex_);
    --inside_;
    changed_.notify_all();
  }
  void lock() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !closed_; });
    closed_ = true;
    changed_.wait(lock, [this] { return inside_ == 0; });
  }
  void unlock() {
    const std::lock_guard lock(mutex_);
    closed_ = false;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t inside_ = 0;
  bool closed_ = false;
};

}  // namespace gpuspec::deploy::sandbox
