#include <algorithm>

#include "backends/deploy/sandbox/cluster/pods.h"
#include "backends/deploy/sandbox/cluster/selectors.h"
#include "backends/deploy/sandbox/cluster/workloads.h"

namespace gpuspec::deploy::sandbox::live {
namespace {

constexpr std::string_view kHashLabel = "controller-revision-hash";
constexpr std::string_view kRequired = "requiredDuringSchedulingIgnoredDuringExecution";

// What every pod of a DaemonSet puts up with.
Tree daemonTolerations() {
  Tree out = Tree::list();
  const auto tolerate = [&out](std::string_view key, std::string_view effect) {
    out.push(Tree::map().set("key", key).set("operator", "Exists").set("effect", effect));
  };
  tolerate("node.kubernetes.io/not-ready", "NoExecute");
  tolerate("node.kubernetes.io/unreachable", "NoExecute");
  tolerate("node.kubernetes.io/disk-pressure", "NoSchedule");
  tolerate("node.kubernetes.io/memory-pressure", "NoSchedule");
  tolerate("node.kubernetes.io/pid-pressure", "NoSchedule");
  tolerate("node.kubernetes.io/unschedulable", "NoSchedule");
  return out;
}

// Only this node will do, beside what the template asks of nodes itself.
void pinTo(Tree& pod, const std::string& node) {
  Tree field = Tree::map().set("key", "metadata.name").set("operator", "In");
  field.set("values", Tree::strings({node}));
  const Tree fields = Tree(Tree::List{field});
  Tree& required = pod.at("spec").at("affinity").at("nodeAffinity").at(kRequired);
  Tree* terms = required.find("nodeSelectorTerms");
  if (terms == nullptr || !terms->isList() || terms->empty()) {
    required.set("nodeSelectorTerms", Tree(Tree::List{Tree::map().set("matchFields", fields)}));
    return;
  }
  for (Tree& term : terms->asList()) term.set("matchFields", fields);
}

// The node that a pod stands on or is meant for.
std::string targetOf(const Tree& pod) {
  if (!nodeOf(pod).empty()) return nodeOf(pod);
  for (const Tree& term :
       listAt(pod, {"spec", "affinity", "nodeAffinity", kRequired, "nodeSelectorTerms"})) {
    for (const Tree& field : listAt(term, {"matchFields"})) {
      const auto values = textsAt(field, {"values"});
      if (values.size() == 1) return values.front();
    }
  }
  return "";
}

class DaemonSets : public Controller {
 public:
  using Controller::Controller;

  void observe(const Change& change) override {
    enqueueOwn(change, kDaemonSet);
    if (change.key.is(kPod)) enqueueController(change, kDaemonSet);
    if (!change.key.is(kNode)) return;
    for (const Object& set : world_.cache().list(kDaemonSet)) enqueue(keyOf(kDaemonSet, *set));
  }

 protected:
  llvm::Error reconcile(const ObjectKey& key) override {
    const Object set = world_.cache().get(key);
    const Tree* pod_template = set == nullptr ? nullptr : findAt(*set, {"spec", "template"});
    if (pod_template == nullptr || isDeleting(*set)) return llvm::Error::success();
    Tree pattern = fromTemplate(*pod_template, *set, kDaemonSet);
    setAt(pattern, {"metadata", "labels", kHashLabel}, hashOf(*pod_template));
    const Tree tolerations = daemonTolerations();
    for (const Tree& each : tolerations.asList()) pattern.at("spec").at("tolerations").push(each);
    std::string refusal;
    if (llvm::Error error = place(key, *set, pattern)) refusal = llvm::toString(std::move(error));
    if (llvm::Error error = report(key, *set, pattern)) return error;
    if (refusal.empty()) return llvm::Error::success();
    return llvm::createStringError(refusal);
  }

 private:
  static bool belongs(const Tree& pattern, const Tree& node) {
    return matchesNode(pattern, node) &&
           untolerated(pattern, node, {"NoSchedule", "NoExecute"}) == nullptr;
  }
  // A taint that came later does not expel what runs; only NoExecute does.
  static bool mayStay(const Tree& pattern, const Tree& node) {
    return matchesNode(pattern, node) && untolerated(pattern, node, {"NoExecute"}) == nullptr;
  }

