#include "backends/deploy/sandbox/cluster/fit.h"

#include <algorithm>
#include <limits>

#include "backends/deploy/sandbox/cluster/pods.h"
#include "backends/deploy/sandbox/cluster/selectors.h"

namespace gpuspec::deploy::sandbox::live {
namespace {

constexpr std::string_view kRequired = "requiredDuringSchedulingIgnoredDuringExecution";
constexpr std::string_view kPreferred = "preferredDuringSchedulingIgnoredDuringExecution";

// The namespaces that an affinity term of `owner` speaks of.
bool coversNamespace(const Tree& term, const Tree& owner, const std::string& name,
                     const Cache& cache) {
  const auto listed = textsAt(term, {"namespaces"});
  if (std::find(listed.begin(), listed.end(), name) != listed.end()) return true;
  if (const Tree* selector = term.find("namespaceSelector")) {
    const Object found = cache.get(kNamespace, "", name);
    return found != nullptr && matches(selector, labelsOf(*found));
  }
  return listed.empty() && name == namespaceOf(owner);
}

bool termSelects(const Tree& term, const Tree& owner, const Tree& pod, const Cache& cache) {
  return coversNamespace(term, owner, namespaceOf(pod), cache) &&
         matches(term.find("labelSelector"), labelsOf(pod));
}

const std::string* domainOf(const Labels& labels, const std::string& topology_key) {
  const auto found = labels.find(topology_key);
  return found == labels.end() ? nullptr : &found->second;
}

std::int64_t countIn(const std::map<std::string, std::int64_t>& matching,
                     const std::string& domain) {
  const auto found = matching.find(domain);
  return found == matching.end() ? 0 : found->second;
}

std::set<std::string> hostPortsOf(const Tree& pod) {
  std::set<std::string> out;
  for (const Tree& container : listAt(pod, {"spec", "containers"})) {
    for (const Tree& port : listAt(container, {"ports"})) {
      const std::int64_t number = intAt(port, {"hostPort"});
      if (number != 0) out.insert(std::to_string(number) + textAt(port, {"protocol"}, "TCP"));
    }
  }
  return out;
}

std::string untoleratedReason(const Tree& taint) {
  return "node(s) had untolerated taint {" + textAt(taint, {"key"}) + ": " +
         textAt(taint, {"value"}) + "}";
}

}  // namespace

PodRules::PodRules(const Tree& pod, const NodeStates& nodes, const Cache& cache)
    : pod_(pod), nodes_(nodes), cache_(cache), requests_(requestsOf(pod)) {
  readTerms("podAffinity", near_, rather_near_);
  readTerms("podAntiAffinity", apart_, rather_apart_);
  for (const Tree& constraint : listAt(pod, {"spec", "topologySpreadConstraints"})) {
    if (textAt(constraint, {"whenUnsatisfiable"}, "DoNotSchedule") == "DoNotSchedule") {
      readSpread(constraint);
    }
  }
  readOthersRefusals();
}

void PodRules::readTerms(std::string_view field, std::vector<Term>& required,
                         std::vector<Term>& preferred) {
  for (const Tree& term : listAt(pod_, {"spec", "affinity", field, kRequired})) {
    required.push_back(readTerm(term));
  }
  for (const Tree& weighted : listAt(pod_, {"spec", "affinity", field, kPreferred})) {
    const Tree* term = weighted.find("podAffinityTerm");
    if (term == nullptr) continue;
    preferred.push_back(readTerm(*term));
    preferred.back().weight = intAt(weighted, {"weight"});
  }
}

PodRules::Term PodRules::readTerm(const Tree& term) const {
  Term out;
  out.topology_key = textAt(term, {"topologyKey"});
  out.matches_itself = termSelects(term, pod_, pod_, cache_);
  for (const auto& [name, state] : nodes_) {
    const Labels labels = labelsOf(*state.node);
    const std::string* domain = domainOf(labels, out.topology_key);
    if (domain == nullptr) continue;
    const auto count = std::count_if(state.pods.begin(), state.pods.end(), [&](const auto& entry) {
      return termSelects(term, pod_, *entry.second, cache_);
    });
    if (count > 0) out.matching[*domain] += count;
  }
  return out;
}

void PodRules::readSpread(const Tree& constraint) {
  Spread out;
  out.topology_key = textAt(constraint, {"topologyKey"});
  out.max_skew = intAt(constraint, {"maxSkew"}, 1);
  const Tree* selector = constraint.find("labelSelector");
  out.itself = matches(selector, labelsOf(pod_)) ? 1 : 0;
  for (const auto& [name, state] : nodes_) {
    const Labels labels = labelsOf(*state.node);
    const std::string* domain = domainOf(labels, out.topology_key);
    if (domain == nullptr || !matchesNode(pod_, *state.node)) continue;
    out.matching[*domain] +=
        std::count_if(state.pods.begin(), state.pods.end(), [&](const auto& entry) {
          return namespaceOf(*entry.second) == namespaceOf(pod_) && !isDeleting(*entry.second) &&
                 matches(selector, labelsOf(*entry.second));
        });
  }
  out.least = std::numeric_limits<std::int64_t>::max();
  for (const auto& [domain, count] : out.matching) out.least = std::min(out.least, count);
  const auto domains = static_cast<std::int64_t>(out.matching.size());
  if (domains == 0 || domains < intAt(constraint, {"minDomains"}, 1)) out.least = 0;
  spreads_.push_back(std::move(out));
}

void PodRules::readOthersRefusals() {
  for (const auto& [name, state] : nodes_) {
    for (const auto& [uid, other] : state.pods) {
      for (const Tree& term : listAt(*other, {"spec", "affinity", "podAntiAffinity", kRequired})) {
        const std::string key = textAt(term, {"topologyKey"});
        const Labels labels = labelsOf(*state.node);
        const std::string* domain = domainOf(labels, key);
        if (domain != nullptr && termSelects(term, *other, pod_, cache_)) {
          refused_.emplace_back(key, *domain);
        }
      }
    }
  }
}

std::string PodRules::affinityReason(const Labels& labels) const {
  for (const Term& term : near_) {
    const std::string* domain = domainOf(labels, term.topology_key);
    // The first of a group that wants to be together may go anywhere.
    const bool first = term.matching.empty() && term.matches_itself;
    if (domain == nullptr || (!first && countIn(term.matching, *domain) == 0)) {
      return "node(s) didn't match pod affinity rules";
    }
  }
  for (const Term& term : apart_) {
    const std::string* domain = domainOf(labels, term.topology_key);
    if (domain != nullptr && countIn(term.matching, *domain) > 0) {
      return "node(s) didn't match pod anti-affinity rules";
    }
  }
  for (const auto& [key, value] : refused_) {
    const std::string* domain = domainOf(labels, key);
    if (domain != nullptr && *domain == value) {
      return "node(s) didn't satisfy existing pods anti-affinity rules";
    }
  }
  return "";
}

std::string PodRules::spreadReason(const Labels& labels) const {
  for (const Spread& spread : spreads_) {
    const std::string* domain = domainOf(labels, spread.topology_key);
    if (domain == nullptr) {
      return "node(s) didn't match pod topology spread constraints (missing required label)";
    }
    if (countIn(spread.matching, *domain) + spread.itself - spread.least > spread.max_skew) {
      return "node(s) didn't match pod topology spread constraints";
    }
  }
  return "";
}

std::vector<std::string> PodRules::shortages(const NodeState& state, bool& permanent) const {
  std::vector<std::string> out;
  for (const auto& [resource, milli] : requests_) {
    const auto there = state.allocatable.find(resource);
    const auto used = state.used.find(resource);
    const std::int64_t most = there == state.allocatable.end() ? 0 : there->second;
    const std::int64_t taken = used == state.used.end() ? 0 : used->second;
    if (milli == 0 || taken + milli <= most) continue;
    permanent |= milli > most;
    out.push_back(resource == "pods" ? "Too many pods" : "Insufficient " + resource);
  }
  return out;
}

bool PodRules::portsTaken(const NodeState& state) const {
  const auto wanted = hostPortsOf(pod_);
  if (wanted.empty()) return false;
  return std::any_of(state.pods.begin(), state.pods.end(), [&wanted](const auto& entry) {
    const auto taken = hostPortsOf(*entry.second);
    return std::any_of(taken.begin(), taken.end(),
                       [&wanted](const std::string& port) { return wanted.contains(port); });
  });
}

Verdict PodRules::check(const NodeState& state) const {
  const Tree& node = *state.node;
  if (flagAt(node, {"spec", "unschedulable"})) {
    const Tree taint =
        Tree::map().set("key", "node.kubernetes.io/unschedulable").set("effect", "NoSchedule");
    if (!tolerates(pod_, taint)) return {{"node(s) were unschedulable"}, true};
  }
  if (const Tree* taint = untolerated(pod_, node, {"NoSchedule", "NoExecute"})) {
    return {{untoleratedReason(*taint)}, true};
  }
  if (!matchesNode(pod_, node))
    return {{"node(s) didn't match Pod's node affinity/selector"}, true};
  if (portsTaken(state)) {
    return {{"node(s) didn't have free ports for the requested pod ports"}, false};
  }
  Verdict out;
  out.reasons = shortages(state, out.permanent);
  if (!out.reasons.empty()) return out;
  if (!listAt(pod_, {"spec", "resourceClaims"}).empty())
    return {{"cannot allocate all claims"}, true};
  const Labels labels = labelsOf(node);
  std::string reason = spreadReason(labels);
  if (reason.empty()) reason = affinityReason(labels);
  if (!reason.empty()) out.reasons = {std::move(reason)};
  return out;
}

PodRules::Score PodRules::score(const NodeState& state) const {
  const Tree& node = *state.node;
  const std::int64_t disliked = untolerated(pod_, node, {"PreferNoSchedule"}) == nullptr ? 0 : 1;
  std::int64_t liked = preferenceFor(pod_, node);
  const Labels labels = labelsOf(node);
  const auto weigh = [&labels](const std::vector<Term>& terms) {
    std::int64_t total = 0;
    for (const Term& term : terms) {
      const std::string* domain = domainOf(labels, term.topology_key);
      if (domain != nullptr) total += term.weight * countIn(term.matching, *domain);
    }
    return total;
  };
  liked += weigh(rather_near_) - weigh(rather_apart_);
  double load = 0;
  for (const auto& [resource, milli] : requests_) {
    const auto most = state.allocatable.find(resource);
    if (most == state.allocatable.end() || most->second == 0) continue;
    const auto used = state.used.find(resource);
    const std::int64_t taken = used == state.used.end() ? 0 : used->second;
    load += static_cast<double>(taken + milli) / static_cast<double>(most->second);
  }
  return {disliked, -liked, load, nameOf(node)};
}

}  // namespace gpuspec::deploy::sandbox::live
