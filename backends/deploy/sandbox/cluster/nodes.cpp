#include "backends/deploy/sandbox/cluster/nodes.h"

#include <algorithm>

#include "backends/deploy/sandbox/cluster/disruption.h"
#include "backends/deploy/sandbox/cluster/node_objects.h"
#include "backends/deploy/sandbox/cluster/pods.h"
#include "backends/deploy/sandbox/cluster/selectors.h"

namespace gpuspec::deploy::sandbox::live {
namespace {

constexpr std::string_view kKubelet = "kubelet";
constexpr std::string_view kCloud = "cloud-node-manager";

// Pools are no objects of the API; this key stands for one in the queue.
ObjectKey poolKey(const std::string& name) {
  return {"", "pools", "", name};
}

bool isOfDaemonSet(const Tree& pod) {
  const Tree* owner = controllerOf(pod);
  return owner != nullptr && textAt(*owner, {"kind"}) == kDaemonSet.kind;
}

}  // namespace

void Nodes::setPool(const NodePool& pool) {
  unfinished_.erase(pool.name);
  // Somebody may write to a node meanwhile; then what they wrote is read and the pool is looked at
  // again, now a few times and after that from the queue.
  for (int attempt = 0; attempt < 5; ++attempt) {
    llvm::Error error = shape(pool);
    if (!error) return;
    llvm::consumeError(std::move(error));
  }
  unfinished_[pool.name] = pool;
  enqueue(poolKey(pool.name));
}

llvm::Error Nodes::shape(const NodePool& pool) {
  const NodeCapacity facts = facts_.capacityOf(pool);
  std::int64_t there = 0;
  for (const Object& node : world_.cache().list(kNode)) {
    if (labelsOf(*node)[std::string(kPoolLabel)] != pool.name || isRemoving(*node)) continue;
    const bool wanted = there < pool.count;
    if (llvm::Error error = wanted ? adjust(pool, facts, *node) : beginRemoval(*node)) return error;
    if (wanted) ++there;
  }
  for (std::int64_t index = 0; there < pool.count; ++index) {
    const std::string name = nodeName(world_.cluster(), pool.name, index);
    if (world_.cache().get(kNode, "", name) != nullptr) continue;
    if (llvm::Error error = add(pool, facts, name)) return error;
    ++there;
  }
  return llvm::Error::success();
}

llvm::Error Nodes::add(const NodePool& pool, const NodeCapacity& facts, const std::string& name) {
  const NodeShape shape = shapeOf(pool, facts, name, world_);
  auto made = world_.create(kNode, newNode(name, pool, shape), kKubelet);
  if (!made) return made.takeError();
  return world_.patchStatus(keyOf(kNode, **made), startingStatus(**made, shape, world_.nowText()),
                            kKubelet);
}

llvm::Error Nodes::adjust(const NodePool& pool, const NodeCapacity& facts, const Tree& node) {
  const NodeShape shape = shapeOf(pool, facts, nameOf(node), world_);
  const ObjectKey key = keyOf(kNode, node);
  if (llvm::Error error = world_.patchAsSeen(key, metadataPatch(node, shape), kCloud)) return error;
  // A node whose creation was cut short has no conditions yet.
  Tree status = listAt(node, {"status", "conditions"}).empty()
                    ? startingStatus(node, shape, world_.nowText())
                    : capacityPatch(node, shape);
  return world_.patchStatus(key, std::move(status), kKubelet);
}

llvm::Error Nodes::beginRemoval(const Tree& node) {
  Tree patch = Tree::map();
  setAt(patch, {"metadata", "annotations", kRemovingNote}, world_.nowText());
  setAt(patch, {"spec", "unschedulable"}, true);
  return world_.patch(keyOf(kNode, node), patch, kCloud);
}

void Nodes::observe(const Change& change) {
  enqueueOwn(change, kNode);
  if (change.key.is(kNode) && change.after == nullptr) {
    draining_.erase(change.key);
    since_.erase("start/" + uidOf(*change.before));
    since_.erase("drain/" + uidOf(*change.before));
  }
  if (!change.key.is(kPod)) return;
  // A pod that became ready elsewhere may be what a budget waited for.
  for (const ObjectKey& node : draining_) enqueue(node);
  for (const Object& pod : {change.before, change.after}) {
    if (pod != nullptr && !nodeOf(*pod).empty()) enqueue(ObjectKey::of(kNode, "", nodeOf(*pod)));
  }
}

TimePoint Nodes::since(const std::string& state, const Tree& node) {
  return since_.emplace(state + "/" + uidOf(node), world_.now()).first->second;
}

llvm::Error Nodes::reconcile(const ObjectKey& key) {
  if (const auto pool = unfinished_.find(key.name);
      pool != unfinished_.end() && key == poolKey(key.name)) {
    if (llvm::Error error = shape(pool->second)) return error;
    unfinished_.erase(pool);
    return llvm::Error::success();
  }
  const Object node = world_.cache().get(key);
  if (node == nullptr || isDeleting(*node)) return llvm::Error::success();
  if (isRemoving(*node)) return drain(key, *node);
  const std::string ready = conditionStatus(*node, "Ready");
  if (ready != "True") return start(key, *node);
  return evictIntolerant(*node);
}

llvm::Error Nodes::start(const ObjectKey& key, const Tree& node) {
  // Somebody else has said that it is not ready: then it stays so.
  for (const Tree& condition : listAt(node, {"status", "conditions"})) {
    if (textAt(condition, {"type"}) == "Ready" &&
        textAt(condition, {"message"}) != "the node is starting") {
      return llvm::Error::success();
    }
  }
  const TimePoint due = since("start", node) + world_.options().node_start;
  if (world_.now() < due) {
    enqueueAt(key, due);
    return llvm::Error::success();
  }
  // Who sees the node Ready may count on its taking pods, so the taint goes first.
  if (llvm::Error error = dropNotReadyTaint(key, node)) return error;
  Tree status = Tree::map().set("conditions", readyConditions(node, world_.nowText()));
  const Tree* capacity = findAt(node, {"status", "capacity"});
  if (capacity != nullptr && findAt(node, {"status", "allocatable"}) == nullptr) {
    status.set("allocatable", *capacity);
  }
  return world_.patchStatus(key, std::move(status), kKubelet);
}

llvm::Error Nodes::dropNotReadyTaint(const ObjectKey& key, const Tree& node) {
  Tree taints = Tree::list();
  for (const Tree& taint : listAt(node, {"spec", "taints"})) {
    if (textAt(taint, {"key"}) != kNotReadyTaint) taints.push(taint);
  }
  if (taints.asList().size() == listAt(node, {"spec", "taints"}).size()) {
    return llvm::Error::success();
  }
  Tree patch = Tree::map();
  setAt(patch, {"spec", "taints"}, taints.empty() ? Tree() : std::move(taints));
  return world_.patchAsSeen(key, std::move(patch), "kube-controller-manager");
}

std::vector<Object> Nodes::podsOn(const std::string& node) const {
  std::vector<Object> out;
  for (Object& pod : world_.cache().list(kPod)) {
    if (nodeOf(*pod) == node) out.push_back(std::move(pod));
  }
  return out;
}

llvm::Error Nodes::drain(const ObjectKey& key, const Tree& node) {
  draining_.insert(key);
  const TimePoint limit = since("drain", node) + world_.options().drain_limit;
  const bool late = world_.now() >= limit;
  bool empty = true;
  for (const Object& pod : podsOn(key.name)) {
    if (isOfDaemonSet(*pod) || isFinished(*pod)) continue;
    empty = false;
    if (isDeleting(*pod) || (!late && !mayDisrupt(world_.cache(), *pod))) continue;
    if (llvm::Error error = world_.remove(keyOf(kPod, *pod))) return error;
  }
  if (!empty && !late) enqueueAt(key, limit);
  return empty || late ? world_.remove(key) : llvm::Error::success();
}

llvm::Error Nodes::evictIntolerant(const Tree& node) {
  const auto expels = [](const Tree& taint) { return textAt(taint, {"effect"}) == "NoExecute"; };
  const Tree::List& taints = listAt(node, {"spec", "taints"});
  if (std::none_of(taints.begin(), taints.end(), expels)) return llvm::Error::success();
  for (const Object& pod : podsOn(nameOf(node))) {
    if (!isActive(*pod) || untolerated(*pod, node, {"NoExecute"}) == nullptr) continue;
    if (llvm::Error error = world_.remove(keyOf(kPod, *pod))) return error;
  }
  return llvm::Error::success();
}

}  // namespace gpuspec::deploy::sandbox::live
