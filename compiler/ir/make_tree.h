#pragma once

// Trees written down in code: mapOf("name", name, "labels", std::move(labels)) is a map in that
// order. Nothing is copied that was moved in.

#include <string>
#include <string_view>
#include <utility>

#include "compiler/ir/tree.h"

namespace gpuspec::ir {

inline void addEntries(Tree::Map&) {}

template <class... Rest>
void addEntries(Tree::Map& map, std::string_view key, Tree value, Rest&&... rest) {
  map.emplace_back(std::string(key), std::move(value));
  addEntries(map, std::forward<Rest>(rest)...);
}

template <class... Pairs>
Tree mapOf(Pairs&&... pairs) {
  static_assert(sizeof...(Pairs) % 2 == 0, "keys and values alternate");
  Tree::Map map;
  map.reserve(sizeof...(Pairs) / 2);
  addEntries(map, std::forward<Pairs>(pairs)...);
  return Tree(std::move(map));
}

template <class... Items>
Tree listOf(Items&&... items) {
  Tree::List list;
  list.reserve(sizeof...(Items));
  (list.emplace_back(std::forward<Items>(items)), ...);
  return Tree(std::move(list));
}

}  // namespace gpuspec::ir
