#include <set>

#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/validate.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

bool is(const ResourceInfo& resource, std::string_view group, std::string_view name) {
  return resource.group == group && resource.resource == name;
}

void checkPort(const Tree* port, const std::string& path, Causes& causes) {
  if (port == nullptr || !port->isInt()) return;
  if (port->asInt() < 1 || port->asInt() > 65535) {
    causes.push_back(invalidValue(path, *port, "must be between 1 and 65535, inclusive"));
  }
}

void checkService(const Tree& object, Causes& causes) {
  const std::string& type = textAt(object, {"spec", "type"});
  const Tree::List& ports = listAt(object, {"spec", "ports"});
  if (type != "ClusterIP" && type != "NodePort" && type != "LoadBalancer" &&
      type != "ExternalName") {
    causes.push_back(
        notSupported("spec.type", type, {"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"}));
  }
  const bool headless = textAt(object, {"spec", "clusterIP"}) == "None";
  if (ports.empty() && type != "ExternalName" && !headless)
    causes.push_back(required("spec.ports"));
  if (type == "ExternalName" && textAt(object, {"spec", "externalName"}).empty()) {
    causes.push_back(required("spec.externalName"));
  }
  std::set<std::string> names, numbers;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const std::string path = "spec.ports[" + std::to_string(i) + "]";
    const std::string& name = textAt(ports[i], {"name"});
    checkPort(ports[i].find("port"), path + ".port", causes);
    checkPort(ports[i].find("targetPort"), path + ".targetPort", causes);
    if (name.empty() && ports.size() > 1) causes.push_back(required(path + ".name"));
    if (!name.empty() && !names.insert(name).second)
      causes.push_back(duplicateValue(path + ".name", name));
    const std::string number =
        std::to_string(intAt(ports[i], {"port"})) + textAt(ports[i], {"protocol"});
    if (!numbers.insert(number).second) causes.push_back(duplicateValue(path, ports[i]));
  }
}

void checkPeer(const Tree& peer, const std::string& path, Causes& causes) {
  const Tree* block = peer.find("ipBlock");
  const Tree* pods = peer.find("podSelector");
  const Tree* namespaces = peer.find("namespaceSelector");
  if (block == nullptr && pods == nullptr && namespaces == nullptr) {
    causes.push_back(required(path, "must specify a peer"));
  } else if (block != nullptr && (pods != nullptr || namespaces != nullptr)) {
    causes.push_back(forbiddenField(path, "may not specify both ipBlock and another peer"));
  }
  if (pods != nullptr) checkLabelSelector(*pods, path + ".podSelector", causes);
  if (namespaces != nullptr) checkLabelSelector(*namespaces, path + ".namespaceSelector", causes);
  if (block != nullptr && textAt(*block, {"cidr"}).find('/') == std::string::npos) {
    causes.push_back(
        invalidValue(path + ".ipBlock.cidr", textAt(*block, {"cidr"}),
                     "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"));
  }
}

void checkRules(const Tree& spec, std::string_view direction, std::string_view side,
                Causes& causes) {
  const Tree::List& rules = listAt(spec, {direction});
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const std::string path = "spec." + std::string(direction) + "[" + std::to_string(i) + "]";
    const Tree::List& peers = listAt(rules[i], {side});
    for (std::size_t k = 0; k < peers.size(); ++k) {
      checkPeer(peers[k], path + "." + std::string(side) + "[" + std::to_string(k) + "]", causes);
    }
    const Tree::List& ports = listAt(rules[i], {"ports"});
    for (std::size_t k = 0; k < ports.size(); ++k) {
      const std::string at = path + ".ports[" + std::to_string(k) + "]";
      const std::string& protocol = textAt(ports[k], {"protocol"});
      checkPort(ports[k].find("port"), at + ".port", causes);
      if (protocol != "TCP" && protocol != "UDP" && protocol != "SCTP") {
        causes.push_back(notSupported(at + ".protocol", protocol, {"SCTP", "TCP", "UDP"}));
      }
    }
  }
}

void checkNetworkPolicy(const Tree& object, Causes& causes) {
  const Tree* spec = object.find("spec");
  if (spec == nullptr) return;
  if (const Tree* pods = spec->find("podSelector"))
    checkLabelSelector(*pods, "spec.podSelector", causes);
  checkRules(*spec, "ingress", "from", causes);
  checkRules(*spec, "egress", "to", causes);
  for (const Tree& type : listAt(*spec, {"policyTypes"})) {
    if (type != Tree("Ingress") && type != Tree("Egress")) {
      causes.push_back(notSupported("spec.policyTypes", type, {"Egress", "Ingress"}));
    }
  }
}

}  // namespace

void checkNetworking(const ResourceInfo& resource, const Tree& object, Causes& causes) {
  if (is(resource, "", "services")) checkService(object, causes);
  if (is(resource, "networking.k8s.io", "networkpolicies")) checkNetworkPolicy(object, causes);
}

}  // namespace gpuspec::deploy::sandbox::api
