#pragma once

// What a controller sees and does: the cache, the time, and writes. A write's result is in the
// cache before the call returns and reaches the other controllers as a Change.

#include <chrono>
#include <deque>
#include <string>
#include <string_view>

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/cluster/cache.h"
#include "backends/deploy/sandbox/cluster/cluster.h"

namespace gpuspec::deploy::sandbox::live {

using TimePoint = std::chrono::system_clock::time_point;

std::string timeText(TimePoint time);  // 2026-11-21T05:16:05Z
std::optional<TimePoint> timeOf(std::string_view text);

class World {
 public:
  World(std::string cluster, Objects& objects, const ClusterOptions& options, const Clock& clock)
      : cluster_(std::move(cluster)), objects_(objects), options_(options), clock_(clock) {}

  const std::string& cluster() const { return cluster_; }
  const Cache& cache() const { return cache_; }
  const ClusterOptions& options() const { return options_; }
  TimePoint now() const { return clock_.now(); }
  std::string nowText() const { return timeText(now()); }

  // What the watch and the first lists tell.
  void see(const ObjectKey& key, Object object);
  void seeRemoved(const ObjectKey& key, const std::string& uid, std::int64_t revision);
  void seeEvent(const Event& event);
  // Everything that the API has, and nothing that it has not: at the start and after a lost watch.
  void seeAll();
  // Whether objects of this kind are in the cache, if there are any.
  bool knowsKind(std::string_view api_version, std::string_view kind) const;
  // In the order they happened; the caller gives them to the controllers.
  std::deque<Change> takeChanges();

  // `manager` is the component whose fields these become.
  [[nodiscard]] llvm::Expected<Object> create(const Kind& kind, Tree object,
                                              std::string_view manager);
  // A merge patch; nothing is sent when the object has all of it. With `subresource` "status" only
  // {status: ...} counts.
  [[nodiscard]] llvm::Error patch(const ObjectKey& key, const Tree& change,
                                  std::string_view manager, std::string_view subresource = {});
  // For what is worked out from the object as a whole, such as a list: refused (and the cache is
  // made fresh) when somebody has changed it since.
  [[nodiscard]] llvm::Error patchAsSeen(const ObjectKey& key, Tree change,
                                        std::string_view manager);
  [[nodiscard]] llvm::Error patchStatus(const ObjectKey& key, Tree status,
                                        std::string_view manager);
  // What is gone already is no error.
  [[nodiscard]] llvm::Error remove(const ObjectKey& key,
                                   std::string_view propagation = "Background");
  // A v1 Event about the object; repeated ones count up.
  void tell(const Tree& about, const Kind& kind, std::string_view type, std::string_view reason,
            const std::string& message, std::string_view component);

 private:
  ResourceId idOf(const ObjectKey& key) const;
  void reread(const ObjectKey& key);
  void note(std::optional<Change> change);

  std::string cluster_;
  Objects& objects_;
  const ClusterOptions& options_;
  const Clock& clock_;
  Cache cache_;
  std::deque<Change> changes_;
};

// Whether the API said so: "NotFound", "Conflict", "AlreadyExists" ... Consumes the error.
std::string reasonOf(llvm::Error error);

}  // namespace gpuspec::deploy::sandbox::live
