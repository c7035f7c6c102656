#include "backends/kubernetes/parts.h"

namespace gpuspec::kubernetes {

namespace {

using ir::listOf;
using ir::mapOf;
using ir::NetworkRule;
using ir::PeerKind;
using ir::Tree;

Tree port(const std::string& number, const char* protocol) {
  return mapOf("port", number, "protocol", protocol);
}

Tree dnsPorts() {
  return listOf(port("53", "UDP"), port("53", "TCP"));
}

void setPorts(const NetworkRule& rule, Tree& allowance) {
  Tree ports = Tree::list();
  for (const ir::PortRange& range : rule.ports) {
    Tree item = mapOf("port", std::to_string(range.first));
    if (range.last != range.first) item.set("endPort", range.last);
    item.set("protocol", "TCP");
    ports.push(std::move(item.from(range.at)));
  }
  if (!ports.empty()) allowance.set("toPorts", listOf(mapOf("ports", std::move(ports))));
}

// Cilium learns the addresses of a name from the answers that pass its DNS proxy: lookups have to
// go through it.
Tree dnsProxyRule() {
  Tree kube_dns = mapOf("matchLabels", mapOf("k8s:io.kubernetes.pod.namespace", "kube-system",
                                             "k8s:k8s-app", "kube-dns"));
  Tree to_port =
      mapOf("ports", dnsPorts(), "rules", mapOf("dns", listOf(mapOf("matchPattern", "*"))));
  return mapOf("toEndpoints", listOf(std::move(kube_dns)), "toPorts", listOf(std::move(to_port)));
}

Tree fqdnSpec(const NetworkRule& rule) {
  const bool is_pattern = rule.text.find('*') != std::string::npos;
  Tree name = mapOf(is_pattern ? "matchPattern" : "matchName", Tree(rule.text).from(rule.peer_at));
  Tree allowance = mapOf("toFQDNs", listOf(std::move(name)));
  setPorts(rule, allowance);
  return mapOf("endpointSelector", Tree::map(), "egress",
               listOf(std::move(allowance), dnsProxyRule()));
}

Tree apiServerSpec(const NetworkRule& rule) {
  const bool ingress = rule.direction == ir::Direction::Ingress;
  Tree allowance = mapOf(ingress ? "fromEntities" : "toEntities", listOf("kube-apiserver"));
  setPorts(rule, allowance);
  return mapOf("endpointSelector", Tree::map(), ingress ? "ingress" : "egress",
               listOf(std::move(allowance)));
}

}  // namespace

bool needsCiliumPolicy(const Scope& scope, const NetworkRule& rule) {
  return rule.peer == PeerKind::Fqdn || (rule.peer == PeerKind::KubernetesApi && scope.hasCilium());
}

Tree ciliumPolicySpec(const NetworkRule& rule) {
  return rule.peer == PeerKind::Fqdn ? fqdnSpec(rule) : apiServerSpec(rule);
}

bool hasLocalDns(const Scope& scope) {
  if (!scope.hasCilium() || scope.cluster().platform != ir::Platform::Aks) return false;
  for (ir::PoolId id : scope.spec().poolsOf(scope.cluster_id)) {
    const Tree* properties = scope.spec()[id].arm.find("properties");
    const Tree* profile = properties ? properties->find("localDNSProfile") : nullptr;
    const Tree* mode = profile ? profile->find("mode") : nullptr;
    if (mode && mode->isString() && mode->asString() != "Disabled") return true;
  }
  return false;
}

Tree localDnsPolicySpec() {
  Tree to_address =
      mapOf("toCIDR", listOf("169.254.10.0/24"), "toPorts", listOf(mapOf("ports", dnsPorts())));
  Tree to_node = mapOf("toEntities", listOf("host"), "toPorts", listOf(mapOf("ports", dnsPorts())));
  return mapOf("endpointSelector", Tree::map(), "egress",
               listOf(std::move(to_address), std::move(to_node)));
}

}  // namespace gpuspec::kubernetes
