#include <algorithm>
#include <map>

#include "backends/kubernetes/kubernetes.h"
#include "backends/kubernetes/names.h"
#include "backends/kubernetes/parts.h"

namespace gpuspec::kubernetes {

namespace {

using Visit = std::function<void(Component)>;

constexpr std::size_t kMostTeamFiles = 100;
constexpr std::size_t kGroups = 64;

void visitUnlessEmpty(const Visit& visit, Component component) {
  if (!component.objects.empty()) visit(std::move(component));
}

// Which files the teams of a cluster go to.
class TeamFiles {
 public:
  explicit TeamFiles(std::size_t team_count) : grouped_(team_count > kMostTeamFiles) {}

  // "ml", or "2a" for the group that the team is in.
  std::string keyOf(const ir::Team& team) const {
    const std::string name = team.address.shortName();
    if (!grouped_) return fileName(name);
    static constexpr char kDigits[] = "0123456789abcdef";
    const std::size_t group = hashOf(name) % kGroups;
    return {kDigits[group / 16], kDigits[group % 16]};
  }
  std::string teamFile(const std::string& key) const {
    return (grouped_ ? "teams-" : "team-") + key + ".yaml";
  }
  std::string workloadFile(const std::string& key) const { return "workloads-" + key + ".yaml"; }
  std::string title(const std::string& key, const char* what) const {
    return std::string(grouped_ ? "teams of group " : "team ") + key + what;
  }

 private:
  bool grouped_;
};

void visitAccess(const Scope& scope, const std::vector<ir::TeamId>& teams, const Visit& visit) {
  Component access{"access.yaml", "cluster roles of the teams' members", {}, {}};
  Component priority{"priority.yaml", "priorities of the teams' pods", {}, {}};
  for (ir::TeamId id : teams) {
    const ir::Team& team = scope.spec()[id];
    if (!team.members.empty()) access.declared_at.push_back(team.members[0].at);
    if (team.priority) priority.declared_at.push_back(team.priority->at);
    addPriorityClass(scope, team, priority.objects);
  }
  if (!access.declared_at.empty()) addClusterRoles(scope.spec(), access.objects);
  visitUnlessEmpty(visit, std::move(access));
  visitUnlessEmpty(visit, std::move(priority));
}

void visitStacks(const Scope& scope, const Visit& visit) {
  Component namespaces{"namespaces.yaml", "namespaces of the Helm releases", {}, {}};
  for (const ir::PlacedStack& stack : scope.placement.stacks) {
    const ir::Accelerator& accelerator = scope.spec()[stack.accelerator_id];
    if (accelerator.cluster_id == scope.cluster_id)
      namespaces.declared_at.push_back(accelerator.at);
  }
  addReleaseNamespaces(scope, namespaces.objects);
  visitUnlessEmpty(visit, std::move(namespaces));
  for (const ir::PlacedStack& stack : scope.placement.stacks) {
    const ir::Accelerator& accelerator = scope.spec()[stack.accelerator_id];
    if (accelerator.cluster_id != scope.cluster_id) continue;
    const std::string name = accelerator.address.shortName();
    Component component{
        "stack-" + fileName(name) + ".yaml", "software stack " + name, {accelerator.at}, {}};
    addStackObjects(scope, stack, component.objects);
    visitUnlessEmpty(visit, std::move(component));
  }
}

template <class TargetId>
std::map<std::string, std::vector<TargetId>> byFile(const std::vector<TargetId>& ids,
                                                    const auto& key_of) {
  std::map<std::string, std::vector<TargetId>> groups;
  for (TargetId id : ids) groups[key_of(id)].push_back(id);
  return groups;
}

void visitTeams(const Scope& scope, const std::vector<ir::TeamId>& teams, const TeamFiles& files,
                const Visit& visit) {
  const auto groups = byFile(teams, [&](ir::TeamId id) { return files.keyOf(scope.spec()[id]); });
  for (const auto& [key, team_ids] : groups) {
    Component component{files.teamFile(key), files.title(key, ""), {}, {}};
    for (ir::TeamId id : team_ids) {
      component.declared_at.push_back(scope.spec()[id].at);
      addTeam(scope, id, component.objects);
    }
    visitUnlessEmpty(visit, std::move(component));
  }
}

void addWorkload(const Scope& scope, ir::WorkloadId id, Objects& objects) {
  switch (scope.spec()[id].kind) {
    case ir::WorkloadKind::Job:
    case ir::WorkloadKind::Smoke:
      return addJob(scope, id, objects);
    case ir::WorkloadKind::Service:
      return addService(scope, id, objects);
    case ir::WorkloadKind::Model:
      return;  // the language takes no models yet
  }
}

void visitWorkloads(const Scope& scope, const TeamFiles& files, const Visit& visit) {
  const auto groups = byFile(scope.spec().workloadsOf(scope.cluster_id), [&](ir::WorkloadId id) {
    const ir::TeamId team_id = scope.spec()[id].team_id;
    return team_id ? files.keyOf(scope.spec()[team_id]) : "";
  });
  for (const auto& [key, workload_ids] : groups) {
    Component component{"workloads.yaml", "workloads of no team", {}, {}};
    if (!key.empty()) {
      component.file = files.workloadFile(key);
      component.title = files.title(key, ", workloads");
    }
    for (ir::WorkloadId id : workload_ids) {
      component.declared_at.push_back(scope.spec()[id].at);
      addWorkload(scope, id, component.objects);
    }
    visitUnlessEmpty(visit, std::move(component));
  }
}

void visitManifests(const Scope& scope, const Visit& visit) {
  Component component{"manifests.yaml", "objects passed through", {}, {}};
  for (const ir::Manifest& manifest : scope.spec().manifests) {
    if (manifest.cluster_id == scope.cluster_id) component.declared_at.push_back(manifest.at);
  }
  addManifests(scope, component.objects);
  visitUnlessEmpty(visit, std::move(component));
}

}  // namespace

void forEachComponent(const ir::Placement& placement, ir::ClusterId cluster_id,
                      const Visit& visit) {
  const Scope scope{placement, cluster_id};
  const std::vector<ir::TeamId> teams = scope.spec().teamsOf(cluster_id);
  const TeamFiles files(teams.size());
  visitAccess(scope, teams, visit);
  visitStacks(scope, visit);
  visitTeams(scope, teams, files, visit);
  visitWorkloads(scope, files, visit);
  visitManifests(scope, visit);
}

}  // namespace gpuspec::kubernetes
