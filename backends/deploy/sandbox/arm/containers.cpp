#include "backends/deploy/sandbox/arm/containers.h"

#include <algorithm>

#include "backends/deploy/sandbox/arm/schema.h"
#include "backends/deploy/sandbox/arm/text.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::arm {

namespace {

constexpr std::string_view kPoolType = "Microsoft.ContainerService/managedClusters/agentPools";

llvm::Error notFound(const std::string& group, const std::string& name) {
  return fail(
      404, "ResourceNotFound",
      "The Resource 'Microsoft.ContainerService/managedClusters/" + name +
          "' under resource group '" + group +
          "' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix");
}

llvm::Error parentNotFound(const std::string& group, const std::string& cluster) {
  return fail(404, "ParentResourceNotFound",
              "Failed to perform 'write' on resource(s) of type 'managedClusters/agentPools', "
              "because the parent resource "
              "'Microsoft.ContainerService/managedClusters/" +
                  cluster + "' could not be found in resource group '" + group + "'.");
}

// RFC 9110's preconditions; `etag` "" = there is no resource.
llvm::Error checkConditions(const PutOptions& options, const std::string& etag) {
  const bool wrong =
      !options.if_match.empty() && options.if_match != "*" && options.if_match != etag;
  const bool missing = options.if_match == "*" && etag.empty();
  const bool present =
      !etag.empty() && (options.if_none_match == "*" || options.if_none_match == etag);
  if (!wrong && !missing && !present) return llvm::Error::success();
  return fail(412, "PreconditionFailed",
              "The resource's etag does not meet the request's condition.");
}

Tree operationOf(const char* kind, const std::string& group, const std::string& cluster,
                 const std::string& region) {
  return ir::mapOf("kind", kind, "group", group, "cluster", cluster, "region", region);
}

}  // namespace

Containers::Containers(State& state, Operations& operations, DataPlane& data_plane,
                       const ArmOptions& options)
    : state_(state),
      operations_(operations),
      data_plane_(data_plane),
      options_(options),
      quota_(state, options) {
  operations.handle("PutCluster", [this](const Tree& record) { return runPut(record); });
  operations.handle("PutPool", [this](const Tree& record) { return runPut(record); });
  operations.handle("RemoveCluster",
                    [this](const Tree& record) { return runRemoveCluster(record); });
  operations.handle("RemovePool", [this](const Tree& record) { return runRemovePool(record); });
}

Tree Containers::view(const Tree& record) const {
  Tree resource = *record.find("resource");
  const std::vector<std::string> id = split(textAt(resource, "id"), '/');
  Tree profiles = Tree::list();
  for (const std::shared_ptr<const Tree>& pool : state_.list(poolPrefix(id[4], id[8]))) {
    Tree profile = ir::mapOf("name", textAt(*pool, "name"));
    for (const auto& [key, value] : pool->find("properties")->asMap()) profile.set(key, value);
    profiles.push(std::move(profile));
  }
  resource.at("properties").set("agentPoolProfiles", std::move(profiles));
  return resource;
}

llvm::Expected<Tree> Containers::cluster(const std::string& group, const std::string& name) const {
  if (llvm::Error error = checkGroup(group)) return error;
  const std::shared_ptr<const Tree> record = state_.get(clusterKey(group, name));
  if (!record) return notFound(group, name);
  return view(*record);
}

llvm::Expected<Tree> Containers::pool(const std::string& group, const std::string& cluster,
                                      const std::string& name) const {
  if (llvm::Error error = checkGroup(group)) return error;
  if (!state_.get(clusterKey(group, cluster))) return notFound(group, cluster);
  if (const std::shared_ptr<const Tree> pool = state_.get(poolKey(group, cluster, name)))
    return *pool;
  return fail(404, "NotFound",
              "Could not find agent pool '" + name + "' in cluster '" + cluster + "'.");
}

