#pragma once

// The two threads of a live cluster: one waits for what the API's watch tells, the other runs the
// controllers until nothing is left to do. Both sleep while nothing happens.

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "backends/deploy/sandbox/cluster/controller.h"

namespace gpuspec::deploy::sandbox::live {

class Engine {
 public:
  using Controllers = std::vector<std::unique_ptr<Controller>>;

  // All outlive the engine.
  Engine(World& world, Objects& objects, const Clock& clock, Controllers controllers);
  ~Engine();

  void start();
  void stop();
  // Runs on the controllers' thread, before their next step; false: stopped instead.
  bool run(const std::function<void()>& task);

 private:
  struct Task {
    const std::function<void()>* work;
    bool done = false;
  };

  void watchLoop();
  void workLoop();
  bool takeInbox();  // false: stopped
  void dispatch();
  bool stepAll();
  TimePoint nextDue() const;

  World& world_;
  Objects& objects_;
  const Clock& clock_;
  Controllers controllers_;

  std::mutex mutex_;
  std::condition_variable wake_, task_done_;
  std::deque<Event> events_;
  std::deque<Task*> tasks_;
  bool relist_ = false;
  bool stopping_ = true;
  std::unique_ptr<Watch> watch_;
  std::thread watcher_, worker_;
};

}  // namespace gpuspec::deploy::sandbox::live
