#pragma once

// The resources that the controllers work on, and the name of one object.

#include <compare>
#include <string>
#include <string_view>

#include "backends/deploy/sandbox/kube/kube_api.h"

namespace gpuspec::deploy::sandbox::live {

struct Kind {
  std::string_view group, version, resource, kind;

  ResourceId id() const {
    return {std::string(group), std::string(version), std::string(resource)};
  }
  std::string apiVersion() const {
    return (group.empty() ? "" : std::string(group) + "/") + std::string(version);
  }
};

inline constexpr Kind kPod{"", "v1", "pods", "Pod"};
inline constexpr Kind kNode{"", "v1", "nodes", "Node"};
inline constexpr Kind kNamespace{"", "v1", "namespaces", "Namespace"};
inline constexpr Kind kService{"", "v1", "services", "Service"};
inline constexpr Kind kEndpoints{"", "v1", "endpoints", "Endpoints"};
inline constexpr Kind kEvent{"", "v1", "events", "Event"};
inline constexpr Kind kSecret{"", "v1", "secrets", "Secret"};
inline constexpr Kind kConfigMap{"", "v1", "configmaps", "ConfigMap"};
inline constexpr Kind kServiceAccount{"", "v1", "serviceaccounts", "ServiceAccount"};
inline constexpr Kind kResourceQuota{"", "v1", "resourcequotas", "ResourceQuota"};
inline constexpr Kind kClaim{"", "v1", "persistentvolumeclaims", "PersistentVolumeClaim"};
inline constexpr Kind kReplicationController{"", "v1", "replicationcontrollers",
                                             "ReplicationController"};
inline constexpr Kind kDeployment{"apps", "v1", "deployments", "Deployment"};
inline constexpr Kind kReplicaSet{"apps", "v1", "replicasets", "ReplicaSet"};
inline constexpr Kind kStatefulSet{"apps", "v1", "statefulsets", "StatefulSet"};
inline constexpr Kind kDaemonSet{"apps", "v1", "daemonsets", "DaemonSet"};
inline constexpr Kind kJob{"batch", "v1", "jobs", "Job"};
inline constexpr Kind kCronJob{"batch", "v1", "cronjobs", "CronJob"};
inline constexpr Kind kEndpointSlice{"discovery.k8s.io", "v1", "endpointslices", "EndpointSlice"};
inline constexpr Kind kBudget{"policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget"};
inline constexpr Kind kPriorityClass{"scheduling.k8s.io", "v1", "priorityclasses", "PriorityClass"};
inline constexpr Kind kDefinition{"apiextensions.k8s.io", "v1", "customresourcedefinitions",
                                  "CustomResourceDefinition"};

struct ObjectKey {
  std::string group, resource, object_namespace, name;

  static ObjectKey of(const Kind& kind, std::string_view object_namespace, std::string_view name) {
    return {std::string(kind.group), std::string(kind.resource), std::string(object_namespace),
            std::string(name)};
  }
  bool is(const Kind& kind) const { return group == kind.group && resource == kind.resource; }
  friend auto operator<=>(const ObjectKey&, const ObjectKey&) = default;
};

}  // namespace gpuspec::deploy::sandbox::live
