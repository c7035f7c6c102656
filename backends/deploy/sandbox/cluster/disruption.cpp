#include "backends/deploy/sandbox/cluster/disruption.h"

#include <algorithm>

#include "backends/deploy/sandbox/cluster/pods.h"
#include "backends/deploy/sandbox/cluster/selectors.h"

namespace gpuspec::deploy::sandbox::live {
namespace {

bool selects(const Tree& budget, const Tree& pod) {
  return namespaceOf(budget) == namespaceOf(pod) &&
         matches(findAt(budget, {"spec", "selector"}), labelsOf(pod));
}

// The replicas that the pods' controllers want, so that a lost pod still counts.
std::int64_t expectedBy(const Cache& cache, const std::vector<Object>& pods) {
  std::int64_t expected = 0;
  std::set<std::string> counted;
  for (const Object& pod : pods) {
    const Tree* owner = controllerOf(*pod);
    if (owner == nullptr) {
      ++expected;
      continue;
    }
    if (!counted.insert(textAt(*owner, {"uid"})).second) continue;
    for (const Kind& kind : {kReplicaSet, kStatefulSet}) {
      if (textAt(*owner, {"kind"}) != kind.kind) continue;
      if (const Object set = cache.get(kind, namespaceOf(*pod), textAt(*owner, {"name"}))) {
        expected += intAt(*set, {"spec", "replicas"}, 1);
      }
    }
  }
  return std::max<std::int64_t>(expected, static_cast<std::int64_t>(pods.size()));
}

class Budgets : public Controller {
 public:
  using Controller::Controller;

  void observe(const Change& change) override {
    enqueueOwn(change, kBudget);
    if (!change.key.is(kPod) && !change.key.is(kReplicaSet) && !change.key.is(kStatefulSet)) return;
    for (const Object& budget : world_.cache().list(kBudget, change.key.object_namespace)) {
      enqueue(keyOf(kBudget, *budget));
    }
  }

 protected:
  llvm::Error reconcile(const ObjectKey& key) override {
    const Object budget = world_.cache().get(key);
    if (budget == nullptr) return llvm::Error::success();
    const BudgetCount count = countBudget(world_.cache(), *budget);
    Tree conditions = Tree(listAt(*budget, {"status", "conditions"}));
    const bool room = count.allowed > 0;
    setCondition(conditions, "DisruptionAllowed", room ? "True" : "False",
                 room ? "SufficientPods" : "InsufficientPods", "", world_.nowText());
    Tree status = Tree::map();
    status.set("expectedPods", count.expected).set("currentHealthy", count.healthy);
    status.set("desiredHealthy", count.desired).set("disruptionsAllowed", count.allowed);
    status.set("observedGeneration", intAt(*budget, {"metadata", "generation"}, 1));
    status.set("conditions", std::move(conditions));
    return world_.patchStatus(key, std::move(status), "kube-controller-manager");
  }
};

}  // namespace

BudgetCount countBudget(const Cache& cache, const Tree& budget) {
  std::vector<Object> pods;
  for (Object& pod : cache.list(kPod, namespaceOf(budget))) {
    if (!isFinished(*pod) && selects(budget, *pod)) pods.push_back(std::move(pod));
  }
  BudgetCount out;
  out.expected = static_cast<std::int64_t>(pods.size());
  out.healthy = std::count_if(pods.begin(), pods.end(), [](const Object& pod) {
    return isPodReady(*pod) && !isDeleting(*pod);
  });
  if (const Tree* most = findAt(budget, {"spec", "maxUnavailable"})) {
    out.expected = expectedBy(cache, pods);
    out.desired = std::max<std::int64_t>(0, out.expected - scaled(most, out.expected, true, 0));
  } else {
    const Tree* least = findAt(budget, {"spec", "minAvailable"});
    if (least != nullptr && least->isString()) out.expected = expectedBy(cache, pods);
    out.desired = scaled(least, out.expected, true, 1);
  }
  out.allowed = out.expected == 0 ? 0 : std::max<std::int64_t>(0, out.healthy - out.desired);
  return out;
}

bool mayDisrupt(const Cache& cache, const Tree& pod) {
  const auto budgets = cache.list(kBudget, namespaceOf(pod));
  return std::all_of(budgets.begin(), budgets.end(), [&](const Object& budget) {
    return !selects(*budget, pod) || !isPodReady(pod) || countBudget(cache, *budget).allowed > 0;
  });
}

std::unique_ptr<Controller> makeBudgets(World& world) {
  return std::make_unique<Budgets>(world);
}

}  // namespace gpuspec::deploy::sandbox::live
