#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "compiler/passes/checks.h"
#include "compiler/passes/cidr.h"
#include "compiler/passes/names.h"
#include "compiler/passes/reach.h"
#include "compiler/passes/text.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::passes {

namespace {

using ir::Direction;
using ir::NetworkRule;
using ir::PeerKind;
using ir::Team;

void checkEngine(const ir::Spec& spec, const Team& team, diag::Sink& sink) {
  for (ir::ClusterId id : team.cluster_ids) {
    const ir::Cluster& cluster = spec[id];
    const Engine engine = engineOf(cluster);
    const std::string cluster_name = cluster.address.shortName();
    const char* way_out = "write `network { dataplane = cilium  policy = cilium }` in the cluster";
    if (engine == Engine::Missing) {
      sink.report(team.network.at, diag::PolicyEngineMissing, team.address.shortName(),
                  cluster_name)
          .note(cluster.network_policy.at, cluster.network_policy->empty()
                                               ? "no `policy` is written, and AKS's default is none"
                                               : "no engine")
          .help(way_out);
    } else if (engine == Engine::Unknown) {
      sink.report(team.network.at, diag::PolicyEngineUnknown, team.address.shortName(),
                  cluster_name)
          .note(cluster.at, "made elsewhere")
          .help(
              "say what it has: `network { policy = cilium }` (or calico, azure) describes it and "
              "changes nothing");
    }
  }
}

bool includes(const std::vector<ir::PortRange>& ports, std::int64_t port) {
  return ports.empty() || std::any_of(ports.begin(), ports.end(), [=](const ir::PortRange& range) {
           return range.first <= port && port <= range.last;
         });
}

bool reachesDns(const NetworkRule& rule) {
  if (rule.direction != Direction::Egress) return false;
  if (rule.peer == PeerKind::Dns) return true;
  const bool everywhere = rule.peer == PeerKind::Cidr && rule.text.ends_with("/0");
  const bool system = rule.peer == PeerKind::Namespace && rule.text == "kube-system";
  return (everywhere || system) && includes(rule.ports, 53);
}

void checkDns(const Team& team, diag::Sink& sink) {
  if (!isGuarded(team)) return;
  if (std::any_of(team.network.rules.begin(), team.network.rules.end(), reachesDns)) return;
  sink.report(team.network.at, diag::DnsLockedOut, team.address.shortName())
      .help(
          "write `allow egress to dns`; for pods that are to look up nothing, `@allow(GS7003, "
          "\"...\")`");
}

void checkAddresses(const NetworkRule& rule, diag::Sink& sink) {
  std::string fault;
  const auto range = parseCidr(rule.text, fault);
  if (!range) {
    sink.report(rule.peer_at, diag::CidrInvalid, rule.text, fault)
        .help("a range is an address and a length: `10.0.0.0/8`");
  }
  for (const ir::Placed<std::string>& except : rule.except) {
    const auto hole = parseCidr(*except, fault);
    if (!hole) {
      sink.report(except.at, diag::CidrInvalid, *except, fault)
          .help("a range is an address and a length: `10.1.0.0/16`");
    } else if (range && (!range->contains(*hole) || hole->prefix == range->prefix)) {
      sink.report(except.at, diag::ExceptOutsideCidr, *except, rule.text)
          .note(rule.peer_at, "the whole range")
          .help("Kubernetes refuses it: a hole lies inside its range, and leaves something of it");
    }
  }
}

bool sharesCluster(const Team& a, const Team& b) {
  return std::any_of(a.cluster_ids.begin(), a.cluster_ids.end(),
                     [&](ir::ClusterId id) { return worksOn(b, id); });
}

void checkTeamPeer(const ir::Spec& spec, const Team& team, const NetworkRule& rule,
                   diag::Sink& sink) {
  const Team& peer = spec[rule.team_id];
  if (&peer == &team) {
    sink.report(rule.peer_at, diag::RuleMatchesNothing, "it names its own team")
        .help("write `self`");
  } else if (!sharesCluster(team, peer)) {
    sink.report(rule.peer_at, diag::RuleMatchesNothing,
                "`" + peer.address.shortName() + "` works on no cluster of `" +
                    team.address.shortName() + "`")
        .note(peer.at, "the other team")
        .help(
            "network rules end at the cluster; reach another one by `cidr \"...\"` or `fqdn "
            "\"...\"`");
  }
}

// The namespaces of all teams. Many rules name the same foreign one, so what is near is kept.
class Namespaces {
 public:
  explicit Namespaces(const ir::Spec& spec) {
    for (const Team& team : spec.teams) {
      for (const ir::Placed<std::string>& name : team.namespaces) {
        if (known_.insert(*name).second) names_.push_back(*name);
      }
    }
  }