llvm::Error Containers::checkGroup(const std::string& group) const {
  const std::shared_ptr<const Tree> found = state_.get(groupKey(group));
  if (!found)
    return fail(404, "ResourceGroupNotFound", "Resource group '" + group + "' could not be found.");
  return llvm::Error::success();
}

llvm::Error Containers::checkIdle(const Tree& record) const {
  const std::string id = textAt(record, "operation");
  if (id.empty()) return llvm::Error::success();
  std::string what = "operation (Updating)";
  if (llvm::Expected<Tree> running = operations_.find(id)) {
    const std::string state = textAt(*running, "doing"), pool = textAt(*running, "pool");
    what = pool.empty() ? "operation (" + state + ")"
                        : "agentpool operation (" + pool + " - " + state + ")";
  } else {
    llvm::consumeError(running.takeError());
  }
  return fail(409, "OperationNotAllowed",
              "Operation is not allowed: Another " + what +
                  " is in progress, please wait for it to finish before starting a new operation. "
                  "See https://aka.ms/aks-pending-operation for more details");
}

llvm::Error Containers::checkQuota(const std::string& region,
                                   const std::vector<PreparedPool>& pools) const {
  std::vector<PoolDemand> before, after;
  for (const PreparedPool& pool : pools) {
    if (!pool.before.isNull())
      before.push_back({region, textAt(pool.before, "properties.vmSize"),
                        numberAt(pool.before, "properties.count").value_or(0)});
    after.push_back({region, textAt(pool.properties, "vmSize"),
                     numberAt(pool.properties, "count").value_or(0)});
  }
  return quota_.check(before, after);
}

llvm::Error Containers::writePool(const std::string& cluster_id, const std::string& group,
                                  const std::string& cluster, const PreparedPool& pool) {
  Tree properties = pool.properties;
  properties.set("provisioningState", pool.before.isNull() ? "Creating" : "Updating");
  properties.set("eTag", newId());
  return state_.put(poolKey(group, cluster, pool.name),
                    ir::mapOf("id", cluster_id + "/agentPools/" + pool.name, "name", pool.name,
                              "type", kPoolType, "properties", std::move(properties)));
}

llvm::Error Containers::lockCluster(const std::string& group, const std::string& cluster,
                                    const std::string& operation) {
  const std::shared_ptr<const Tree> record = state_.get(clusterKey(group, cluster));
  Tree changed = *record;
  changed.set("operation", operation);
  return state_.put(clusterKey(group, cluster), std::move(changed));
}

llvm::Expected<Accepted> Containers::putCluster(const std::string& group, const std::string& name,
                                                const Tree& body, const PutOptions& options) {
  std::unique_lock lock(state_.mutex());
  if (llvm::Error error = checkGroup(group)) return error;
  if (textAt(*state_.get(groupKey(group)), "properties.provisioningState") == "Deleting")
    return fail(409, "ResourceGroupBeingDeleted",
                "The resource group '" + group +
                    "' is in deprovisioning state and cannot perform this operation.");
  llvm::Expected<PreparedCluster> prepared = prepareCluster(group, name, body, options.api_version);
  if (!prepared) return prepared.takeError();
  const bool is_new = prepared->before.isNull();
  if (llvm::Error error = checkConditions(options, textAt(prepared->before, "resource.eTag")))
    return error;
  if (!is_new) {
    if (llvm::Error error = checkIdle(prepared->before)) return error;
  }
  const std::string region = textAt(prepared->resource, "location"),
                    id = textAt(prepared->resource, "id");
  if (llvm::Error error = checkQuota(region, prepared->pools)) return error;

  const char* doing = is_new ? "Creating" : "Updating";
  Tree record = operationOf("PutCluster", group, name, region);
  record.set("doing", doing);
  Tree pools = Tree::list();
  for (const PreparedPool& pool : prepared->pools) pools.push(pool.name);
  record.set("pools", std::move(pools));
  llvm::Expected<std::string> operation = operations_.add(std::move(record));
  if (!operation) return operation.takeError();

  prepared->resource.at("properties").set("provisioningState", doing);
  prepared->resource.set("eTag", newId());
  for (const PreparedPool& pool : prepared->pools) {
    if (llvm::Error error = writePool(id, group, name, pool)) return error;
  }
  Tree stored = ir::mapOf("resource", std::move(prepared->resource), "operation", *operation);
  Tree shown = view(stored);
  if (llvm::Error error = state_.put(clusterKey(group, name), std::move(stored))) return error;
  lock.unlock();
  operations_.go(*operation);
  return Accepted{is_new ? 201 : 200, std::move(shown), *operation, region};
}

