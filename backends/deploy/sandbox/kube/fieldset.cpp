#include "backends/deploy/sandbox/kube/fieldset.h"

#include <algorithm>

#include "compiler/ir/json.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

template <class Children>
auto lowerBound(Children& children, std::string_view element) {
  return std::lower_bound(children.begin(), children.end(), element,
                          [](const auto& a, std::string_view b) { return a.element < b; });
}

// `k:{"name":"x"}` -> `[name="x"]`
std::string shown(std::string_view element) {
  const std::string_view value = element.substr(2);
  if (element[0] == 'f') return "." + std::string(value);
  if (element[0] == 'v') return "[=" + std::string(value) + "]";
  if (element[0] == 'i') return "[" + std::string(value) + "]";
  llvm::Expected<Tree> keys = ir::parseJson(value);
  if (!keys) {
    llvm::consumeError(keys.takeError());
    return "[" + std::string(value) + "]";
  }
  std::string out = "[";
  if (keys->isMap()) {
    for (const auto& [key, key_value] : keys->asMap()) {
      out += (out.size() > 1 ? "," : "") + key + "=" + ir::toJson(key_value);
    }
  }
  return out + "]";
}

}  // namespace

FieldSet::Child& FieldSet::at(std::string_view element) {
  const auto found = lowerBound(children_, element);
  if (found != children_.end() && found->element == element) return *found;
  Child made;
  made.element = element;
  return *children_.insert(found, std::move(made));
}

FieldSet& FieldSet::child(std::string_view element) {
  return at(element).below;
}

const FieldSet* FieldSet::find(std::string_view element) const {
  const auto found = lowerBound(children_, element);
  return found == children_.end() || found->element != element ? nullptr : &found->below;
}

bool FieldSet::has(std::string_view element) const {
  const auto found = lowerBound(children_, element);
  return found != children_.end() && found->element == element && found->member;
}

void FieldSet::insert(std::string_view element) {
  at(element).member = true;
}

void FieldSet::dropEmpty() {
  children_.erase(std::remove_if(children_.begin(), children_.end(),
                                 [](const Child& c) { return !c.member && c.below.empty(); }),
                  children_.end());
}

FieldSet FieldSet::united(const FieldSet& other) const {
  FieldSet out;
  auto a = children_.begin();
  auto b = other.children_.begin();
  while (a != children_.end() || b != other.children_.end()) {
    if (b == other.children_.end() || (a != children_.end() && a->element < b->element)) {
      out.children_.push_back(*a++);
    } else if (a == children_.end() || b->element < a->element) {
      out.children_.push_back(*b++);
    } else {
      out.children_.push_back({a->element, a->member || b->member, a->below.united(b->below)});
      ++a;
      ++b;
    }
  }
  return out;
}

FieldSet FieldSet::without(const FieldSet& other) const {
  FieldSet out;
  auto b = other.children_.begin();
  for (const Child& a : children_) {
    while (b != other.children_.end() && b->element < a.element) ++b;
    if (b == other.children_.end() || b->element != a.element) {
      out.children_.push_back(a);
    } else {
      out.children_.push_back({a.element, a.member && !b->member, a.below.without(b->below)});
    }
  }
  out.dropEmpty();
  return out;
}

FieldSet FieldSet::intersected(const FieldSet& other) const {
  FieldSet out;
  auto b = other.children_.begin();
  for (const Child& a : children_) {
    while (b != other.children_.end() && b->element < a.element) ++b;
    if (b == other.children_.end()) break;
    if (b->element != a.element) continue;
    out.children_.push_back({a.element, a.member && b->member, a.below.intersected(b->below)});
  }
  out.dropEmpty();
  return out;
}

FieldSet FieldSet::withNamedFields(const Schema* schema) const {
  FieldSet out;
  out.children_.reserve(children_.size());
  for (const Child& each : children_) {
    const bool named = each.element[0] == 'f';
    const std::string_view name = std::string_view(each.element).substr(2);
    const Schema* below = nullptr;
    if (schema != nullptr) below = named ? schema->child(name) : schema->items;
    const bool of_struct = named && schema != nullptr && schema->field(name) != nullptr;
    out.children_.push_back({each.element, each.member || (of_struct && !each.below.empty()),
                             each.below.withNamedFields(below)});
  }
  return out;
}

void FieldSet::collect(const std::string& prefix, std::vector<std::string>& out) const {
  for (const Child& each : children_) {
    const std::string path = prefix + shown(each.element);
    if (each.member) out.push_back(path);
    each.below.collect(path, out);
  }
}

std::vector<std::string> FieldSet::paths() const {
  std::vector<std::string> out;
  collect("", out);
  return out;
}

FieldSet FieldSet::fromFieldsV1(const Tree& tree) {
  FieldSet out;
  if (!tree.isMap()) return out;
  out.children_.reserve(tree.asMap().size());
  for (const auto& [element, below] : tree.asMap()) {
    if (element.size() < 2) continue;  // "." speaks of the element itself
    Child made{element, below.empty() || below.find(".") != nullptr, fromFieldsV1(below)};
    out.children_.push_back(std::move(made));
  }
  std::sort(out.children_.begin(), out.children_.end(),
            [](const Child& a, const Child& b) { return a.element < b.element; });
  return out;
}

Tree FieldSet::toFieldsV1() const {
  Tree::Map out;
  out.reserve(children_.size());
  for (const Child& each : children_) {
    Tree below = each.below.toFieldsV1();
    if (each.member && !each.below.empty()) {
      Tree::Map& map = below.asMap();
      map.insert(map.begin(), Tree::Entry(".", Tree::map()));
    }
    out.emplace_back(each.element, std::move(below));
  }
  return Tree(std::move(out));
}

bool operator==(const FieldSet::Child& a, const FieldSet::Child& b) {
  return a.element == b.element && a.member == b.member && a.below == b.below;
}

bool operator==(const FieldSet& a, const FieldSet& b) {
  return a.children_ == b.children_;
}

}  // namespace gpuspec::deploy::sandbox::api
