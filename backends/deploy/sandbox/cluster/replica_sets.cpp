#include <algorithm>

#include "backends/deploy/sandbox/cluster/pods.h"
#include "backends/deploy/sandbox/cluster/workloads.h"

namespace gpuspec::deploy::sandbox::live {
namespace {

// Pods that are worth least come first: unplaced, not running, not ready, youngest.
bool goesFirst(const Object& a, const Object& b) {
  const auto rank = [](const Tree& pod) {
    return std::tuple(!nodeOf(pod).empty(), phaseOf(pod) == "Running", isPodReady(pod));
  };
  if (rank(*a) != rank(*b)) return rank(*a) < rank(*b);
  const std::string a_made = textAt(*a, {"metadata", "creationTimestamp"});
  const std::string b_made = textAt(*b, {"metadata", "creationTimestamp"});
  return a_made != b_made ? a_made > b_made : nameOf(*a) < nameOf(*b);
}

class ReplicaSets : public Controller {
 public:
  using Controller::Controller;

  void observe(const Change& change) override {
    enqueueOwn(change, kReplicaSet);
    if (change.key.is(kPod)) enqueueController(change, kReplicaSet);
  }

 protected:
  llvm::Error reconcile(const ObjectKey& key) override {
    const Object set = world_.cache().get(key);
    if (set == nullptr) return llvm::Error::success();
    std::string refusal;
    if (!isDeleting(*set)) {
      if (llvm::Error error = scale(*set)) refusal = llvm::toString(std::move(error));
    }
    if (llvm::Error error = report(key, *set, refusal)) return error;
    if (refusal.empty()) return llvm::Error::success();
    return llvm::createStringError(refusal);
  }

 private:
  llvm::Error scale(const Tree& set) {
    std::vector<Object> pods = activePods(world_, set);
    const std::int64_t wanted = intAt(set, {"spec", "replicas"}, 1);
    const std::int64_t missing = wanted - static_cast<std::int64_t>(pods.size());
    if (std::abs(missing) > kBatch) enqueue(keyOf(kReplicaSet, set));
    const Tree* pod_template = findAt(set, {"spec", "template"});
    for (std::int64_t i = 0; i < std::min(missing, kBatch) && pod_template != nullptr; ++i) {
      auto made = createPod(world_, set, kReplicaSet, fromTemplate(*pod_template, set, kReplicaSet),
                            nameOf(set));
      if (!made) return made.takeError();
    }
    std::sort(pods.begin(), pods.end(), goesFirst);
    for (std::int64_t i = 0; i < std::min(-missing, kBatch); ++i) {
      if (llvm::Error error = world_.remove(keyOf(kPod, *pods[static_cast<std::size_t>(i)])))
        return error;
    }
    return llvm::Error::success();
  }

  llvm::Error report(const ObjectKey& key, const Tree& set, const std::string& refusal) {
    const std::int64_t min_ready = intAt(set, {"spec", "minReadySeconds"});
    std::int64_t all = 0, ready = 0, available = 0;
    for (const Object& pod : activePods(world_, set)) {
      ++all;
      if (!isPodReady(*pod)) continue;
      ++ready;
      if (isAvailable(*pod, min_ready, world_.now())) ++available;
    }
    if (available < ready) enqueueAfter(key, std::chrono::seconds(1));
    Tree status = Tree::map().set("replicas", all).set("fullyLabeledReplicas", all);
    status.set("readyReplicas", ready).set("availableReplicas", available);
    status.set("observedGeneration", intAt(set, {"metadata", "generation"}, 1));
    Tree conditions = Tree::list();
    if (!refusal.empty()) {
      conditions = Tree(listAt(set, {"status", "conditions"}));
      // Told once: the name in the message is another at each try, and a write wakes this up again.
      if (conditions.empty())
        setCondition(conditions, "ReplicaFailure", "True", "FailedCreate", refusal,
                     world_.nowText());
    }
    status.set("conditions", conditions.empty() ? Tree() : std::move(conditions));
    return world_.patchStatus(key, std::move(status), kManager);
  }
};

}  // namespace

std::vector<Object> activePods(const World& world, const Tree& owner) {
  std::vector<Object> out = world.cache().controlledBy(owner, kPod);
  std::erase_if(out, [](const Object& pod) { return !isActive(*pod); });
  return out;
}

llvm::Expected<Object> createPod(World& world, const Tree& owner, const Kind& kind, Tree pod,
                                 const std::string& base) {
  std::string name = nameOf(pod);
  for (int attempt = 0; name.empty(); ++attempt) {
    const std::string salt = uidOf(owner) + "/" + textAt(owner, {"metadata", "resourceVersion"}) +
                             "/" + std::to_string(attempt);
    const std::string candidate = suffixed(base, salt);
    if (world.cache().get(kPod, namespaceOf(owner), candidate) == nullptr) name = candidate;
  }
  setAt(pod, {"metadata", "name"}, name);
  auto made = world.create(kPod, std::move(pod), kManager);
  if (made) return made;
  const std::string why = llvm::toString(made.takeError());
  world.tell(owner, kind, "Warning", "FailedCreate", "Error creating: " + why, kManager);
  return llvm::createStringError(why);
}

std::unique_ptr<Controller> makeReplicaSets(World& world) {
  return std::make_unique<ReplicaSets>(world);
}

}  // namespace gpuspec::deploy::sandbox::live
