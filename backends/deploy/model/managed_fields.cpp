#include "backends/deploy/model/managed_fields.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "backends/deploy/model/compare.h"
#include "compiler/ir/json.h"

namespace gpuspec::deploy::model {

namespace {

std::string textAt(const Tree& tree, std::string_view key) {
  const Tree* value = tree.find(key);
  return value != nullptr && value->isString() ? value->asString() : "";
}

// "f:spec", "k:{\"name\":\"x\"}", "v:\"a\"", "i:0".
std::optional<PathStep> stepOf(const std::string& key) {
  if (key.size() < 2 || key[1] != ':') return std::nullopt;
  PathStep step;
  step.text = key.substr(2);
  switch (key[0]) {
    case 'f':
      return step;
    case 'k': {
      llvm::Expected<Tree> keys = ir::parseJson(step.text);
      if (!keys) {
        llvm::consumeError(keys.takeError());
        return std::nullopt;
      }
      if (!keys->isMap()) return std::nullopt;
      step.kind = PathStep::Kind::Item;
      step.keys = std::move(*keys);
      step.text.clear();
      return step;
    }
    case 'v':
      step.kind = PathStep::Kind::Value;
      return step;
    case 'i':
      step.kind = PathStep::Kind::Index;
      step.index = std::atoll(step.text.c_str());
      return step;
    default:
      return std::nullopt;
  }
}

void addLeaves(const Tree& fields, FieldPath& path, std::vector<FieldPath>& out) {
  bool any = false;
  for (const auto& [key, below] : fields.asMap()) {
    std::optional<PathStep> step = stepOf(key);
    if (!step) continue;  // "." stands for the node itself
    any = true;
    path.push_back(std::move(*step));
    if (below.isMap()) addLeaves(below, path, out);
    path.pop_back();
  }
  if (!any && !path.empty()) out.push_back(path);
}

void addTreeLeaves(const Tree& tree, FieldPath& path, std::vector<FieldPath>& out) {
  if (tree.isMap() && !tree.empty()) {
    for (const auto& [key, value] : tree.asMap()) {
      path.push_back({PathStep::Kind::Key, key, 0, {}});
      addTreeLeaves(value, path, out);
      path.pop_back();
    }
  } else if (tree.isList() && !tree.empty()) {
    for (std::size_t i = 0; i < tree.asList().size(); ++i) {
      path.push_back({PathStep::Kind::Index, "", static_cast<std::int64_t>(i), {}});
      addTreeLeaves(tree.asList()[i], path, out);
      path.pop_back();
    }
  } else {
    out.push_back(path);
  }
}

bool sameStep(const PathStep& a, const PathStep& b) {
  return a.kind == b.kind && a.text == b.text && a.index == b.index && a.keys == b.keys;
}

const Tree* stepInto(const Tree& tree, const PathStep& step) {
  if (step.kind == PathStep::Kind::Key) return tree.find(step.text);
  if (!tree.isList()) return nullptr;
  const Tree::List& list = tree.asList();
  if (step.kind == PathStep::Kind::Index) {
    const auto index = static_cast<std::size_t>(step.index);
    return index < list.size() ? &list[index] : nullptr;
  }
  for (const Tree& item : list) {
    if (step.kind == PathStep::Kind::Item ? hasListKeys(item, step.keys)
                                          : ir::toJson(item) == step.text)
      return &item;
  }
  return nullptr;
}

}  // namespace

std::vector<FieldOwner> fieldOwners(const Tree& managed_fields) {
  std::vector<FieldOwner> owners;
  if (!managed_fields.isList()) return owners;
  for (const Tree& entry : managed_fields.asList()) {
    FieldOwner owner{
        textAt(entry, "manager"), textAt(entry, "operation"), textAt(entry, "subresource"), {}};
    FieldPath path;
    if (const Tree* fields = entry.find("fieldsV1"); fields != nullptr && fields->isMap())
      addLeaves(*fields, path, owner.fields);
    owners.push_back(std::move(owner));
  }
  return owners;
}

bool owns(const FieldOwner& owner, const FieldPath& path) {
  return std::any_of(owner.fields.begin(), owner.fields.end(), [&](const FieldPath& owned) {
    const std::size_t common = std::min(owned.size(), path.size());
    return std::equal(owned.begin(), owned.begin() + static_cast<std::ptrdiff_t>(common),
                      path.begin(), sameStep);
  });
}

std::vector<FieldPath> leavesOf(const Tree& tree) {
  std::vector<FieldPath> out;
  FieldPath path;
  addTreeLeaves(tree, path, out);
  return out;
}

const Tree* valueAt(const Tree& object, const FieldPath& path) {
  const Tree* at = &object;
  for (const PathStep& step : path) {
    at = stepInto(*at, step);
    if (at == nullptr) return nullptr;
  }
  return at;
}

}  // namespace gpuspec::deploy::model
