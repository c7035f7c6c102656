#include <algorithm>
#include <map>

#include "backends/kubernetes/names.h"
#include "backends/kubernetes/parts.h"

namespace gpuspec::kubernetes {

namespace {

using ir::Direction;
using ir::listOf;
using ir::mapOf;
using ir::NetworkRule;
using ir::PeerKind;
using ir::Tree;

// What is not the internet: private, carrier and link-local ranges, and the address that Azure's
// host answers on.
constexpr const char* kNotInternet[] = {"10.0.0.0/8",     "100.64.0.0/10", "127.0.0.0/8",
                                        "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"};
constexpr const char* kAzureHost = "168.63.129.16/32";

// Where a resolver on the node itself answers: AKS's LocalDNS, and the usual address of NodeLocal
// DNSCache elsewhere.
constexpr const char* kAksLocalDns = "169.254.10.0/24";
constexpr const char* kNodeLocalDns = "169.254.20.10/32";

Tree selector(Tree labels) {
  return mapOf("matchLabels", std::move(labels));
}

Tree namespaceNamed(const std::string& name, const source::Location& at) {
  return selector(mapOf("kubernetes.io/metadata.name", Tree(name).from(at)));
}

Tree ipBlock(std::string_view cidr, Tree except) {
  Tree block = mapOf("cidr", cidr);
  if (!except.empty()) block.set("except", std::move(except));
  return mapOf("ipBlock", std::move(block));
}

Tree::List dnsPeers(const Scope& scope) {
  Tree::List peers;
  peers.push_back(mapOf("namespaceSelector", namespaceNamed("kube-system", {}), "podSelector",
                        selector(mapOf("k8s-app", "kube-dns"))));
  const bool is_aks = scope.cluster().platform == ir::Platform::Aks;
  if (scope.hasCilium()) return peers;  // it matches no node address here: see localDnsPolicySpec
  peers.push_back(ipBlock(is_aks ? kAksLocalDns : kNodeLocalDns, Tree())
                      .note("the resolver on the node itself"));
  return peers;
}

Tree internetPeer(const Scope& scope) {
  Tree except = Tree::list();
  for (const char* cidr : kNotInternet) except.push(cidr);
  if (scope.cluster().platform == ir::Platform::Aks) except.push(kAzureHost);
  return ipBlock("0.0.0.0/0", std::move(except));
}

// Where pods have their addresses, when that is known: written, or what AKS takes for overlay and
// kubenet.
std::string podRange(const ir::Cluster& cluster) {
  for (const ir::Setting& setting : cluster.settings) {
    const bool is_range =
        setting.path == "properties.networkProfile.podCidr" && setting.value.isString();
    if (is_range) return setting.value.asString();
  }
  const bool own_range =
      *cluster.network_plugin == "azure_overlay" || *cluster.network_plugin == "kubenet";
  return own_range && cluster.platform == ir::Platform::Aks ? "10.244.0.0/16" : "";
}

// Its address is not known before it is there; what is known is that it is no pod.
Tree apiServerPeer(const Scope& scope) {
  Tree except = Tree::list();
  const std::string pods = podRange(scope.cluster());
  if (!pods.empty() && pods.find(':') == std::string::npos) except.push(pods);
  return ipBlock("0.0.0.0/0", std::move(except))
      .note("the API server has no label that a NetworkPolicy could select");
}

// Pods of the team with these labels (none: all), in whichever of its namespaces.
Tree ownPods(const Scope& scope, const ir::Team& team, const NetworkRule& rule) {
  Tree pods = Tree::map();
  for (const auto& [key, value] : rule.labels) pods.set(key, Tree(value).from(rule.peer_at));
  Tree pod_selector = pods.empty() ? Tree::map() : selector(std::move(pods));
  if (team.namespaces.size() == 1) return mapOf("podSelector", std::move(pod_selector));
  return mapOf("namespaceSelector", teamNamespaceSelector(scope.spec(), team), "podSelector",
               std::move(pod_selector));
}

Tree cidrPeer(const NetworkRule& rule) {
  Tree except = Tree::list();
  for (const auto& cidr : rule.except) except.push(Tree(*cidr).from(cidr.at));
  return ipBlock(rule.text, std::move(except));
}

Tree::List peersOf(const Scope& scope, const ir::Team& team, const NetworkRule& rule) {
  switch (rule.peer) {
    case PeerKind::Dns:
      return dnsPeers(scope);
    case PeerKind::Self:
    case PeerKind::Pods:
      return {ownPods(scope, team, rule)};
    case PeerKind::Internet:
      return {internetPeer(scope)};
    case PeerKind::KubernetesApi:
      return {apiServerPeer(scope)};
    case PeerKind::Team:
      return {mapOf("namespaceSelector",
                    teamNamespaceSelector(scope.spec(), scope.spec()[rule.team_id]))};
    case PeerKind::Namespace:
      return {mapOf("namespaceSelector", namespaceNamed(rule.text, rule.peer_at))};
    case PeerKind::Cidr:
      return {cidrPeer(rule)};
    case PeerKind::Fqdn:
      break;  // Cilium only
  }
  return {};
}

Tree portTree(const char* protocol, std::int64_t first, std::int64_t last,
              const source::Location& at) {
  Tree port = mapOf("protocol", protocol, "port", first);
  if (last != first) port.set("endPort", last);
  return std::move(port.from(at));
}

Tree portsOf(const NetworkRule& rule) {
  Tree ports = Tree::list();
  const bool is_dns = rule.peer == PeerKind::Dns;
  for (const ir::PortRange& range : rule.ports) {
    if (is_dns) ports.push(portTree("UDP", range.first, range.last, range.at));
    ports.push(portTree("TCP", range.first, range.last, range.at));
  }
  if (!rule.ports.empty()) return ports;
  if (is_dns) {
    ports.push(portTree("UDP", 53, 53, rule.at));
    ports.push(portTree("TCP", 53, 53, rule.at));
  } else if (rule.peer == PeerKind::KubernetesApi) {
    ports.push(portTree("TCP", 443, 443, rule.at));
    ports.push(portTree("TCP", 6443, 6443, rule.at));
  }
  return ports;
}

Tree policySpec(const Scope& scope, const ir::Team& team, const NetworkRule& rule) {
  const bool ingress = rule.direction == Direction::Ingress;
  Tree allowance =
      mapOf(ingress ? "from" : "to", Tree(peersOf(scope, team, rule)).from(rule.peer_at));
  if (Tree ports = portsOf(rule); !ports.empty()) allowance.set("ports", std::move(ports));
  return mapOf("podSelector", Tree::map(), "policyTypes", listOf(ingress ? "Ingress" : "Egress"),
               ingress ? "ingress" : "egress", listOf(std::move(allowance)));
}

std::string peerText(const ir::Spec& spec, const NetworkRule& rule) {
  switch (rule.peer) {
    case PeerKind::Dns:
      return "dns";
    case PeerKind::Self:
      return "self";
    case PeerKind::Internet:
      return "internet";
    case PeerKind::KubernetesApi:
      return "kubernetes-api";
    case PeerKind::Team:
      return "team-" + spec[rule.team_id].address.shortName();
    case PeerKind::Namespace:
      return "namespace-" + rule.text;
    case PeerKind::Cidr:
      return "cidr-" + rule.text;
    case PeerKind::Fqdn:
      return "fqdn-" + rule.text;
    case PeerKind::Pods:
      break;
  }
  std::string text = "pods";
  for (const auto& [key, value] : rule.labels) text += "-" + key + "-" + value;
  return text;
}

std::string plainName(const ir::Spec& spec, const NetworkRule& rule) {
  constexpr std::size_t kLongest = 63;
  std::string text =
      rule.direction == Direction::Ingress ? "allow-ingress-from-" : "allow-egress-to-";
  text += peerText(spec, rule);
  if (!rule.ports.empty()) text += "-port";
  for (const ir::PortRange& range : rule.ports) {
    text += "-" + std::to_string(range.first);
    if (range.last != range.first) text += "-to-" + std::to_string(range.last);
  }
  const std::string name = slug(text);
  if (name.size() <= kLongest) return name;
  return slug(name.substr(0, kLongest - 9)) + "-" + shortHash(text);
}

// Everything that tells one rule from another.
std::string fullText(const ir::Spec& spec, const NetworkRule& rule) {
  std::string text = peerText(spec, rule);
  for (const auto& cidr : rule.except) text += " except " + *cidr;
  return text;
}

Tree policy(const Scope& scope, const ir::Team& team, const std::string& team_namespace,
            const NetworkRule& rule, const std::string& name) {
  const bool cilium = needsCiliumPolicy(scope, rule);
  Tree object = newObject(cilium ? "cilium.io/v2" : "networking.k8s.io/v1",
                          cilium ? "CiliumNetworkPolicy" : "NetworkPolicy", name, team_namespace,
                          teamLabels(scope.spec(), team), rule.at);
  object.set("spec", cilium ? ciliumPolicySpec(rule) : policySpec(scope, team, rule));
  return object;
}

Tree denyAll(const Scope& scope, const ir::Team& team, const std::string& team_namespace) {
  Tree object = newObject("networking.k8s.io/v1", "NetworkPolicy", "default-deny", team_namespace,
                          teamLabels(scope.spec(), team), team.network.at);
  object.set("spec", mapOf("podSelector", Tree::map(), "policyTypes", listOf("Ingress", "Egress")));
  return object;
}

bool allowsDns(const ir::Team& team) {
  return std::any_of(team.network.rules.begin(), team.network.rules.end(),
                     [](const NetworkRule& rule) {
                       return rule.peer == PeerKind::Dns && rule.direction == Direction::Egress;
                     });
}

Tree localDnsPolicy(const Scope& scope, const ir::Team& team, const std::string& team_namespace) {
  Tree object = newObject("cilium.io/v2", "CiliumNetworkPolicy", "allow-egress-to-local-dns",
                          team_namespace, teamLabels(scope.spec(), team), team.network.at);
  object.set("spec", localDnsPolicySpec());
  return object;
}

}  // namespace

std::vector<std::string> policyNames(const ir::Spec& spec, const ir::Team& team) {
  std::vector<std::string> names;
  std::map<std::string, int> uses;
  for (const NetworkRule& rule : team.network.rules) {
    names.push_back(plainName(spec, rule));
    ++uses[names.back()];
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (uses[names[i]] > 1) names[i] += "-" + shortHash(fullText(spec, team.network.rules[i]));
  }
  return names;
}

// Without a default of deny nothing is closed, and a policy that allows one thing would close
// everything else.
void addNetworkPolicies(const Scope& scope, const ir::Team& team, const std::string& team_namespace,
                        Objects& objects) {
  if (!team.network.default_deny) return;
  objects.add(denyAll(scope, team, team_namespace));
  const std::vector<std::string> names = policyNames(scope.spec(), team);
  std::vector<std::size_t> order(names.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return names[a] < names[b]; });
  for (std::size_t i : order) {
    objects.add(policy(scope, team, team_namespace, team.network.rules[i], names[i]));
  }
  if (allowsDns(team) && hasLocalDns(scope))
    objects.add(localDnsPolicy(scope, team, team_namespace));
}

}  // namespace gpuspec::kubernetes
