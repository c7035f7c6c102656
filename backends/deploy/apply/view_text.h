#pragma once

// What the views have in common: which changes have lines of their own, how lines are laid out.

#include <map>
#include <string>
#include <string_view>

#include "backends/deploy/apply/views.h"

namespace gpuspec::deploy::apply {

// Counted with the other objects of its cluster instead of having a line.
bool isSmall(const plan::Change& change);
// A change that waited in vain, or was never begun: the summary says why, once for all of them.
bool neverBegan(const Outcome& outcome);

// "done", at most as wide as the column: "stopped" where str() says "interrupted".
std::string_view wordOf(State state);

// Without control characters and line breaks: what an API handed out may hold anything.
std::string printable(std::string_view text);
std::size_t columnsOf(std::string_view text);  // code points
std::string padded(std::string_view text, std::size_t columns);
// Never wider than `columns`; "..." or an ellipsis where something is missing.
std::string cutTo(std::string_view text, std::size_t columns, bool unicode);
std::string groupedNumber(std::size_t number);  // "1,180"
// "QuotaExceeded: no quota left"
std::string errorText(const Outcome& outcome);

// The objects of one cluster.
struct ObjectCount {
  std::size_t all = 0, done = 0, over = 0, running = 0;
  std::chrono::milliseconds began{-1};  // -1: nothing has
};

// Where each change stands, by cluster for the small ones.
class Objects {
 public:
  explicit Objects(const plan::Plan& plan);
  ObjectCount& of(const plan::Change& change) { return counts_[change.key.cluster]; }
  const std::map<std::string, ObjectCount>& all() const { return counts_; }
  // "412 of 1,180 objects", and in which cluster where there are several.
  std::string text(const std::string& cluster) const;
  // "pool h100", and in which cluster where there are several.
  std::string nameIn(const plan::Change& change) const;

 private:
  std::map<std::string, ObjectCount> counts_;
  bool many_clusters_ = false;
};

}  // namespace gpuspec::deploy::apply
