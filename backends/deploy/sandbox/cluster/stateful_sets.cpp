#include <algorithm>

#include "backends/deploy/sandbox/cluster/pods.h"
#include "backends/deploy/sandbox/cluster/workloads.h"

namespace gpuspec::deploy::sandbox::live {
namespace {

constexpr std::string_view kRevisionLabel = "controller-revision-hash";

class StatefulSets : public Controller {
 public:
  using Controller::Controller;

  void observe(const Change& change) override {
    enqueueOwn(change, kStatefulSet);
    if (change.key.is(kPod)) enqueueController(change, kStatefulSet);
  }

 protected:
  llvm::Error reconcile(const ObjectKey& key) override {
    const Object set = world_.cache().get(key);
    if (set == nullptr || isDeleting(*set) || findAt(*set, {"spec", "template"}) == nullptr) {
      return llvm::Error::success();
    }
    std::string refusal;
    if (llvm::Error error = step(key, *set)) refusal = llvm::toString(std::move(error));
    if (llvm::Error error = report(key, *set)) return error;
    if (refusal.empty()) return llvm::Error::success();
    return llvm::createStringError(refusal);
  }

 private:
  static std::int64_t first(const Tree& set) { return intAt(set, {"spec", "ordinals", "start"}); }
  static std::int64_t wanted(const Tree& set) { return intAt(set, {"spec", "replicas"}, 1); }
  static std::string revisionFor(const Tree& set) {
    return hashOf(*findAt(set, {"spec", "template"}));
  }

  Object podAt(const Tree& set, std::int64_t ordinal) const {
    const std::string name = nameOf(set) + "-" + std::to_string(ordinal);
    Object pod = world_.cache().get(kPod, namespaceOf(set), name);
    return pod != nullptr && isControlledBy(*pod, set) ? pod : nullptr;
  }

  // Up in order and, unless it is to be parallel, each only after the one before is ready; then the
  // surplus and pods of an older template from the last down.
  llvm::Error step(const ObjectKey& key, const Tree& set) {
    const bool parallel = textAt(set, {"spec", "podManagementPolicy"}) == "Parallel";
    const std::int64_t end = first(set) + wanted(set);
    std::int64_t made = 0;
    bool settled = true;
    for (std::int64_t ordinal = first(set); ordinal < end; ++ordinal) {
      const Object pod = podAt(set, ordinal);
      if (pod != nullptr && isFinished(*pod) && !isDeleting(*pod))
        return world_.remove(keyOf(kPod, *pod));
      if (pod == nullptr) {
        if (made++ == kBatch) {
          enqueue(key);
          return llvm::Error::success();
        }
        if (llvm::Error error = add(set, ordinal)) return error;
      }
      const bool good = pod != nullptr && isPodReady(*pod) && !isDeleting(*pod);
      settled &= good;
      if (!good && !parallel) return llvm::Error::success();
    }
    return shrink(set, end, parallel, settled);
  }

  llvm::Error shrink(const Tree& set, std::int64_t end, bool parallel, bool settled) {
    std::map<std::int64_t, Object, std::greater<>> surplus;
    for (const Object& pod : world_.cache().controlledBy(set, kPod)) {
      const std::int64_t ordinal = ordinalOf(*pod);
      if (ordinal < first(set) || ordinal >= end) surplus.emplace(ordinal, pod);
    }
    for (const auto& [ordinal, pod] : surplus) {
      if (!isDeleting(*pod)) {
        if (llvm::Error error = world_.remove(keyOf(kPod, *pod))) return error;
      }
      if (!parallel) return llvm::Error::success();
    }
    return settled && surplus.empty() ? update(set, end) : llvm::Error::success();
  }

  llvm::Error update(const Tree& set, std::int64_t end) {
    if (textAt(set, {"spec", "updateStrategy", "type"}) == "OnDelete")
      return llvm::Error::success();
    const std::int64_t partition =
        intAt(set, {"spec", "updateStrategy", "rollingUpdate", "partition"});
    for (std::int64_t ordinal = end - 1; ordinal >= std::max(first(set), partition); --ordinal) {
      const Object pod = podAt(set, ordinal);
      if (pod == nullptr || revisionOf(*pod) == revisionFor(set)) continue;
      return world_.remove(keyOf(kPod, *pod));
    }
    return llvm::Error::success();
  }

