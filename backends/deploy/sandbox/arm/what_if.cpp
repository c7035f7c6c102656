#include <algorithm>

#include "backends/deploy/sandbox/arm/deployments.h"
#include "backends/deploy/sandbox/arm/schema.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::arm {

namespace {

// The order of an object's keys has no meaning.
bool same(const Tree& a, const Tree& b) {
  if (a.isMap() && b.isMap()) {
    return a.asMap().size() == b.asMap().size() &&
           std::ranges::all_of(a.asMap(), [&](const Tree::Entry& entry) {
             const Tree* other = b.find(entry.first);
             return other != nullptr && same(entry.second, *other);
           });
  }
  if (a.isList() && b.isList()) return std::ranges::equal(a.asList(), b.asList(), same);
  return a == b;
}

void compare(const std::string& path, const Tree* before, const Tree* after, Tree& delta) {
  if (before != nullptr && after != nullptr && same(*before, *after)) return;
  if (before != nullptr && after != nullptr && before->isMap() && after->isMap()) {
    const std::string prefix = path.empty() ? "" : path + ".";
    for (const auto& [key, value] : after->asMap())
      compare(prefix + key, before->find(key), &value, delta);
    for (const auto& [key, value] : before->asMap()) {
      if (after->find(key) == nullptr) compare(prefix + key, &value, nullptr, delta);
    }
    return;
  }
  const char* type = before == nullptr ? "Create" : after == nullptr ? "Delete" : "Modify";
  Tree change = ir::mapOf("path", path, "propertyChangeType", type);
  change.set("before", before == nullptr ? Tree() : *before);
  change.set("after", after == nullptr ? Tree() : *after);
  delta.push(std::move(change));
}

// Without what only the service writes; the same names in the same places.
Tree comparable(const Tree& resource, std::string_view kind) {
  Tree clean = resource;
  eraseReadOnly(kind, clean);
  if (Tree* properties = clean.find("properties")) properties->erase("nodeImageVersion");
  return clean;
}

}  // namespace

Tree whatIfChange(const std::string& id, const Tree& before, const Tree& after,
                  std::string_view kind) {
  if (before.isNull()) return ir::mapOf("resourceId", id, "changeType", "Create", "after", after);
  Tree delta = Tree::list();
  const Tree old = comparable(before, kind), fresh = comparable(after, kind);
  compare("", &old, &fresh, delta);
  Tree change = ir::mapOf("resourceId", id, "changeType", delta.empty() ? "NoChange" : "Modify",
                          "before", before, "after", after);
  if (!delta.empty()) change.set("delta", std::move(delta));
  return change;
}

}  // namespace gpuspec::deploy::sandbox::arm
