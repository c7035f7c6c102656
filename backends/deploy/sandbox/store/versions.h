#pragma once

// The keys and their kept versions, in memory. No locks: Store guards it.

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "backends/deploy/sandbox/store/store.h"

namespace gpuspec::deploy::sandbox {

class Versions {
 public:
  explicit Versions(std::int64_t history) : history_(history) {}

  // As it was on disk: no history before it. Entries in any order.
  void load(std::vector<Entry> entries, std::int64_t revision);

  std::int64_t revision() const { return revision_; }
  // The oldest state that can still be read.
  std::int64_t oldest() const { return oldest_; }
  // Null when the key is not there now.
  const Entry* find(std::string_view key) const;
  Page list(std::string_view prefix, std::size_t limit, std::string_view from_key,
            std::int64_t at_revision) const;
  std::vector<std::string> keys(std::string_view prefix) const;

  // Events come in the order of their revisions, each one higher than the last.
  void apply(Event event);
  // Kept events after `revision`, below `prefix`.
  std::vector<Event> eventsAfter(std::string_view prefix, std::int64_t revision) const;
  void compact(std::int64_t before_revision);

 private:
  // In the order of `modified`; without a value where the key was removed.
  using History = std::vector<Entry>;
  const Entry* findAt(const History& history, std::int64_t revision) const;
  void prune(const std::string& key);

  std::int64_t history_;
  std::int64_t revision_ = 0, oldest_ = 0;
  std::map<std::string, History, std::less<>> keys_;
  std::deque<Event> events_;  // after oldest_
};

}  // namespace gpuspec::deploy::sandbox
