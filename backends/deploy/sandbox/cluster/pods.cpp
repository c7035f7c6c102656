#include "backends/deploy/sandbox/cluster/pods.h"

namespace gpuspec::deploy::sandbox::live {

std::string phaseOf(const Tree& pod) {
  return textAt(pod, {"status", "phase"}, "Pending");
}

bool isFinished(const Tree& pod) {
  const std::string phase = phaseOf(pod);
  return phase == "Succeeded" || phase == "Failed";
}

bool isActive(const Tree& pod) {
  return !isFinished(pod) && !isDeleting(pod);
}

bool isPodReady(const Tree& pod) {
  return conditionStatus(pod, "Ready") == "True";
}

std::string nodeOf(const Tree& pod) {
  return textAt(pod, {"spec", "nodeName"});
}

bool isAvailable(const Tree& pod, std::int64_t min_ready_seconds, TimePoint now) {
  if (!isPodReady(pod) || isDeleting(pod)) return false;
  if (min_ready_seconds == 0) return true;
  for (const Tree& condition : listAt(pod, {"status", "conditions"})) {
    if (textAt(condition, {"type"}) != "Ready") continue;
    const auto since = timeOf(textAt(condition, {"lastTransitionTime"}));
    return since && now >= *since + std::chrono::seconds(min_ready_seconds);
  }
  return false;
}

ObjectKey keyOf(const Kind& kind, const Tree& object) {
  return ObjectKey::of(kind, namespaceOf(object), nameOf(object));
}

Tree fromTemplate(const Tree& pod_template, const Tree& owner, const Kind& owner_kind) {
  Tree metadata = Tree::map().set("namespace", namespaceOf(owner));
  for (std::string_view key : {"labels", "annotations", "finalizers"}) {
    if (const Tree* value = findAt(pod_template, {"metadata", key})) metadata.set(key, *value);
  }
  metadata.set("ownerReferences",
               Tree(Tree::List{ownerReference(owner, owner_kind.apiVersion(), owner_kind.kind)}));
  Tree out = Tree::map().set("metadata", std::move(metadata));
  const Tree* spec = pod_template.find("spec");
  out.set("spec", spec == nullptr ? Tree::map() : *spec);
  return out;
}

std::string suffixed(const std::string& base, std::string_view salt) {
  return base.substr(0, 57) + "-" + hashOf(Tree(std::string(salt))).substr(0, 5);
}

}  // namespace gpuspec::deploy::sandbox::live
