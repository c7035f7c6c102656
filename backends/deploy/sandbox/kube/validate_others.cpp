// Quotas, limits, roles, priorities, budgets, configuration, definitions; and what may not change.

#include <algorithm>

#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/quantity.h"
#include "backends/deploy/sandbox/kube/validate.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

constexpr std::string_view kImmutable = "field is immutable";
constexpr std::size_t kMostData = 1024 * 1024;

bool is(const ResourceInfo& resource, std::string_view group, std::string_view name) {
  return resource.group == group && resource.resource == name;
}

void checkQuota(const Tree& object, Causes& causes) {
  for (const auto& [name, value] : mapAt(object, {"spec", "hard"})) {
    const auto amount = parseQuantity(value);
    const std::string path = "spec.hard[" + name + "]";
    if (const std::string why = badQualifiedName(name); !why.empty()) {
      causes.push_back(invalidValue(path, name, why));
    }
    if (amount && amount->nano < 0)
      causes.push_back(invalidValue(path, value, "must be greater than or equal to 0"));
    const bool extended = name.find('/') != std::string::npos && !name.starts_with("count/");
    if (extended && !name.starts_with("requests.") && !name.starts_with("limits.") &&
        name.find("kubernetes.io/") == std::string::npos) {
      causes.push_back(invalidValue(path, name, "must be a standard resource for quota"));
    }
  }
}

void checkRole(const Tree& object, bool namespaced, Causes& causes) {
  const Tree::List& rules = listAt(object, {"rules"});
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const std::string path = "rules[" + std::to_string(i) + "]";
    const bool urls = !listAt(rules[i], {"nonResourceURLs"}).empty();
    if (listAt(rules[i], {"verbs"}).empty())
      causes.push_back(required(path + ".verbs", "verbs must contain at least one value"));
    if (urls && namespaced) {
      causes.push_back(invalidValue(path + ".nonResourceURLs", rules[i],
                                    "namespaced rules cannot apply to non-resource URLs"));
    }
    if (urls) continue;
    if (listAt(rules[i], {"apiGroups"}).empty()) {
      causes.push_back(
          required(path + ".apiGroups", "resource rules must supply at least one api group"));
    }
    if (listAt(rules[i], {"resources"}).empty()) {
      causes.push_back(
          required(path + ".resources", "resource rules must supply at least one resource"));
    }
  }
}

void checkBinding(const Tree& object, Causes& causes) {
  const std::string& kind = textAt(object, {"roleRef", "kind"});
  if (kind != "Role" && kind != "ClusterRole") {
    causes.push_back(notSupported("roleRef.kind", kind, {"Role", "ClusterRole"}));
  }
  const Tree::List& subjects = listAt(object, {"subjects"});
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    const std::string path = "subjects[" + std::to_string(i) + "]";
    const std::string& subject = textAt(subjects[i], {"kind"});
    if (subject != "User" && subject != "Group" && subject != "ServiceAccount") {
      causes.push_back(notSupported(path + ".kind", subject, {"ServiceAccount", "User", "Group"}));
    }
    if (subject == "ServiceAccount" && textAt(subjects[i], {"namespace"}).empty()) {
      causes.push_back(required(path + ".namespace"));
    }
  }
}

void checkBudget(const Tree& object, Causes& causes) {
  if (findAt(object, {"spec", "minAvailable"}) != nullptr &&
      findAt(object, {"spec", "maxUnavailable"}) != nullptr) {
    causes.push_back(
        invalidValue("spec", Tree::map(), "minAvailable and maxUnavailable cannot be both set"));
  }
}

void checkData(const Tree& object, Causes& causes) {
  std::size_t size = 0;
  for (std::string_view field : {"data", "binaryData"}) {
    for (const auto& [name, value] : mapAt(object, {field})) {
      const bool good =
          !name.empty() && name.size() <= 253 && std::all_of(name.begin(), name.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   c == '-' || c == '_' || c == '.';
          });
      if (!good) {
        causes.push_back(invalidValue(
            std::string(field) + "[" + name + "]", name,
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.' "
            "(e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is "
            "'[-._a-zA-Z0-9]+')"));
      }
      size += value.isString() ? value.asString().size() : 0;
    }
  }
  if (size > kMostData) causes.push_back(tooLong("", kMostData));
}

