#pragma once

// Who waits for changes. A watch outlives its store safely: it then is closed.

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "backends/deploy/sandbox/store/store.h"

namespace gpuspec::deploy::sandbox {

// The events on their way to one watch.
class Channel {
 public:
  // Takes events after `after_revision`; ends by itself when more than `capacity` wait to be taken,
  // so that nobody who does not read fills the memory.
  Channel(std::string prefix, std::int64_t after_revision, std::size_t capacity)
      : prefix_(std::move(prefix)), after_(after_revision), capacity_(capacity) {}

  void push(const Event& event);
  std::vector<Event> next(std::chrono::milliseconds timeout);
  bool closed() const;
  void close();

 private:
  const std::string prefix_;
  const std::int64_t after_;
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Event> waiting_;
  bool closed_ = false;
};

class Watches {
 public:
  ~Watches();
  std::unique_ptr<Watch> add(std::shared_ptr<Channel> channel);
  void publish(const std::vector<Event>& events);

 private:
  std::mutex mutex_;
  std::vector<std::shared_ptr<Channel>> channels_;
};

}  // namespace gpuspec::deploy::sandbox
