#include <algorithm>

#include "compiler/passes/checks.h"
#include "compiler/passes/names.h"
#include "compiler/passes/place_steps.h"
#include "compiler/passes/quantity.h"
#include "compiler/passes/text.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::passes {

namespace {

using ir::Team;

constexpr std::int64_t kHighestPriority = 1'000'000'000;
constexpr std::int64_t kAutoscalerCutoff = -10;

void checkNames(const Team& team, diag::Sink& sink) {
  const auto report = [&](const ir::Location& at, const std::string& name, const char* kind,
                          const std::string& fault) {
    sink.report(at, diag::KubernetesNameInvalid, name, kind, fault)
        .help("lower-case letters, digits and `-`, at most 63, a letter or digit at both ends");
  };
  const std::string fault = dnsLabelFault(team.address.name);
  if (!fault.empty()) report(team.at, team.address.name, "team", fault);
  for (const ir::Placed<std::string>& name : team.namespaces) {
    const std::string name_fault = *name == team.address.name ? "" : dnsLabelFault(*name);
    if (!name_fault.empty()) report(name.at, *name, "namespace", name_fault);
    if (name->starts_with("kube-") || (*name == "default" && !team.adopt)) {
      sink.report(name.at, diag::NamespaceReserved, *name,
                  *name == "default" ? "everybody's" : "Kubernetes' own")
          .help("give the team a namespace of its own: `namespaces = [\"" + team.address.name +
                "-gpu\"]`");
    }
  }
}

void checkPriority(const Team& team, diag::Sink& sink) {
  if (!team.priority) return;
  const std::int64_t priority = **team.priority;
  if (priority > kHighestPriority)
    sink.report(team.priority->at, diag::PriorityTooHigh, priority).help("1000 is plenty");
  if (priority < kAutoscalerCutoff) {
    sink.report(team.priority->at, diag::PriorityBelowCutoff, priority)
        .help("write -10 or more: such pods still give way first");
  }
}

struct Bound {
  const char* name;
  std::int64_t value;
  const char* limit_name;
  std::int64_t limit;
  std::string (*spelled)(std::int64_t);
};

void checkLimits(const Team& team, diag::Sink& sink) {
  const ir::Limits& limits = team.limits;
  if (!limits.declared) return;
  const Bound bounds[] = {
      {"default.cpu", limits.default_cpu_m, "max.cpu", limits.max_cpu_m, cpuQuantity},
      {"default.memory", limits.default_memory, "max.memory", limits.max_memory, byteQuantity},
      {"default_request.cpu", limits.default_request_cpu_m, "default.cpu", limits.default_cpu_m,
       cpuQuantity},
      {"default_request.memory", limits.default_request_memory, "default.memory",
       limits.default_memory, byteQuantity},
      {"default_request.cpu", limits.default_request_cpu_m, "max.cpu", limits.max_cpu_m,
       cpuQuantity},
      {"default_request.memory", limits.default_request_memory, "max.memory", limits.max_memory,
       byteQuantity}};
  for (const Bound& bound : bounds) {
    if (bound.limit == 0 || bound.value <= bound.limit) continue;
    sink.report(limits.at, diag::LimitsContradict, bound.name, bound.spelled(bound.value),
                bound.limit_name, bound.spelled(bound.limit))
        .help(
            "Kubernetes refuses such limits: a request is at most the limit, and a limit at most "
            "the maximum");
    return;
  }
}

void checkSharedNamespaces(const ir::Spec& spec, ir::ClusterId id, diag::Sink& sink) {
  std::map<std::string, const Team*> owners;
  for (ir::TeamId team_id : spec.teamsOf(id)) {
    const Team& team = spec[team_id];
    for (const ir::Placed<std::string>& name : team.namespaces) {
      const auto [owner, added] = owners.try_emplace(*name, &team);
      if (added || owner->second == &team) continue;
      sink.report(name.at, diag::NamespaceShared, owner->second->address.shortName(),
                  team.address.shortName(), *name, spec[id].address.shortName())
          .note(owner->second->at, "the other team")
          .help("quota, access and network rules are those of a namespace: give each team its own");
    }
  }
}

bool hasGpuFor(const ir::Spec& spec, ir::ClusterId id, ir::TeamId team_id) {
  for (ir::PoolId pool_id : spec.poolsOf(id)) {
    const ir::Pool& pool = spec[pool_id];
    const bool open = pool.only_for.empty() || std::find(pool.only_for.begin(), pool.only_for.end(),
                                                         team_id) != pool.only_for.end();
    if (open && hasGpu(pool)) return true;
  }
  return false;
}

// On the first cluster where it meets other teams and GPUs.
void checkNeighbours(const ir::Spec& spec, ir::TeamId team_id, diag::Sink& sink) {
  const Team& team = spec[team_id];
  const bool privileged = *team.pod_security == "privileged";
  if (hasQuota(team) && !privileged) return;
  for (ir::ClusterId id : team.cluster_ids) {
    if (!hasGpuFor(spec, id, team_id) || spec.teamsOf(id).size() < 2) continue;
    if (!hasQuota(team)) {
      sink.report(team.at, diag::TeamWithoutQuota, team.address.shortName(),
                  spec[id].address.shortName())
          .note(spec[id].at,
                counted(static_cast<std::int64_t>(spec.teamsOf(id).size()), "team") + " share it")
          .help(
              "say what it may use: `quota { gpu(pool.NAME) = 4 }`; a `quota` without GPUs gives "
              "none");
    }
    if (privileged) {
      sink.report(team.pod_security.at, diag::PrivilegedTeam, team.address.shortName())
          .help("write `pod_security = restricted`, which GPU work passes, or `baseline`");
    }
    return;
  }
}

}  // namespace

void checkTeams(const ir::Spec& spec, diag::Sink& sink) {
  for (std::uint32_t i = 0; i < spec.teams.size(); ++i) {
    const Team& team = spec.teams[i];
    checkNames(team, sink);
    checkPriority(team, sink);
    checkLimits(team, sink);
    checkNeighbours(spec, ir::TeamId{i}, sink);
    if (hasQuota(team) && team.namespaces.size() > 1) {
      sink.report(team.quota_at, diag::QuotaPerNamespace, team.address.shortName(),
                  static_cast<std::int64_t>(team.namespaces.size()))
          .note(team.namespaces[1].at, "its second namespace")
          .help(
              "Kubernetes counts each namespace by itself: keep one namespace, or give each its "
              "part of the quota");
    }
  }
  for (std::uint32_t i = 0; i < spec.clusters.size(); ++i)
    checkSharedNamespaces(spec, ir::ClusterId{i}, sink);
}

}  // namespace gpuspec::passes
