#include "backends/deploy/verify/smoke_job.h"

#include <algorithm>
#include <charconv>

#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::verify {

namespace {

using ir::listOf;
using ir::mapOf;

Tree affinityTo(const std::vector<std::string>& hosts) {
  Tree expression = mapOf("key", kHostLabel, "operator", "In", "values", Tree::strings(hosts));
  Tree term = mapOf("matchExpressions", listOf(std::move(expression)));
  return mapOf("nodeAffinity", mapOf("requiredDuringSchedulingIgnoredDuringExecution",
                                     mapOf("nodeSelectorTerms", listOf(std::move(term)))));
}

Tree podSpec(const PoolCheck& pool, const std::string& resource,
             const std::vector<std::string>& hosts) {
  Tree selector = Tree::map(), limits = Tree::map();
  for (const auto& [key, value] : pool.facts.selector) selector.set(key, value);
  limits.set(resource, "1");
  Tree container =
      mapOf("name", "smoke", "image", pool.smoke.image, "command",
            Tree::strings(pool.smoke.command), "resources", mapOf("limits", std::move(limits)));
  Tree spec = mapOf("restartPolicy", "Never", "automountServiceAccountToken", false, "nodeSelector",
                    std::move(selector), "tolerations", Tree(Tree::List(pool.tolerations)),
                    "containers", listOf(std::move(container)));
  if (!hosts.empty()) spec.set("affinity", affinityTo(hosts));
  return spec;
}

bool isTrue(const Tree& object, std::string_view type) {
  const Tree* condition = conditionOf(object, type);
  return condition != nullptr && textAt(*condition, {"status"}) == "True";
}

std::int64_t numberIn(const std::string& text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

Tree smokeJob(const PoolCheck& pool, const std::string& resource, const std::string& name,
              const std::string& object_namespace, const std::vector<std::string>& hosts,
              std::chrono::seconds timeout) {
  Tree label = Tree::map();
  label.set(kSmokeLabel, name);
  Tree spec = mapOf(
      "backoffLimit", 0, "activeDeadlineSeconds", static_cast<std::int64_t>(timeout.count()),
      "template",
      mapOf("metadata", mapOf("labels", std::move(label)), "spec", podSpec(pool, resource, hosts)));
  return mapOf("apiVersion", "batch/v1", "kind", "Job", "metadata",
               mapOf("name", name, "namespace", object_namespace), "spec", std::move(spec));
}

bool hasPassed(const Tree& job) {
  return isTrue(job, "Complete") || intAt(job, {"status", "succeeded"}) > 0;
}

bool hasFailed(const Tree& job) {
  return isTrue(job, "Failed") || intAt(job, {"status", "failed"}) > 0;
}

bool ranOutOfTime(const Tree& job) {
  const Tree* failed = isTrue(job, "Failed") ? conditionOf(job, "Failed") : nullptr;
  return failed != nullptr && textAt(*failed, {"reason"}) == "DeadlineExceeded";
}

std::string whyUnscheduled(const Tree& pod) {
  const Tree* scheduled = conditionOf(pod, "PodScheduled");
  if (scheduled == nullptr || textAt(*scheduled, {"status"}) != "False") return "";
  const std::string message = textAt(*scheduled, {"message"});
  return printable(message.empty() ? textAt(*scheduled, {"reason"}) : message);
}

std::string whyStuck(const Tree& pod) {
  const std::string unscheduled = whyUnscheduled(pod);
  if (!unscheduled.empty()) return unscheduled;
  for (const Tree& status : listAt(pod, {"status", "containerStatuses"})) {
    if (const Tree* ended = below(status, {"state", "terminated"}))
      return "its container ended with exit code " + std::to_string(intAt(*ended, {"exitCode"}));
    const Tree* waiting = below(status, {"state", "waiting"});
    if (waiting == nullptr) continue;
    const std::string reason = textAt(*waiting, {"reason"}), text = textAt(*waiting, {"message"});
    return printable(text.empty() ? reason : reason + ": " + text);
  }
  const std::string phase = textAt(pod, {"status", "phase"});
  return phase.empty() ? "" : "its pod is " + printable(phase);
}

std::string driverIn(const std::string& log, const std::string& mark) {
  const std::size_t at = mark.empty() ? std::string::npos : log.find(mark);
  if (at == std::string::npos) return "";
  const std::size_t begin = log.find_first_not_of(' ', at + mark.size());
  if (begin == std::string::npos) return "";
  const std::size_t end = std::min(log.find_first_of(" \t\r\n|,;", begin), log.size());
  return printable(log.substr(begin, end - begin));
}

std::string lastLineOf(const std::string& log) {
  const std::size_t end = log.find_last_not_of(" \t\r\n");
  if (end == std::string::npos) return "";
  const std::size_t before = log.rfind('\n', end);
  const std::size_t begin = before == std::string::npos ? 0 : before + 1;
  return printable(log.substr(begin, end - begin + 1));
}

std::int64_t inUse(const std::vector<Tree>& pods, const std::string& resource,
                   const std::vector<std::string>& node_names) {
  std::int64_t held = 0;
  for (const Tree& pod : pods) {
    const std::string node = textAt(pod, {"spec", "nodeName"});
    const std::string phase = textAt(pod, {"status", "phase"});
    const bool counts = phase != "Succeeded" && phase != "Failed" &&
                        std::find(node_names.begin(), node_names.end(), node) != node_names.end();
    if (!counts) continue;
    for (const Tree& container : listAt(pod, {"spec", "containers"}))
      held += numberIn(amountAt(container, {"resources", "limits"}, resource));
  }
  return held;
}

}  // namespace gpuspec::deploy::verify
