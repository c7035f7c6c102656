#pragma once

// One cluster's part of the Store: keys, and reading by group, resource, namespace and name.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/deploy/sandbox/store/store.h"

namespace gpuspec::deploy::sandbox::api {

using Object = std::shared_ptr<const Tree>;

class ClusterStore {
 public:
  ClusterStore(Store& store, const std::string& cluster)
      : store_(store), root_("/kube/" + cluster + "/") {}

  Store& store() const { return store_; }
  const std::string& root() const { return root_; }
  // All objects of a resource, or those of one namespace ("" = all, also of cluster scope).
  std::string prefix(std::string_view group, std::string_view resource,
                     std::string_view object_namespace = {}) const;
  std::string key(std::string_view group, std::string_view resource,
                  std::string_view object_namespace, std::string_view name) const;

  // nullptr = not there.
  Object get(std::string_view group, std::string_view resource, std::string_view object_namespace,
             std::string_view name) const;
  std::vector<Object> list(std::string_view group, std::string_view resource,
                           std::string_view object_namespace = {}) const;
  bool hasAny(std::string_view group, std::string_view resource,
              std::string_view object_namespace = {}) const;

 private:
  Store& store_;
  const std::string root_;
};

// The value with its resourceVersion.
Store::MakeValue withRevision(Tree object);

}  // namespace gpuspec::deploy::sandbox::api
