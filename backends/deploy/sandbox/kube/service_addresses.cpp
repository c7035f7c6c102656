#include "backends/deploy/sandbox/kube/service_addresses.h"

#include "backends/deploy/sandbox/kube/fields.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

constexpr std::uint32_t kAddresses = 1U << 16;
constexpr std::int64_t kFirstPort = 30000, kLastPort = 32767;

bool needsPorts(const Tree& service) {
  const std::string& type = textAt(service, {"spec", "type"});
  return type == "NodePort" || (type == "LoadBalancer" &&
                                flagAt(service, {"spec", "allocateLoadBalancerNodePorts"}, true));
}

}  // namespace

ServiceAddresses::ServiceAddresses(const ClusterStore& cluster) {
  for (const Object& service : cluster.list("", "services")) take(*service);
}

void ServiceAddresses::take(const Tree& service) {
  addresses_.insert(textAt(service, {"spec", "clusterIP"}));
  for (const Tree& port : listAt(service, {"spec", "ports"})) {
    if (const std::int64_t number = intAt(port, {"nodePort"}); number != 0) ports_.insert(number);
  }
}

std::string ServiceAddresses::freeAddress() {
  for (;;) {
    const std::uint32_t number = next_address_++ % kAddresses;
    std::string text = "10.0." + std::to_string(number >> 8) + "." + std::to_string(number & 255U);
    if ((number & 255U) != 0 && addresses_.insert(text).second) return text;
  }
}

std::int64_t ServiceAddresses::freePort() {
  for (;;) {
    const std::int64_t number = next_port_;
    next_port_ = number == kLastPort ? kFirstPort : number + 1;
    if (ports_.insert(number).second) return number;
  }
}

void ServiceAddresses::fill(Tree& service, const Tree* live) {
  if (service.find("spec") == nullptr || textAt(service, {"spec", "type"}) == "ExternalName")
    return;
  const std::lock_guard lock(mutex_);
  Tree& spec = service.at("spec");
  std::string address = textAt(spec, {"clusterIP"});
  if (address.empty() && live != nullptr) address = textAt(*live, {"spec", "clusterIP"});
  if (address.empty()) address = freeAddress();
  if (address != "None") addresses_.insert(address);
  spec.set("clusterIP", address);
  spec.set("clusterIPs", Tree(Tree::List{address}));
  if (spec.find("ipFamilies") == nullptr) spec.set("ipFamilies", Tree(Tree::List{"IPv4"}));
  if (spec.find("ipFamilyPolicy") == nullptr) spec.set("ipFamilyPolicy", "SingleStack");
  Tree* ports = spec.find("ports");
  if (ports == nullptr || !ports->isList() || !needsPorts(service)) return;
  for (Tree& port : ports->asList()) {
    if (intAt(port, {"nodePort"}) != 0) {
      ports_.insert(intAt(port, {"nodePort"}));
      continue;
    }
    std::int64_t number = 0;
    for (const Tree& before : live == nullptr ? Tree::List() : listAt(*live, {"spec", "ports"})) {
      if (intAt(before, {"port"}) == intAt(port, {"port"})) number = intAt(before, {"nodePort"});
    }
    port.set("nodePort", number == 0 ? freePort() : number);
  }
}

void ServiceAddresses::release(const Tree& service) {
  const std::lock_guard lock(mutex_);
  addresses_.erase(textAt(service, {"spec", "clusterIP"}));
  for (const Tree& port : listAt(service, {"spec", "ports"}))
    ports_.erase(intAt(port, {"nodePort"}));
}

}  // namespace gpuspec::deploy::sandbox::api