  static std::int64_t ordinalOf(const Tree& pod) {
    const std::string name = nameOf(pod);
    const std::string digits = name.substr(name.rfind('-') + 1);
    return digits.empty() || digits.size() > 9 ? -1 : std::atoll(digits.c_str());
  }

  static std::string revisionOf(const Tree& pod) {
    return textAt(pod, {"metadata", "labels", kRevisionLabel});
  }

  llvm::Error add(const Tree& set, std::int64_t ordinal) {
    const std::string name = nameOf(set) + "-" + std::to_string(ordinal);
    Tree pod = fromTemplate(*findAt(set, {"spec", "template"}), set, kStatefulSet);
    setAt(pod, {"metadata", "name"}, name);
    setAt(pod, {"metadata", "labels", "statefulset.kubernetes.io/pod-name"}, name);
    setAt(pod, {"metadata", "labels", "apps.kubernetes.io/pod-index"}, std::to_string(ordinal));
    setAt(pod, {"metadata", "labels", kRevisionLabel}, revisionFor(set));
    setAt(pod, {"spec", "hostname"}, name);
    if (const std::string service = textAt(set, {"spec", "serviceName"}); !service.empty()) {
      setAt(pod, {"spec", "subdomain"}, service);
    }
    for (const Tree& claim : listAt(set, {"spec", "volumeClaimTemplates"})) {
      if (llvm::Error error = addClaim(set, claim, name, pod)) return error;
    }
    auto made = createPod(world_, set, kStatefulSet, std::move(pod), nameOf(set));
    return made ? llvm::Error::success() : made.takeError();
  }

  // Claims have no owner: they outlive the pod and the set.
  llvm::Error addClaim(const Tree& set, const Tree& claim, const std::string& pod_name, Tree& pod) {
    const std::string name = nameOf(claim) + "-" + pod_name;
    Tree volume = Tree::map().set("name", nameOf(claim));
    volume.set("persistentVolumeClaim", Tree::map().set("claimName", name));
    Tree& volumes = pod.at("spec").at("volumes");
    if (!volumes.isList()) volumes = Tree::list();
    std::erase_if(volumes.asList(),
                  [&](const Tree& each) { return textAt(each, {"name"}) == nameOf(claim); });
    volumes.push(std::move(volume));
    if (world_.cache().get(kClaim, namespaceOf(set), name) != nullptr)
      return llvm::Error::success();
    Tree object = Tree::map();
    setAt(object, {"metadata", "name"}, name);
    setAt(object, {"metadata", "namespace"}, namespaceOf(set));
    setAt(object, {"metadata", "labels"},
          mapTree(labelsAt(set, {"spec", "selector", "matchLabels"})));
    if (const Tree* spec = claim.find("spec")) object.set("spec", *spec);
    auto made = world_.create(kClaim, std::move(object), kManager);
    return made ? llvm::Error::success() : made.takeError();
  }

  llvm::Error report(const ObjectKey& key, const Tree& set) {
    std::int64_t all = 0, ready = 0, updated = 0, older = 0;
    const std::string revision = revisionFor(set);
    for (const Object& pod : world_.cache().controlledBy(set, kPod)) {
      ++all;
      ready += isPodReady(*pod) && !isDeleting(*pod) ? 1 : 0;
      ++(revisionOf(*pod) == revision ? updated : older);
    }
    const std::string update = nameOf(set) + "-" + revision;
    const std::string before = textAt(set, {"status", "currentRevision"}, update);
    const bool done = older == 0 && ready == wanted(set);
    Tree status = Tree::map().set("replicas", all).set("readyReplicas", ready);
    status.set("availableReplicas", ready).set("updatedReplicas", updated);
    status.set("currentReplicas", done || before == update ? updated : older);
    status.set("currentRevision", done ? update : before).set("updateRevision", update);
    status.set("observedGeneration", intAt(set, {"metadata", "generation"}, 1));
    return world_.patchStatus(key, std::move(status), kManager);
  }
};

}  // namespace

std::unique_ptr<Controller> makeStatefulSets(World& world) {
  return std::make_unique<StatefulSets>(world);
}

}  // namespace gpuspec::deploy::sandbox::live
