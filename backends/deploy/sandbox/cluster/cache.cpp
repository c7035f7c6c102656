#include "backends/deploy/sandbox/cluster/cache.h"

#include <charconv>
#include <utility>

namespace gpuspec::deploy::sandbox::live {
namespace {

std::int64_t revisionOf(const Tree& object) {
  const std::string text = textAt(object, {"metadata", "resourceVersion"});
  std::int64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

ObjectKey firstOf(const Kind& kind, std::string_view object_namespace) {
  return ObjectKey::of(kind, object_namespace, "");
}

}  // namespace

std::optional<Change> Cache::put(const ObjectKey& key, Object object) {
  if (erased_uids_.contains(uidOf(*object))) return std::nullopt;
  Object& there = objects_[key];
  if (there != nullptr && revisionOf(*there) >= revisionOf(*object)) return std::nullopt;
  Change change{key, there, object};
  if (there != nullptr) unindex(key, *there);
  there = std::move(object);
  index(key, *there);
  return change;
}

std::optional<Change> Cache::erase(const ObjectKey& key, const std::string& uid) {
  const auto found = objects_.find(key);
  if (found == objects_.end() || (!uid.empty() && uidOf(*found->second) != uid))
    return std::nullopt;
  Change change{key, found->second, nullptr};
  erased_uids_.insert(uidOf(*found->second));
  unindex(key, *found->second);
  objects_.erase(found);
  return change;
}

std::optional<Change> Cache::removed(const ObjectKey& key, const std::string& uid,
                                     std::int64_t revision) {
  if (erased_uids_.erase(uid) > 0) return std::nullopt;
  const auto found = objects_.find(key);
  if (found == objects_.end() || revisionOf(*found->second) > revision) return std::nullopt;
  auto change = erase(key, "");
  erased_uids_.erase(uidOf(*change->before));
  return change;
}

void Cache::index(const ObjectKey& key, const Tree& object) {
  by_uid_[uidOf(object)] = key;
  for (const Tree& owner : listAt(object, {"metadata", "ownerReferences"})) {
    by_owner_[textAt(owner, {"uid"})].insert(key);
  }
}

void Cache::unindex(const ObjectKey& key, const Tree& object) {
  by_uid_.erase(uidOf(object));
  for (const Tree& owner : listAt(object, {"metadata", "ownerReferences"})) {
    const auto found = by_owner_.find(textAt(owner, {"uid"}));
    if (found == by_owner_.end()) continue;
    found->second.erase(key);
    if (found->second.empty()) by_owner_.erase(found);
  }
}

Object Cache::get(const ObjectKey& key) const {
  const auto found = objects_.find(key);
  return found == objects_.end() ? nullptr : found->second;
}

Object Cache::get(const Kind& kind, std::string_view object_namespace,
                  std::string_view name) const {
  return get(ObjectKey::of(kind, object_namespace, name));
}

std::vector<Object> Cache::list(const Kind& kind, std::string_view object_namespace) const {
  std::vector<Object> out;
  for (auto at = objects_.lower_bound(firstOf(kind, object_namespace)); at != objects_.end();
       ++at) {
    const ObjectKey& key = at->first;
    if (!key.is(kind) || (!object_namespace.empty() && key.object_namespace != object_namespace))
      break;
    out.push_back(at->second);
  }
  return out;
}

std::vector<ObjectKey> Cache::keys(std::string_view object_namespace) const {
  std::vector<ObjectKey> out;
  for (const auto& [key, object] : objects_) {
    if (key.object_namespace == object_namespace) out.push_back(key);
  }
  return out;
}

std::vector<ObjectKey> Cache::allKeys() const {
  std::vector<ObjectKey> out;
  for (const auto& [key, object] : objects_) out.push_back(key);
  return out;
}

const ObjectKey* Cache::keyOfUid(const std::string& uid) const {
  const auto found = by_uid_.find(uid);
  return found == by_uid_.end() ? nullptr : &found->second;
}

std::vector<ObjectKey> Cache::dependentsOf(const std::string& uid) const {
  const auto found = by_owner_.find(uid);
  if (found == by_owner_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

std::vector<Object> Cache::controlledBy(const Tree& owner, const Kind& kind) const {
  std::vector<Object> out;
  for (const ObjectKey& key : dependentsOf(uidOf(owner))) {
    Object object = key.is(kind) ? get(key) : nullptr;
    if (object != nullptr && isControlledBy(*object, owner)) out.push_back(std::move(object));
  }
  return out;
}

}  // namespace gpuspec::deploy::sandbox::live
