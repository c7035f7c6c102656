#pragma once

// One loop that makes the cluster agree with its objects. It is told of changes, remembers the keys
// that may need work, and looks at each one afresh: what it does follows from what is stored, never
// from what happened, so it may be repeated, interrupted and started again.

#include <map>
#include <optional>
#include <set>

#include "backends/deploy/sandbox/cluster/world.h"

namespace gpuspec::deploy::sandbox::live {

class Controller {
 public:
  explicit Controller(World& world) : world_(world) {}
  virtual ~Controller() = default;
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  // Puts the keys that the change may concern in the queue.
  virtual void observe(const Change& change) = 0;
  // Works on one key that is due; false = none is.
  bool workOnce();
  // When the next key becomes due, the least time when one is; nullopt = none waits.
  std::optional<TimePoint> nextDue() const;

 protected:
  // A failure is tried again, later each time, until it succeeds.
  [[nodiscard]] virtual llvm::Error reconcile(const ObjectKey& key) = 0;
  // The next key to work on; the least unless overridden.
  virtual std::set<ObjectKey>::iterator pick(const std::set<ObjectKey>& due) { return due.begin(); }

  void enqueue(const ObjectKey& key) { due_.insert(key); }
  void enqueueAt(const ObjectKey& key, TimePoint time);
  void enqueueAfter(const ObjectKey& key, std::chrono::milliseconds delay) {
    enqueueAt(key, world_.now() + delay);
  }
  // The change's own object when it is of this kind.
  void enqueueOwn(const Change& change, const Kind& kind);
  // The object of this kind that controls the changed one, now or before.
  void enqueueController(const Change& change, const Kind& kind);

  World& world_;

 private:
  void wake();
  void forget(const ObjectKey& key);

  std::set<ObjectKey> due_;
  std::map<ObjectKey, TimePoint> waiting_;
  std::set<std::pair<TimePoint, ObjectKey>> by_time_;
  std::map<ObjectKey, int> failures_;
};

}  // namespace gpuspec::deploy::sandbox::live
