#include "compiler/ir/tree.h"

#include <algorithm>

namespace gpuspec::ir {

Tree Tree::strings(const std::vector<std::string>& items) {
  Tree out = list();
  for (const std::string& item : items) out.push(item);
  return out;
}

const Tree* Tree::find(std::string_view key) const {
  if (!isMap()) return nullptr;
  for (const auto& [name, child] : asMap()) {
    if (name == key) return &child;
  }
  return nullptr;
}

Tree* Tree::find(std::string_view key) {
  return const_cast<Tree*>(std::as_const(*this).find(key));
}

Tree& Tree::at(std::string_view key) {
  if (!isMap()) value_ = Map{};
  if (Tree* found = find(key)) return *found;
  return asMap().emplace_back(std::string(key), Tree()).second;
}

Tree& Tree::set(std::string_view key, Tree value) {
  at(key) = std::move(value);
  return *this;
}

Tree& Tree::setPath(std::string_view dotted, Tree value) {
  Tree* node = this;
  for (std::size_t dot = dotted.find('.'); dot != std::string_view::npos; dot = dotted.find('.')) {
    node = &node->at(dotted.substr(0, dot));
    dotted.remove_prefix(dot + 1);
  }
  node->set(dotted, std::move(value));
  return *this;
}

Tree& Tree::push(Tree item) {
  if (!isList()) value_ = List{};
  asList().push_back(std::move(item));
  return *this;
}

void Tree::erase(std::string_view key) {
  if (isMap()) std::erase_if(asMap(), [key](const Entry& entry) { return entry.first == key; });
}

void Tree::merge(const Tree& patch) {
  if (!isMap() || !patch.isMap()) {
    *this = patch;
    return;
  }
  for (const auto& [key, child] : patch.asMap()) {
    if (child.isNull()) {
      erase(key);
    } else {
      at(key).merge(child);
    }
  }
}

bool Tree::empty() const {
  if (isMap()) return asMap().empty();
  if (isList()) return asList().empty();
  if (isString()) return asString().empty();
  return isNull();
}

Tree& Tree::from(const source::Location& location) & {
  location_ = location;
  return *this;
}

Tree&& Tree::from(const source::Location& location) && {
  location_ = location;
  return std::move(*this);
}

Tree& Tree::note(std::string text) & {
  comment_ = std::move(text);
  return *this;
}

Tree&& Tree::note(std::string text) && {
  comment_ = std::move(text);
  return std::move(*this);
}

}  // namespace gpuspec::ir