  std::map<std::string, Object> podsByNode(const Tree& set, std::vector<Object>& extra) const {
    std::map<std::string, Object> out;
    for (Object& pod : world_.cache().controlledBy(set, kPod)) {
      if (isDeleting(*pod)) continue;
      const std::string node = targetOf(*pod);
      if (isFinished(*pod) || !out.emplace(node, pod).second) extra.push_back(std::move(pod));
    }
    return out;
  }

  llvm::Error place(const ObjectKey& key, const Tree& set, const Tree& pattern) {
    std::vector<Object> unwanted;
    const auto there = podsByNode(set, unwanted);
    std::int64_t made = 0;
    for (const Object& node : world_.cache().list(kNode)) {
      if (there.contains(nameOf(*node)) || !belongs(pattern, *node)) continue;
      if (made++ == kBatch) {
        enqueue(key);
        break;
      }
      Tree pod = pattern;
      pinTo(pod, nameOf(*node));
      auto created = createPod(world_, set, kDaemonSet, std::move(pod), nameOf(set));
      if (!created) return created.takeError();
    }
    for (const auto& [name, pod] : there) {
      const Object node = world_.cache().get(kNode, "", name);
      if (node == nullptr || !mayStay(pattern, *node)) unwanted.push_back(pod);
    }
    for (const Object& pod : unwanted) {
      if (llvm::Error error = world_.remove(keyOf(kPod, *pod))) return error;
    }
    return update(set, pattern);
  }

  // Replaces pods of an older template, so many at a time.
  llvm::Error update(const Tree& set, const Tree& pattern) {
    if (textAt(set, {"spec", "updateStrategy", "type"}) == "OnDelete")
      return llvm::Error::success();
    std::vector<Object> extra;
    const auto there = podsByNode(set, extra);
    const auto total = static_cast<std::int64_t>(there.size());
    std::int64_t room = std::max<std::int64_t>(
        1, scaled(findAt(set, {"spec", "updateStrategy", "rollingUpdate", "maxUnavailable"}), total,
                  true, 1));
    room -= std::count_if(there.begin(), there.end(),
                          [](const auto& entry) { return !isPodReady(*entry.second); });
    for (const auto& [node, pod] : there) {
      if (isCurrent(*pod, pattern)) continue;
      const bool broken = !isPodReady(*pod);
      if (!broken && room-- <= 0) continue;
      if (llvm::Error error = world_.remove(keyOf(kPod, *pod))) return error;
    }
    return llvm::Error::success();
  }

  static bool isCurrent(const Tree& pod, const Tree& pattern) {
    return textAt(pod, {"metadata", "labels", kHashLabel}) ==
           textAt(pattern, {"metadata", "labels", kHashLabel});
  }

  llvm::Error report(const ObjectKey& key, const Tree& set, const Tree& pattern) {
    std::vector<Object> extra;
    const auto there = podsByNode(set, extra);
    std::int64_t desired = 0, current = 0, ready = 0, updated = 0, misplaced = 0;
    for (const Object& node : world_.cache().list(kNode)) {
      const auto pod = there.find(nameOf(*node));
      const bool has = pod != there.end();
      const bool wanted = has ? mayStay(pattern, *node) : belongs(pattern, *node);
      desired += wanted ? 1 : 0;
      misplaced += has && !wanted ? 1 : 0;
      if (!has || !wanted) continue;
      ++current;
      ready += isPodReady(*pod->second) ? 1 : 0;
      updated += isCurrent(*pod->second, pattern) ? 1 : 0;
    }
    Tree status = Tree::map().set("desiredNumberScheduled", desired);
    status.set("currentNumberScheduled", current).set("numberMisscheduled", misplaced);
    status.set("numberReady", ready).set("numberAvailable", ready);
    status.set("numberUnavailable", desired - ready).set("updatedNumberScheduled", updated);
    status.set("observedGeneration", intAt(set, {"metadata", "generation"}, 1));
    return world_.patchStatus(key, std::move(status), kManager);
  }
};

}  // namespace

std::unique_ptr<Controller> makeDaemonSets(World& world) {
  return std::make_unique<DaemonSets>(world);
}

}  // namespace gpuspec::deploy::sandbox::live
