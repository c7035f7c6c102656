// From a body to what would be written: checks, defaults, what stays of what was there.

#include <algorithm>

#include "backends/deploy/sandbox/arm/checks.h"
#include "backends/deploy/sandbox/arm/containers.h"
#include "backends/deploy/sandbox/arm/defaults.h"
#include "backends/deploy/sandbox/arm/kubernetes_versions.h"
#include "backends/deploy/sandbox/arm/schema.h"
#include "backends/deploy/sandbox/arm/text.h"
#include "backends/deploy/sandbox/arm/update.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::arm {

namespace {

constexpr std::string_view kClusterType = "Microsoft.ContainerService/managedClusters";
constexpr std::string_view kPoolType = "Microsoft.ContainerService/managedClusters/agentPools";

void eraseIfZero(Tree& properties, std::string_view key) {
  const Tree* value = properties.find(key);
  if (value != nullptr && value->isInt() && value->asInt() == 0) properties.erase(key);
}

llvm::Error checkVersionChange(const Tree& before, const Tree& after) {
  const std::string from = textAt(before, "properties.kubernetesVersion"),
                    to = textAt(after, "properties.kubernetesVersion");
  if (from.empty() || to.empty() || from == to) return llvm::Error::success();
  if (olderThan(to, from))
    return fail(400, "OperationNotAllowed",
                "Downgrading the cluster from " + from + " to " + to + " is not allowed.",
                "properties.kubernetesVersion");
  if (minorOf(to) - minorOf(from) > 1)
    return fail(400, "OperationNotAllowed",
                "Upgrading the cluster from " + from + " to " + to + " would skip a minor version.",
                "properties.kubernetesVersion");
  return llvm::Error::success();
}

llvm::Error checkLocation(const Tree& before, const Tree& after, const std::string& group) {
  const std::string had = textAt(before, "location"), wanted = textAt(after, "location");
  if (regionName(had) == regionName(wanted)) return llvm::Error::success();
  const std::string name = textAt(before, "name");
  return fail(409, "InvalidResourceLocation",
              "The resource '" + name + "' already exists in location '" + had +
                  "' in resource group '" + group +
                  "'. A resource with the same name cannot be created in location '" + wanted +
                  "'. Please select a new resource name.");
}

// The body's own fields behind those that every resource begins with.
Tree resourceFrom(Tree head, Tree body) {
  for (auto& [key, value] : body.asMap()) {
    if (head.find(key) == nullptr) head.set(key, std::move(value));
  }
  return head;
}

// The definitions let clients write it, to go back to an image of before: there is none here.
llvm::Error checkImage(const Tree& properties, const Tree& before) {
  const std::string wanted = textAt(properties, "nodeImageVersion");
  if (wanted.empty() || wanted == textAt(before, "properties.nodeImageVersion"))
    return llvm::Error::success();
  return fail(
      400, "InvalidParameter",
      "The node image version '" + wanted + "' is none of the agent pool's recentlyUsedVersions.",
      "agentPoolProfile.nodeImageVersion");
}

// They are set through the cluster; a pool's own body can only say what is there.
llvm::Error keepInitializationTaints(const Tree* before, Tree& body) {
  constexpr std::string_view kPath = "properties.nodeInitializationTaints";
  const Tree* had = before == nullptr ? nullptr : at(*before, kPath);
  const Tree* given = at(body, kPath);
  if (given == nullptr || given->isNull()) {
    if (had != nullptr) body.setPath(kPath, *had);
    return llvm::Error::success();
  }
  if (had != nullptr && *given == *had) return llvm::Error::success();
  return fail(400, "InvalidParameter",
              "The initialization taints of node pools are set through the managed cluster.",
              "agentPoolProfile.nodeInitializationTaints");
}

// With autoscaling, a count that nobody gave moves into the new bounds.
void clampCount(const Tree& body, Tree& properties) {
  if (body.find("count") != nullptr || !flagAt(properties, "enableAutoScaling")) return;
  const auto least = numberAt(properties, "minCount"), most = numberAt(properties, "maxCount"),
             count = numberAt(properties, "count");
  if (least && most && count && *least <= *most)
    properties.set("count", std::clamp(*count, *least, *most));
}

}  // namespace

