#pragma once

// Who can reach whom by the teams' network rules. A pod selected by a policy is closed in that
// direction but for what the policies allow, so both the sender's egress and the receiver's ingress
// have to let a packet pass.

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/ir/spec.h"
#include "compiler/passes/cidr.h"

namespace gpuspec::passes {

enum class Engine : std::uint8_t { Missing, Unknown, Present };

// Unknown: the cluster is made elsewhere and the spec does not say.
Engine engineOf(const ir::Cluster& cluster);

bool isGuarded(const ir::Team& team);  // closed in both directions but for its rules

// The pods' own addresses; nullopt where the spec does not tell.
std::optional<Cidr> podRange(const ir::Cluster& cluster);

// May `rule` of `owner` mean pods of `peer`? Where only a live cluster could tell, yes.
bool matchesTeam(const ir::Spec& spec, const ir::Cluster& cluster, const ir::Team& owner,
                 const ir::NetworkRule& rule, ir::TeamId peer_id);

// Finds the teams that a rule may mean without asking each of them.
class TeamIndex {
 public:
  explicit TeamIndex(const ir::Spec& spec);
  // Teams of the cluster with this namespace.
  std::vector<ir::TeamId> owners(const std::string& name_space, ir::ClusterId cluster_id) const;
  // Teams of the cluster, other than the owner, that matchesTeam() may answer yes for.
  std::vector<ir::TeamId> peers(const ir::Cluster& cluster, ir::ClusterId cluster_id,
                                ir::TeamId owner_id, const ir::NetworkRule& rule) const;

 private:
  const ir::Spec& spec_;
  std::unordered_map<std::string, std::vector<ir::TeamId>> owners_;  // by namespace
};

// Empty = all. The API server is reached at two ports when the rule names none.
std::vector<ir::PortRange> portsOf(const ir::NetworkRule& rule);
bool portsMeet(const std::vector<ir::PortRange>& a, const std::vector<ir::PortRange>& b);

}  // namespace gpuspec::passes
