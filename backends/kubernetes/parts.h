#pragma once

// The makers of objects, one file each; internal to the library. Each adds to `objects`.

#include "backends/kubernetes/kubernetes.h"
#include "backends/kubernetes/object.h"

namespace gpuspec::kubernetes {

// Takes objects as they are made.
class Objects {
 public:
  virtual ~Objects() = default;
  virtual void add(ir::Tree object) = 0;
};

// access.cpp
std::string roleName(const ir::Spec& spec, const std::string& role);
void addClusterRoles(const ir::Spec& spec, Objects& objects);
void addRoleBindings(const Scope& scope, const ir::Team& team, const std::string& team_namespace,
                     Objects& objects);

// team.cpp
std::string priorityClassName(const ir::Team& team);
void addPriorityClass(const Scope& scope, const ir::Team& team, Objects& objects);
void addTeam(const Scope& scope, ir::TeamId team_id, Objects& objects);

// quota.cpp
void addQuota(const Scope& scope, const ir::Team& team, const std::string& team_namespace,
              const ir::PlacedQuota* quota, Objects& objects);
void addLimitRange(const Scope& scope, const ir::Team& team, const std::string& team_namespace,
                   const ir::PlacedQuota* quota, Objects& objects);

// gpu_limit.cpp
void addGpuLimit(const Scope& scope, const ir::Team& team, Objects& objects);

// network_policy.cpp
void addNetworkPolicies(const Scope& scope, const ir::Team& team, const std::string& team_namespace,
                        Objects& objects);
// Parallel to team.network.rules; equal rules of any order have equal names.
std::vector<std::string> policyNames(const ir::Spec& spec, const ir::Team& team);

// cilium_policy.cpp: rules that only Cilium's own policies can express.
bool needsCiliumPolicy(const Scope& scope, const ir::NetworkRule& rule);
ir::Tree ciliumPolicySpec(const ir::NetworkRule& rule);
// DNS on the node's own address, in pools that turn LocalDNS on; Cilium matches no node address by
// a plain policy.
bool hasLocalDns(const Scope& scope);
ir::Tree localDnsPolicySpec();

// job.cpp, service.cpp
void addJob(const Scope& scope, ir::WorkloadId workload_id, Objects& objects);
void addService(const Scope& scope, ir::WorkloadId workload_id, Objects& objects);

// passthrough.cpp
void addReleaseNamespaces(const Scope& scope, Objects& objects);
void addStackObjects(const Scope& scope, const ir::PlacedStack& stack, Objects& objects);
void addManifests(const Scope& scope, Objects& objects);

}  // namespace gpuspec::kubernetes
