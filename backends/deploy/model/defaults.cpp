#include <algorithm>
#include <array>

#include "backends/deploy/model/compare.h"

// What the API server writes by itself into the objects whose every field counts, and what cannot
// be changed. Source: Kubernetes 1.36, pkg/apis/*/v1/defaults.go and validation; tried on 1.35.4.

namespace gpuspec::deploy::model {

namespace {

struct Default {
  std::string_view kind;
  std::string_view path;
  std::string_view value;  // a string; "{}" stands for an empty map
};
constexpr std::array kDefaults = {
    Default{"NetworkPolicy", "spec.ingress.ports.protocol", "TCP"},
    Default{"NetworkPolicy", "spec.egress.ports.protocol", "TCP"},
    Default{"RoleBinding", "subjects.apiGroup", "rbac.authorization.k8s.io"},
    Default{"ClusterRoleBinding", "subjects.apiGroup", "rbac.authorization.k8s.io"},
    Default{"RoleBinding", "roleRef.apiGroup", "rbac.authorization.k8s.io"},
    Default{"ClusterRoleBinding", "roleRef.apiGroup", "rbac.authorization.k8s.io"},
    Default{"ValidatingAdmissionPolicy", "spec.failurePolicy", "Fail"},
    Default{"ValidatingAdmissionPolicy", "spec.matchConstraints.matchPolicy", "Equivalent"},
    Default{"ValidatingAdmissionPolicy", "spec.matchConstraints.namespaceSelector", "{}"},
    Default{"ValidatingAdmissionPolicy", "spec.matchConstraints.objectSelector", "{}"},
    Default{"ValidatingAdmissionPolicy", "spec.matchConstraints.resourceRules.scope", "*"},
    Default{"ValidatingAdmissionPolicyBinding", "spec.matchResources.matchPolicy", "Equivalent"},
    Default{"ValidatingAdmissionPolicyBinding", "spec.matchResources.namespaceSelector", "{}"},
    Default{"ValidatingAdmissionPolicyBinding", "spec.matchResources.objectSelector", "{}"},
};

struct Place {
  std::string_view kind;
  std::string_view path;  // and everything below
};

constexpr std::array kGuarded = {
    Place{"NetworkPolicy", "spec"},
    Place{"CiliumNetworkPolicy", "spec"},
    Place{"CiliumClusterwideNetworkPolicy", "spec"},
    Place{"Role", "rules"},
    Place{"ClusterRole", "rules"},
    Place{"ClusterRole", "aggregationRule"},
    Place{"RoleBinding", "subjects"},
    Place{"RoleBinding", "roleRef"},
    Place{"ClusterRoleBinding", "subjects"},
    Place{"ClusterRoleBinding", "roleRef"},
    Place{"ResourceQuota", "spec"},
    Place{"LimitRange", "spec"},
    Place{"ValidatingAdmissionPolicy", "spec"},
    Place{"ValidatingAdmissionPolicyBinding", "spec"},
};

constexpr std::array kImmutable = {
    Place{"Job", "spec.template"},
    Place{"Job", "spec.selector"},
    Place{"Job", "spec.completions"},
    Place{"Job", "spec.completionMode"},
    Place{"Job", "spec.podFailurePolicy"},
    Place{"Job", "spec.successPolicy"},
    Place{"Job", "spec.backoffLimitPerIndex"},
    Place{"Job", "spec.managedBy"},
    Place{"JobSet", "spec.replicatedJobs"},
    Place{"JobSet", "spec.network"},
    Place{"JobSet", "spec.successPolicy"},
    Place{"JobSet", "spec.failurePolicy"},
    Place{"JobSet", "spec.startupPolicy"},
    Place{"JobSet", "spec.managedBy"},
    Place{"Deployment", "spec.selector"},
    Place{"ReplicaSet", "spec.selector"},
    Place{"DaemonSet", "spec.selector"},
    Place{"StatefulSet", "spec.selector"},
    Place{"StatefulSet", "spec.serviceName"},
    Place{"StatefulSet", "spec.podManagementPolicy"},
    Place{"StatefulSet", "spec.volumeClaimTemplates"},
    Place{"Service", "spec.clusterIP"},
    Place{"Service", "spec.clusterIPs"},
    Place{"ResourceQuota", "spec.scopes"},
    Place{"ResourceClaim", "spec"},
    Place{"ResourceClaimTemplate", "spec"},
    Place{"RoleBinding", "roleRef"},
    Place{"ClusterRoleBinding", "roleRef"},
    Place{"PriorityClass", "value"},
    Place{"PriorityClass", "preemptionPolicy"},
    Place{"StorageClass", "provisioner"},
    Place{"StorageClass", "parameters"},
    Place{"StorageClass", "reclaimPolicy"},
    Place{"StorageClass", "volumeBindingMode"},
    Place{"PersistentVolumeClaim", "spec.accessModes"},
    Place{"PersistentVolumeClaim", "spec.storageClassName"},
    Place{"PersistentVolumeClaim", "spec.volumeName"},
    Place{"PersistentVolumeClaim", "spec.volumeMode"},
    Place{"PersistentVolumeClaim", "spec.selector"},
    Place{"PersistentVolumeClaim", "spec.dataSource"},
    Place{"CustomResourceDefinition", "spec.group"},
    Place{"CustomResourceDefinition", "spec.scope"},
    Place{"CustomResourceDefinition", "spec.names.kind"},
    Place{"CustomResourceDefinition", "spec.names.plural"},
    Place{"RuntimeClass", "handler"},
    Place{"Secret", "type"},
};

// Of kinds whose specs otherwise stay as they are made.
constexpr std::array kMutable = {
    Place{"Pod", "spec.containers.image"},
    Place{"Pod", "spec.initContainers.image"},
    Place{"Pod", "spec.activeDeadlineSeconds"},
    Place{"Pod", "spec.tolerations"},
};

template <std::size_t Size>
bool isIn(const std::array<Place, Size>& places, std::string_view kind, std::string_view path) {
  return std::any_of(places.begin(), places.end(), [&](const Place& place) {
    return place.kind == kind && path.starts_with(place.path) &&
           (path.size() == place.path.size() || path[place.path.size()] == '.' ||
            path[place.path.size()] == '[');
  });
}

// A LimitRange's defaults follow from what is there: default from max, defaultRequest from default.
bool followsFromLimits(std::string_view path, const Tree& value, const Tree& item) {
  const auto equals = [&](const char* key) {
    const Tree* other = item.find(key);
    if (other == nullptr || !other->isMap() || !value.isMap()) return false;
    return std::all_of(value.asMap().begin(), value.asMap().end(), [&](const Tree::Entry& entry) {
      const Tree* same = other->find(entry.first);
      return same != nullptr &&
             sameValue(System::Kubernetes, "LimitRange", "spec.limits.max.x", *same, entry.second);
    });
  };
  if (path == "spec.limits.default") return equals("max");
  return path == "spec.limits.defaultRequest" && (equals("default") || equals("max"));
}

// Types that follow from the rules: Ingress always, Egress when there are such rules.
bool followsFromRules(std::string_view path, const Tree& value, const Tree& item) {
  if (path != "spec.policyTypes" || !value.isList()) return false;
  const bool egress = item.find("egress") != nullptr;
  return std::all_of(value.asList().begin(), value.asList().end(), [&](const Tree& type) {
    return type == Tree("Ingress") || (egress && type == Tree("Egress"));
  });
}

}  // namespace

bool isServerDefault(std::string_view kind, std::string_view path, const Tree& value,
                     const Tree& item) {
  if (isSameAsAbsent(System::Kubernetes, kind, path, value)) return true;
  if (kind == "LimitRange" && followsFromLimits(path, value, item)) return true;
  if (kind == "NetworkPolicy" && followsFromRules(path, value, item)) return true;
  return std::any_of(kDefaults.begin(), kDefaults.end(), [&](const Default& known) {
    return known.kind == kind && known.path == path &&
           (known.value == "{}" ? value.isMap() && value.asMap().empty()
                                : value == Tree(known.value));
  });
}

bool isGuarded(std::string_view kind, std::string_view path) {
  return isIn(kGuarded, kind, path);
}

bool isGuardedKind(std::string_view kind) {
  return std::any_of(kGuarded.begin(), kGuarded.end(),
                     [&](const Place& place) { return place.kind == kind; });
}

bool isImmutable(std::string_view kind, std::string_view path) {
  if (kind == "Pod") return path.starts_with("spec.") && !isIn(kMutable, kind, path);
  return isIn(kImmutable, kind, path);
}

}  // namespace gpuspec::deploy::model
