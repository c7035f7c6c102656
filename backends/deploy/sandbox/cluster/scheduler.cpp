#include "backends/deploy/sandbox/cluster/scheduler.h"

#include <algorithm>

#include "backends/deploy/sandbox/cluster/fit.h"
#include "backends/deploy/sandbox/cluster/pods.h"

namespace gpuspec::deploy::sandbox::live {
namespace {

constexpr std::string_view kManager = "kube-scheduler";
// The scheduler has one queue of its own order; this key stands for it.
const ObjectKey& queueKey() {
  static const ObjectKey kKey{"", "queue", "", ""};
  return kKey;
}

std::string countedReasons(const std::map<std::string, int>& counts) {
  std::vector<std::string> texts;
  for (const auto& [reason, count] : counts) texts.push_back(std::to_string(count) + " " + reason);
  std::sort(texts.begin(), texts.end());
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + text;
  return out;
}

std::string refusal(const PodRules& rules, const NodeStates& nodes) {
  if (nodes.empty()) return "no nodes available to schedule pods";
  std::map<std::string, int> reasons, preemption;
  for (const auto& [name, state] : nodes) {
    const Verdict verdict = rules.check(state);
    for (const std::string& reason : verdict.reasons) ++reasons[reason];
    ++preemption[verdict.permanent ? "Preemption is not helpful for scheduling"
                                   : "No preemption victims found for incoming pod"];
  }
  const std::string head = "0/" + std::to_string(nodes.size()) + " nodes are available: ";
  return head + countedReasons(reasons) + ". preemption: " + head + countedReasons(preemption) +
         ".";
}

class Scheduler : public Controller {
 public:
  using Controller::Controller;

  void observe(const Change& change) override {
    if (change.key.is(kNode)) observeNode(change);
    if (change.key.is(kPod)) observePod(change);
    if (!ready_.empty()) enqueue(queueKey());
  }

 protected:
  llvm::Error reconcile(const ObjectKey& key) override {
    if (ready_.empty()) return llvm::Error::success();
    const Rank rank = *ready_.begin();
    ready_.erase(ready_.begin());
    if (!ready_.empty()) enqueue(key);
    const Object pod = world_.cache().get(rank.key);
    if (pod == nullptr || !isWaiting(*pod)) return llvm::Error::success();
    if (llvm::Error error = schedule(rank.key, *pod)) {
      ready_.insert(rank);
      return error;
    }
    return llvm::Error::success();
  }

 private:
  struct Rank {
    std::int64_t minus_priority;
    std::string created;
    ObjectKey key;
    friend auto operator<=>(const Rank&, const Rank&) = default;
  };

  static bool isWaiting(const Tree& pod) {
    const std::string scheduler = textAt(pod, {"spec", "schedulerName"}, "default-scheduler");
    return nodeOf(pod).empty() && isActive(pod) && scheduler == "default-scheduler" &&
           listAt(pod, {"spec", "schedulingGates"}).empty();
  }

  static bool holdsRoom(const Object& pod) {
    return pod != nullptr && !isFinished(*pod) && !nodeOf(*pod).empty();
  }

  Rank rankOf(const ObjectKey& key, const Tree& pod) const {
    std::int64_t priority = intAt(pod, {"spec", "priority"});
    const Object priority_class =
        world_.cache().get(kPriorityClass, "", textAt(pod, {"spec", "priorityClassName"}));
    if (priority_class != nullptr) priority = intAt(*priority_class, {"value"});
    return {-priority, textAt(pod, {"metadata", "creationTimestamp"}), key};
  }

  void observeNode(const Change& change) {
    if (change.after == nullptr) {
      nodes_.erase(change.key.name);
    } else {
      const auto [found, fresh] = nodes_.try_emplace(change.key.name);
      found->second.node = change.after;
      found->second.allocatable = amountsOf(findAt(*change.after, {"status", "allocatable"}));
      if (fresh) adoptPods(change.key.name);
    }
    retryAll();
  }

