#include <algorithm>

#include "backends/deploy/model/compare.h"
#include "backends/deploy/verify/checks.h"

namespace gpuspec::deploy::verify {

namespace {

using Nodes = std::vector<const Tree*>;

std::string rangeText(const model::PoolFacts& facts) {
  const std::string most = std::to_string(facts.max_nodes);
  return facts.min_nodes == facts.max_nodes ? most : std::to_string(facts.min_nodes) + ".." + most;
}

// "node x is not ready: the container runtime is down"
std::string whyNotReady(const Tree& node) {
  const Tree* ready = conditionOf(node, "Ready");
  const std::string message = ready != nullptr ? textAt(*ready, {"message"}) : "";
  return "node " + nameOf(node) + " is not ready" + (message.empty() ? "" : ": " + message);
}

std::string whyCordoned(const Tree& node) {
  return "node " + nameOf(node) +
         " is cordoned, and nothing new is placed on it; `kubectl uncordon " + nameOf(node) +
         "` ends that";
}

Finding checkCount(const Nodes& nodes, const model::PoolFacts& facts) {
  const auto all = static_cast<std::int64_t>(nodes.size());
  std::int64_t usable = 0, cordoned = 0;
  std::string why;
  for (const Tree* node : nodes) {
    const bool is_cordoned = isReady(*node) && isCordoned(*node);
    cordoned += is_cordoned ? 1 : 0;
    if (isReady(*node) && !is_cordoned) {
      ++usable;
    } else if (why.empty()) {
      why = is_cordoned ? whyCordoned(*node) : whyNotReady(*node);
    }
  }
  const std::string text = std::to_string(usable) + " of " + std::to_string(all) +
                           (cordoned > 0 ? ", " + std::to_string(cordoned) + " cordoned" : "");
  if (all < facts.min_nodes || all > facts.max_nodes)
    return fails(text, "the spec wants " + rangeText(facts) +
                           (facts.max_nodes == 1 ? " node" : " nodes") + "; there " +
                           (all == 1 ? "is 1" : "are " + std::to_string(all)));
  return usable == all ? holds(text) : fails(text, printable(why));
}

std::string domainOf(const std::string& resource) {
  return resource.substr(0, resource.find('/') + 1);
}

// A resource of the same makers that the spec does not imply: "example.com/gpu 8".
std::string unplannedOf(const Tree& node, const model::PoolFacts& facts) {
  const Tree* allocatable = below(node, {"status", "allocatable"});
  if (allocatable == nullptr || !allocatable->isMap()) return "";
  for (const auto& [resource, value] : allocatable->asMap()) {
    const auto same = [&](const auto& planned) { return planned.first == resource; };
    const auto related = [&](const auto& planned) {
      return resource.find('/') != std::string::npos &&
             domainOf(planned.first) == domainOf(resource);
    };
    const auto& planned = facts.allocatable;
    if (std::any_of(planned.begin(), planned.end(), same)) continue;
    if (std::none_of(planned.begin(), planned.end(), related)) continue;
    const std::string amount = amountAt(node, {"status", "allocatable"}, resource);
    if (!model::sameQuantity(amount, "0")) return resource + " " + amount;
  }
  return "";
}

std::string plannedText(const model::PoolFacts& facts) {
  const auto& [resource, amount] = facts.allocatable.front();
  const std::size_t more = facts.allocatable.size() - 1;
  return resource + " " + std::to_string(amount) +
         (more > 0 ? " and " + std::to_string(more) + " more" : "") + ", as planned";
}

// Every node has to offer every resource, and none that is not planned of the same devices.
Finding checkAllocatable(const Nodes& nodes, const model::PoolFacts& facts) {
  if (facts.allocatable.empty()) return {};
  if (nodes.empty()) return notRun("the pool has no node");
  for (const Tree* node : nodes) {
    for (const auto& [resource, amount] : facts.allocatable) {
      const std::string found = amountAt(*node, {"status", "allocatable"}, resource);
      if (model::sameQuantity(found, std::to_string(amount))) continue;
      return fails(printable(resource + " " + found + ", not " + std::to_string(amount)),
                   "node " + nameOf(*node) + " offers " + printable(resource + " " + found) +
                       "; the spec implies " + std::to_string(amount));
    }
    const std::string unplanned = printable(unplannedOf(*node, facts));
    if (!unplanned.empty())
      return fails(unplanned + ", not planned", "node " + nameOf(*node) + " offers " + unplanned +
                                                    ", which the spec does not imply");
  }
  return holds(plannedText(facts));
}

Finding checkLabels(const Nodes& nodes, const PoolCheck& pool) {
  if (pool.labels.empty()) return {};
  if (nodes.empty()) return notRun("the pool has no node");
  for (const Tree* node : nodes) {
    const Tree* labels = below(*node, {"metadata", "labels"});
    for (const auto& [key, value] : pool.labels) {
      const Tree* label = labels != nullptr ? labels->find(key) : nullptr;
      if (label != nullptr && *label == Tree(value)) continue;
      const std::string found =
          label != nullptr && label->isString() ? "`" + label->asString() + "`" : "missing";
      return fails("not as planned", "label " + key + " of node " + nameOf(*node) + " is " +
                                         printable(found) + ", not `" + value + "`");
    }
  }
  return holds("as planned");
}

}  // namespace

bool isReady(const Tree& node_or_pod) {
  const Tree* ready = conditionOf(node_or_pod, "Ready");
  return ready != nullptr && textAt(*ready, {"status"}) == "True";
}

bool isCordoned(const Tree& node) {
  const Tree* cordoned = below(node, {"spec", "unschedulable"});
  return cordoned != nullptr && *cordoned == Tree(true);
}

Nodes nodesOf(const Cluster& cluster, const PoolCheck& pool) {
  Nodes found;
  if (pool.facts.selector.empty()) return found;
  for (const Tree& node : cluster.nodes) {
    const Tree* labels = below(node, {"metadata", "labels"});
    const auto carries = [&](const auto& label) {
      const Tree* value = labels != nullptr ? labels->find(label.first) : nullptr;
      return value != nullptr && *value == Tree(label.second);
    };
    const auto& selector = pool.facts.selector;
    if (std::all_of(selector.begin(), selector.end(), carries)) found.push_back(&node);
  }
  return found;
}

void checkNodes(const Cluster& cluster, const PoolCheck& pool, PoolResult& result) {
  const Nodes nodes = nodesOf(cluster, pool);
  result.nodes = checkCount(nodes, pool.facts);
  result.allocatable = checkAllocatable(nodes, pool.facts);
  const bool missing = result.allocatable.verdict == Verdict::Fails;
  if (missing && cluster.wanted.skip_helm && !pool.releases.empty())
    result.allocatable =
        notRun(result.allocatable.why + ", and release " + pool.releases.front() + " is left out");
  result.labels = checkLabels(nodes, pool);
}

}  // namespace gpuspec::deploy::verify
