#pragma once

#include <map>
#include <vector>

#include "lang/source/source_map.h"

namespace gpuspec::host {

// Places travel as numbers: 0 is no place, the others count up in the order of first use in one
// request.
class NodeIds {
 public:
  NodeIds() : locations_(1) {}

  std::int64_t idOf(const source::Location& at) {
    if (!at.valid()) return 0;
    const auto [entry, is_new] = ids_.try_emplace(at, static_cast<std::int64_t>(locations_.size()));
    if (is_new) locations_.push_back(at);
    return entry->second;
  }
  // nullptr: a number that was never handed out.
  const source::Location* find(std::int64_t id) const {
    if (id < 0 || id >= static_cast<std::int64_t>(locations_.size())) return nullptr;
    return &locations_[static_cast<std::size_t>(id)];
  }

 private:
  std::map<source::Location, std::int64_t> ids_;
  std::vector<source::Location> locations_;
};

}  // namespace gpuspec::host
