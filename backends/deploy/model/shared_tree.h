#pragma once

// A tree that several hold: copies share it until one of them is edited.

#include <memory>
#include <string_view>
#include <utility>

#include "compiler/ir/tree.h"

namespace gpuspec::deploy::model {

class SharedTree {
 public:
  SharedTree() = default;
  SharedTree(ir::Tree tree) : tree_(std::make_shared<ir::Tree>(std::move(tree))) {}

  operator const ir::Tree&() const { return tree(); }
  const ir::Tree& tree() const {
    static const ir::Tree kNull;
    return tree_ == nullptr ? kNull : *tree_;
  }
  bool isNull() const { return tree().isNull(); }
  const ir::Tree* find(std::string_view key) const { return tree().find(key); }

  // This one's own from here on. What it returns is not kept across a copy.
  ir::Tree& edit() {
    if (tree_ == nullptr || tree_.use_count() > 1) tree_ = std::make_shared<ir::Tree>(tree());
    return *tree_;
  }
  ir::Tree& at(std::string_view key) { return edit().at(key); }
  void set(std::string_view key, ir::Tree value) { edit().set(key, std::move(value)); }
  void erase(std::string_view key) { edit().erase(key); }

  friend bool operator==(const SharedTree& a, const SharedTree& b) { return a.tree() == b.tree(); }

 private:
  std::shared_ptr<ir::Tree> tree_;
};

}  // namespace gpuspec::deploy::model
