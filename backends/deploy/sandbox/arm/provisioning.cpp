// What the operations on clusters and pools do, in their threads.

#include "backends/deploy/sandbox/arm/containers.h"
#include "backends/deploy/sandbox/arm/text.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::arm {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kStep{20};
constexpr std::chrono::seconds kPatience{120};  // for nodes

std::int64_t nodesOf(const Tree& pool) {
  if (textAt(pool, "properties.powerState.code") == "Stopped") return 0;
  return numberAt(pool, "properties.count").value_or(0);
}

// The disk of the sandbox, where Azure would have a fault of its own.
llvm::Error notKept(llvm::Error error) {
  return fail(500, "InternalServerError",
              "The sandbox could not keep the cluster: " + llvm::toString(std::move(error)));
}

}  // namespace

// A cluster belongs to one operation; a deletion takes it away from what ran before.
llvm::Error Containers::checkOwner(const Tree& record) const {
  const std::shared_ptr<const Tree> cluster =
      state_.get(clusterKey(textAt(record, "group"), textAt(record, "cluster")));
  const std::string id = textAt(record, "id");
  if (cluster && textAt(*cluster, "operation") == id) return llvm::Error::success();
  if (cluster && textAt(*cluster, "resource.properties.provisioningState") != "Deleting")
    return fail(409, "OperationCanceled", "The operation was not taken up.");
  return fail(409, "AKSOperationPreemptedByDelete",
              "The operation was preempted by the deletion of the cluster.");
}

llvm::Expected<Tree> Containers::runPut(const Tree& record) {
  // Killed between its end and the note of it: nothing is left to do.
  const std::shared_ptr<const Tree> before =
      state_.get(clusterKey(textAt(record, "group"), textAt(record, "cluster")));
  if (before && textAt(*before, "last") == textAt(record, "id")) return Tree();
  if (llvm::Error error = checkOwner(record)) return error;
  llvm::Error result = bringUp(record);
  if (result.isA<Stopped>()) return result;
  if (llvm::Error error = settle(record, result ? "Failed" : "Succeeded")) {
    llvm::consumeError(std::move(result));
    return error;
  }
  if (result) return result;
  return Tree();
}

llvm::Error Containers::bringUp(const Tree& record) {
  const std::string group = textAt(record, "group"), cluster = textAt(record, "cluster"),
                    key = dataPlaneKey(group, cluster);
  if (textAt(record, "kind") == "PutCluster") {
    if (llvm::Error error =
            data_plane_.clusterReady(key, view(*state_.get(clusterKey(group, cluster)))))
      return notKept(std::move(error));
  }
  std::vector<std::shared_ptr<const Tree>> pools;
  for (const Tree& name : record.find("pools")->asList()) {
    const std::shared_ptr<const Tree> pool = state_.get(poolKey(group, cluster, name.asString()));
    if (!pool) continue;
    data_plane_.poolChanged(key, name.asString(), *pool->find("properties"));
    pools.push_back(pool);
  }
  if (llvm::Error error = operations_.sleep(options_.operation_time)) return error;
  for (const std::shared_ptr<const Tree>& pool : pools) {
    if (llvm::Error error = waitForPool(key, *pool)) return error;
  }
  return llvm::Error::success();
}

llvm::Error Containers::waitForPool(const std::string& cluster, const Tree& pool) {
  const std::string name = textAt(pool, "name");
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!data_plane_.poolReady(cluster, name, nodesOf(pool))) {
    if (std::chrono::steady_clock::now() > end)
      return fail(500, "NodesNotReady",
                  "The nodes of agent pool '" + name + "' did not become ready.", name);
    if (llvm::Error error = operations_.sleep(kStep)) return error;
  }
  return llvm::Error::success();
}

llvm::Error Containers::settle(const Tree& record, std::string_view provisioning_state) {
  const std::string group = textAt(record, "group"), cluster = textAt(record, "cluster");
  const std::lock_guard lock(state_.mutex());
  if (llvm::Error error = checkOwner(record)) return error;
  const Tree* pools = record.find("pools");
  for (const Tree& name : pools == nullptr ? Tree::List() : pools->asList()) {
    const std::shared_ptr<const Tree> pool = state_.get(poolKey(group, cluster, name.asString()));
    if (!pool) continue;
    Tree changed = *pool;
    changed.at("properties").set("provisioningState", provisioning_state);
    if (llvm::Error error =
            state_.put(poolKey(group, cluster, name.asString()), std::move(changed)))
      return error;
  }
  Tree changed = *state_.get(clusterKey(group, cluster));
  if (textAt(record, "kind") != "PutPool" && textAt(record, "kind") != "RemovePool")
    changed.at("resource").at("properties").set("provisioningState", provisioning_state);
  changed.set("operation", "");
  changed.set("last", textAt(record, "id"));
  return state_.put(clusterKey(group, cluster), std::move(changed));
}

llvm::Expected<Tree> Containers::runRemoveCluster(const Tree& record) {
  const std::string group = textAt(record, "group"), cluster = textAt(record, "cluster");
  const std::shared_ptr<const Tree> found = state_.get(clusterKey(group, cluster));
  // Killed between its end and the note of it; or before the deletion was begun.
  if (!found) return Tree();
  if (textAt(*found, "operation") != textAt(record, "id"))
    return fail(409, "OperationCanceled", "The operation was not taken up.");
  if (llvm::Error error = operations_.sleep(options_.operation_time)) return error;
  if (llvm::Error error = data_plane_.clusterRemoved(dataPlaneKey(group, cluster))) {
    error = notKept(std::move(error));
    return llvm::joinErrors(settle(record, "Failed"), std::move(error));
  }
  const std::lock_guard lock(state_.mutex());
  if (llvm::Error error = state_.removeAll(poolPrefix(group, cluster))) return error;
  if (llvm::Error error = state_.remove(clusterKey(group, cluster))) return error;
  return Tree();
}

llvm::Expected<Tree> Containers::runRemovePool(const Tree& record) {
  const std::string group = textAt(record, "group"), cluster = textAt(record, "cluster"),
                    pool = textAt(record, "pool");
  const std::shared_ptr<const Tree> before = state_.get(clusterKey(group, cluster));
  if (before && textAt(*before, "last") == textAt(record, "id")) return Tree();
  if (llvm::Error error = checkOwner(record)) return error;
  data_plane_.poolRemoved(dataPlaneKey(group, cluster), pool);
  if (llvm::Error error = operations_.sleep(options_.operation_time)) return error;
  {
    const std::lock_guard lock(state_.mutex());
    if (llvm::Error error = checkOwner(record)) return error;
    if (llvm::Error error = state_.remove(poolKey(group, cluster, pool))) return error;
  }
  if (llvm::Error error = settle(record, "Succeeded")) return error;
  return Tree();
}

void Containers::announce() {
  for (const std::shared_ptr<const Tree>& record : state_.list("/arm/clusters/")) {
    const std::vector<std::string> id = split(textAt(*record, "resource.id"), '/');
    const std::string key = dataPlaneKey(id[4], id[8]);
    // What the disk does not take now, it has from before.
    llvm::consumeError(data_plane_.clusterReady(key, view(*record)));
    for (const std::shared_ptr<const Tree>& pool : state_.list(poolPrefix(id[4], id[8]))) {
      if (textAt(*pool, "properties.provisioningState") != "Deleting")
        data_plane_.poolChanged(key, textAt(*pool, "name"), *pool->find("properties"));
    }
  }
}

}  // namespace gpuspec::deploy::sandbox::arm
