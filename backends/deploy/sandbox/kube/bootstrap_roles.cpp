#include "backends/deploy/sandbox/kube/bootstrap_roles.h"

#include <initializer_list>

#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

using Words = std::initializer_list<const char*>;

// What a user of a namespace works with. Secrets are not among them: view does not read them.
struct Kinds {
  const char* group;
  Words resources;
};
const Kinds kKinds[] = {
    {"",
     {"configmaps", "endpoints", "events", "limitranges", "namespaces", "persistentvolumeclaims",
      "pods", "pods/log", "pods/status", "replicationcontrollers", "resourcequotas",
      "resourcequotas/status", "serviceaccounts", "services"}},
    {"apps",
     {"daemonsets", "deployments", "deployments/scale", "replicasets", "replicasets/scale",
      "statefulsets", "statefulsets/scale"}},
    {"autoscaling", {"horizontalpodautoscalers"}},
    {"batch", {"cronjobs", "jobs", "jobs/status"}},
    {"discovery.k8s.io", {"endpointslices"}},
    {"networking.k8s.io", {"ingresses", "networkpolicies"}},
    {"policy", {"poddisruptionbudgets"}},
};
const Kinds kWritable[] = {
    {"",
     {"configmaps", "persistentvolumeclaims", "pods", "pods/attach", "pods/exec",
      "pods/portforward", "pods/proxy", "pods/eviction", "replicationcontrollers", "secrets",
      "serviceaccounts", "services"}},
    {"apps",
     {"daemonsets", "deployments", "deployments/scale", "replicasets", "replicasets/scale",
      "statefulsets", "statefulsets/scale"}},
    {"autoscaling", {"horizontalpodautoscalers"}},
    {"batch", {"cronjobs", "jobs"}},
    {"coordination.k8s.io", {"leases"}},
    {"networking.k8s.io", {"ingresses", "networkpolicies"}},
    {"policy", {"poddisruptionbudgets"}},
};
const Words kRead = {"get", "list", "watch"};
const Words kWrite = {"create", "delete", "deletecollection", "patch", "update"};
const Words kAll = {"*"};

Tree strings(const Words& words) {
  Tree out = Tree::list();
  for (const char* word : words) out.push(word);
  return out;
}

Tree rule(const char* group, const Words& resources, const Words& verbs) {
  return ir::mapOf("apiGroups", strings({group}), "resources", strings(resources), "verbs",
                   strings(verbs));
}

Tree viewRules() {
  Tree rules = Tree::list();
  for (const Kinds& kinds : kKinds) rules.push(rule(kinds.group, kinds.resources, kRead));
  return rules;
}

Tree editRules() {
  Tree rules = viewRules();
  rules.push(rule("", {"secrets", "pods/exec", "pods/attach", "pods/portforward"}, kRead));
  rules.push(rule("", {"serviceaccounts"}, {"impersonate"}));
  for (const Kinds& kinds : kWritable) rules.push(rule(kinds.group, kinds.resources, kWrite));
  return rules;
}

Tree adminRules() {
  Tree rules = editRules();
  rules.push(rule("rbac.authorization.k8s.io", {"roles", "rolebindings"}, kRead));
  rules.push(rule("rbac.authorization.k8s.io", {"roles", "rolebindings"}, kWrite));
  rules.push(rule("authorization.k8s.io", {"localsubjectaccessreviews"}, {"create"}));
  return rules;
}

Tree clusterAdminRules() {
  return ir::listOf(rule("*", kAll, kAll),
                    ir::mapOf("nonResourceURLs", strings(kAll), "verbs", strings(kAll)));
}

}  // namespace

std::vector<std::pair<const char*, Tree>> ownRoles() {
  return {{"cluster-admin", clusterAdminRules()},
          {"admin", adminRules()},
          {"edit", editRules()},
          {"view", viewRules()}};
}

}  // namespace gpuspec::deploy::sandbox::api
