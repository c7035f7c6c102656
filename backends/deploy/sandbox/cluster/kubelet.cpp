#include "backends/deploy/sandbox/cluster/kubelet.h"

#include <charconv>

#include "backends/deploy/sandbox/cluster/pods.h"

namespace gpuspec::deploy::sandbox::live {
namespace {

constexpr std::string_view kManager = "kubelet";

std::int64_t exitCodeOf(const Tree& pod) {
  const std::string text = annotationOf(pod, kExitCodeNote);
  std::int64_t code = 0;
  std::from_chars(text.data(), text.data() + text.size(), code);
  return code;
}

// nullopt: for ever.
std::optional<std::chrono::milliseconds> runTimeOf(const Tree& pod,
                                                   std::chrono::milliseconds usual) {
  const std::string text = annotationOf(pod, kRunTimeNote);
  if (text == "forever") return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return usual;
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (unit == "m") return std::chrono::minutes(number);
  if (unit == "h") return std::chrono::hours(number);
  return unit == "ms" ? std::chrono::milliseconds(number) : std::chrono::seconds(number);
}

Tree running(const std::string& now) {
  return Tree::map().set("running", Tree::map().set("startedAt", now));
}

Tree terminated(std::int64_t code, const std::string& started, const std::string& now) {
  Tree state = Tree::map().set("exitCode", code).set("reason", code == 0 ? "Completed" : "Error");
  state.set("startedAt", started).set("finishedAt", now);
  return Tree::map().set("terminated", std::move(state));
}

Tree containerStatus(const Tree& container, Tree state, bool ready, std::int64_t restarts) {
  Tree out = Tree::map().set("name", textAt(container, {"name"}));
  const std::string image = textAt(container, {"image"});
  out.set("image", image).set("imageID", "sandbox://" + image);
  out.set("containerID", "sandbox://" + hashOf(container)).set("ready", ready);
  out.set("restartCount", restarts).set("started", ready).set("state", std::move(state));
  return out;
}

// Init containers have ended well by the time that the others run, except sidecars, which go on.
Tree initStatuses(const Tree& pod, const std::string& now) {
  Tree out = Tree::list();
  for (const Tree& container : listAt(pod, {"spec", "initContainers"})) {
    const bool sidecar = textAt(container, {"restartPolicy"}) == "Always";
    out.push(containerStatus(container, sidecar ? running(now) : terminated(0, now, now), true, 0));
  }
  return out;
}

void setReadiness(Tree& conditions, bool ready, std::string_view reason, const std::string& now) {
  const std::string_view status = ready ? "True" : "False";
  setCondition(conditions, "PodScheduled", "True", "", "", now);
  setCondition(conditions, "Initialized", "True", reason == "PodCompleted" ? reason : "", "", now);
  setCondition(conditions, "Ready", status, reason, "", now);
  setCondition(conditions, "ContainersReady", status, reason, "", now);
}

bool endsByItself(const Tree& pod) {
  return textAt(pod, {"spec", "restartPolicy"}, "Always") != "Always" || exitCodeOf(pod) != 0;
}

class Kubelet : public Controller {
 public:
  using Controller::Controller;

  void observe(const Change& change) override {
    if (change.key.is(kPod)) {
      enqueue(change.key);
      if (change.before != nullptr) noteAddress(*change.before, false);
      if (change.after != nullptr) noteAddress(*change.after, true);
      if (change.after == nullptr) since_.erase(uidOf(*change.before));
    }
    // Pods do not outlive their node.
    if (!change.key.is(kNode) || change.after != nullptr) return;
    for (const Object& pod : world_.cache().list(kPod)) {
      if (nodeOf(*pod) == change.key.name) enqueue(keyOf(kPod, *pod));
    }
  }

 protected:
  llvm::Error reconcile(const ObjectKey& key) override {
    const Object pod = world_.cache().get(key);
    if (pod == nullptr) return llvm::Error::success();
    if (isDeleting(*pod)) return end(key, *pod);
    const std::string node = nodeOf(*pod);
    if (node.empty()) return llvm::Error::success();
    if (world_.cache().get(kNode, "", node) == nullptr) return world_.remove(key);
    if (isFinished(*pod)) return llvm::Error::success();
    return phaseOf(*pod) == "Running" ? finishWhenDue(key, *pod) : startWhenDue(key, *pod);
  }

 private:
  llvm::Error end(const ObjectKey& key, const Tree& pod) {
    // Finalizers are others' business; the containers are gone at once.
    if (!listAt(pod, {"metadata", "finalizers"}).empty()) return llvm::Error::success();
    return world_.remove(key);
  }

  // Whether the time in this state is over; otherwise the pod comes back when it is.
  bool isDue(const ObjectKey& key, const Tree& pod, std::string_view state,
             std::chrono::milliseconds delay) {
    const TimePoint began = since_[uidOf(pod)].emplace(state, world_.now()).first->second;
    if (world_.now() >= began + delay) return true;
    enqueueAt(key, began + delay);
    return false;
  }

