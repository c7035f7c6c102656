#include "backends/deploy/model/managed_fields.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

#include "backends/deploy/model/compare.h"
#include "backends/deploy/model/ownership.h"
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

class Leaves {
 public:
  explicit Leaves(std::string_view kind) : kind_(kind) {}

  void add(const Tree& tree, const std::string& plain) {
    if (tree.isMap() && !tree.empty()) {
      for (const auto& [key, value] : tree.asMap()) {
        path_.push_back({PathStep::Kind::Key, key, 0, {}});
        add(value, plain.empty() ? key : plain + "." + key);
        path_.pop_back();
      }
    } else if (tree.isList() && !tree.empty()) {
      addItems(tree.asList(), plain);
    } else {
      found.push_back(path_);
    }
  }

  std::vector<FieldPath> found;

 private:
  void addItems(const Tree::List& list, const std::string& plain) {
    const std::vector<std::string> keys = listKeys(System::Kubernetes, kind_, plain);
    for (std::size_t i = 0; i < list.size(); ++i) {
      PathStep step{PathStep::Kind::Index, "", static_cast<std::int64_t>(i), {}};
      if (!keys.empty()) step = {PathStep::Kind::Item, "", 0, listKeysOf(list[i], keys)};
      path_.push_back(std::move(step));
      add(list[i], plain);
      path_.pop_back();
    }
  }

  std::string_view kind_;
  FieldPath path_;
};

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
    FieldOwner owner{textAt(entry, "manager"),
                     textAt(entry, "operation"),
                     textAt(entry, "subresource"),
                     {},
                     textAt(entry, "apiVersion")};
    FieldPath path;
    if (const Tree* fields = entry.find("fieldsV1"); fields != nullptr && fields->isMap())
      addLeaves(*fields, path, owner.fields);
    owners.push_back(std::move(owner));
  }
  return owners;
}

bool isFormerOwner(std::string_view manager, std::string_view operation,
                   std::string_view subresource, bool everybody) {
  // They write by update, and mean the whole object.
  static constexpr std::array<std::string_view, 6> kTools = {
      "kubectl-client-side-apply", "kubectl-create", "kubectl-replace", "helm", "Terraform",
      "pulumi-kubernetes"};
  if (manager == kFieldManager || !subresource.empty()) return false;
  return everybody || operation == "Apply" ||
         std::find(kTools.begin(), kTools.end(), manager) != kTools.end();
}

bool owns(const FieldOwner& owner, const FieldPath& path) {
  return std::any_of(owner.fields.begin(), owner.fields.end(), [&](const FieldPath& owned) {
    const std::size_t common = std::min(owned.size(), path.size());
    return std::equal(owned.begin(), owned.begin() + static_cast<std::ptrdiff_t>(common),
                      path.begin(), sameStep);
  });
}

std::vector<FieldPath> leavesOf(std::string_view kind, const Tree& object) {
  Leaves leaves(kind);
  leaves.add(object, "");
  return std::move(leaves.found);
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
