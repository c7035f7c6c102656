#include "backends/deploy/sandbox/cluster/controller.h"

#include <algorithm>

namespace gpuspec::deploy::sandbox::live {

void Controller::enqueueAt(const ObjectKey& key, TimePoint time) {
  const auto found = waiting_.find(key);
  if (found != waiting_.end()) {
    if (found->second <= time) return;
    forget(key);
  }
  waiting_.emplace(key, time);
  by_time_.emplace(time, key);
}

void Controller::forget(const ObjectKey& key) {
  const auto found = waiting_.find(key);
  if (found == waiting_.end()) return;
  by_time_.erase({found->second, key});
  waiting_.erase(found);
}

void Controller::enqueueOwn(const Change& change, const Kind& kind) {
  if (change.key.is(kind)) enqueue(change.key);
}

void Controller::enqueueController(const Change& change, const Kind& kind) {
  for (const Object& object : {change.before, change.after}) {
    const Tree* owner = object == nullptr ? nullptr : controllerOf(*object);
    if (owner != nullptr && textAt(*owner, {"kind"}) == kind.kind) {
      enqueue(ObjectKey::of(kind, change.key.object_namespace, textAt(*owner, {"name"})));
    }
  }
}

void Controller::wake() {
  const TimePoint now = world_.now();
  while (!by_time_.empty() && by_time_.begin()->first <= now) {
    const ObjectKey key = by_time_.begin()->second;
    forget(key);
    enqueue(key);
  }
}

bool Controller::workOnce() {
  wake();
  if (due_.empty()) return false;
  const auto picked = pick(due_);
  const ObjectKey key = *picked;
  due_.erase(picked);
  if (llvm::Error error = reconcile(key)) {
    llvm::consumeError(std::move(error));
    const int failures = std::min(failures_[key]++, 7);
    enqueueAfter(key, std::chrono::milliseconds(40LL << failures));
  } else {
    failures_.erase(key);
  }
  return true;
}

std::optional<TimePoint> Controller::nextDue() const {
  if (!due_.empty()) return TimePoint::min();
  if (by_time_.empty()) return std::nullopt;
  return by_time_.begin()->first;
}

}  // namespace gpuspec::deploy::sandbox::live
