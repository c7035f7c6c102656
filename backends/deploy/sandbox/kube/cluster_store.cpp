#include "backends/deploy/sandbox/kube/cluster_store.h"

#include "backends/deploy/sandbox/kube/fields.h"

namespace gpuspec::deploy::sandbox::api {

std::string ClusterStore::prefix(std::string_view group, std::string_view resource,
                                 std::string_view object_namespace) const {
  std::string out = root_;
  out.append(group.empty() ? "core" : group).append("/").append(resource).append("/");
  if (!object_namespace.empty()) out.append(object_namespace).append("/");
  return out;
}

std::string ClusterStore::key(std::string_view group, std::string_view resource,
                              std::string_view object_namespace, std::string_view name) const {
  return prefix(group, resource, object_namespace.empty() ? "-" : object_namespace).append(name);
}

Object ClusterStore::get(std::string_view group, std::string_view resource,
                         std::string_view object_namespace, std::string_view name) const {
  const auto entry = store_.get(key(group, resource, object_namespace, name));
  return entry ? entry->value : nullptr;
}

std::vector<Object> ClusterStore::list(std::string_view group, std::string_view resource,
                                       std::string_view object_namespace) const {
  // The present is never compacted.
  Page page = llvm::cantFail(store_.list(prefix(group, resource, object_namespace)));
  std::vector<Object> out;
  out.reserve(page.entries.size());
  for (Entry& entry : page.entries) out.push_back(std::move(entry.value));
  return out;
}

bool ClusterStore::hasAny(std::string_view group, std::string_view resource,
                          std::string_view object_namespace) const {
  return !llvm::cantFail(store_.list(prefix(group, resource, object_namespace), 1)).entries.empty();
}

Store::MakeValue withRevision(Tree object) {
  auto shared = std::make_shared<Tree>(std::move(object));
  return [shared](std::int64_t revision) {
    setAt(*shared, {"metadata", "resourceVersion"}, std::to_string(revision));
    return *shared;
  };
}

}  // namespace gpuspec::deploy::sandbox::api
