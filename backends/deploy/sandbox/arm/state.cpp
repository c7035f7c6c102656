#include "backends/deploy/sandbox/arm/state.h"

#include "backends/deploy/sandbox/arm/text.h"

namespace gpuspec::deploy::sandbox::arm {

std::string groupKey(std::string_view group) {
  return "/arm/groups/" + lower(group);
}

std::string clusterKey(std::string_view group, std::string_view cluster) {
  return "/arm/clusters/" + lower(group) + "/" + lower(cluster);
}

std::string poolPrefix(std::string_view group, std::string_view cluster) {
  return "/arm/pools/" + lower(group) + "/" + lower(cluster) + "/";
}

std::string poolKey(std::string_view group, std::string_view cluster, std::string_view pool) {
  return poolPrefix(group, cluster) + lower(pool);
}

std::string deploymentKey(std::string_view group, std::string_view deployment) {
  return "/arm/deployments/" + lower(group) + "/" + lower(deployment);
}

std::string operationKey(std::string_view id) {
  return "/arm/operations/" + lower(id);
}

std::string dataPlaneKey(std::string_view group, std::string_view cluster) {
  return lower(group) + "." + lower(cluster);
}

std::shared_ptr<const Tree> State::get(const std::string& key) const {
  const std::optional<Entry> entry = store_.get(key);
  return entry ? entry->value : nullptr;
}

llvm::Error State::put(const std::string& key, Tree value) {
  llvm::Expected<Entry> entry =
      store_.put(key, [&](std::int64_t) { return std::move(value); }, Store::kAny);
  return entry ? llvm::Error::success() : entry.takeError();
}

llvm::Error State::remove(const std::string& key) {
  llvm::Expected<std::int64_t> removed = store_.remove(key, Store::kAny);
  if (removed) return llvm::Error::success();
  return llvm::handleErrors(removed.takeError(), [](const RevisionConflict&) {});
}

llvm::Error State::removeAll(const std::string& prefix) {
  return store_.removeAll(prefix);
}

std::vector<std::shared_ptr<const Tree>> State::list(std::string_view prefix) const {
  std::vector<std::shared_ptr<const Tree>> values;
  const Page all = llvm::cantFail(store_.list(prefix));  // the present is always kept
  for (const Entry& entry : all.entries) values.push_back(entry.value);
  return values;
}

llvm::Expected<Page> State::page(std::string_view prefix, std::size_t limit,
                                 std::string_view from_key) const {
  return store_.list(prefix, limit, from_key);
}

}  // namespace gpuspec::deploy::sandbox::arm
