#include "backends/deploy/sandbox/kube/admission.h"

#include "backends/deploy/sandbox/kube/admission_policy.h"
#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/status.h"
#include "backends/deploy/sandbox/kube/webhooks.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

bool isPod(const ResourceInfo& resource) {
  return resource.group.empty() && resource.resource == "pods";
}

// How long a pod bears a node that fell silent, where it does not say.
void addTolerations(Tree& pod) {
  for (std::string_view key : {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}) {
    bool there = false;
    for (const Tree& each : listAt(pod, {"spec", "tolerations"})) {
      const std::string& own = textAt(each, {"key"});
      const std::string& effect = textAt(each, {"effect"});
      there |= (own == key || own.empty()) && (effect == "NoExecute" || effect.empty());
    }
    if (there || findAt(pod, {"spec"}) == nullptr) continue;
    if (findAt(pod, {"spec", "tolerations"}) == nullptr)
      setAt(pod, {"spec", "tolerations"}, Tree::list());
    Tree toleration = Tree::map().set("key", key).set("operator", "Exists");
    toleration.set("effect", "NoExecute").set("tolerationSeconds", 300);
    findAt(pod, {"spec", "tolerations"})->push(std::move(toleration));
  }
}

llvm::Error giveAccount(const ClusterStore& cluster, const ResourceInfo& pods, Tree& pod) {
  if (findAt(pod, {"spec"}) == nullptr) return llvm::Error::success();
  std::string account = textAt(pod, {"spec", "serviceAccountName"});
  if (account.empty()) account = "default";
  setAt(pod, {"spec", "serviceAccountName"}, account);
  setAt(pod, {"spec", "serviceAccount"}, account);
  if (cluster.get("", "serviceaccounts", namespaceOf(pod), account) != nullptr)
    return llvm::Error::success();
  return forbidden(pods, nameOf(pod),
                   "error looking up service account " + namespaceOf(pod) + "/" + account +
                       ": serviceaccount \"" + account + "\" not found");
}

}  // namespace

llvm::Error Admission::checkNamespace(const ResourceInfo& resource,
                                      const std::string& object_namespace,
                                      const std::string& name) const {
  if (!resource.namespaced) return llvm::Error::success();
  const Object found = cluster_.get("", "namespaces", "", object_namespace);
  if (found == nullptr) {
    ResourceInfo namespaces;
    namespaces.version = "v1";
    namespaces.resource = "namespaces";
    return notFound(namespaces, object_namespace);
  }
  if (!isDeleting(*found)) return llvm::Error::success();
  return forbidden(
      resource, name,
      "unable to create new content in namespace " + object_namespace +
          " because it is being terminated",
      {{"NamespaceTerminating", "namespace " + object_namespace + " is being terminated",
        "metadata.namespace"}});
}

llvm::Error Admission::mutateCreate(const ResourceInfo& resource, Tree& object) const {
  if (isPod(resource)) {
    if (llvm::Error error = giveAccount(cluster_, resource, object)) return error;
    if (llvm::Error error = resolvePriority(cluster_, resource, object)) return error;
    addTolerations(object);
  }
  return applyLimitRanges(cluster_, resource, object);
}

llvm::Error Admission::validate(const Attempt& attempt, std::vector<std::string>* warnings) const {
  if (attempt.live == nullptr) {
    if (llvm::Error error = checkPodSecurity(cluster_, attempt.resource, *attempt.object, warnings))
      return error;
  }
  if (llvm::Error error = evaluatePolicies(attempt, warnings)) return error;
  return callValidatingWebhooks(attempt, warnings);
}

llvm::Error resolvePriority(const ClusterStore& cluster, const ResourceInfo& pods, Tree& pod) {
  if (findAt(pod, {"spec"}) == nullptr) return llvm::Error::success();
  const std::string& name = textAt(pod, {"spec", "priorityClassName"});
  Object chosen;
  if (name.empty()) {
    for (const Object& each : cluster.list("scheduling.k8s.io", "priorityclasses")) {
      if (flagAt(*each, {"globalDefault"})) chosen = each;
    }
    if (chosen != nullptr) setAt(pod, {"spec", "priorityClassName"}, nameOf(*chosen));
  } else {
    chosen = cluster.get("scheduling.k8s.io", "priorityclasses", "", name);
    if (chosen == nullptr) {
      return forbidden(pods, nameOf(pod), "no PriorityClass with name " + name + " was found");
    }
  }
  const std::int64_t priority = chosen == nullptr ? 0 : intAt(*chosen, {"value"});
  const Tree* given = findAt(pod, {"spec", "priority"});
  if (given != nullptr && *given != Tree(priority)) {
    return forbidden(
        pods, nameOf(pod),
        "the integer value of priority (" + std::to_string(intAt(pod, {"spec", "priority"})) +
            ") must not be provided in pod spec; priority admission controller computed " +
            std::to_string(priority) + " from the given PriorityClass name");
  }
  setAt(pod, {"spec", "priority"}, priority);
  const std::string policy =
      chosen == nullptr ? "PreemptLowerPriority" : textAt(*chosen, {"preemptionPolicy"});
  setAt(pod, {"spec", "preemptionPolicy"}, policy.empty() ? "PreemptLowerPriority" : policy);
  return llvm::Error::success();
}

const Tree* podTemplateOf(const ResourceInfo& resource, const Tree& object) {
  if (isPod(resource)) return &object;
  if (resource.group == "apps" || (resource.group == "batch" && resource.resource == "jobs")) {
    return findAt(object, {"spec", "template"});
  }
  if (resource.group == "batch") return findAt(object, {"spec", "jobTemplate", "spec", "template"});
  return nullptr;
}

}  // namespace gpuspec::deploy::sandbox::api
