#pragma once

// What every object has: apiVersion, kind, metadata with the marks of ownership.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/ir/make_tree.h"
#include "compiler/ir/placement.h"

namespace gpuspec::kubernetes {

inline constexpr std::string_view kManagedByLabel = "app.kubernetes.io/managed-by";
inline constexpr std::string_view kProjectLabel = "gpuspec.dev/project";
inline constexpr std::string_view kEnvironmentLabel = "gpuspec.dev/env";
inline constexpr std::string_view kTeamLabel = "gpuspec.dev/team";
// On pods and on what makes them; a Service's and a Deployment's selector.
inline constexpr std::string_view kWorkloadLabel = "gpuspec.dev/workload";
inline constexpr std::string_view kWorkloadKindLabel = "gpuspec.dev/workload-kind";

// Labels that only gpuspec writes.
bool isOwnLabel(std::string_view key);

// The cluster whose objects are made, and where everything stands.
struct Scope {
  const ir::Placement& placement;
  ir::ClusterId cluster_id;

  const ir::Spec& spec() const { return *placement.spec; }
  const ir::Cluster& cluster() const { return spec()[cluster_id]; }
  bool hasCilium() const { return *cluster().network_policy == "cilium"; }
};

ir::Tree ownerLabels(const ir::Spec& spec);  // managed-by, env, project; sorted
ir::Tree teamLabels(const ir::Spec& spec, const ir::Team& team);
// {"matchLabels": ...} that selects the namespaces of this team and of no other, in this project or
// another.
ir::Tree teamNamespaceSelector(const ir::Spec& spec, const ir::Team& team);

// Adds or replaces, then sorts the whole map by key.
void addLabels(ir::Tree& labels, std::vector<ir::Tree::Entry> more);
std::vector<ir::Tree::Entry> entries(const std::vector<std::pair<std::string, std::string>>& labels,
                                     const source::Location& at);

// apiVersion, kind, metadata; the caller adds the rest. An empty namespace is left out.
ir::Tree newObject(std::string_view api_version, std::string_view kind, std::string_view name,
                   std::string_view object_namespace, ir::Tree labels, const source::Location& at);

const ir::PlacedQuota* quotaOf(const ir::Placement& placement, ir::ClusterId cluster_id,
                               ir::TeamId team_id);

}  // namespace gpuspec::kubernetes
