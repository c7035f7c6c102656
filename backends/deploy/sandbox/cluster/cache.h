#pragma once

// What the controllers know of the cluster: the newest state of every object that the watch or
// their own writes have shown. Never older than their own writes, so that a controller counts the
// pods it has just made. One thread only.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "backends/deploy/sandbox/cluster/fields.h"
#include "backends/deploy/sandbox/cluster/kinds.h"

namespace gpuspec::deploy::sandbox::live {

using Object = std::shared_ptr<const Tree>;

struct Change {
  ObjectKey key;
  Object before, after;  // null: was not, is not there
};

class Cache {
 public:
  // nullopt: known already.
  std::optional<Change> put(const ObjectKey& key, Object object);
  // The object with this uid ("" = whichever) is gone for good, whatever the watch still tells.
  std::optional<Change> erase(const ObjectKey& key, const std::string& uid);
  // The watch has told that the object is gone.
  std::optional<Change> removed(const ObjectKey& key, const std::string& uid,
                                std::int64_t revision);

  Object get(const ObjectKey& key) const;
  Object get(const Kind& kind, std::string_view object_namespace, std::string_view name) const;
  // "" = all namespaces; by namespace and name.
  std::vector<Object> list(const Kind& kind, std::string_view object_namespace = {}) const;
  std::vector<ObjectKey> keys(std::string_view object_namespace) const;
  std::vector<ObjectKey> allKeys() const;
  // nullptr: nothing has this uid.
  const ObjectKey* keyOfUid(const std::string& uid) const;
  // Objects that name the uid among their owners.
  std::vector<ObjectKey> dependentsOf(const std::string& uid) const;
  // Objects of the kind which `owner` controls.
  std::vector<Object> controlledBy(const Tree& owner, const Kind& kind) const;

 private:
  void index(const ObjectKey& key, const Tree& object);
  void unindex(const ObjectKey& key, const Tree& object);

  std::map<ObjectKey, Object> objects_;
  std::map<std::string, ObjectKey> by_uid_;
  std::map<std::string, std::set<ObjectKey>> by_owner_;
  std::set<std::string> erased_uids_;  // until the watch tells of their removal, too
};

}  // namespace gpuspec::deploy::sandbox::live
