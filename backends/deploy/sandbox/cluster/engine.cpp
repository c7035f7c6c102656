#include "backends/deploy/sandbox/cluster/engine.h"

#include <algorithm>
#include <utility>

namespace gpuspec::deploy::sandbox::live {

namespace {

// What happens within it reaches the controllers together: under load, waking two threads for each
// event costs a tenth of all there is to do.
constexpr std::chrono::milliseconds kGathering{2};

}  // namespace

Engine::Engine(World& world, Objects& objects, const Clock& clock, Controllers controllers)
    : world_(world), objects_(objects), clock_(clock), controllers_(std::move(controllers)) {}

Engine::~Engine() {
  stop();
}

void Engine::start() {
  const std::lock_guard lock(mutex_);
  if (!stopping_) return;
  stopping_ = false;
  relist_ = true;
  watch_ = objects_.watch({});
  watcher_ = std::thread([this] { watchLoop(); });
  worker_ = std::thread([this] { workLoop(); });
}

void Engine::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    if (watch_ != nullptr) watch_->close();
  }
  wake_.notify_all();
  task_done_.notify_all();
  watcher_.join();
  worker_.join();
  events_.clear();
}

bool Engine::run(const std::function<void()>& task) {
  Task entry{&task};
  std::unique_lock lock(mutex_);
  if (stopping_) return false;
  tasks_.push_back(&entry);
  wake_.notify_all();
  task_done_.wait(lock, [&] { return entry.done || stopping_; });
  std::erase(tasks_, &entry);
  return entry.done;
}

void Engine::watchLoop() {
  Watch* watch = watch_.get();
  while (true) {
    std::vector<Event> events = watch->next(std::chrono::hours(1));
    std::unique_lock lock(mutex_);
    if (stopping_) return;
    std::move(events.begin(), events.end(), std::back_inserter(events_));
    if (watch->closed()) {
      // Fallen behind what the store keeps: begin anew.
      watch_ = objects_.watch({});
      watch = watch_.get();
      relist_ = true;
    }
    lock.unlock();
    wake_.notify_all();
    if (watch == nullptr) return;
    std::this_thread::sleep_for(kGathering);
  }
}

bool Engine::takeInbox() {
  std::unique_lock lock(mutex_);
  const auto ready = [this] {
    return stopping_ || relist_ || !events_.empty() || !tasks_.empty() || nextDue() <= clock_.now();
  };
  while (!ready()) clock_.waitUntil(lock, wake_, nextDue());
  if (stopping_) return false;
  const bool relist = std::exchange(relist_, false);
  const std::deque<Event> events = std::exchange(events_, {});
  lock.unlock();
  if (relist) world_.seeAll();
  for (const Event& event : events) world_.seeEvent(event);
  lock.lock();
  while (!stopping_ && !tasks_.empty()) {
    // The asker waits with the mutex's condition, so the task outlives its run.
    Task* task = tasks_.front();
    tasks_.pop_front();
    (*task->work)();
    task->done = true;
    task_done_.notify_all();
  }
  return !stopping_;
}

void Engine::dispatch() {
  for (const Change& change : world_.takeChanges()) {
    for (const auto& controller : controllers_) controller->observe(change);
  }
}

bool Engine::stepAll() {
  bool worked = false;
  for (const auto& controller : controllers_) {
    worked |= controller->workOnce();
    dispatch();
  }
  return worked;
}

TimePoint Engine::nextDue() const {
  TimePoint next = clock_.now() + std::chrono::hours(1);
  for (const auto& controller : controllers_) {
    if (const auto due = controller->nextDue()) next = std::min(next, *due);
  }
  return next;
}

void Engine::workLoop() {
  while (takeInbox()) {
    dispatch();
    stepAll();
  }
}

}  // namespace gpuspec::deploy::sandbox::live