  bool has(const std::string& name) const { return known_.contains(name); }
  const std::vector<std::string>& near(const std::string& name) {
    const auto [found, is_new] = near_.try_emplace(name);
    if (is_new) found->second = diag::nearest(name, names_);
    return found->second;
  }

 private:
  std::unordered_set<std::string> known_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::vector<std::string>> near_;
};

void checkNamespacePeer(Namespaces& namespaces, const NetworkRule& rule, diag::Sink& sink) {
  if (const std::string fault = dnsLabelFault(rule.text); !fault.empty()) {
    sink.report(rule.peer_at, diag::KubernetesNameInvalid, rule.text, "namespace", fault);
    return;
  }
  if (namespaces.has(rule.text)) return;
  const std::vector<std::string>& near = namespaces.near(rule.text);
  if (!near.empty())
    sink.report(rule.peer_at, diag::NamespaceUnknown, rule.text)
        .help("did you mean `" + near[0] + "`?");
}

// Why the cluster cannot hold egress to a host name; "" when it can, or when nobody knows.
std::string fqdnFault(const ir::Cluster& cluster) {
  const std::string& dataplane = *cluster.network_dataplane;
  const bool known = isNewAks(cluster) || !dataplane.empty();
  if (known && dataplane != "cilium") return "its dataplane is not cilium";
  const ir::Tree* advanced =
      settingOf(cluster.settings,
                "properties.networkProfile.advancedNetworking.security.advancedNetworkPolicies");
  return isNewAks(cluster) && !advanced ? "`advanced_policies` is not on" : "";
}

void checkFqdn(const ir::Spec& spec, const Team& team, const NetworkRule& rule, diag::Sink& sink) {
  for (ir::ClusterId id : team.cluster_ids) {
    const std::string fault = fqdnFault(spec[id]);
    if (fault.empty()) continue;
    sink.report(rule.peer_at, diag::FqdnUnsupported, spec[id].address.shortName(), fault)
        .note(spec[id].network_dataplane.at, "the cluster's network")
        .help(
            "write `network { dataplane = cilium  policy = cilium  advanced_policies = fqdn }`, or "
            "allow a `cidr`");
  }
}

void checkDirection(const NetworkRule& rule, diag::Sink& sink) {
  if (rule.direction == Direction::Egress) return;
  const char* name = rule.peer == PeerKind::Dns    ? "dns"
                     : rule.peer == PeerKind::Fqdn ? "fqdn"
                                                   : nullptr;
  if (name)
    sink.report(rule.peer_at, diag::PeerOneWay, name)
        .help("write `allow egress to " + std::string(name) + "`");
}

void checkRule(const ir::Spec& spec, const Team& team, const NetworkRule& rule,
               Namespaces& namespaces, diag::Sink& sink) {
  checkDirection(rule, sink);
  if (rule.peer == PeerKind::Cidr) checkAddresses(rule, sink);
  if (rule.peer == PeerKind::Team) checkTeamPeer(spec, team, rule, sink);
  if (rule.peer == PeerKind::Namespace) checkNamespacePeer(namespaces, rule, sink);
  if (rule.peer == PeerKind::Fqdn) checkFqdn(spec, team, rule, sink);
}

}  // namespace

void checkNetworkRules(const ir::Spec& spec, diag::Sink& sink) {
  Namespaces namespaces(spec);
  for (const Team& team : spec.teams) {
    if (!team.network.declared) continue;
    if (isGuarded(team)) checkEngine(spec, team, sink);
    if (!isGuarded(team) && !team.network.rules.empty()) {
      sink.report(team.network.rules.front().at, diag::RuleMatchesNothing,
                  "`default = allow` leaves nothing closed")
          .note(team.network.at, "this network")
          .help("write `default = deny`, and allow what is needed");
    }
    checkDns(team, sink);
    for (const NetworkRule& rule : team.network.rules)
      checkRule(spec, team, rule, namespaces, sink);
  }
}

}  // namespace gpuspec::passes
