#include "tests/passes/rules.h"

// Rules about teams, their quotas and their networks.

namespace gpuspec::passes {

namespace {

using ir::Direction;
using ir::PeerKind;
using source::Location;

constexpr std::int64_t kGiB = std::int64_t{1} << 30;

ir::NetworkRule& allowTeam(World& world, const char* owner, Direction direction, const char* peer) {
  ir::NetworkRule& rule = world.allow(owner, direction, PeerKind::Team);
  rule.team_id = world.teamId(peer);
  return rule;
}

ir::NetworkRule& allowText(World& world, PeerKind peer, const char* text,
                           Direction direction = Direction::Egress) {
  ir::NetworkRule& rule = world.allow("blue", direction, peer);
  rule.text = text;
  return rule;
}

std::vector<Rule> quotaRules() {
  return {
      {diag::PoolOvercommitted.info,
       [](World& world) {
         world.team("green").quota[0].amount = 9;
         return world.team("green").quota[0].at;
       },
       [](World& world) {
         world.team("green").quota[0].amount = 9;
         world.pool("gpu").nodes.max = 3;
       },
       {},
       ""},
      {diag::PoolOvercommitted.info,
       [](World& world) {
         world.cut(world.pool("gpu"), "1g.5gb", 7, true);
         world.team("blue").quota.clear();
         world.team("green").quota.clear();
         return world.addQuota("blue", "gpu", 113, "1g.5gb").at;
       },
       [](World& world) {
         world.cut(world.pool("gpu"), "1g.5gb", 7, true);
         world.team("blue").quota.clear();
         world.team("green").quota.clear();
         world.addQuota("blue", "gpu", 112, "1g.5gb");
       },
       {},
       ""},
      {diag::TeamWithoutQuota.info,
       [](World& world) { return world.addTeam("third").at; },
       [](World& world) { world.addTeam("third").quota_at = world.at(); },
       {},
       ""},
      {diag::QuotaPoolElsewhere.info,
       [](World& world) {
         world.addCluster("far");
         world.addPool("farsys", "far").mode.value = ir::Mode::System;
         world.addGpuPool("fargpu", "far");
         return world.addQuota("blue", "fargpu", 1).pool_at;
       },
       [](World& world) {
         world.addCluster("far");
         world.addPool("farsys", "far").mode.value = ir::Mode::System;
         world.addGpuPool("fargpu", "far");
         world.team("blue").cluster_ids.push_back(world.clusterId("far"));
         world.addQuota("blue", "fargpu", 1);
       },
       {},
       ""},
      {diag::QuotaNeedsProfile.info,
       [](World& world) {
         world.cut(world.pool("gpu"), "1g.5gb", 7, true);
         return world.team("blue").quota[0].pool_at;
       },
       [](World& world) { world.cut(world.pool("gpu"), "1g.5gb", 7, false); },
       {},
       ""},
      {diag::ProfileNotOffered.info,
       [](World& world) {
         world.cut(world.pool("gpu"), "1g.5gb", 7, false);
         return world.addQuota("blue", "gpu", 1, "1g.10gb").pool_at;
       },
       [](World& world) {
         world.cut(world.pool("gpu"), "1g.5gb", 7, false);
         world.addQuota("blue", "gpu", 1, "1g.5gb");
       },
       {},
       ""},
      {diag::QuotaPerNamespace.info,
       [](World& world) {
         world.team("blue").namespaces.push_back(world.text("blue-dev"));
         return world.team("blue").quota_at;
       },
       [](World& world) { world.team("blue").namespaces = {world.text("blue-dev")}; },
       {},
       ""},
      {diag::QuotaSplitUnenforced.info,
       [](World& world) {
         world.addGpuPool("shares");
         world.share(world.pool("shares"), 4);
         return world.addQuota("blue", "shares", 2).at;
       },
       [](World& world) {
         world.addGpuPool("second");
         world.addQuota("blue", "second", 2);
       },
       {},
       ""},
      {diag::LimitsContradict.info,
       [](World& world) {
         world.team("blue").limits = {4000, 0, 0, 0, 2000, 0, 0, true, world.at()};
         return world.team("blue").limits.at;
       },
       [](World& world) {
         world.team("blue").limits = {2000, 0, 0, 0, 2000, 0, 0, true, world.at()};
       },
       {},
       ""},
      {diag::LimitsContradict.info,
       [](World& world) {
         world.team("blue").limits = {0, kGiB, 0, 2 * kGiB, 0, 0, 0, true, world.at()};
         return world.team("blue").limits.at;
       },
       [](World& world) {
         world.team("blue").limits = {0, 2 * kGiB, 0, kGiB, 0, 0, 0, true, world.at()};
       },
       {},
       ""},
      {diag::PriorityBelowCutoff.info,
       [](World& world) {
         world.team("blue").priority = world.placed<std::int64_t>(-11);
         return world.team("blue").priority->at;
       },
       [](World& world) { world.team("blue").priority = world.placed<std::int64_t>(-10); },
       {},
       ""},
      {diag::PriorityTooHigh.info,
       [](World& world) {
         world.team("blue").priority = world.placed<std::int64_t>(1'000'000'001);
         return world.team("blue").priority->at;
       },
       [](World& world) {
         world.team("blue").priority = world.placed<std::int64_t>(1'000'000'000);
       },
       {},
       ""},
  };
}

std::vector<Rule> namespaceRules() {
  const auto member = [](World& world, const char* subject, bool group) {
    world.team("blue").members.push_back({group, subject, "edit", world.at()});
    return world.team("blue").members.back().at;
  };
  return {
      {diag::NamespaceReserved.info,
       [](World& world) {
         world.team("blue").namespaces = {world.text("kube-gpu")};
         return world.team("blue").namespaces[0].at;
       },
       [](World& world) { world.team("blue").namespaces = {world.text("kubegpu")}; },
       {},
       ""},
      {diag::NamespaceReserved.info,
       [](World& world) {
         world.team("blue").namespaces = {world.text("default")};
         return world.team("blue").namespaces[0].at;
       },
       [](World& world) {
         world.team("blue").namespaces = {world.text("default")};
         world.team("blue").adopt = true;
       },
       {},
       ""},
      {diag::NamespaceShared.info,
       [](World& world) {
         world.team("green").namespaces = {world.text("blue")};
         return world.team("green").namespaces[0].at;
       },
       [](World& world) { world.team("green").namespaces = {world.text("blue-2")}; },
       {},
       ""},
      {diag::KubernetesNameInvalid.info,
       [](World& world) {
         world.team("blue").namespaces = {world.text("Team-Blue")};
         return world.team("blue").namespaces[0].at;
       },
       [](World& world) { world.team("blue").namespaces = {world.text("team-blue")}; },
       {},
       ""},
      {diag::MemberTwice.info,
       [member](World& world) {
         member(world, "ada@example.com", false);
         return member(world, "ada@example.com", false);
       },
       [member](World& world) {
         member(world, "ada@example.com", false);
         member(world, "bob@example.com", false);
       },
       {},
       ""},
      {diag::MemberIdOdd.info,
       [member](World& world) { return member(world, "ml-people", true); },
       [member](World& world) { member(world, "a3d7c1f8-4b52-4a60-9a0e-5d1f7c2b9e44", true); },
       {},
       ""},
      {diag::PrivilegedTeam.info,
       [](World& world) {
         world.team("blue").pod_security = world.text("privileged");
         return world.team("blue").pod_security.at;
       },
       [](World& world) { world.team("blue").pod_security = world.text("baseline"); },
       {},
       ""},
  };
}

std::vector<Rule> engineRules() {
  constexpr const char* kAdvanced =
      "properties.networkProfile.advancedNetworking.security.advancedNetworkPolicies";
  return {
      {diag::PolicyEngineMissing.info,
       [](World& world) {
         world.cluster().network_policy.value = "";
         return world.team("blue").network.at;
       },
       [](World& world) {
         world.cluster().network_policy.value = "";
         for (ir::Team& team : world.spec.teams) team.network = {};
       },
       {},
       ""},
      {diag::PolicyEngineUnknown.info,
       [](World& world) {
         world.cluster().existing = true;
         world.cluster().network_policy.value = world.cluster().network_dataplane.value = "";
         return world.team("green").network.at;
       },
       [](World& world) { world.cluster().existing = true; },
       {},
       ""},
      {diag::DnsLockedOut.info,
       [](World& world) {
         world.team("blue").network.rules.clear();
         return world.team("blue").network.at;
       },
       [](World& world) {
         world.team("blue").network.rules.clear();
         allowText(world, PeerKind::Namespace, "kube-system").ports = {{53, 53, world.at()}};
       },
       {},
       ""},
      {diag::FqdnUnsupported.info,
       [](World& world) { return allowText(world, PeerKind::Fqdn, "example.com").peer_at; },
       [](World& world) {
         world.set(world.cluster().settings, kAdvanced, "FQDN");
         allowText(world, PeerKind::Fqdn, "example.com");
       },
       {},
       ""},
      {diag::FqdnUnsupported.info,
       [](World& world) {
         world.cluster().network_policy.value = "calico";
         world.cluster().network_dataplane.value = "azure";
         return allowText(world, PeerKind::Fqdn, "example.com").peer_at;
       },
       [](World& world) {
         world.cluster().existing = true;
         world.cluster().network_dataplane.value = "";
         allowText(world, PeerKind::Fqdn, "example.com");
       },
       {},
       ""},
  };
}

std::vector<Rule> ruleRules() {
  return {
      {diag::RuleMatchesNothing.info,
       [](World& world) { return allowTeam(world, "blue", Direction::Egress, "blue").peer_at; },
       [](World& world) { world.allow("blue", Direction::Egress, PeerKind::Self); },
       {},
       ""},
      {diag::RuleMatchesNothing.info,
       [](World& world) {
         world.addCluster("far");
         world.addPool("farsys", "far").mode.value = ir::Mode::System;
         world.addTeam("remote", "far");
         return allowTeam(world, "blue", Direction::Egress, "remote").peer_at;
       },
       [](World& world) { allowTeam(world, "blue", Direction::Egress, "green"); },
       {},
       ""},
      {diag::ExceptOutsideCidr.info,
       [](World& world) {
         ir::NetworkRule& rule = allowText(world, PeerKind::Cidr, "10.1.0.0/16");
         rule.except = {world.text("10.1.0.0/16")};
         return rule.except[0].at;
       },
       [](World& world) {
         allowText(world, PeerKind::Cidr, "10.1.0.0/16").except = {world.text("10.1.2.0/24")};
       },
       {},
       ""},
      {diag::RuleMatchesNothing.info,
       [](World& world) {
         world.team("blue").network.default_deny = false;
         return world.team("blue").network.rules[0].at;
       },
       [](World& world) {
         world.team("blue").network.default_deny = false;
         world.team("blue").network.rules.clear();
       },
       {},
       ""},
      {diag::CidrInvalid.info,
       [](World& world) { return allowText(world, PeerKind::Cidr, "10.0.0.0/33").peer_at; },
       [](World& world) { allowText(world, PeerKind::Cidr, "10.0.0.0/32"); },
       {},
       ""},
      {diag::CidrInvalid.info,
       [](World& world) { return allowText(world, PeerKind::Cidr, "10.0.0.256/8").peer_at; },
       [](World& world) { allowText(world, PeerKind::Cidr, "fd00::/8"); },
       {},
       ""},
      {diag::ExceptOutsideCidr.info,
       [](World& world) {
         ir::NetworkRule& rule = allowText(world, PeerKind::Cidr, "10.0.0.0/8");
         rule.except = {world.text("11.0.0.0/16")};
         return rule.except[0].at;
       },
       [](World& world) {
         allowText(world, PeerKind::Cidr, "10.0.0.0/8").except = {world.text("10.255.0.0/16")};
       },
       {},
       ""},
      {diag::PeerOneWay.info,
       [](World& world) { return world.allow("blue", Direction::Ingress, PeerKind::Dns).peer_at; },
       [](World& world) { world.allow("blue", Direction::Ingress, PeerKind::Internet); },
       {},
       ""},
      {diag::NamespaceUnknown.info,
       [](World& world) { return allowText(world, PeerKind::Namespace, "gren").peer_at; },
       [](World& world) { allowText(world, PeerKind::Namespace, "monitoring"); },
       {},
       ""},
      {diag::OneSidedAllowance.info,
       [](World& world) { return allowTeam(world, "blue", Direction::Egress, "green").peer_at; },
       [](World& world) {
         allowTeam(world, "blue", Direction::Egress, "green");
         allowTeam(world, "green", Direction::Ingress, "blue");
       },
       {},
       ""},
      {diag::OneSidedAllowance.info,
       [](World& world) {
         allowTeam(world, "green", Direction::Egress, "blue").ports = {{443, 443, world.at()}};
         ir::NetworkRule& rule = allowTeam(world, "blue", Direction::Ingress, "green");
         rule.ports = {{80, 80, world.at()}};
         return rule.peer_at;
       },
       [](World& world) {
         allowTeam(world, "green", Direction::Egress, "blue").ports = {{443, 443, world.at()}};
         allowTeam(world, "blue", Direction::Ingress, "green").ports = {{400, 500, world.at()}};
       },
       {},
       ""},
  };
}

}  // namespace

std::vector<Rule> teamRules() {
  std::vector<Rule> rules;
  for (const auto& part : {quotaRules(), namespaceRules(), engineRules(), ruleRules()})
    rules.insert(rules.end(), part.begin(), part.end());
  return rules;
}

}  // namespace gpuspec::passes