llvm::Expected<Containers::PreparedPool> Containers::preparePool(
    const std::string& group, const std::string& cluster, const std::string& name, Tree properties,
    const Tree* cluster_resource) const {
  PreparedPool prepared{name, Tree(), Tree()};
  eraseIfZero(properties, "osDiskSizeGB");
  eraseIfZero(properties, "maxPods");
  properties.erase("virtualMachineNodesStatus");
  const Tree body = properties;
  Tree after = ir::mapOf("properties", std::move(properties));
  const std::shared_ptr<const Tree> before = state_.get(poolKey(group, cluster, name));
  if (before) prepared.before = *before;
  if (llvm::Error error = checkImage(body, prepared.before)) return error;
  if (before) {
    const Tree comparable = ir::mapOf("properties", *before->find("properties"));
    keepWhatStays(kPoolKind, comparable, after);
    if (llvm::Error error = checkChange(kPoolKind, comparable, after)) return error;
  }
  prepared.properties = std::move(after.at("properties"));
  clampCount(body, prepared.properties);
  fillPool(prepared.properties, cluster_resource);
  if (llvm::Error error = checkPool(name, prepared.properties, cluster_resource)) return error;
  return prepared;
}

llvm::Expected<Containers::PreparedPool> Containers::preparePoolBody(
    const std::string& group, const std::string& cluster, const std::string& name, const Tree& body,
    const std::string& api_version, const Tree* cluster_resource) const {
  if (llvm::Error error = checkBody(kPoolKind, body, api_version)) return error;
  Tree clean = body;
  const std::shared_ptr<const Tree> before = state_.get(poolKey(group, cluster, name));
  if (llvm::Error error = keepInitializationTaints(before.get(), clean)) return error;
  eraseReadOnly(kPoolKind, clean);
  spellWords(kPoolKind, clean);
  Tree properties =
      clean.find("properties") == nullptr ? Tree::map() : std::move(clean.at("properties"));
  return preparePool(group, cluster, name, std::move(properties), cluster_resource);
}

llvm::Expected<Containers::PreparedCluster> Containers::prepareCluster(
    const std::string& group, const std::string& name, const Tree& body,
    const std::string& api_version) const {
  if (llvm::Error error = checkClusterName(name)) return error;
  if (llvm::Error error = checkBody(kClusterKind, body, api_version)) return error;
  Tree clean = body;
  eraseReadOnly(kClusterKind, clean);
  eraseSecrets(kClusterKind, clean);
  spellWords(kClusterKind, clean);
  Tree& given = clean.at("properties");
  const Tree profiles =
      given.find("agentPoolProfiles") == nullptr ? Tree() : *given.find("agentPoolProfiles");
  given.erase("agentPoolProfiles");

  PreparedCluster prepared;
  const std::string id = "/subscriptions/" + options_.subscription_id + "/resourceGroups/" + group +
                         "/providers/" + std::string(kClusterType) + "/" + name;
  Tree head = ir::mapOf("id", id, "name", name, "type", kClusterType, "location",
                        regionName(textAt(clean, "location")));
  prepared.resource = resourceFrom(std::move(head), std::move(clean));
  if (const std::shared_ptr<const Tree> before = state_.get(clusterKey(group, name))) {
    prepared.before = *before;
    const Tree& old = *before->find("resource");
    if (llvm::Error error = checkLocation(old, prepared.resource, group)) return error;
    keepWhatStays(kClusterKind, old, prepared.resource);
    prepared.resource.set("id", *old.find("id"));
    prepared.resource.set("name", *old.find("name"));
    if (llvm::Error error = checkChange(kClusterKind, old, prepared.resource)) return error;
    if (llvm::Error error = checkVersionChange(old, prepared.resource)) return error;
  }
  fillCluster(prepared.resource, group, options_.tenant_id);
  if (llvm::Error error = checkCluster(prepared.resource)) return error;
  if (llvm::Error error = prepareBodyPools(group, &profiles, prepared)) return error;
  return prepared;
}

