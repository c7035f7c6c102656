#include <algorithm>

#include "backends/deploy/verify/checks.h"

namespace gpuspec::deploy::verify {

namespace {

// "" when it is healthy.
std::string whatIsWrong(const Tree& set) {
  const std::int64_t desired = intAt(set, {"status", "desiredNumberScheduled"});
  const std::int64_t ready = intAt(set, {"status", "numberReady"});
  const std::int64_t updated = intAt(set, {"status", "updatedNumberScheduled"});
  const bool seen =
      intAt(set, {"status", "observedGeneration"}) >= intAt(set, {"metadata", "generation"});
  const std::string name = "DaemonSet " + nameOf(set);
  if (!seen) return "the controller has not yet seen the latest " + name;
  if (ready < desired)
    return name + " is ready on " + std::to_string(ready) + " of " + std::to_string(desired) +
           " nodes";
  if (updated < desired)
    return name + " is up to date on " + std::to_string(updated) + " of " +
           std::to_string(desired) + " nodes";
  return "";
}

Finding checkSets(const std::vector<Tree>& sets, const StackCheck& stack) {
  std::size_t looked_at = 0, ready = 0;
  std::string why;
  for (const Tree& set : sets) {
    const auto& names = stack.daemon_sets;
    const bool wanted =
        names.empty() || std::find(names.begin(), names.end(), nameOf(set)) != names.end();
    if (!wanted) continue;
    ++looked_at;
    const std::string wrong = whatIsWrong(set);
    ready += wrong.empty();
    if (why.empty()) why = wrong;
  }
  for (const std::string& name : stack.daemon_sets) {
    const auto is_it = [&](const Tree& set) { return nameOf(set) == name; };
    if (std::any_of(sets.begin(), sets.end(), is_it)) continue;
    ++looked_at;
    why = "there is no DaemonSet " + name + " in " + stack.release_namespace;
  }
  if (looked_at == 0) return notRun("there is no DaemonSet in " + stack.release_namespace);
  const std::string text =
      std::to_string(ready) + " of " + countText(looked_at, "DaemonSet") + " ready";
  return ready == looked_at ? holds(text) : fails(text, printable(why));
}

// Helm records a release in Secrets of its namespace; only their labels are read.
Finding checkInstalled(const Cluster& cluster, const StackCheck& stack) {
  const kube::ApiResource* secrets = cluster.client.find("", "Secret");
  if (secrets == nullptr) return notRun("the cluster serves no Secrets");
  llvm::Expected<std::vector<Tree>> records = cluster.client.list(
      *secrets, stack.release_namespace, "owner=helm,status=deployed,name=" + stack.release, true);
  if (!records) return notRun(reasonOf(records.takeError()));
  if (!records->empty()) return holds("installed");
  return fails("not installed",
               "there is no deployed release " + stack.release + " in " + stack.release_namespace);
}

Finding checkStack(const Cluster& cluster, const StackCheck& stack) {
  if (cluster.wanted.skip_helm) return notRun("Helm releases are left out");
  const kube::ApiResource* daemon_sets = cluster.client.find("apps", "DaemonSet");
  if (daemon_sets == nullptr) return notRun("the cluster serves no DaemonSets");
  const Finding installed = checkInstalled(cluster, stack);
  if (installed.verdict != Verdict::Holds) return installed;
  llvm::Expected<std::vector<Tree>> sets =
      cluster.client.list(*daemon_sets, stack.release_namespace, "");
  return sets ? checkSets(*sets, stack) : notRun(reasonOf(sets.takeError()));
}

}  // namespace

void checkStacks(const Cluster& cluster, std::vector<StackResult>& results) {
  for (const StackCheck& stack : cluster.wanted.stacks)
    results.push_back({stack.release, checkStack(cluster, stack)});
}

}  // namespace gpuspec::deploy::verify
