#pragma once

// Whether a pod fits on a node, and how well: the scheduler's questions. Pure.

#include <tuple>

#include "backends/deploy/sandbox/cluster/cache.h"
#include "backends/deploy/sandbox/cluster/quantity.h"

namespace gpuspec::deploy::sandbox::live {

// A node and what stands on it, pods that have not ended.
struct NodeState {
  Object node;
  Amounts allocatable, used;
  std::map<std::string, Object> pods;  // by uid
};
using NodeStates = std::map<std::string, NodeState, std::less<>>;

// Why the pod cannot go to the node, in the real scheduler's words; empty = it can.
struct Verdict {
  std::vector<std::string> reasons;
  bool permanent = false;  // removing pods from the node would not help
};

// What must be counted over the whole cluster, once for each pod.
class PodRules {
 public:
  PodRules(const Tree& pod, const NodeStates& nodes, const Cache& cache);
  Verdict check(const NodeState& state) const;
  // Lower is better.
  using Score = std::tuple<std::int64_t, std::int64_t, double, std::string>;
  Score score(const NodeState& state) const;
  const Amounts& requests() const { return requests_; }

 private:
  struct Term {
    std::string topology_key;
    std::map<std::string, std::int64_t> matching;  // pods, by the topology's value
    bool matches_itself = false;
    std::int64_t weight = 0;
  };
  struct Spread {
    std::string topology_key;
    std::map<std::string, std::int64_t> matching;
    std::int64_t max_skew = 1, least = 0, itself = 0;
  };

  void readTerms(std::string_view field, std::vector<Term>& required, std::vector<Term>& preferred);
  Term readTerm(const Tree& term) const;
  void readSpread(const Tree& constraint);
  void readOthersRefusals();
  std::string affinityReason(const Labels& labels) const;
  std::string spreadReason(const Labels& labels) const;
  std::vector<std::string> shortages(const NodeState& state, bool& permanent) const;
  bool portsTaken(const NodeState& state) const;

  const Tree& pod_;
  const NodeStates& nodes_;
  const Cache& cache_;
  Amounts requests_;
  std::vector<Term> near_, apart_, rather_near_, rather_apart_;
  std::vector<std::pair<std::string, std::string>> refused_;  // domains where others want it not
  std::vector<Spread> spreads_;
};

}  // namespace gpuspec::deploy::sandbox::live
