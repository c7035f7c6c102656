#include <algorithm>
#include <map>
#include <set>

#include "backends/deploy/verify/probe_pods.h"

namespace gpuspec::deploy::verify {

namespace {

using Addresses = std::map<std::string, std::vector<std::string>>;

class Network {
 public:
  Network(const Cluster& cluster, Scratch& scratch, const kube::ApiResource& pods,
          std::vector<PathResult>& results)
      : cluster_(cluster), scratch_(scratch), probes_(cluster, scratch, pods), results_(results) {}

  // Why nothing can be told here; "" when connections are made where nothing forbids them. Without
  // that, a refusal would prove nothing.
  std::string control() {
    if (llvm::Error error = scratch_.open()) return reasonOf(std::move(error));
    const std::string& space = scratch_.space();
    const ProbePods::Listener listener = probes_.listen({space}).at(space);
    if (!listener.problem.empty()) return listener.problem;
    const ProbePods::Answers answers = probes_.connect({{space, {listener.address}}}).at(space);
    const auto found = answers.connected.find(listener.address);
    if (found == answers.connected.end()) return answers.problem;
    return found->second > 0 ? "" : "no packet gets through where nothing stops it";
  }

  void run() {
    cluster_.progress("isolation probes on " + countText(results_.size(), "path"));
    const std::map<std::string, ProbePods::Listener> listeners = probes_.listen(targets());
    const std::map<std::string, ProbePods::Answers> answers =
        probes_.connect(addressesFrom(listeners));
    for (std::size_t i = 0; i < results_.size(); ++i) {
      const TeamPath& path = cluster_.wanted.paths[i];
      results_[i].network = findingOf(path, listeners, answers);
    }
  }

 private:
  static bool canRun(const TeamPath& path) {
    return !path.from_namespace.empty() && !path.to_namespace.empty();
  }

  std::vector<std::string> targets() const {
    std::set<std::string> names;
    for (const TeamPath& path : cluster_.wanted.paths) {
      if (canRun(path)) names.insert(path.to_namespace);
    }
    return {names.begin(), names.end()};
  }

  Addresses addressesFrom(const std::map<std::string, ProbePods::Listener>& listeners) const {
    Addresses addresses;
    for (const TeamPath& path : cluster_.wanted.paths) {
      if (!canRun(path) || !listeners.at(path.to_namespace).problem.empty()) continue;
      addresses[path.from_namespace].push_back(listeners.at(path.to_namespace).address);
    }
    return addresses;
  }

  Finding findingOf(const TeamPath& path,
                    const std::map<std::string, ProbePods::Listener>& listeners,
                    const std::map<std::string, ProbePods::Answers>& answers) const {
    if (cluster_.cancel.cancelled()) return notRun("interrupted");
    if (!canRun(path)) return notRun("team " + path.from + " has no namespace to probe from");
    const ProbePods::Listener& listener = listeners.at(path.to_namespace);
    if (!listener.problem.empty()) return notRun(path.to_namespace + ": " + listener.problem);
    const ProbePods::Answers& from = answers.at(path.from_namespace);
    const auto found = from.connected.find(listener.address);
    if (found == from.connected.end()) return notRun(path.from_namespace + ": " + from.problem);
    return judge(path, found->second);
  }

  static Finding judge(const TeamPath& path, int connected) {
    const std::string of = " of " + std::to_string(kTries) + ")";
    const std::string because = path.reason.empty() ? "" : " (" + path.reason + ")";
    if (connected > 0) {
      const std::string text = "connects (" + std::to_string(connected) + of;
      return path.open ? holds(text)
                       : fails(text, path.from + " must not reach " + path.to + because +
                                         ", but a connection was made");
    }
    const std::string text = "refused (" + std::to_string(kTries) + of;
    return path.open ? fails(text, path.from + " should reach " + path.to + because +
                                       ", but no connection could be made")
                     : holds(text);
  }

  const Cluster& cluster_;
  Scratch& scratch_;
  ProbePods probes_;
  std::vector<PathResult>& results_;
};

}  // namespace

void probeNetwork(const Cluster& cluster, Scratch& scratch, std::vector<PathResult>& results) {
  const auto noneRuns = [&](const std::string& why) {
    for (PathResult& result : results) result.network = notRun(why);
  };
  if (results.empty()) return;
  const kube::ApiResource* pods = cluster.client.find("", "Pod");
  if (cluster.sandbox) return noneRuns("no packet flows in the sandbox");
  if (cluster.wanted.probe.image.empty()) return noneRuns("no image to probe with is given");
  if (pods == nullptr) return noneRuns("the cluster serves no pods");
  if (cluster.cancel.cancelled()) return noneRuns("interrupted");
  Network network(cluster, scratch, *pods, results);
  const std::string trouble = network.control();
  if (!trouble.empty()) return noneRuns(trouble);
  network.run();
}

}  // namespace gpuspec::deploy::verify
