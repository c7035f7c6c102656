#include <algorithm>
#include <map>

#include "backends/kubernetes/kubernetes.h"
#include "backends/kubernetes/names.h"
#include "backends/kubernetes/parts.h"

namespace gpuspec::kubernetes {

namespace {

constexpr std::size_t kMostTeamFiles = 100;
constexpr std::size_t kGroups = 64;

// The objects of one component, on their way to the visitor, who hears of the component with the
// first of them.
class ComponentObjects final : public Objects {
 public:
  ComponentObjects(Component component, ComponentVisitor& visitor)
      : component_(std::move(component)), visitor_(visitor) {}
  ~ComponentObjects() override {
    if (begun_) visitor_.end();
  }
  ComponentObjects(const ComponentObjects&) = delete;
  ComponentObjects& operator=(const ComponentObjects&) = delete;

  void add(ir::Tree object) override {
    if (!begun_) visitor_.begin(component_);
    begun_ = true;
    visitor_.take(std::move(object));
  }

 private:
  Component component_;
  ComponentVisitor& visitor_;
  bool begun_ = false;
};

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

void visitAccess(const Scope& scope, const std::vector<ir::TeamId>& teams,
                 ComponentVisitor& visitor) {
  Component access{"access.yaml", "cluster roles of the teams' members", {}, {}};
  for (ir::TeamId id : teams) {
    const ir::Team& team = scope.spec()[id];
    if (!team.members.empty()) access.declared_at.push_back(team.members[0].at);
  }
  if (access.declared_at.empty()) return;
  ComponentObjects objects(std::move(access), visitor);
  addClusterRoles(scope.spec(), objects);
}

void visitPriorities(const Scope& scope, const std::vector<ir::TeamId>& teams,
                     ComponentVisitor& visitor) {
  Component priority{"priority.yaml", "priorities of the teams' pods", {}, {}};
  for (ir::TeamId id : teams) {
    const ir::Team& team = scope.spec()[id];
    if (team.priority) priority.declared_at.push_back(team.priority->at);
  }
  ComponentObjects objects(std::move(priority), visitor);
  for (ir::TeamId id : teams) addPriorityClass(scope, scope.spec()[id], objects);
}

void visitStacks(const Scope& scope, ComponentVisitor& visitor) {
  Component namespaces{"namespaces.yaml", "namespaces of the Helm releases", {}, {}};
  for (const ir::PlacedStack& stack : scope.placement.stacks) {
    const ir::Accelerator& accelerator = scope.spec()[stack.accelerator_id];
    if (accelerator.cluster_id == scope.cluster_id)
      namespaces.declared_at.push_back(accelerator.at);
  }
  {
    ComponentObjects objects(std::move(namespaces), visitor);
    addReleaseNamespaces(scope, objects);
  }
  for (const ir::PlacedStack& stack : scope.placement.stacks) {
    const ir::Accelerator& accelerator = scope.spec()[stack.accelerator_id];
    if (accelerator.cluster_id != scope.cluster_id) continue;
    const std::string name = accelerator.address.shortName();
    ComponentObjects objects(
        {"stack-" + fileName(name) + ".yaml", "software stack " + name, {accelerator.at}, {}},
        visitor);
    addStackObjects(scope, stack, objects);
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
                ComponentVisitor& visitor) {
  const auto groups = byFile(teams, [&](ir::TeamId id) { return files.keyOf(scope.spec()[id]); });
  for (const auto& [key, team_ids] : groups) {
    Component component{files.teamFile(key), files.title(key, ""), {}, {}};
    for (ir::TeamId id : team_ids) component.declared_at.push_back(scope.spec()[id].at);
    ComponentObjects objects(std::move(component), visitor);
    for (ir::TeamId id : team_ids) addTeam(scope, id, objects);
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

void visitWorkloads(const Scope& scope, const TeamFiles& files, ComponentVisitor& visitor) {
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
    for (ir::WorkloadId id : workload_ids) component.declared_at.push_back(scope.spec()[id].at);
    ComponentObjects objects(std::move(component), visitor);
    for (ir::WorkloadId id : workload_ids) addWorkload(scope, id, objects);
  }
}

void visitManifests(const Scope& scope, ComponentVisitor& visitor) {
  Component component{"manifests.yaml", "objects passed through", {}, {}};
  for (const ir::Manifest& manifest : scope.spec().manifests) {
    if (manifest.cluster_id == scope.cluster_id) component.declared_at.push_back(manifest.at);
  }
  ComponentObjects objects(std::move(component), visitor);
  addManifests(scope, objects);
}

class Collector final : public ComponentVisitor {
 public:
  explicit Collector(const std::function<void(Component)>& visit) : visit_(visit) {}
  void begin(const Component& component) override { component_ = component; }
  void take(ir::Tree object) override { component_.objects.push_back(std::move(object)); }
  void end() override { visit_(std::move(component_)); }

 private:
  const std::function<void(Component)>& visit_;
  Component component_;
};

}  // namespace

void visitComponents(const ir::Placement& placement, ir::ClusterId cluster_id,
                     ComponentVisitor& visitor) {
  const Scope scope{placement, cluster_id};
  const std::vector<ir::TeamId> teams = scope.spec().teamsOf(cluster_id);
  const TeamFiles files(teams.size());
  visitAccess(scope, teams, visitor);
  visitPriorities(scope, teams, visitor);
  visitStacks(scope, visitor);
  visitTeams(scope, teams, files, visitor);
  visitWorkloads(scope, files, visitor);
  visitManifests(scope, visitor);
}

void forEachComponent(const ir::Placement& placement, ir::ClusterId cluster_id,
                      const std::function<void(Component)>& visit) {
  Collector collector(visit);
  visitComponents(placement, cluster_id, collector);
}

}  // namespace gpuspec::kubernetes