llvm::Expected<Accepted> Containers::putPool(const std::string& group, const std::string& cluster,
                                             const std::string& name, const Tree& body,
                                             const PutOptions& options) {
  std::unique_lock lock(state_.mutex());
  if (llvm::Error error = checkGroup(group)) return error;
  const std::shared_ptr<const Tree> parent = state_.get(clusterKey(group, cluster));
  if (!parent) return parentNotFound(group, cluster);
  const Tree& resource = *parent->find("resource");
  llvm::Expected<PreparedPool> pool =
      preparePoolBody(group, cluster, name, body, options.api_version, &resource);
  if (!pool) return pool.takeError();
  if (llvm::Error error = checkAllPools(group, cluster, {*pool})) return error;
  if (llvm::Error error = checkConditions(options, textAt(pool->before, "properties.eTag")))
    return error;
  if (llvm::Error error = checkIdle(*parent)) return error;
  const std::string region = textAt(resource, "location");
  if (llvm::Error error = checkQuota(region, {*pool})) return error;

  Tree record = operationOf("PutPool", group, cluster, region);
  record.set("doing", pool->before.isNull() ? "Creating" : "Updating")
      .set("pool", name)
      .set("pools", Tree::strings({name}));
  llvm::Expected<std::string> operation = operations_.add(std::move(record));
  if (!operation) return operation.takeError();
  if (llvm::Error error = lockCluster(group, cluster, *operation)) return error;
  if (llvm::Error error = writePool(textAt(resource, "id"), group, cluster, *pool)) return error;
  Accepted accepted{pool->before.isNull() ? 201 : 200, *state_.get(poolKey(group, cluster, name)),
                    *operation, region};
  lock.unlock();
  operations_.go(*operation);
  return accepted;
}

llvm::Expected<Accepted> Containers::removeCluster(const std::string& group,
                                                   const std::string& name,
                                                   const PutOptions& options) {
  std::unique_lock lock(state_.mutex());
  const std::shared_ptr<const Tree> found = state_.get(clusterKey(group, name));
  if (!found) return Accepted{204, Tree(), "", ""};
  if (llvm::Error error = checkConditions(options, textAt(*found, "resource.eTag"))) return error;
  const std::string region = textAt(*found, "resource.location"),
                    running = textAt(*found, "operation");
  if (textAt(*found, "resource.properties.provisioningState") == "Deleting")
    return Accepted{202, Tree(), running, region};
  // Whatever runs is preempted: it sees at its end that the cluster is no longer its own.
  Tree record = operationOf("RemoveCluster", group, name, region);
  record.set("doing", "Deleting");
  llvm::Expected<std::string> operation = operations_.add(std::move(record));
  if (!operation) return operation.takeError();
  Tree changed = *found;
  changed.at("resource").at("properties").set("provisioningState", "Deleting");
  changed.set("operation", *operation);
  if (llvm::Error error = state_.put(clusterKey(group, name), std::move(changed))) return error;
  lock.unlock();
  operations_.go(*operation);
  return Accepted{202, Tree(), *operation, region};
}