void checkDefinition(const Tree& object, Causes& causes) {
  const std::string wanted =
      textAt(object, {"spec", "names", "plural"}) + "." + textAt(object, {"spec", "group"});
  if (nameOf(object) != wanted) {
    causes.push_back(invalidValue("metadata.name", nameOf(object),
                                  "must be spec.names.plural+\".\"+spec.group"));
  }
  const std::string& scope = textAt(object, {"spec", "scope"});
  if (scope != "Namespaced" && scope != "Cluster") {
    causes.push_back(notSupported("spec.scope", scope, {"Cluster", "Namespaced"}));
  }
  std::int64_t stored = 0;
  const Tree::List& versions = listAt(object, {"spec", "versions"});
  for (std::size_t i = 0; i < versions.size(); ++i) {
    stored += flagAt(versions[i], {"storage"}) ? 1 : 0;
    const std::string path = "spec.versions[" + std::to_string(i) + "].schema.openAPIV3Schema";
    const Tree* schema = findAt(versions[i], {"schema", "openAPIV3Schema"});
    if (schema == nullptr) {
      causes.push_back(required(path, "schemas are required"));
    } else if (textAt(*schema, {"type"}).empty()) {
      causes.push_back(required(path + ".type", "must not be empty at the root"));
    }
  }
  if (stored != 1) {
    causes.push_back(invalidValue("spec.versions", Tree::list(),
                                  "must have exactly one version marked as storage version"));
  }
}

void checkPriorityClass(const Tree& object, Causes& causes) {
  const std::int64_t value = intAt(object, {"value"});
  if (value > 1'000'000'000 && !nameOf(object).starts_with("system-")) {
    causes.push_back(
        forbiddenField("value", "maximum allowed value of a user defined priority is 1000000000"));
  }
}

void checkAdmissionPolicy(const Tree& object, Causes& causes) {
  const bool validates = !listAt(object, {"spec", "validations"}).empty() ||
                         !listAt(object, {"spec", "auditAnnotations"}).empty();
  if (!validates) {
    causes.push_back(required("spec.validations",
                              "validations or auditAnnotations must contain at least one item"));
  }
  if (listAt(object, {"spec", "matchConstraints", "resourceRules"}).empty()) {
    causes.push_back(required("spec.matchConstraints.resourceRules"));
  }
}

void fixed(const Tree& object, const Tree& live, Path path, const std::string& shown,
           Causes& causes) {
  const Tree* before = findAt(live, path);
  const Tree* after = findAt(object, path);
  if (before == nullptr && after == nullptr) return;
  if (before != nullptr && after != nullptr && same(*before, *after)) return;
  causes.push_back(invalidValue(shown, after == nullptr ? Tree() : *after, kImmutable));
}

// A pod's spec stands still but for images, deadlines, gates and added tolerations.
void fixedPod(const Tree& object, const Tree& live, Causes& causes) {
  Tree before = live.find("spec") == nullptr ? Tree::map() : *live.find("spec");
  Tree after = object.find("spec") == nullptr ? Tree::map() : *object.find("spec");
  for (Tree* spec : {&before, &after}) {
    for (std::string_view field :
         {"activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds",
          "schedulingGates", "nodeSelector", "affinity"}) {
      spec->erase(field);
    }
    for (std::string_view field : {"containers", "initContainers"}) {
      Tree* containers = spec->find(field);
      if (containers == nullptr || !containers->isList()) continue;
      for (Tree& container : containers->asList()) container.erase("image");
    }
  }
  // The scheduler's binding.
  if (textAt(live, {"spec", "nodeName"}).empty()) {
    before.erase("nodeName");
    after.erase("nodeName");
  }
  if (same(before, after)) return;
  causes.push_back(
      forbiddenField("spec",
                     "pod updates may not change fields other than `spec.containers[*].image`,"
                     "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec."
                     "tolerations` (only additions to "
                     "existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be "
                     "set to 1 if it was "
                     "previously negative)"));
}

void fixedJob(const Tree& object, const Tree& live, Causes& causes) {
  fixed(object, live, {"spec", "selector"}, "spec.selector", causes);
  fixed(object, live, {"spec", "completionMode"}, "spec.completionMode", causes);
  fixed(object, live, {"spec", "podFailurePolicy"}, "spec.podFailurePolicy", causes);
  fixed(object, live, {"spec", "backoffLimitPerIndex"}, "spec.backoffLimitPerIndex", causes);
  if (textAt(live, {"spec", "completionMode"}) != "Indexed") {
    fixed(object, live, {"spec", "completions"}, "spec.completions", causes);
  }
  // Until it has begun, a suspended Job may still be told where to run.
  Tree before =
      findAt(live, {"spec", "template"}) == nullptr ? Tree() : *findAt(live, {"spec", "template"});
  Tree after = findAt(object, {"spec", "template"}) == nullptr
                   ? Tree()
                   : *findAt(object, {"spec", "template"});
  if (flagAt(live, {"spec", "suspend"}) && findAt(live, {"status", "startTime"}) == nullptr) {
    for (Tree* each : {&before, &after}) {
      for (std::string_view field : {"nodeSelector", "affinity", "tolerations", "schedulingGates"})
        eraseAt(*each, {"spec", field});
      eraseAt(*each, {"metadata", "labels"});
      eraseAt(*each, {"metadata", "annotations"});
    }
  }
  if (!same(before, after)) causes.push_back(invalidValue("spec.template", after, kImmutable));
}

