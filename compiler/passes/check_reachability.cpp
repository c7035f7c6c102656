#include <algorithm>

#include "compiler/passes/checks.h"
#include "compiler/passes/reach.h"
#include "compiler/passes/text.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::passes {

namespace {

using ir::Direction;
using ir::NetworkRule;
using ir::PeerKind;
using ir::Team;
using ir::TeamId;
using ir::Workload;

Direction opposite(Direction direction) {
  return direction == Direction::Egress ? Direction::Ingress : Direction::Egress;
}

std::string portsText(const std::vector<ir::PortRange>& ports) {
  if (ports.empty()) return "";
  std::string list;
  for (const ir::PortRange& range : ports) {
    list += (list.empty() ? "" : ", ") + std::to_string(range.first);
    if (range.last != range.first) list += ".." + std::to_string(range.last);
  }
  return ports.size() == 1 ? " port " + list : " port [" + list + "]";
}

// The teams, other than the owner, that the rule names.
std::vector<TeamId> namedTeams(const ir::Spec& spec, const TeamIndex& index, TeamId owner_id,
                               const NetworkRule& rule, ir::ClusterId cluster_id) {
  if (rule.peer != PeerKind::Team && rule.peer != PeerKind::Namespace) return {};
  return index.peers(spec[cluster_id], cluster_id, owner_id, rule);
}

bool answers(const ir::Spec& spec, const ir::Cluster& cluster, TeamId peer_id, TeamId owner_id,
             const NetworkRule& rule) {
  const Team& peer = spec[peer_id];
  if (!isGuarded(peer)) return true;
  return std::any_of(
      peer.network.rules.begin(), peer.network.rules.end(), [&](const NetworkRule& other) {
        return other.direction == opposite(rule.direction) && portsMeet(other.ports, rule.ports) &&
               matchesTeam(spec, cluster, peer, other, owner_id);
      });
}

void reportOneSided(const Team& owner, const Team& peer, const NetworkRule& rule,
                    diag::Sink& sink) {
  const std::string mine = owner.address.shortName();
  const std::string theirs = peer.address.shortName();
  const bool egress = rule.direction == Direction::Egress;
  const std::string addition = egress ? "allow ingress from team." : "allow egress to team.";
  sink.report(rule.peer_at, diag::OneSidedAllowance,
              egress ? "`" + theirs + "` lets nothing in from `" + mine + "` there"
                     : "`" + theirs + "` lets nothing out to `" + mine + "` there")
      .note(peer.network.at, "closed on this side")
      .help("add to team `" + theirs + "`: `" + addition + owner.address.name +
            portsText(rule.ports) + "`");
}

void checkOneSided(const ir::Spec& spec, const TeamIndex& index, TeamId owner_id,
                   diag::Sink& sink) {
  const Team& owner = spec[owner_id];
  if (!isGuarded(owner)) return;
  for (const NetworkRule& rule : owner.network.rules) {
    std::vector<TeamId> reported;
    for (ir::ClusterId cluster_id : owner.cluster_ids) {
      const ir::Cluster& cluster = spec[cluster_id];
      for (TeamId peer_id : namedTeams(spec, index, owner_id, rule, cluster_id)) {
        const bool known = std::find(reported.begin(), reported.end(), peer_id) != reported.end();
        if (known || answers(spec, cluster, peer_id, owner_id, rule)) continue;
        reported.push_back(peer_id);
        reportOneSided(owner, spec[peer_id], rule, sink);
      }
    }
  }
}

void checkService(const Team& team, const Workload& workload, diag::Sink& sink) {
  for (const ir::ContainerPort& port : workload.ports) {
    const std::vector<ir::PortRange> wanted = {{port.port, port.port, port.at}};
    const bool reachable = std::any_of(
        team.network.rules.begin(), team.network.rules.end(), [&](const NetworkRule& rule) {
          return rule.direction == Direction::Ingress && portsMeet(rule.ports, wanted);
        });
    if (reachable) continue;
    sink.report(port.at, diag::ServiceUnreachable, port.port, workload.address.name)
        .note(team.network.at, "closed by default, and no ingress rule names this port")
        .help("say who calls it: `allow ingress from namespace \"NAME\" port " +
              std::to_string(port.port) + "`");
  }
}

// Whether the team's own pods are allowed in `direction`; ports may be chosen freely by the work,
// so none are asked.
bool allowsSelf(const Team& team, Direction direction) {
  return std::any_of(
      team.network.rules.begin(), team.network.rules.end(), [&](const NetworkRule& rule) {
        if (rule.direction != direction) return false;
        return rule.peer == PeerKind::Self ||
               (rule.peer == PeerKind::Namespace && rule.text == *team.namespaces.front());
      });
}

void checkMultiNode(const Team& team, const Workload& workload, diag::Sink& sink) {
  const bool in = allowsSelf(team, Direction::Ingress);
  const bool out = allowsSelf(team, Direction::Egress);
  if (workload.nodes < 2 || (in && out)) return;
  std::vector<std::string> missing;
  if (!in) missing.push_back("allow ingress from self");
  if (!out) missing.push_back("allow egress to self");
  sink.report(workload.at, diag::MultiNodeCutOff, workload.nodes, workload.address.name,
              team.address.shortName(),
              in    ? "egress to itself"
              : out ? "ingress from itself"
                    : "traffic to itself")
      .note(team.network.at, "closed by default")
      .help("add to the team's network: " + quoted(missing));
}

}  // namespace

void checkReachability(const ir::Spec& spec, diag::Sink& sink) {
  const TeamIndex index(spec);
  for (std::uint32_t i = 0; i < spec.teams.size(); ++i) checkOneSided(spec, index, TeamId{i}, sink);
  for (const Workload& workload : spec.workloads) {
    if (!workload.team_id || !isGuarded(spec[workload.team_id])) continue;
    checkService(spec[workload.team_id], workload, sink);
    checkMultiNode(spec[workload.team_id], workload, sink);
  }
}

}  // namespace gpuspec::passes
