#pragma once

// Looking into trees whose shape nobody promised.

#include <initializer_list>
#include <string>
#include <string_view>

#include "compiler/ir/tree.h"

namespace gpuspec::deploy::kube {

// "" when absent or no string.
inline std::string textAt(const ir::Tree* tree, std::string_view key) {
  const ir::Tree* value = tree != nullptr ? tree->find(key) : nullptr;
  return value != nullptr && value->isString() ? value->asString() : "";
}

inline std::string textAt(const ir::Tree& tree, std::string_view key) {
  return textAt(&tree, key);
}

inline bool flagAt(const ir::Tree& tree, std::string_view key) {
  const ir::Tree* value = tree.find(key);
  return value != nullptr && value->isBool() && value->asBool();
}

// nullptr when a step is missing.
inline const ir::Tree* below(const ir::Tree& tree, std::initializer_list<std::string_view> path) {
  const ir::Tree* at = &tree;
  for (const std::string_view key : path) {
    at = at->find(key);
    if (at == nullptr) return nullptr;
  }
  return at;
}

// Empty when absent or no list.
inline const ir::Tree::List& itemsOf(const ir::Tree* list) {
  static const ir::Tree::List kNone;
  return list != nullptr && list->isList() ? list->asList() : kNone;
}

// A tree's metadata field; "" when absent.
inline std::string metadataText(const ir::Tree& object, std::string_view key) {
  return textAt(object.find("metadata"), key);
}

}  // namespace gpuspec::deploy::kube