void fixedClaim(const Tree& object, const Tree& live, Causes& causes) {
  Tree before = live.find("spec") == nullptr ? Tree() : *live.find("spec");
  Tree after = object.find("spec") == nullptr ? Tree() : *object.find("spec");
  for (Tree* spec : {&before, &after}) {
    eraseAt(*spec, {"resources", "requests", "storage"});
    spec->erase("volumeName");
    spec->erase("volumeAttributesClassName");
  }
  if (same(before, after)) return;
  causes.push_back(forbiddenField("spec",
                                  "spec is immutable after creation except resources.requests and "
                                  "volumeAttributesClassName for bound claims"));
}

void fixedData(const Tree& object, const Tree& live, Causes& causes) {
  if (!flagAt(live, {"immutable"})) return;
  if (!flagAt(object, {"immutable"}))
    causes.push_back(forbiddenField("immutable", "field is immutable when `immutable` is set"));
  for (std::string_view field : {"data", "binaryData"}) {
    const Tree* before = live.find(field);
    const Tree* after = object.find(field);
    const bool equal =
        before == nullptr || after == nullptr ? before == after : same(*before, *after);
    if (!equal)
      causes.push_back(
          forbiddenField(std::string(field), "field is immutable when `immutable` is set"));
  }
}

void fixedStatefulSet(const Tree& object, const Tree& live, Causes& causes) {
  const auto rest = [](const Tree& set) {
    Tree spec = set.find("spec") == nullptr ? Tree() : *set.find("spec");
    for (std::string_view field :
         {"replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit",
          "persistentVolumeClaimRetentionPolicy", "minReadySeconds"}) {
      spec.erase(field);
    }
    return spec;
  };
  if (same(rest(object), rest(live))) return;
  causes.push_back(forbiddenField(
      "spec",
      "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
      "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and "
      "'minReadySeconds' are forbidden"));
}

}  // namespace

void checkPolicyObjects(const ResourceInfo& resource, const Tree& object, Causes& causes) {
  if (is(resource, "", "resourcequotas")) checkQuota(object, causes);
  if (is(resource, "", "configmaps") || is(resource, "", "secrets")) checkData(object, causes);
  if (is(resource, "policy", "poddisruptionbudgets")) checkBudget(object, causes);
  if (is(resource, "scheduling.k8s.io", "priorityclasses")) checkPriorityClass(object, causes);
  if (is(resource, "apiextensions.k8s.io", "customresourcedefinitions"))
    checkDefinition(object, causes);
  if (is(resource, "admissionregistration.k8s.io", "validatingadmissionpolicies"))
    checkAdmissionPolicy(object, causes);
  if (resource.resource == "roles" || resource.resource == "clusterroles") {
    checkRole(object, resource.namespaced, causes);
  }
  if (resource.resource == "rolebindings" || resource.resource == "clusterrolebindings")
    checkBinding(object, causes);
}

void checkImmutable(const ResourceInfo& resource, const Tree& object, const Tree& live,
                    Causes& causes) {
  if (is(resource, "", "pods")) fixedPod(object, live, causes);
  if (is(resource, "batch", "jobs")) fixedJob(object, live, causes);
  if (is(resource, "", "persistentvolumeclaims")) fixedClaim(object, live, causes);
  if (is(resource, "", "configmaps") || is(resource, "", "secrets"))
    fixedData(object, live, causes);
  if (is(resource, "", "secrets")) fixed(object, live, {"type"}, "type", causes);
  if (is(resource, "apps", "statefulsets")) fixedStatefulSet(object, live, causes);
  const bool selector = resource.group == "apps" && resource.resource != "statefulsets" &&
                        resource.resource != "controllerrevisions";
  if (selector) fixed(object, live, {"spec", "selector"}, "spec.selector", causes);
  if (is(resource, "scheduling.k8s.io", "priorityclasses")) {
    fixed(object, live, {"value"}, "value", causes);
    fixed(object, live, {"preemptionPolicy"}, "preemptionPolicy", causes);
  }
  if (resource.resource == "rolebindings" || resource.resource == "clusterrolebindings") {
    fixed(object, live, {"roleRef"}, "roleRef", causes);
  }
  if (is(resource, "storage.k8s.io", "storageclasses")) {
    for (std::string_view field :
         {"provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"}) {
      fixed(object, live, {field}, std::string(field), causes);
    }
  }
  if (is(resource, "", "services") && !textAt(live, {"spec", "clusterIP"}).empty() &&
      textAt(object, {"spec", "type"}) != "ExternalName") {
    fixed(object, live, {"spec", "clusterIP"}, "spec.clusterIP", causes);
  }
  if (is(resource, "apiextensions.k8s.io", "customresourcedefinitions")) {
    fixed(object, live, {"spec", "scope"}, "spec.scope", causes);
    fixed(object, live, {"spec", "group"}, "spec.group", causes);
  }
}

}  // namespace gpuspec::deploy::sandbox::api
