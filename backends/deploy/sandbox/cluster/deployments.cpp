#include <algorithm>
#include <charconv>

#include "backends/deploy/sandbox/cluster/pods.h"
#include "backends/deploy/sandbox/cluster/workloads.h"

namespace gpuspec::deploy::sandbox::live {
namespace {

constexpr std::string_view kHashLabel = "pod-template-hash";
constexpr std::string_view kRevision = "deployment.kubernetes.io/revision";

std::int64_t revisionOf(const Tree& set) {
  const std::string text = annotationOf(set, kRevision);
  std::int64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

std::int64_t wantedBy(const Tree& set) {
  return intAt(set, {"spec", "replicas"}, 1);
}

std::int64_t sum(const std::vector<Object>& sets, Path path) {
  std::int64_t out = 0;
  for (const Object& set : sets) out += intAt(*set, path);
  return out;
}

// The sets of one Deployment: the one of its present template, and older ones.
struct Sets {
  Object current;
  std::vector<Object> old, all;
};

class Deployments : public Controller {
 public:
  using Controller::Controller;

  void observe(const Change& change) override {
    enqueueOwn(change, kDeployment);
    if (change.key.is(kReplicaSet)) enqueueController(change, kDeployment);
    // The last of the old pods: what is made anew (strategy Recreate) waits for it, and its set has
    // not counted it since it began to end.
    if (change.key.is(kPod) && change.after == nullptr) enqueueDeploymentOf(*change.before);
  }

 protected:
  llvm::Error reconcile(const ObjectKey& key) override {
    const Object deployment = world_.cache().get(key);
    if (deployment == nullptr || isDeleting(*deployment)) return llvm::Error::success();
    Sets sets = setsOf(*deployment);
    if (!flagAt(*deployment, {"spec", "paused"})) {
      if (sets.current == nullptr) {
        auto made = createSet(*deployment, sets);
        if (!made) return made.takeError();
      }
      sets = setsOf(*deployment);
      if (llvm::Error error = rollOut(*deployment, sets)) return error;
    }
    sets = setsOf(*deployment);
    if (llvm::Error error = report(key, *deployment, sets)) return error;
    return cleanUp(*deployment, sets);
  }

 private:
  void enqueueDeploymentOf(const Tree& pod) {
    const Tree* owner = controllerOf(pod);
    if (owner == nullptr || textAt(*owner, {"kind"}) != kReplicaSet.kind) return;
    const Object set = world_.cache().get(kReplicaSet, namespaceOf(pod), textAt(*owner, {"name"}));
    const Tree* above = set == nullptr ? nullptr : controllerOf(*set);
    if (above != nullptr && textAt(*above, {"kind"}) == kDeployment.kind)
      enqueue(ObjectKey::of(kDeployment, namespaceOf(pod), textAt(*above, {"name"})));
  }

  static std::string hashFor(const Tree& deployment) {
    const Tree* pod_template = findAt(deployment, {"spec", "template"});
    return pod_template == nullptr ? "" : hashOf(*pod_template);
  }

  Sets setsOf(const Tree& deployment) const {
    Sets out;
    const std::string hash = hashFor(deployment);
    out.all = world_.cache().controlledBy(deployment, kReplicaSet);
    std::erase_if(out.all, [](const Object& set) { return isDeleting(*set); });
    for (const Object& set : out.all) {
      if (labelsOf(*set)[std::string(kHashLabel)] == hash) {
        out.current = set;
      } else {
        out.old.push_back(set);
      }
    }
    std::sort(out.old.begin(), out.old.end(),
              [](const Object& a, const Object& b) { return revisionOf(*a) < revisionOf(*b); });
    return out;
  }

  llvm::Expected<Object> createSet(const Tree& deployment, const Sets& sets) {
    const std::string hash = hashFor(deployment);
    const std::int64_t revision = sets.old.empty() ? 1 : revisionOf(*sets.old.back()) + 1;
    Tree pod_template = *findAt(deployment, {"spec", "template"});
    setAt(pod_template, {"metadata", "labels", kHashLabel}, hash);
    Tree selector = *findAt(deployment, {"spec", "selector"});
    setAt(selector, {"matchLabels", kHashLabel}, hash);
    Tree object = Tree::map();
    setAt(object, {"metadata", "name"}, nameOf(deployment) + "-" + hash);
    setAt(object, {"metadata", "namespace"}, namespaceOf(deployment));
    setAt(object, {"metadata", "labels"}, mapTree(labelsAt(pod_template, {"metadata", "labels"})));
    setAt(object, {"metadata", "annotations", kRevision}, std::to_string(revision));
    const std::string api_version = kDeployment.apiVersion();
    setAt(object, {"metadata", "ownerReferences"},
          Tree(Tree::List{ownerReference(deployment, api_version, kDeployment.kind)}));
    setAt(object, {"spec", "replicas"}, 0);
    setAt(object, {"spec", "selector"}, std::move(selector));
    setAt(object, {"spec", "template"}, std::move(pod_template));
    if (const Tree* seconds = findAt(deployment, {"spec", "minReadySeconds"})) {
      setAt(object, {"spec", "minReadySeconds"}, *seconds);
    }
    return world_.create(kReplicaSet, std::move(object), kManager);
  }

  llvm::Error scale(const Tree& deployment, const Tree& set, std::int64_t replicas) {
    if (wantedBy(set) == replicas) return llvm::Error::success();
    Tree patch = Tree::map();
    setAt(patch, {"spec", "replicas"}, replicas);
    if (llvm::Error error = world_.patch(keyOf(kReplicaSet, set), patch, kManager)) return error;
    const bool up = replicas > wantedBy(set);
    world_.tell(deployment, kDeployment, "Normal", "ScalingReplicaSet",
                std::string(up ? "Scaled up" : "Scaled down") + " replica set " + nameOf(set) +
                    " from " + std::to_string(wantedBy(set)) + " to " + std::to_string(replicas),
                "deployment-controller");
    return llvm::Error::success();
  }

  llvm::Error rollOut(const Tree& deployment, const Sets& sets) {
    if (sets.current == nullptr) return llvm::Error::success();
    // Back to an older template: its set becomes the newest again.
    if (!sets.old.empty() && revisionOf(*sets.old.back()) > revisionOf(*sets.current)) {
      Tree patch = Tree::map();
      setAt(patch, {"metadata", "annotations", kRevision},
            std::to_string(revisionOf(*sets.old.back()) + 1));
      if (llvm::Error error = world_.patch(keyOf(kReplicaSet, *sets.current), patch, kManager)) {
        return error;
      }
    }
    const bool recreate = textAt(deployment, {"spec", "strategy", "type"}) == "Recreate";
    return recreate ? recreateAll(deployment, sets) : rollOne(deployment, sets);
  }

  llvm::Error recreateAll(const Tree& deployment, const Sets& sets) {
    bool gone = true;
    for (const Object& set : sets.old) {
      gone &= world_.cache().controlledBy(*set, kPod).empty();
      if (llvm::Error error = scale(deployment, *set, 0)) return error;
    }
    if (!gone) return llvm::Error::success();
    return scale(deployment, *sets.current, wantedBy(deployment));
  }

  llvm::Error rollOne(const Tree& deployment, const Sets& sets) {
    const std::int64_t wanted = wantedBy(deployment);
    const auto limit = [&](std::string_view name, bool round_up) {
      return scaled(findAt(deployment, {"spec", "strategy", "rollingUpdate", name}), wanted,
                    round_up, round_up ? (wanted + 3) / 4 : wanted / 4);
    };
    const std::int64_t surge = limit("maxSurge", true);
    std::int64_t missing_allowed = limit("maxUnavailable", false);
    if (surge == 0 && missing_allowed == 0) missing_allowed = 1;
    const std::int64_t old_total = sum(sets.old, {"spec", "replicas"});
    const std::int64_t fresh = wantedBy(*sets.current);
    const std::int64_t room = std::max<std::int64_t>(0, wanted + surge - old_total - fresh);
    const std::int64_t target = std::min(wanted, fresh + (fresh < wanted ? room : 0));
    if (llvm::Error error = scale(deployment, *sets.current, target)) return error;
    const std::int64_t unready =
        target - std::min(target, intAt(*sets.current, {"status", "availableReplicas"}));
    std::int64_t removable = old_total + target - (wanted - missing_allowed) - unready;
    for (const Object& set : sets.old) {
      // Those of the old that do not work go whatever the limits say.
      const std::int64_t there = wantedBy(*set);
      const std::int64_t broken =
          there - std::min(there, intAt(*set, {"status", "availableReplicas"}));
      const std::int64_t less = std::clamp<std::int64_t>(std::max(removable, broken), 0, there);
      removable -= less;
      if (llvm::Error error = scale(deployment, *set, there - less)) return error;
    }
    return llvm::Error::success();
  }

  llvm::Error report(const ObjectKey& key, const Tree& deployment, const Sets& sets) {
    const std::int64_t wanted = wantedBy(deployment);
    const std::int64_t all = sum(sets.all, {"status", "replicas"});
    const std::int64_t available = sum(sets.all, {"status", "availableReplicas"});
    const std::int64_t updated =
        sets.current == nullptr ? 0 : intAt(*sets.current, {"status", "replicas"});
    Tree status = Tree::map().set("replicas", all).set("updatedReplicas", updated);
    status.set("readyReplicas", sum(sets.all, {"status", "readyReplicas"}));
    status.set("availableReplicas", available);
    status.set("unavailableReplicas", std::max<std::int64_t>(0, std::max(wanted, all) - available));
    status.set("observedGeneration", intAt(deployment, {"metadata", "generation"}, 1));
    const bool done = updated == wanted && all == wanted && available == wanted;
    status.set("conditions", conditionsOf(key, deployment, sets, available, done));
    if (llvm::Error error = world_.patchStatus(key, std::move(status), kManager)) return error;
    if (sets.current == nullptr) return llvm::Error::success();
    Tree patch = Tree::map();
    setAt(patch, {"metadata", "annotations", kRevision}, annotationOf(*sets.current, kRevision));
    return world_.patch(key, patch, kManager);
  }

  Tree conditionsOf(const ObjectKey& key, const Tree& deployment, const Sets& sets,
                    std::int64_t available, bool done) {
    Tree out = Tree(listAt(deployment, {"status", "conditions"}));
    const std::string now = world_.nowText();
    const std::int64_t wanted = wantedBy(deployment);
    const Tree* unavailable =
        findAt(deployment, {"spec", "strategy", "rollingUpdate", "maxUnavailable"});
    const bool enough = available >= wanted - scaled(unavailable, wanted, false, wanted / 4);
    setCondition(out, "Available", enough ? "True" : "False",
                 enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                 enough ? "Deployment has minimum availability."
                        : "Deployment does not have minimum availability.",
                 now);
    if (sets.current == nullptr) return out;
    const std::string set = "ReplicaSet \"" + nameOf(*sets.current) + "\"";
    if (done) {
      began_.erase(key);
      setCondition(out, "Progressing", "True", "NewReplicaSetAvailable",
                   set + " has successfully progressed.", now);
    } else if (isLate(key, deployment, *sets.current)) {
      setCondition(out, "Progressing", "False", "ProgressDeadlineExceeded",
                   set + " has timed out progressing.", now);
    } else {
      setCondition(out, "Progressing", "True", "ReplicaSetUpdated", set + " is progressing.", now);
    }
    std::erase_if(out.asList(), [](const Tree& condition) {
      return textAt(condition, {"type"}) == "ReplicaFailure";
    });
    for (const Tree& condition : listAt(*sets.current, {"status", "conditions"}))
      out.push(condition);
    return out;
  }

  // Progress is any change of how many pods of the current set are available.
  bool isLate(const ObjectKey& key, const Tree& deployment, const Tree& current) {
    const std::string state =
        nameOf(current) + "/" + std::to_string(intAt(current, {"status", "availableReplicas"}));
    auto& [seen, since] = began_[key];
    if (seen != state) {
      seen = state;
      since = world_.now();
    }
    const auto limit =
        since + std::chrono::seconds(intAt(deployment, {"spec", "progressDeadlineSeconds"}, 600));
    if (world_.now() >= limit) return true;
    enqueueAt(key, limit);
    return false;
  }

  llvm::Error cleanUp(const Tree& deployment, const Sets& sets) {
    std::vector<Object> empty;
    for (const Object& set : sets.old) {
      if (wantedBy(*set) == 0 && intAt(*set, {"status", "replicas"}) == 0) empty.push_back(set);
    }
    const std::int64_t kept = intAt(deployment, {"spec", "revisionHistoryLimit"}, 10);
    for (std::int64_t i = 0; i + kept < static_cast<std::int64_t>(empty.size()); ++i) {
      const ObjectKey key = keyOf(kReplicaSet, *empty[static_cast<std::size_t>(i)]);
      if (llvm::Error error = world_.remove(key)) return error;
    }
    return llvm::Error::success();
  }

  std::map<ObjectKey, std::pair<std::string, TimePoint>> began_;
};

}  // namespace

std::unique_ptr<Controller> makeDeployments(World& world) {
  return std::make_unique<Deployments>(world);
}

}  // namespace gpuspec::deploy::sandbox::live
