#include "backends/kubernetes/parts.h"

namespace gpuspec::kubernetes {

namespace {

using ir::mapOf;
using ir::Tree;

// "1.36.1" -> "v1.36"; empty when the version is not known.
std::string minorVersion(const std::string& version) {
  const std::size_t first = version.find('.');
  if (first == std::string::npos) return "";
  return "v" + version.substr(0, version.find('.', first + 1));
}

std::vector<Tree::Entry> podSecurityLabels(const Scope& scope, const ir::Team& team) {
  std::vector<Tree::Entry> labels;
  labels.reserve(6);
  if (team.pod_security->empty()) return labels;
  const std::string version = minorVersion(*scope.cluster().version);
  for (const char* mode : {"audit", "enforce", "warn"}) {
    const std::string key = std::string("pod-security.kubernetes.io/") + mode;
    labels.emplace_back(key, Tree(*team.pod_security).from(team.pod_security.at));
    if (!version.empty())
      labels.emplace_back(key + "-version", Tree(version).from(scope.cluster().version.at));
  }
  return labels;
}

Tree namespaceObject(const Scope& scope, const ir::Team& team,
                     const ir::Placed<std::string>& name) {
  Tree labels = Tree::map();
  std::vector<Tree::Entry> written;
  written.reserve(team.labels.size() + 10);
  for (const auto& [key, value] : team.labels)
    written.emplace_back(key, Tree(*value).from(value.at));
  // The later ones win.
  for (Tree::Entry& entry : podSecurityLabels(scope, team)) written.push_back(std::move(entry));
  Tree own = teamLabels(scope.spec(), team);
  for (Tree::Entry& entry : own.asMap()) written.push_back(std::move(entry));
  addLabels(labels, std::move(written));
  Tree object = newObject("v1", "Namespace", *name, "", std::move(labels), name.at);
  // Read by apply: a namespace of this name that exists already is meant.
  if (team.adopt) object.at("metadata").set("annotations", mapOf("gpuspec.dev/adopt", "true"));
  return object;
}

}  // namespace

std::string priorityClassName(const ir::Team& team) {
  return "team-" + team.address.shortName();
}

void addPriorityClass(const Scope& scope, const ir::Team& team, Objects& objects) {
  if (!team.priority) return;
  Tree object = newObject("scheduling.k8s.io/v1", "PriorityClass", priorityClassName(team), "",
                          teamLabels(scope.spec(), team), team.priority->at);
  object.set("value", Tree(**team.priority).from(team.priority->at));
  object.set("description", "Pods of team " + team.address.shortName());
  objects.add(std::move(object));
}

void addTeam(const Scope& scope, ir::TeamId team_id, Objects& objects) {
  const ir::Team& team = scope.spec()[team_id];
  const ir::PlacedQuota* quota = quotaOf(scope.placement, scope.cluster_id, team_id);
  for (const auto& name : team.namespaces) {
    objects.add(namespaceObject(scope, team, name));
    addQuota(scope, team, *name, quota, objects);
    addLimitRange(scope, team, *name, quota, objects);
    addRoleBindings(scope, team, *name, objects);
    addNetworkPolicies(scope, team, *name, objects);
  }
  addGpuLimit(scope, team, objects);
}

}  // namespace gpuspec::kubernetes
