#include "backends/deploy/sandbox/cluster/fields.h"

#include <algorithm>
#include <charconv>

#include "compiler/ir/json.h"

namespace gpuspec::deploy::sandbox::live {
namespace {

Tree sorted(const Tree& tree) {
  if (tree.isList()) {
    Tree out = Tree::list();
    for (const Tree& item : tree.asList()) out.push(sorted(item));
    return out;
  }
  if (!tree.isMap()) return tree;
  Tree::Map entries;
  for (const auto& [key, value] : tree.asMap()) {
    if (!value.isNull()) entries.emplace_back(key, sorted(value));
  }
  std::sort(entries.begin(), entries.end(),
            [](const Tree::Entry& a, const Tree::Entry& b) { return a.first < b.first; });
  return Tree(std::move(entries));
}

bool sameMaps(const Tree& a, const Tree& b) {
  for (const auto& [key, value] : a.asMap()) {
    const Tree* other = b.find(key);
    if (other == nullptr ? !value.isNull() : !same(value, *other)) return false;
  }
  return std::all_of(b.asMap().begin(), b.asMap().end(), [&a](const Tree::Entry& entry) {
    return entry.second.isNull() || a.find(entry.first) != nullptr;
  });
}

}  // namespace

const Tree* findAt(const Tree& tree, Path path) {
  const Tree* node = &tree;
  for (std::string_view key : path) {
    node = node->find(key);
    if (node == nullptr) return nullptr;
  }
  return node;
}

std::string textAt(const Tree& tree, Path path, std::string_view fallback) {
  const Tree* found = findAt(tree, path);
  return found != nullptr && found->isString() ? found->asString() : std::string(fallback);
}

std::int64_t intAt(const Tree& tree, Path path, std::int64_t fallback) {
  const Tree* found = findAt(tree, path);
  return found != nullptr && found->isInt() ? found->asInt() : fallback;
}

bool flagAt(const Tree& tree, Path path, bool fallback) {
  const Tree* found = findAt(tree, path);
  return found != nullptr && found->isBool() ? found->asBool() : fallback;
}

const Tree::List& listAt(const Tree& tree, Path path) {
  static const Tree::List kNone;
  const Tree* found = findAt(tree, path);
  return found != nullptr && found->isList() ? found->asList() : kNone;
}

const Tree::Map& mapAt(const Tree& tree, Path path) {
  static const Tree::Map kNone;
  const Tree* found = findAt(tree, path);
  return found != nullptr && found->isMap() ? found->asMap() : kNone;
}

std::vector<std::string> textsAt(const Tree& tree, Path path) {
  std::vector<std::string> out;
  for (const Tree& item : listAt(tree, path)) {
    if (item.isString()) out.push_back(item.asString());
  }
  return out;
}

void setAt(Tree& tree, Path path, Tree value) {
  Tree* node = &tree;
  for (std::string_view key : path) node = &node->at(key);
  *node = std::move(value);
}

std::string nameOf(const Tree& object) {
  return textAt(object, {"metadata", "name"});
}

std::string namespaceOf(const Tree& object) {
  return textAt(object, {"metadata", "namespace"});
}

std::string uidOf(const Tree& object) {
  return textAt(object, {"metadata", "uid"});
}

bool isDeleting(const Tree& object) {
  return !textAt(object, {"metadata", "deletionTimestamp"}).empty();
}

Labels labelsAt(const Tree& tree, Path path) {
  Labels out;
  for (const auto& [key, value] : mapAt(tree, path)) {
    if (value.isString()) out[key] = value.asString();
  }
  return out;
}

Labels labelsOf(const Tree& object) {
  return labelsAt(object, {"metadata", "labels"});
}

std::string annotationOf(const Tree& object, std::string_view key) {
  return textAt(object, {"metadata", "annotations", key});
}

bool hasFinalizer(const Tree& object, std::string_view finalizer) {
  const auto all = textsAt(object, {"metadata", "finalizers"});
  return std::find(all.begin(), all.end(), finalizer) != all.end();
}

Tree mapTree(const Labels& labels) {
  Tree out = Tree::map();
  for (const auto& [key, value] : labels) out.set(key, value);
  return out;
}

const Tree* controllerOf(const Tree& object) {
  for (const Tree& owner : listAt(object, {"metadata", "ownerReferences"})) {
    if (flagAt(owner, {"controller"})) return &owner;
  }
  return nullptr;
}

bool isControlledBy(const Tree& object, const Tree& owner) {
  const Tree* reference = controllerOf(object);
  return reference != nullptr && textAt(*reference, {"uid"}) == uidOf(owner);
}

Tree ownerReference(const Tree& owner, std::string_view api_version, std::string_view kind) {
  Tree out = Tree::map();
  out.set("apiVersion", api_version).set("kind", kind).set("name", nameOf(owner));
  out.set("uid", uidOf(owner)).set("controller", true).set("blockOwnerDeletion", true);
  return out;
}

bool same(const Tree& a, const Tree& b) {
  if (a.isMap() && b.isMap()) return sameMaps(a, b);
  if (!a.isList() || !b.isList()) return a == b;
  return std::equal(a.asList().begin(), a.asList().end(), b.asList().begin(), b.asList().end(),
                    same);
}

Tree differences(const Tree& current, const Tree& wanted) {
  Tree out;
  for (const auto& [key, value] : mapAt(wanted, {})) {
    const Tree* found = current.find(key);
    const Tree& before = found == nullptr ? Tree() : *found;
    if (value.isMap() && before.isMap()) {
      if (Tree nested = differences(before, value); !nested.isNull())
        out.set(key, std::move(nested));
    } else if (!same(before, value)) {
      out.set(key, value);
    }
  }
  return out;
}

std::uint64_t hashOf(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

std::string hashOf(const Tree& tree) {
  // Letters that cannot spell words, as the real controllers do.
  constexpr std::string_view kLetters = "bcdfghjklmnpqrstvwxz2456789";
  std::uint64_t hash = hashOf(std::string_view(ir::toJson(sorted(tree))));
  std::string out;
  for (int i = 0; i < 10; ++i, hash /= kLetters.size()) out += kLetters[hash % kLetters.size()];
  return out;
}

std::string conditionStatus(const Tree& object, std::string_view type) {
  for (const Tree& condition : listAt(object, {"status", "conditions"})) {
    if (textAt(condition, {"type"}) == type) return textAt(condition, {"status"});
  }
  return "";
}

void setCondition(Tree& conditions, std::string_view type, std::string_view status,
                  std::string_view reason, std::string_view message, const std::string& now) {
  if (!conditions.isList()) conditions = Tree::list();
  auto& all = conditions.asList();
  auto found = std::find_if(all.begin(), all.end(), [type](const Tree& condition) {
    return textAt(condition, {"type"}) == type;
  });
  if (found == all.end()) {
    conditions.push(Tree::map().set("type", type));
    found = std::prev(conditions.asList().end());
  }
  if (textAt(*found, {"status"}) != status) found->set("lastTransitionTime", now);
  found->set("status", status);
  for (const auto& [key, value] : {std::pair{"reason", reason}, std::pair{"message", message}}) {
    if (value.empty()) {
      found->erase(key);
    } else {
      found->set(key, value);
    }
  }
}

std::int64_t scaled(const Tree* value, std::int64_t total, bool round_up, std::int64_t fallback) {
  if (value == nullptr || value->isNull()) return fallback;
  if (value->isInt()) return value->asInt();
  if (!value->isString()) return fallback;
  const std::string& text = value->asString();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return fallback;
  if (end == text.data() + text.size()) return number;
  return (number * total + (round_up ? 99 : 0)) / 100;
}

}  // namespace gpuspec::deploy::sandbox::live
