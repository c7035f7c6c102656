#include <algorithm>
#include <array>

#include "backends/kubernetes/parts.h"

namespace gpuspec::kubernetes {

namespace {

using ir::listOf;
using ir::mapOf;
using ir::Tree;

enum class Role : std::uint8_t { View, Edit, Admin };

struct Access {
  Role from;  // this role and the ones above it
  const char* group;
  const char* resources;  // separated by spaces
  const char* verbs;
};

constexpr const char* kRead = "get list watch";
constexpr const char* kWrite = "create delete deletecollection patch update";

// Kubernetes' own `edit` and `admin` may write NetworkPolicies, and `admin` role bindings and, in
// some clusters, quotas: whoever can add an allowance has no wall. Here no role writes what a
// team's walls are made of: NetworkPolicy, ResourceQuota, LimitRange, Role, RoleBinding, Namespace.
// Everybody may read them, to see why something is refused. Secrets are for those who run pods,
// since a pod can mount any Secret of its namespace.
constexpr Access kAccess[] = {
    {Role::View, "",
     "configmaps endpoints events limitranges namespaces persistentvolumeclaims pods pods/log "
     "resourcequotas "
     "serviceaccounts services",
     kRead},
    {Role::View, "apps", "controllerrevisions daemonsets deployments replicasets statefulsets",
     kRead},
    {Role::View, "autoscaling", "horizontalpodautoscalers", kRead},
    {Role::View, "batch", "cronjobs jobs", kRead},
    {Role::View, "discovery.k8s.io", "endpointslices", kRead},
    {Role::View, "events.k8s.io", "events", kRead},
    {Role::View, "jobset.x-k8s.io", "jobsets", kRead},
    {Role::View, "keda.sh", "scaledjobs scaledobjects triggerauthentications", kRead},
    {Role::View, "kueue.x-k8s.io", "localqueues workloads", kRead},
    {Role::View, "metrics.k8s.io", "pods", "get list"},
    {Role::View, "networking.k8s.io", "ingresses networkpolicies", kRead},
    {Role::View, "policy", "poddisruptionbudgets", kRead},
    {Role::View, "rbac.authorization.k8s.io", "rolebindings roles", kRead},
    {Role::View, "resource.k8s.io", "resourceclaims resourceclaimtemplates", kRead},
    {Role::Edit, "", "configmaps persistentvolumeclaims pods serviceaccounts services", kWrite},
    {Role::Edit, "", "secrets", "create delete deletecollection get list patch update watch"},
    {Role::Edit, "", "pods/attach pods/exec pods/portforward", "create get"},
    {Role::Edit, "", "pods/eviction", "create"},
    {Role::Edit, "apps",
     "deployments deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale",
     kWrite},
    {Role::Edit, "autoscaling", "horizontalpodautoscalers", kWrite},
    {Role::Edit, "batch", "cronjobs jobs", kWrite},
    {Role::Edit, "jobset.x-k8s.io", "jobsets", kWrite},
    {Role::Edit, "keda.sh", "scaledjobs scaledobjects triggerauthentications", kWrite},
    {Role::Edit, "networking.k8s.io", "ingresses", kWrite},
    {Role::Edit, "policy", "poddisruptionbudgets", kWrite},
    {Role::Edit, "resource.k8s.io", "resourceclaims resourceclaimtemplates", kWrite},
    {Role::Admin, "", "pods/ephemeralcontainers", "patch update"},
    {Role::Admin, "", "serviceaccounts/token", "create"},
    {Role::Admin, "apps", "daemonsets", kWrite},
    {Role::Admin, "coordination.k8s.io", "leases", "create delete get list patch update watch"},
};

constexpr std::array<const char*, 3> kRoleNames = {"view", "edit", "admin"};

Tree words(std::string_view text) {
  Tree list = Tree::list();
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    list.push(text.substr(0, space));
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return list;
}

Tree rulesOf(Role role) {
  Tree rules = Tree::list();
  for (const Access& access : kAccess) {
    if (access.from > role) continue;
    rules.push(mapOf("apiGroups", listOf(access.group), "resources", words(access.resources),
                     "verbs", words(access.verbs)));
  }
  return rules;
}

Tree subject(const ir::Member& member) {
  return mapOf("kind", member.group ? "Group" : "User", "name",
               Tree(member.subject).from(member.at), "apiGroup", "rbac.authorization.k8s.io")
      .from(member.at);
}

}  // namespace

// Two projects on one cluster each have their own.
std::string roleName(const ir::Spec& spec, const std::string& role) {
  std::string owner = *spec.project;
  if (!spec.environment.empty()) owner += ":" + spec.environment;
  return owner.empty() ? "gpuspec:" + role : "gpuspec:" + owner + ":" + role;
}

void addClusterRoles(const ir::Spec& spec, Objects& objects) {
  for (Role role : {Role::Admin, Role::Edit, Role::View}) {
    Tree object = newObject("rbac.authorization.k8s.io/v1", "ClusterRole",
                            roleName(spec, kRoleNames[static_cast<std::size_t>(role)]), "",
                            ownerLabels(spec), spec.project.at);
    object.set("rules", rulesOf(role));
    objects.add(std::move(object));
  }
}

// One binding for each role, with everybody who has it.
void addRoleBindings(const Scope& scope, const ir::Team& team, const std::string& team_namespace,
                     Objects& objects) {
  for (const char* role : {"admin", "edit", "view"}) {
    Tree subjects = Tree::list();
    source::Location at;
    for (const ir::Member& member : team.members) {
      if (member.role != role) continue;
      if (subjects.asList().empty()) at = member.at;
      subjects.push(subject(member));
    }
    if (subjects.asList().empty()) continue;
    Tree object =
        newObject("rbac.authorization.k8s.io/v1", "RoleBinding", std::string("team-") + role,
                  team_namespace, teamLabels(scope.spec(), team), at);
    object.set("roleRef", mapOf("apiGroup", "rbac.authorization.k8s.io", "kind", "ClusterRole",
                                "name", roleName(scope.spec(), role)));
    object.set("subjects", std::move(subjects));
    objects.add(std::move(object));
  }
}

}  // namespace gpuspec::kubernetes