llvm::Error Containers::prepareBodyPools(const std::string& group, const Tree* profiles,
                                         PreparedCluster& prepared) const {
  const std::string cluster = textAt(prepared.resource, "name");
  const bool is_new = prepared.before.isNull();
  if (is_new && (!profiles->isList() || profiles->asList().empty()))
    return fail(400, "InvalidParameter", "Required parameter agentPoolProfiles is missing (null).",
                "agentPoolProfiles");
  if (profiles->isList()) {
    for (Tree profile : profiles->asList()) {
      const std::string name = textAt(profile, "name");
      if (!is_new && !state_.get(poolKey(group, cluster, name)))
        return fail(
            400, "BadRequest",
            "A new agent pool was introduced. Adding agent pools to an existing cluster is not "
            "allowed through managed cluster operations. For agent pool specific change, please "
            "use per agent pool operations: https://aka.ms/agent-pool-rest-api",
            "agentPoolProfiles");
      profile.erase("name");
      llvm::Expected<PreparedPool> pool =
          preparePool(group, cluster, name, std::move(profile), &prepared.resource);
      if (!pool) return pool.takeError();
      prepared.pools.push_back(std::move(*pool));
    }
  }
  return checkAllPools(group, cluster, prepared.pools);
}

llvm::Error Containers::checkAllPools(const std::string& group, const std::string& cluster,
                                      const std::vector<PreparedPool>& changed) const {
  std::vector<Tree> all;
  for (const PreparedPool& pool : changed) {
    const auto twice = std::ranges::count(changed, pool.name, &PreparedPool::name);
    if (twice > 1)
      return fail(400, "InvalidParameter",
                  "The agent pool name '" + pool.name + "' is there more than once.",
                  "agentPoolProfiles");
    all.push_back(pool.properties);
  }
  for (const std::shared_ptr<const Tree>& pool : state_.list(poolPrefix(group, cluster))) {
    const std::string name = textAt(*pool, "name");
    if (std::ranges::find(changed, name, &PreparedPool::name) == changed.end())
      all.push_back(*pool->find("properties"));
  }
  return checkPools(all);
}

llvm::Expected<Tree> Containers::previewCluster(const std::string& group, const std::string& name,
                                                const Tree& body,
                                                const std::string& api_version) const {
  llvm::Expected<PreparedCluster> prepared = prepareCluster(group, name, body, api_version);
  if (!prepared) return prepared.takeError();
  Tree resource = std::move(prepared->resource);
  Tree profiles = Tree::list();
  for (const PreparedPool& pool : prepared->pools)
    profiles.push(resourceFrom(ir::mapOf("name", pool.name), pool.properties));
  for (const std::shared_ptr<const Tree>& pool : state_.list(poolPrefix(group, name))) {
    const Tree other =
        resourceFrom(ir::mapOf("name", textAt(*pool, "name")), *pool->find("properties"));
    if (std::ranges::find(prepared->pools, textAt(*pool, "name"), &PreparedPool::name) ==
        prepared->pools.end())
      profiles.push(other);
  }
  std::ranges::sort(profiles.asList(), {},
                    [](const Tree& profile) { return textAt(profile, "name"); });
  resource.at("properties").set("agentPoolProfiles", std::move(profiles));
  return resource;
}

llvm::Expected<Tree> Containers::previewPool(const std::string& group, const std::string& cluster,
                                             const std::string& name, const Tree& body,
                                             const std::string& api_version,
                                             const Tree* cluster_resource) const {
  const std::shared_ptr<const Tree> record = state_.get(clusterKey(group, cluster));
  if (cluster_resource == nullptr && record) cluster_resource = record->find("resource");
  llvm::Expected<PreparedPool> pool =
      preparePoolBody(group, cluster, name, body, api_version, cluster_resource);
  if (!pool) return pool.takeError();
  const std::string id = "/subscriptions/" + options_.subscription_id + "/resourceGroups/" + group +
                         "/providers/Microsoft.ContainerService/managedClusters/" + cluster +
                         "/agentPools/" + name;
  return ir::mapOf("id", id, "name", name, "type", kPoolType, "properties",
                   std::move(pool->properties));
}

}  // namespace gpuspec::deploy::sandbox::arm
