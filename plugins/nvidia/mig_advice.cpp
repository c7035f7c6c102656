#include "plugins/nvidia/analysis.h"

namespace gpuspec::nvidia {

namespace {

// What is possible, but probably not meant.
class CutAdviser {
 public:
  CutAdviser(const Cluster& cluster, Stack stack, const PoolState& state, Findings& findings)
      : cluster_(cluster),
        stack_(stack),
        state_(state),
        pool_(*state.pool),
        mig_(*state.pool->mig),
        cut_(*state.cut),
        findings_(findings) {}

  void advise() {
    if (cut_.mixed && pool_.autoscaled) {
      findings_.report(pool_.nodes_at, Code::MigMixedAutoscaled, pool_.min_nodes, pool_.max_nodes)
          .note(mig_.strategy->at,
                "slices get names like `" + migResource(state_.model->names.front()) + "`")
          .help("a fixed count, or `strategy = single`, which offers slices as `nvidia.com/gpu`");
    }
    if (cut_.uniform)
      warnIdle();
    else
      warnRoom();
    warnPods();
  }

 private:
  // 3g: two use all the memory and 6 of 7 compute slices. 4g: one leaves the rest to others that a
  // uniform cut has not.
  void warnIdle() {
    const Family& family = *state_.model->family;
    const int used = computeSlices(family, cut_.first());
    const int idle = family.compute - used;
    const bool three = profileOf(*state_.model, mig_.profile->value) >= 0 &&
                       mig_.profile->value.rfind("3g.", 0) == 0;
    if (idle < 2 && !(three && idle > 0)) return;
    Finding finding = findings_.report(mig_.profile->at, Code::MigProfileWasteful,
                                       mig_.profile->value, static_cast<std::int64_t>(idle),
                                       static_cast<std::int64_t>(family.compute));
    const Counts full = nearestFit(family, cut_.first());
    if (full == cut_.first()) return;
    const bool by_operator = stack_ == Stack::GpuOperator || !cluster_.aks;
    finding.help("`layout = [" + layoutText(*state_.model, full) + "]` uses more" +
                 (by_operator ? "" : "; it needs `stack = gpu_operator`"));
  }

  void warnRoom() {
    const Family& family = *state_.model->family;
    for (const Counts& counts : cut_.gpus) {
      const int room = counts.empty() ? -1 : roomFor(family, counts);
      if (room < 0) continue;
      Counts more(counts.size(), 0);
      ++more[static_cast<std::size_t>(room)];
      const Node at = mig_.layout ? mig_.layout->at : mig_.layouts_at;
      findings_.report(at, Code::MigLayoutNotFull, layoutText(*state_.model, more))
          .help("`[" + layoutText(*state_.model, nearestFit(family, counts)) + "]` is full");
      return;
    }
  }

  // Without `max_pods` only the legacy network plugin has a default that is small.
  void warnPods() {
    std::int64_t slices = 0;
    for (const Counts& counts : cut_.gpus) {
      for (const int n : counts) slices += n;
    }
    const bool legacy = cluster_.aks && cluster_.network_plugin == "azure";
    if (!pool_.max_pods && !legacy) return;
    const std::int64_t pods = pool_.max_pods ? pool_.max_pods->value : 30;
    if (slices <= pods) return;
    findings_
        .report(pool_.max_pods ? pool_.max_pods->at : mig_.at, Code::MigSlicesExceedPods, slices,
                pool_.name, pods)
        .fact("a pod uses one slice; DaemonSets take places as well")
        .help("`max_pods = 110` leaves room; it cannot change on an existing pool");
  }

  const Cluster& cluster_;
  const Stack stack_;
  const PoolState& state_;
  const Pool& pool_;
  const MigBlock& mig_;
  const Cut& cut_;
  Findings& findings_;
};

}  // namespace

void adviseOnCut(const Cluster& cluster, Stack stack, const PoolState& state, Findings& findings) {
  CutAdviser(cluster, stack, state, findings).advise();
}

}  // namespace gpuspec::nvidia
