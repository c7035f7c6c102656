#include <algorithm>
#include <tuple>

#include "compiler/sema/analysis.h"

namespace gpuspec::sema {

namespace {

using eval::ValueKind;
using ir::PeerKind;

PeerKind peerKind(const std::string& word) {
  if (word == "self") return PeerKind::Self;
  if (word == "internet") return PeerKind::Internet;
  if (word == "kubernetes_api") return PeerKind::KubernetesApi;
  if (word == "team") return PeerKind::Team;
  if (word == "namespace") return PeerKind::Namespace;
  if (word == "pods") return PeerKind::Pods;
  if (word == "cidr") return PeerKind::Cidr;
  if (word == "fqdn") return PeerKind::Fqdn;
  return PeerKind::Dns;
}

void readTarget(const Analysis& analysis, const eval::Value& target, ir::NetworkRule& rule) {
  if (target.is(ValueKind::Ref)) rule.team_id = analysis.teamOf(target);
  if (target.is(ValueKind::String)) rule.text = target.asText();
  if (!target.is(ValueKind::Map)) return;
  for (const auto& [key, value] : target.asMap()) {
    if (value.is(ValueKind::String)) rule.labels.emplace_back(key, value.asText());
  }
}

std::vector<ir::PortRange> readPorts(const eval::Value& written) {
  std::vector<ir::PortRange> ports;
  for (const eval::Value* port : itemsOf(&written)) {
    if (port->is(ValueKind::Int)) ports.push_back({port->asInt(), port->asInt(), port->at()});
    if (port->is(ValueKind::Range)) {
      ports.push_back({port->asRange().first, port->asRange().last, port->at()});
    }
  }
  return ports;
}

std::optional<ir::NetworkRule> readRule(const Analysis& analysis, const eval::Phrase& phrase) {
  if (phrase.target.isPoison() || phrase.port.isPoison() || phrase.except.isPoison())
    return std::nullopt;
  ir::NetworkRule rule;
  rule.direction = phrase.direction == "egress" ? ir::Direction::Egress : ir::Direction::Ingress;
  rule.peer = peerKind(phrase.peer);
  readTarget(analysis, phrase.target, rule);
  for (const eval::Value* item : itemsOf(&phrase.except)) {
    if (item->is(ValueKind::String)) rule.except.push_back({item->asText(), item->at()});
  }
  rule.ports = readPorts(phrase.port);
  rule.at = phrase.at;
  rule.peer_at = phrase.peer_at;
  return rule;
}

bool samePorts(const std::vector<ir::PortRange>& a, const std::vector<ir::PortRange>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const ir::PortRange& x, const ir::PortRange& y) {
                      return x.first == y.first && x.last == y.last;
                    });
}

bool sameExcept(const std::vector<ir::Placed<std::string>>& a,
                const std::vector<ir::Placed<std::string>>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return *x == *y; });
}

bool sameRule(const ir::NetworkRule& a, const ir::NetworkRule& b) {
  return std::tie(a.direction, a.peer, a.team_id, a.text, a.labels) ==
             std::tie(b.direction, b.peer, b.team_id, b.text, b.labels) &&
         samePorts(a.ports, b.ports) && sameExcept(a.except, b.except);
}

}  // namespace

ir::TeamNetwork networkFrom(Analysis& analysis, const eval::Block& team) {
  ir::TeamNetwork network;
  const eval::Block* written = team.child("network");
  network.at = written ? written->at : team.at;
  if (!written) return network;
  network.declared = true;
  network.default_deny = textOf(*written, "default", "deny") == "deny";
  for (const eval::Phrase& phrase : written->phrases) {
    if (phrase.word != "allow") continue;
    std::optional<ir::NetworkRule> rule = readRule(analysis, phrase);
    if (!rule) continue;
    const auto same =
        std::find_if(network.rules.begin(), network.rules.end(),
                     [&](const ir::NetworkRule& other) { return sameRule(other, *rule); });
    if (same != network.rules.end()) {
      analysis.sink.report(rule->at, diag::NetworkRuleTwice).note(same->at, "the first time");
    } else {
      network.rules.push_back(std::move(*rule));
    }
  }
  return network;
}

}  // namespace gpuspec::sema