llvm::Expected<Accepted> Containers::removePool(const std::string& group,
                                                const std::string& cluster, const std::string& name,
                                                const PutOptions& options) {
  std::unique_lock lock(state_.mutex());
  const std::shared_ptr<const Tree> parent = state_.get(clusterKey(group, cluster));
  const std::shared_ptr<const Tree> found = state_.get(poolKey(group, cluster, name));
  if (!parent || !found) return Accepted{204, Tree(), "", ""};
  if (llvm::Error error = checkConditions(options, textAt(*found, "properties.eTag"))) return error;
  const std::string region = textAt(*parent, "resource.location");
  if (textAt(*found, "properties.provisioningState") == "Deleting")
    return Accepted{202, Tree(), textAt(*parent, "operation"), region};
  if (llvm::Error error = checkIdle(*parent)) return error;
  const auto pools = state_.list(poolPrefix(group, cluster));
  const auto systems = std::ranges::count_if(pools, [](const std::shared_ptr<const Tree>& one) {
    return textAt(*one, "properties.mode") == "System";
  });
  if (textAt(*found, "properties.mode") == "System" && systems == 1)
    return fail(
        400, "BadRequest",
        "The last System agent pool of a cluster cannot be deleted: there has to be at least one.",
        "agentPoolProfile.mode");
  Tree record = operationOf("RemovePool", group, cluster, region);
  record.set("doing", "Deleting").set("pool", textAt(*found, "name"));
  llvm::Expected<std::string> operation = operations_.add(std::move(record));
  if (!operation) return operation.takeError();
  if (llvm::Error error = lockCluster(group, cluster, *operation)) return error;
  Tree changed = *found;
  changed.at("properties").set("provisioningState", "Deleting");
  if (llvm::Error error = state_.put(poolKey(group, cluster, name), std::move(changed)))
    return error;
  lock.unlock();
  operations_.go(*operation);
  return Accepted{202, Tree(), *operation, region};
}

llvm::Expected<Tree> Containers::patchTags(const std::string& group, const std::string& name,
                                           const Tree& body) {
  if (!body.isMap())
    return fail(400, "InvalidRequestContent",
                "The request content was invalid: an object is needed.");
  for (const auto& [key, value] : body.asMap()) {
    if (key != "tags" || !value.isMap())
      return fail(400, "InvalidParameter", "Only 'tags' can be changed with PATCH.", key);
  }
  const std::lock_guard lock(state_.mutex());
  if (llvm::Error error = checkGroup(group)) return error;
  const std::shared_ptr<const Tree> record = state_.get(clusterKey(group, name));
  if (!record) return notFound(group, name);
  if (llvm::Error error = checkIdle(*record)) return error;
  Tree changed = *record;
  if (const Tree* tags = body.find("tags")) changed.at("resource").set("tags", *tags);
  changed.at("resource").set("eTag", newId());
  Tree shown = view(changed);
  if (llvm::Error error = state_.put(clusterKey(group, name), std::move(changed))) return error;
  return shown;
}

llvm::Expected<Tree> Containers::credentials(const std::string& group, const std::string& name,
                                             bool admin) {
  if (llvm::Error error = checkGroup(group)) return error;
  const std::shared_ptr<const Tree> record = state_.get(clusterKey(group, name));
  if (!record) return notFound(group, name);
  const std::string state = textAt(*record, "resource.properties.provisioningState");
  if (state == "Creating" || state == "Deleting")
    return fail(
        404, "ControlPlaneNotFound",
        "Could not find the control plane of cluster '" + name + "', which is " + state + ".");
  if (admin && flagAt(*record, "resource.properties.disableLocalAccounts"))
    return fail(400, "BadRequest",
                "Getting static credential is not allowed because this cluster is set to disable "
                "local accounts.");
  const std::string text = data_plane_.kubeconfig(dataPlaneKey(group, name));
  return ir::mapOf(
      "kubeconfigs",
      ir::listOf(ir::mapOf("name", admin ? "clusterAdmin" : "clusterUser", "value", base64(text))));
}

std::string Containers::running(const std::string& group, const std::string& name) const {
  const std::shared_ptr<const Tree> record = state_.get(clusterKey(group, name));
  return record ? textAt(*record, "operation") : "";
}

}  // namespace gpuspec::deploy::sandbox::arm
