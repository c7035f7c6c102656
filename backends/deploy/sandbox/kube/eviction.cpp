// The eviction subresource: a delete that PodDisruptionBudgets may refuse.

#include <cmath>

#include "backends/deploy/sandbox/kube/decode.h"
#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/selectors.h"
#include "backends/deploy/sandbox/kube/status.h"
#include "backends/deploy/sandbox/kube/writes.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

bool isReady(const Tree& pod) {
  for (const Tree& condition : listAt(pod, {"status", "conditions"})) {
    if (textAt(condition, {"type"}) == "Ready") return textAt(condition, {"status"}) == "True";
  }
  return false;
}

bool hasEnded(const Tree& pod) {
  const std::string& phase = textAt(pod, {"status", "phase"});
  return phase == "Succeeded" || phase == "Failed";
}

std::vector<Object> budgetsOf(const ClusterStore& cluster, const Tree& pod) {
  std::vector<Object> out;
  for (const Object& budget : cluster.list("policy", "poddisruptionbudgets", namespaceOf(pod))) {
    if (selects(findAt(*budget, {"spec", "selector"}), findAt(pod, {"metadata", "labels"})))
      out.push_back(budget);
  }
  return out;
}

std::int64_t scaled(const Tree& value, std::int64_t total) {
  if (value.isInt()) return value.asInt();
  const double percent = value.isString() ? std::strtod(value.asString().c_str(), nullptr) : 0;
  return static_cast<std::int64_t>(std::ceil(percent * static_cast<double>(total) / 100.0));
}

// Counted from the pods themselves: the budget's status may lag behind the last eviction.
struct Room {
  std::int64_t healthy = 0, desired = 0;
};
Room roomOf(const ClusterStore& cluster, const Tree& budget) {
  Room out;
  std::int64_t expected = 0;
  for (const Object& pod : cluster.list("", "pods", namespaceOf(budget))) {
    if (hasEnded(*pod) ||
        !selects(findAt(budget, {"spec", "selector"}), findAt(*pod, {"metadata", "labels"})))
      continue;
    ++expected;
    out.healthy += isReady(*pod) && !isDeleting(*pod) ? 1 : 0;
  }
  expected = std::max(expected, intAt(budget, {"status", "expectedPods"}));
  if (const Tree* most = findAt(budget, {"spec", "maxUnavailable"})) {
    out.desired = std::max<std::int64_t>(0, expected - scaled(*most, expected));
  } else if (const Tree* least = findAt(budget, {"spec", "minAvailable"})) {
    out.desired = scaled(*least, expected);
  } else {
    out.desired = 1;
  }
  return out;
}

llvm::Error mayEvict(const ClusterStore& cluster, const Tree& pod) {
  // What does not serve anyone may always go.
  if (hasEnded(pod) || textAt(pod, {"status", "phase"}) == "Pending" || isDeleting(pod))
    return llvm::Error::success();
  const std::vector<Object> budgets = budgetsOf(cluster, pod);
  if (budgets.size() > 1) {
    return statusError(500, "InternalError",
                       "This pod has more than one PodDisruptionBudget, which the eviction "
                       "subresource does not support.");
  }
  if (budgets.empty()) return llvm::Error::success();
  const Tree& budget = *budgets[0];
  const Room room = roomOf(cluster, budget);
  const bool unready_may_go =
      textAt(budget, {"spec", "unhealthyPodEvictionPolicy"}) == "AlwaysAllow" ||
      room.healthy >= room.desired;
  if (!isReady(pod) && unready_may_go) return llvm::Error::success();
  if (room.healthy > room.desired) return llvm::Error::success();
  return tooManyRequests(
      "Cannot evict pod as it would violate the pod's disruption budget.",
      {{"DisruptionBudget",
        "The disruption budget " + nameOf(budget) + " needs " + std::to_string(room.desired) +
            " healthy pods and has " + std::to_string(room.healthy) + " currently",
        ""}});
}

}  // namespace

HttpResponse answerEviction(ObjectLayer& objects, Call call, const HttpRequest& request) {
  llvm::Expected<Tree> body = parseBody(request.body, request.header("content-type"), nullptr);
  if (!body) return errorResponse(body.takeError());
  DeleteCall how;
  if (const Tree* grace = findAt(*body, {"deleteOptions", "gracePeriodSeconds"});
      grace != nullptr && grace->isInt()) {
    how.grace_seconds = grace->asInt();
  }
  how.uid = textAt(*body, {"deleteOptions", "preconditions", "uid"});
  how.resource_version = textAt(*body, {"deleteOptions", "preconditions", "resourceVersion"});
  for (const Tree& each : listAt(*body, {"deleteOptions", "dryRun"}))
    call.options.dry_run |= each == Tree("All");
  call.resource = objects.registry().find("", "v1", "pods");
  call.options.subresource = "";
  // One eviction at a time: two must not both see the last room in a budget.
  const std::lock_guard lock(objects.evictionMutex());
  llvm::Expected<Tree> pod = objects.readObject(call);
  if (!pod) return errorResponse(pod.takeError());
  if (llvm::Error error = mayEvict(objects.cluster(), *pod)) return errorResponse(std::move(error));
  llvm::Expected<Tree> removed = objects.removeObject(call, how);
  if (!removed) return errorResponse(removed.takeError());
  return jsonResponse(201, ir::mapOf("kind", "Status", "apiVersion", "v1", "metadata", Tree::map(),
                                     "status", "Success", "code", 201));
}

}  // namespace gpuspec::deploy::sandbox::api
