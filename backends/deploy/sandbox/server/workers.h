#pragma once

// Threads that serve connections: made when needed, kept until the end.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include <httplib.h>

namespace gpuspec::deploy::sandbox {

class Workers final : public httplib::TaskQueue {
 public:
  explicit Workers(std::size_t limit) : limit_(limit) {}
  void enqueue(std::function<void()> task) override;
  void shutdown() override;
  // More wait than there are free threads: whoever idles should let go.
  bool crowded() const;
  // shutdown() waits for the tasks that run.
  bool ending() const;

 private:
  void work();

  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> waiting_;
  std::vector<std::thread> threads_;
  std::size_t free_ = 0;
  bool ending_ = false;
};

}  // namespace gpuspec::deploy::sandbox
