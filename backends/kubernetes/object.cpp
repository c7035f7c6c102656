#include "backends/kubernetes/object.h"

#include <algorithm>
#include <tuple>

namespace gpuspec::kubernetes {

namespace {

using ir::mapOf;
using ir::Tree;

void addOwner(const ir::Spec& spec, Tree::Map& labels) {
  if (spec.project->empty()) return;
  if (!spec.environment.empty())
    labels.emplace_back(std::string(kEnvironmentLabel), spec.environment);
  labels.emplace_back(std::string(kProjectLabel), Tree(*spec.project).from(spec.project.at));
}

void addTeam(const ir::Team& team, Tree::Map& labels) {
  labels.emplace_back(std::string(kTeamLabel), Tree(team.address.shortName()).from(team.at));
}

}  // namespace

bool isOwnLabel(std::string_view key) {
  return key == kManagedByLabel || key.starts_with("gpuspec.dev/");
}

Tree ownerLabels(const ir::Spec& spec) {
  Tree::Map labels;
  labels.reserve(4);
  labels.emplace_back(std::string(kManagedByLabel), "gpuspec");
  addOwner(spec, labels);
  return Tree(std::move(labels));
}

Tree teamLabels(const ir::Spec& spec, const ir::Team& team) {
  Tree labels = ownerLabels(spec);
  addTeam(team, labels.asMap());
  return labels;
}

Tree teamNamespaceSelector(const ir::Spec& spec, const ir::Team& team) {
  Tree::Map labels;
  addOwner(spec, labels);
  addTeam(team, labels);
  return mapOf("matchLabels", Tree(std::move(labels)));
}

void addLabels(Tree& labels, std::vector<Tree::Entry> more) {
  if (labels.isMap()) labels.asMap().reserve(labels.asMap().size() + more.size());
  for (auto& [key, value] : more) labels.set(key, std::move(value));
  if (!labels.isMap()) return;
  std::sort(labels.asMap().begin(), labels.asMap().end(),
            [](const Tree::Entry& a, const Tree::Entry& b) { return a.first < b.first; });
}

std::vector<Tree::Entry> entries(const std::vector<std::pair<std::string, std::string>>& labels,
                                 const source::Location& at) {
  std::vector<Tree::Entry> out;
  for (const auto& [key, value] : labels) out.emplace_back(key, Tree(value).from(at));
  return out;
}

// Room for what follows, so that adding a spec or annotations moves nothing.
Tree newObject(std::string_view api_version, std::string_view kind, std::string_view name,
               std::string_view object_namespace, Tree labels, const source::Location& at) {
  Tree::Map metadata;
  metadata.reserve(4);
  metadata.emplace_back("name", name);
  if (!object_namespace.empty()) metadata.emplace_back("namespace", object_namespace);
  metadata.emplace_back("labels", std::move(labels));
  Tree::Map object;
  object.reserve(5);
  object.emplace_back("apiVersion", api_version);
  object.emplace_back("kind", kind);
  object.emplace_back("metadata", Tree(std::move(metadata)));
  return Tree(std::move(object)).from(at);
}

const ir::PlacedQuota* quotaOf(const ir::Placement& placement, ir::ClusterId cluster_id,
                               ir::TeamId team_id) {
  const auto before = [](const ir::PlacedQuota& quota,
                         const std::pair<ir::ClusterId, ir::TeamId>& wanted) {
    return std::tie(quota.cluster_id, quota.team_id) < std::tie(wanted.first, wanted.second);
  };
  const auto found = std::lower_bound(placement.quotas.begin(), placement.quotas.end(),
                                      std::pair(cluster_id, team_id), before);
  if (found == placement.quotas.end() || found->cluster_id != cluster_id ||
      found->team_id != team_id)
    return nullptr;
  return &*found;
}

}  // namespace gpuspec::kubernetes
