#include "backends/deploy/verify/probe_pods.h"

#include <algorithm>
#include <set>
#include <sstream>

#include "backends/deploy/verify/smoke_job.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::verify {

namespace {

using ir::listOf;
using ir::mapOf;
using std::chrono::milliseconds;

constexpr milliseconds kPoll{300};

// What the strictest level of pod security asks for.
Tree container(const ProbeTest& probe, Tree command, bool listens) {
  Tree rights = mapOf("allowPrivilegeEscalation", false, "runAsNonRoot", true, "runAsUser", 65534,
                      "capabilities", mapOf("drop", listOf(Tree("ALL"))), "seccompProfile",
                      mapOf("type", "RuntimeDefault"));
  Tree amounts = mapOf("cpu", "20m", "memory", "32Mi");
  Tree made =
      mapOf("name", "probe", "image", probe.image, "command", std::move(command), "securityContext",
            std::move(rights), "resources", mapOf("requests", amounts, "limits", amounts));
  // The kubelet's own connection, which no network policy stops, shows that somebody answers.
  if (listens)
    made.set("readinessProbe", mapOf("tcpSocket", mapOf("port", probe.port), "periodSeconds", 1));
  return made;
}

bool hasEnded(const Tree& pod) {
  const std::string phase = textAt(pod, {"status", "phase"});
  return phase == "Succeeded" || phase == "Failed";
}

}  // namespace

std::string ProbePods::nameOfPod(const char* role) const {
  return "gpuspec-verify-" + scratch_.mark() + "-" + role;
}

Tree ProbePods::pod(const std::string& object_namespace, const char* role, Tree command,
                    bool listens) const {
  Tree spec =
      mapOf("restartPolicy", "Never", "automountServiceAccountToken", false,
            "activeDeadlineSeconds", static_cast<std::int64_t>(4 * cluster_.wanted.timeout.count()),
            "tolerations", listOf(mapOf("operator", "Exists")), "containers",
            listOf(container(cluster_.wanted.probe, std::move(command), listens)));
  return mapOf("apiVersion", "v1", "kind", "Pod", "metadata",
               mapOf("name", nameOfPod(role), "namespace", object_namespace), "spec",
               std::move(spec));
}

void ProbePods::watch(
    const char* role, const std::vector<std::string>& namespaces,
    const std::function<bool(const std::string& object_namespace, const Tree& pod)>& look) {
  std::set<std::string> open(namespaces.begin(), namespaces.end());
  const milliseconds until = cluster_.clock.now() + cluster_.wanted.timeout;
  while (!open.empty() && !cluster_.cancel.cancelled() && cluster_.clock.now() < until) {
    llvm::Expected<std::vector<Tree>> pods = cluster_.client.list(pods_, "", scratch_.selector());
    if (!pods) llvm::consumeError(pods.takeError());
    const std::vector<Tree> none;
    for (const Tree& one : pods ? *pods : none) {
      const std::string place = textAt(one, {"metadata", "namespace"});
      if (nameOf(one) == nameOfPod(role) && open.contains(place) && look(place, one))
        open.erase(place);
    }
    if (!open.empty()) cluster_.clock.sleep(kPoll, cluster_.cancel);
  }
}

std::map<std::string, ProbePods::Listener> ProbePods::listen(
    const std::vector<std::string>& namespaces) {
  std::map<std::string, Listener> listeners;
  for (const std::string& place : namespaces) listeners[place].problem = "";
  forEach(namespaces.size(), cluster_.wanted.parallel, [&](std::size_t index) {
    llvm::Expected<Tree> made = scratch_.create(
        pods_, pod(namespaces[index], "listen", Tree::strings(cluster_.wanted.probe.listen), true));
    if (!made) listeners.at(namespaces[index]).problem = reasonOf(made.takeError());
  });
  std::vector<std::string> created;
  for (auto& [place, listener] : listeners) {
    if (!listener.problem.empty()) continue;
    created.push_back(place);
    listener.problem = "the probe's pod did not start in time";
  }
  watch("listen", created, [&](const std::string& place, const Tree& one) {
    Listener& listener = listeners.at(place);
    if (hasEnded(one)) {
      listener.problem = "the probe's pod ended: " + whyStuck(one);
      return true;
    }
    const std::string stuck = whyStuck(one);
    if (!stuck.empty()) listener.problem = "the probe's pod did not start in time: " + stuck;
    if (!isReady(one)) return false;
    listener = {textAt(one, {"status", "podIP"}), ""};
    return true;
  });
  return listeners;
}

// All at once: where packets are dropped, each try takes as long as its own limit.
std::string ProbePods::scriptFor(const std::vector<std::string>& addresses) const {
  const ProbeTest& probe = cluster_.wanted.probe;
  std::string script = "port=" + std::to_string(probe.port) + "\n";
  for (const std::string& address : addresses) {
    script += "( host='" + address + "'; n=0; for try in 1 2 3; do if ( " + probe.connect +
              " ) >/dev/null 2>&1; then n=$((n+1)); fi; done; echo \"" + scratch_.mark() +
              " $host $n\" ) &\n";
  }
  return script + "wait\n";
}

void ProbePods::readAnswers(const std::string& object_namespace, const Tree& pod,
                            const std::vector<std::string>& addresses, Answers& answers) const {
  kube::LogOptions options;
  options.container = "probe";
  options.tail_lines = static_cast<std::int64_t>(addresses.size()) + 100;
  llvm::Expected<std::string> log = cluster_.client.logs(object_namespace, nameOf(pod), options);
  if (!log) {
    answers.problem = reasonOf(log.takeError());
    return;
  }
  std::istringstream lines(*log);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string mark, address;
    int connected = -1;
    if (!(words >> mark >> address >> connected) || mark != scratch_.mark()) continue;
    if (connected >= 0 && connected <= kTries) answers.connected[address] = connected;
  }
  answers.problem = "the probe's log holds no answer";
}

std::map<std::string, ProbePods::Answers> ProbePods::connect(
    const std::map<std::string, std::vector<std::string>>& addresses) {
  std::map<std::string, Answers> answers;
  std::vector<std::string> namespaces, created;
  for (const auto& [place, targets] : addresses) {
    answers[place].problem = "";
    namespaces.push_back(place);
  }
  forEach(namespaces.size(), cluster_.wanted.parallel, [&](std::size_t index) {
    const std::string& place = namespaces[index];
    Tree command = listOf(Tree("sh"), Tree("-c"), Tree(scriptFor(addresses.at(place))));
    llvm::Expected<Tree> made =
        scratch_.create(pods_, pod(place, "connect", std::move(command), false));
    if (!made) answers.at(place).problem = reasonOf(made.takeError());
  });
  for (auto& [place, answer] : answers) {
    if (!answer.problem.empty()) continue;
    created.push_back(place);
    answer.problem = "the probe did not end in time";
  }
  watch("connect", created, [&](const std::string& place, const Tree& one) {
    const std::string stuck = whyStuck(one);
    if (!stuck.empty()) answers.at(place).problem = "the probe did not end in time: " + stuck;
    if (!hasEnded(one)) return false;
    readAnswers(place, one, addresses.at(place), answers.at(place));
    return true;
  });
  return answers;
}

}  // namespace gpuspec::deploy::verify
