#include "compiler/passes/reach.h"

#include <algorithm>
#include <array>

#include "compiler/passes/text.h"

namespace gpuspec::passes {

namespace {

using ir::NetworkRule;
using ir::PeerKind;

// What AKS takes for overlay and kubenet when nothing is written.
constexpr const char* kDefaultPodCidr = "10.244.0.0/16";

std::optional<Cidr> cidrOf(const std::string& text) {
  std::string fault;
  return parseCidr(text, fault);
}

bool isPrivate(const Cidr& range) {
  static constexpr std::array<const char*, 5> kPrivate = {
      "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"};
  return std::any_of(kPrivate.begin(), kPrivate.end(),
                     [&](const char* text) { return cidrOf(text)->overlaps(range); });
}

// cilium never matches pods by address; other engines do.
bool matchesPods(const ir::Cluster& cluster, const NetworkRule& rule) {
  if (*cluster.network_policy == "cilium") return false;
  const auto range = cidrOf(rule.text);
  const auto pods = podRange(cluster);
  if (!range) return false;
  if (pods ? !range->overlaps(*pods) : !isPrivate(*range)) return false;
  const Cidr& reached = pods && range->contains(*pods) ? *pods : *range;
  return std::none_of(rule.except.begin(), rule.except.end(),
                      [&](const ir::Placed<std::string>& except) {
                        const auto hole = cidrOf(*except);
                        return hole && hole->contains(reached);
                      });
}

bool owns(const ir::Team& team, const std::string& name_space) {
  return std::any_of(team.namespaces.begin(), team.namespaces.end(),
                     [&](const ir::Placed<std::string>& name) { return *name == name_space; });
}

}  // namespace

Engine engineOf(const ir::Cluster& cluster) {
  const std::string& policy = *cluster.network_policy;
  if (policy == "none") return Engine::Missing;
  if (!policy.empty()) return Engine::Present;
  return isNewAks(cluster) ? Engine::Missing : Engine::Unknown;
}

bool isGuarded(const ir::Team& team) {
  return team.network.declared && team.network.default_deny;
}

std::optional<Cidr> podRange(const ir::Cluster& cluster) {
  const ir::Tree* written = settingOf(cluster.settings, "properties.networkProfile.podCidr");
  if (written && written->isString()) return cidrOf(written->asString());
  const std::string& plugin = *cluster.network_plugin;
  const bool own_range = plugin == "azure_overlay" || plugin == "kubenet";
  return own_range && isNewAks(cluster) ? cidrOf(kDefaultPodCidr) : std::nullopt;
}

bool matchesTeam(const ir::Spec& spec, const ir::Cluster& cluster, const ir::Team& owner,
                 const NetworkRule& rule, ir::TeamId peer_id) {
  const ir::Team& peer = spec[peer_id];
  switch (rule.peer) {
    case PeerKind::Team:
      return rule.team_id == peer_id;
    case PeerKind::Namespace:
      return owns(peer, rule.text);
    case PeerKind::Cidr:
      return matchesPods(cluster, rule);
    case PeerKind::Self:
    case PeerKind::Pods:  // pods of the owner's namespaces
      return std::any_of(owner.namespaces.begin(), owner.namespaces.end(),
                         [&](const ir::Placed<std::string>& name) { return owns(peer, *name); });
    case PeerKind::KubernetesApi:  // written as every address but the pods', where these are known
      return *cluster.network_policy != "cilium" && !podRange(cluster);
    case PeerKind::Dns:
    case PeerKind::Internet:
    case PeerKind::Fqdn:
      return false;
  }
  return false;
}

TeamIndex::TeamIndex(const ir::Spec& spec) : spec_(spec) {
  for (std::uint32_t i = 0; i < spec.teams.size(); ++i) {
    for (const ir::Placed<std::string>& name : spec.teams[i].namespaces)
      owners_[*name].push_back(ir::TeamId{i});
  }
}

std::vector<ir::TeamId> TeamIndex::owners(const std::string& name_space,
                                          ir::ClusterId cluster_id) const {
  std::vector<ir::TeamId> ids;
  const auto found = owners_.find(name_space);
  if (found == owners_.end()) return ids;
  for (ir::TeamId id : found->second) {
    if (worksOn(spec_[id], cluster_id)) ids.push_back(id);
  }
  return ids;
}

std::vector<ir::TeamId> TeamIndex::peers(const ir::Cluster& cluster, ir::ClusterId cluster_id,
                                         ir::TeamId owner_id, const NetworkRule& rule) const {
  std::vector<ir::TeamId> ids;
  if (rule.peer == PeerKind::Team) {
    if (worksOn(spec_[rule.team_id], cluster_id)) ids.push_back(rule.team_id);
  } else if (rule.peer == PeerKind::Namespace) {
    ids = owners(rule.text, cluster_id);
  } else if (rule.peer == PeerKind::Cidr || rule.peer == PeerKind::KubernetesApi) {
    // All or none: the rule does not know teams.
    if (matchesTeam(spec_, cluster, spec_[owner_id], rule, owner_id))
      ids = spec_.teamsOf(cluster_id);
  } else if (rule.peer == PeerKind::Self || rule.peer == PeerKind::Pods) {
    for (const ir::Placed<std::string>& name : spec_[owner_id].namespaces) {
      for (ir::TeamId id : owners(*name, cluster_id)) ids.push_back(id);
    }
  }
  std::erase(ids, owner_id);
  return ids;
}

std::vector<ir::PortRange> portsOf(const NetworkRule& rule) {
  if (rule.peer != PeerKind::KubernetesApi || !rule.ports.empty()) return rule.ports;
  return {{443, 443, rule.at}, {6443, 6443, rule.at}};
}

bool portsMeet(const std::vector<ir::PortRange>& a, const std::vector<ir::PortRange>& b) {
  if (a.empty() || b.empty()) return true;
  return std::any_of(a.begin(), a.end(), [&](const ir::PortRange& x) {
    return std::any_of(b.begin(), b.end(), [&](const ir::PortRange& y) {
      return x.first <= y.last && y.first <= x.last;
    });
  });
}

}  // namespace gpuspec::passes