  llvm::Error startWhenDue(const ObjectKey& key, const Tree& pod) {
    if (!isDue(key, pod, "start", world_.options().pod_start)) return llvm::Error::success();
    const std::string now = world_.nowText();
    Tree containers = Tree::list();
    for (const Tree& container : listAt(pod, {"spec", "containers"})) {
      containers.push(containerStatus(container, running(now), true, 0));
    }
    Tree conditions = Tree(listAt(pod, {"status", "conditions"}));
    setReadiness(conditions, true, "", now);
    Tree status = Tree::map().set("phase", "Running").set("conditions", std::move(conditions));
    status.set("startTime", now).set("containerStatuses", std::move(containers));
    if (Tree inits = initStatuses(pod, now); !inits.empty()) {
      status.set("initContainerStatuses", std::move(inits));
    }
    const std::string address = freeAddress();
    status.set("podIP", address);
    status.set("podIPs", Tree(Tree::List{Tree::map().set("ip", address)}));
    const Object node = world_.cache().get(kNode, "", nodeOf(pod));
    for (const Tree& each : listAt(*node, {"status", "addresses"})) {
      if (textAt(each, {"type"}) == "InternalIP") status.set("hostIP", textAt(each, {"address"}));
    }
    return world_.patchStatus(key, std::move(status), kManager);
  }

  llvm::Error finishWhenDue(const ObjectKey& key, const Tree& pod) {
    if (!endsByItself(pod)) return llvm::Error::success();
    const auto run_time = runTimeOf(pod, world_.options().run_time);
    const std::string restarts = std::to_string(restartsOf(pod));
    if (!run_time || !isDue(key, pod, "run " + restarts, *run_time)) return llvm::Error::success();
    const std::int64_t code = exitCodeOf(pod);
    const std::string policy = textAt(pod, {"spec", "restartPolicy"}, "Always");
    if (code != 0 && policy != "Never") return crash(key, pod, code);
    const std::string now = world_.nowText();
    Tree conditions = Tree(listAt(pod, {"status", "conditions"}));
    setReadiness(conditions, false, code == 0 ? "PodCompleted" : "PodFailed", now);
    Tree status = Tree::map().set("phase", code == 0 ? "Succeeded" : "Failed");
    status.set("conditions", std::move(conditions));
    status.set("containerStatuses", statuses(pod, [&](const Tree& container) {
                 return containerStatus(container, terminated(code, startOf(pod), now), false, 0);
               }));
    return world_.patchStatus(key, std::move(status), kManager);
  }

  // Starts again after the same time. A loop that nobody ends stops counting after some rounds: a
  // sandbox in which nothing changes shall cost nothing.
  llvm::Error crash(const ObjectKey& key, const Tree& pod, std::int64_t code) {
    const std::int64_t restarts = restartsOf(pod) + 1;
    constexpr std::int64_t kMostRestarts = 10;
    if (restarts > kMostRestarts) return llvm::Error::success();
    const std::string now = world_.nowText();
    Tree conditions = Tree(listAt(pod, {"status", "conditions"}));
    setReadiness(conditions, false, "ContainersNotReady", now);
    Tree status = Tree::map().set("conditions", std::move(conditions));
    status.set("containerStatuses", statuses(pod, [&](const Tree& container) {
                 Tree waiting = Tree::map().set("reason", "CrashLoopBackOff");
                 waiting.set("message", "back-off restarting failed container");
                 Tree state = Tree::map().set("waiting", std::move(waiting));
                 Tree out = containerStatus(container, std::move(state), false, restarts);
                 out.set("lastState", terminated(code, startOf(pod), now));
                 return out;
               }));
    return world_.patchStatus(key, std::move(status), kManager);
  }

  template <class Make>
  static Tree statuses(const Tree& pod, Make&& make) {
    Tree out = Tree::list();
    for (const Tree& container : listAt(pod, {"spec", "containers"})) out.push(make(container));
    return out;
  }

  static std::string startOf(const Tree& pod) { return textAt(pod, {"status", "startTime"}); }

  static std::int64_t restartsOf(const Tree& pod) {
    const Tree::List& all = listAt(pod, {"status", "containerStatuses"});
    return all.empty() ? 0 : intAt(all.front(), {"restartCount"});
  }

  void noteAddress(const Tree& pod, bool used) {
    const std::string address = textAt(pod, {"status", "podIP"});
    if (address.empty()) return;
    if (used) {
      addresses_.insert(address);
    } else {
      addresses_.erase(address);
    }
  }

  std::string freeAddress() {
    constexpr std::uint32_t kAddresses = 4 << 16;  // 10.244.0.0/14
    for (std::uint32_t tried = 0; tried < kAddresses; ++tried) {
      last_address_ = last_address_ % (kAddresses - 1) + 1;
      const std::string text = "10." + std::to_string(244 + (last_address_ >> 16)) + "." +
                               std::to_string(last_address_ >> 8 & 255) + "." +
                               std::to_string(last_address_ & 255);
      if (!addresses_.contains(text)) return text;
    }
    return "";
  }

  std::map<std::string, std::map<std::string, TimePoint, std::less<>>> since_;  // uid -> state
  std::set<std::string> addresses_;
  std::uint32_t last_address_ = 0;
};

}  // namespace

std::unique_ptr<Controller> makeKubelet(World& world) {
  return std::make_unique<Kubelet>(world);
}

}  // namespace gpuspec::deploy::sandbox::live
