#include <algorithm>

#include "compiler/passes/place_steps.h"
#include "compiler/passes/reach.h"
#include "compiler/passes/text.h"

namespace gpuspec::passes {

namespace {

using ir::Direction;
using ir::NetworkRule;
using ir::Team;
using ir::TeamPath;

using Rules = std::vector<const NetworkRule*>;

struct Pair {
  const ir::Spec& spec;
  const ir::Cluster& cluster;
  ir::TeamId from_id, to_id;
  const Team& from() const { return spec[from_id]; }
  const Team& to() const { return spec[to_id]; }
};

Rules rulesFor(const Pair& pair, Direction direction) {
  const bool egress = direction == Direction::Egress;
  const Team& owner = egress ? pair.from() : pair.to();
  const ir::TeamId peer_id = egress ? pair.to_id : pair.from_id;
  Rules rules;
  for (const NetworkRule& rule : owner.network.rules) {
    if (rule.direction != direction) continue;
    if (matchesTeam(pair.spec, pair.cluster, owner, rule, peer_id)) rules.push_back(&rule);
  }
  return rules;
}

bool anyPortsMeet(const Rules& out, const Rules& in) {
  return std::any_of(out.begin(), out.end(), [&](const NetworkRule* sent) {
    return std::any_of(in.begin(), in.end(), [&](const NetworkRule* taken) {
      return portsMeet(portsOf(*sent), portsOf(*taken));
    });
  });
}

std::string name(const Team& team) {
  return "`" + team.address.shortName() + "`";
}

std::string openness(const Team& team) {
  return name(team) + (team.network.declared ? " allows by default" : " has no network block");
}

TeamPath closed(const Pair& pair, ir::ClusterId cluster_id, std::string reason) {
  return {pair.from_id, pair.to_id, cluster_id, false, false, std::move(reason)};
}

TeamPath open(const Pair& pair, ir::ClusterId cluster_id, bool declared, std::string reason) {
  return {pair.from_id, pair.to_id, cluster_id, true, declared, std::move(reason)};
}

bool shareNamespace(const Pair& pair) {
  for (const auto& mine : pair.from().namespaces) {
    for (const auto& theirs : pair.to().namespaces) {
      if (*mine == *theirs) return true;
    }
  }
  return false;
}

TeamPath bothGuarded(const Pair& pair, ir::ClusterId id, const Rules& out, const Rules& in) {
  if (out.empty() && in.empty()) return closed(pair, id, "default deny on both sides");
  if (out.empty())
    return closed(
        pair, id,
        name(pair.to()) + " would let it in, and " + name(pair.from()) + " lets nothing out to it");
  if (in.empty())
    return closed(pair, id,
                  name(pair.from()) + " would send it, and " + name(pair.to()) +
                      " lets nothing in from there");
  if (!anyPortsMeet(out, in)) return closed(pair, id, "the two sides allow different ports");
  return open(pair, id, true, "both sides allow it");
}

TeamPath pathOf(const Pair& pair, ir::ClusterId id, Engine engine) {
  const std::string cluster_name = "cluster `" + pair.cluster.address.shortName() + "`";
  if (shareNamespace(pair)) return open(pair, id, false, "they share a namespace");
  if (engine == Engine::Missing)
    return open(pair, id, false, cluster_name + " enforces no network policy");
  if (engine == Engine::Unknown)
    return open(pair, id, false,
                "nothing says that " + cluster_name + " enforces network policies");
  const bool from_guarded = isGuarded(pair.from());
  const bool to_guarded = isGuarded(pair.to());
  if (!from_guarded && !to_guarded)
    return open(pair, id, false, openness(pair.from()) + ", and " + openness(pair.to()));
  const Rules out = from_guarded ? rulesFor(pair, Direction::Egress) : Rules{};
  const Rules in = to_guarded ? rulesFor(pair, Direction::Ingress) : Rules{};
  if (from_guarded && to_guarded) return bothGuarded(pair, id, out, in);
  if (to_guarded) {
    if (in.empty()) return closed(pair, id, name(pair.to()) + " lets nothing in from there");
    return open(pair, id, true, name(pair.to()) + " allows it, and " + openness(pair.from()));
  }
  if (out.empty()) return closed(pair, id, name(pair.from()) + " lets nothing out to it");
  return open(pair, id, true, name(pair.from()) + " allows it, and " + openness(pair.to()));
}

}  // namespace

void isolateTeams(ir::Placement& placement) {
  const ir::Spec& spec = *placement.spec;
  for (std::uint32_t i = 0; i < spec.clusters.size(); ++i) {
    const ir::ClusterId cluster_id{i};
    const ir::Cluster& cluster = spec[cluster_id];
    const Engine engine = engineOf(cluster);
    const std::vector<ir::TeamId> team_ids = spec.teamsOf(cluster_id);
    for (ir::TeamId from_id : team_ids) {
      for (ir::TeamId to_id : team_ids) {
        if (from_id == to_id) continue;
        placement.paths.push_back(pathOf({spec, cluster, from_id, to_id}, cluster_id, engine));
      }
    }
  }
}

}  // namespace gpuspec::passes