  // Pods that the watch told of before their node.
  void adoptPods(const std::string& node) {
    for (const Object& pod : world_.cache().list(kPod)) {
      if (nodeOf(*pod) == node) place(pod);
    }
  }

  void observePod(const Change& change) {
    if (change.before != nullptr) lift(*change.before);
    if (change.after != nullptr && !isFinished(*change.after)) place(change.after);
    const bool waiting = change.after != nullptr && isWaiting(*change.after);
    const bool was_waiting = change.before != nullptr && isWaiting(*change.before);
    if (waiting && !was_waiting) ready_.insert(rankOf(change.key, *change.after));
    if (!waiting) parked_.erase(change.key);
    if (holdsRoom(change.before) != holdsRoom(change.after)) retryAll();
  }

  void place(const Object& pod) {
    const auto state = nodes_.find(nodeOf(*pod));
    if (state == nodes_.end() || isFinished(*pod)) return;
    if (state->second.pods.emplace(uidOf(*pod), pod).second) {
      add(state->second.used, requestsOf(*pod));
    }
  }

  void lift(const Tree& pod) {
    const auto state = nodes_.find(nodeOf(pod));
    if (state == nodes_.end()) return;
    const auto there = state->second.pods.find(uidOf(pod));
    if (there == state->second.pods.end()) return;
    subtract(state->second.used, requestsOf(*there->second));
    state->second.pods.erase(there);
  }

  void retryAll() {
    for (const ObjectKey& key : parked_) {
      if (const Object pod = world_.cache().get(key)) ready_.insert(rankOf(key, *pod));
    }
    parked_.clear();
    if (!ready_.empty()) enqueue(queueKey());
  }

  llvm::Error schedule(const ObjectKey& key, const Tree& pod) {
    const PodRules rules(pod, nodes_, world_.cache());
    const NodeState* best = nullptr;
    std::optional<PodRules::Score> best_score;
    for (const auto& [name, state] : nodes_) {
      if (!rules.check(state).reasons.empty()) continue;
      auto score = rules.score(state);
      if (best_score && *best_score <= score) continue;
      best = &state;
      best_score = std::move(score);
    }
    return best == nullptr ? refuse(key, pod, refusal(rules, nodes_))
                           : bind(key, pod, nameOf(*best->node));
  }

  llvm::Error bind(const ObjectKey& key, const Tree& pod, const std::string& node) {
    Tree patch = Tree::map();
    setAt(patch, {"spec", "nodeName"}, node);
    if (llvm::Error error = world_.patch(key, patch, kManager)) return error;
    world_.tell(pod, kPod, "Normal", "Scheduled",
                "Successfully assigned " + key.object_namespace + "/" + key.name + " to " + node,
                "default-scheduler");
    return llvm::Error::success();
  }

  llvm::Error refuse(const ObjectKey& key, const Tree& pod, const std::string& message) {
    parked_.insert(key);
    for (const Tree& condition : listAt(pod, {"status", "conditions"})) {
      if (textAt(condition, {"type"}) == "PodScheduled" &&
          textAt(condition, {"message"}) == message) {
        return llvm::Error::success();
      }
    }
    Tree conditions = Tree(listAt(pod, {"status", "conditions"}));
    setCondition(conditions, "PodScheduled", "False", "Unschedulable", message, world_.nowText());
    Tree status = Tree::map().set("phase", "Pending").set("conditions", std::move(conditions));
    if (llvm::Error error = world_.patchStatus(key, std::move(status), kManager)) return error;
    world_.tell(pod, kPod, "Warning", "FailedScheduling", message, "default-scheduler");
    return llvm::Error::success();
  }

  NodeStates nodes_;
  std::set<Rank> ready_;
  std::set<ObjectKey> parked_;
};

}  // namespace

std::unique_ptr<Controller> makeScheduler(World& world) {
  return std::make_unique<Scheduler>(world);
}

}  // namespace gpuspec::deploy::sandbox::live
