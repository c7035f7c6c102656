#include <algorithm>

#include "compiler/passes/paths.h"
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

// Finds the open pairs of a cluster without looking at each pair.
class Opening {
 public:
  Opening(const ir::Spec& spec, const TeamIndex& index, ir::ClusterId cluster_id)
      : spec_(spec), index_(index), cluster_(spec[cluster_id]), engine_(engineOf(cluster_)) {
    paths_.cluster_id = cluster_id;
    paths_.team_ids = spec.teamsOf(cluster_id);
  }

  ir::ClusterPaths run() {
    for (ir::TeamId id : paths_.team_ids) {
      if (isMutual(id)) paths_.mutual.push_back(id);
    }
    for (ir::TeamId id : paths_.team_ids) addCandidates(id);
    std::sort(candidates_.begin(), candidates_.end());
    candidates_.erase(std::unique(candidates_.begin(), candidates_.end()), candidates_.end());
    for (const auto& [from_id, to_id] : candidates_) {
      if (isMutual(from_id) && isMutual(to_id)) continue;
      TeamPath path = pathOf({spec_, cluster_, from_id, to_id}, paths_.cluster_id, engine_);
      if (path.open) paths_.open.push_back(std::move(path));
    }
    return std::move(paths_);
  }

 private:
  bool isMutual(ir::TeamId id) const { return engine_ != Engine::Present || !isGuarded(spec_[id]); }

  void pair(ir::TeamId from_id, ir::TeamId to_id) {
    if (from_id != to_id) candidates_.emplace_back(from_id, to_id);
  }

  // Whom the team's rules may mean, and who has a namespace with it.
  void addCandidates(ir::TeamId id) {
    const Team& team = spec_[id];
    for (const auto& name : team.namespaces) {
      for (ir::TeamId other_id : index_.owners(*name, paths_.cluster_id)) {
        pair(id, other_id);
        pair(other_id, id);
      }
    }
    if (isMutual(id)) return;
    for (const NetworkRule& rule : team.network.rules) {
      for (ir::TeamId peer_id : index_.peers(cluster_, paths_.cluster_id, id, rule)) {
        rule.direction == Direction::Egress ? pair(id, peer_id) : pair(peer_id, id);
      }
    }
  }

  const ir::Spec& spec_;
  const TeamIndex& index_;
  const ir::Cluster& cluster_;
  const Engine engine_;
  ir::ClusterPaths paths_;
  std::vector<std::pair<ir::TeamId, ir::TeamId>> candidates_;
};

}  // namespace

ir::TeamPath pathBetween(const ir::Spec& spec, ir::ClusterId cluster_id, ir::TeamId from_id,
                         ir::TeamId to_id) {
  const ir::Cluster& cluster = spec[cluster_id];
  return pathOf({spec, cluster, from_id, to_id}, cluster_id, engineOf(cluster));
}

std::vector<TeamPath> openPaths(const ir::Spec& spec, const ir::ClusterPaths& paths,
                                std::size_t limit) {
  std::vector<TeamPath> out;
  auto next = paths.open.begin();
  for (ir::TeamId from_id : paths.team_ids) {
    std::vector<TeamPath> of_team;
    for (; next != paths.open.end() && next->from_id == from_id; ++next) of_team.push_back(*next);
    if (std::binary_search(paths.mutual.begin(), paths.mutual.end(), from_id)) {
      std::size_t taken = 0;
      for (ir::TeamId to_id : paths.mutual) {
        if (to_id == from_id) continue;
        if (taken++ == limit) break;
        of_team.push_back(pathBetween(spec, paths.cluster_id, from_id, to_id));
      }
    }
    std::sort(of_team.begin(), of_team.end(),
              [](const TeamPath& a, const TeamPath& b) { return a.to_id < b.to_id; });
    for (TeamPath& path : of_team) {
      if (out.size() == limit) return out;
      out.push_back(std::move(path));
    }
  }
  return out;
}

std::vector<TeamPath> allPaths(const ir::Spec& spec, const ir::ClusterPaths& paths) {
  std::vector<TeamPath> out;
  for (ir::TeamId from_id : paths.team_ids) {
    for (ir::TeamId to_id : paths.team_ids) {
      if (from_id != to_id) out.push_back(pathBetween(spec, paths.cluster_id, from_id, to_id));
    }
  }
  return out;
}

void isolateTeams(ir::Placement& placement) {
  const ir::Spec& spec = *placement.spec;
  const TeamIndex index(spec);
  for (std::uint32_t i = 0; i < spec.clusters.size(); ++i)
    placement.paths.push_back(Opening(spec, index, ir::ClusterId{i}).run());
}

}  // namespace gpuspec::passes
