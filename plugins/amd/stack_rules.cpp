#include <set>

#include "plugins/amd/analysis.h"

namespace gpuspec::amd {

namespace {

class StackRules {
 public:
  StackRules(const Request& request, const Analysis& analysis, Findings& findings)
      : request_(request), analysis_(analysis), findings_(findings) {}

  void check() {
    if (request_.accelerator) checkAccelerator(*request_.accelerator);
    for (std::size_t i = 0; i < analysis_.pools.size(); ++i) checkPool(i, analysis_.pools[i]);
    checkOneDriver();
  }

 private:
  bool aks() const { return request_.cluster.aks; }
  Node stackAt() const { return request_.accelerator ? request_.accelerator->stack.at : 0; }

  void checkAccelerator(const Accelerator& accelerator) {
    if (accelerator.dra.value) {
      findings_.report(accelerator.dra.at, Code::DraLater)
          .help("leave it out: the device plugin hands out the GPUs");
    }
    if (!accelerator.health.value) return;
    if (!aks()) {
      findings_.report(accelerator.health.at, Code::StackIgnores, "health", kOperatorStack)
          .fact("the checks are AKS's own, and this cluster is not AKS's");
      return;
    }
    findings_.report(accelerator.health.at, Code::HealthNotWatched, kOperatorStack)
        .note(stackAt(), "the operator installs the driver")
        .help("`metrics = true` exports gpu_health and ECC counts for alert rules of your own");
  }

  void checkPool(std::size_t index, const PoolState& state) {
    const Pool& pool = *state.pool;
    if (!analysis_.has_stack) {
      const std::string& address = request_.cluster.address;
      findings_.report(pool.at, Code::NoStack, request_.cluster.name, pool.name)
          .help("accelerator amd { cluster = " + address.substr(address.rfind('.') + 1) +
                "  stack = gpu_operator }");
    }
    if (pool.windows()) {
      findings_
          .report(stackAt() != 0 ? stackAt() : pool.os.at, Code::OperatorOnWindows, kOperatorStack,
                  pool.os.value, pool.name)
          .note(pool.os.at, "this pool runs Windows");
    }
    checkDriver(pool);
    if (analysis_.has_stack && pool.autoscaled && pool.min_nodes == 0) {
      findings_.report(pool.nodes_at, Code::OperatorScalesToZero, pool.name, kOperatorStack)
          .fact("a new node takes minutes until driver and device plugin are installed on it")
          .help("`nodes = 1.." + std::to_string(pool.max_nodes) + "` keeps one node ready");
    }
    if (pool.partition) checkPartition(index, state);
  }

  // AKS, "Use AMD GPUs" (articles/aks/use-amd-gpus, 2026-08-21): no driver of the platform's.
  void checkDriver(const Pool& pool) {
    const std::string& driver = pool.driver.value;
    if (driver.empty() || driver == "auto" || driver == "none") return;
    if (driver != "cuda" && driver != "grid") {
      findings_.report(pool.driver.at, Code::DriverUnknown, driver)
          .fact("drivers of AMD's GPUs: auto none")
          .help("leave it out: the operator installs the driver");
      return;
    }
    findings_
        .report(pool.driver.at, Code::VendorError,
                "`driver = " + driver + "` on GPUs of AMD, for which the platform installs none")
        .help("leave `driver` out: the operator installs it");
  }

  void checkPartition(std::size_t index, const PoolState& state) {
    const Pool& pool = *state.pool;
    if (analysis_.has_stack && aks()) warnUnconfirmed(pool);
    if (analysis_.has_stack && !aks()) {
      const std::string label = std::string(kProfileLabel) + "=" + analysis_.profileOf(state);
      findings_.report(pool.at, Code::NodeLabelsNeeded, pool.name, label)
          .fact("the config manager cuts a node's GPUs when it carries the label")
          .help("kubectl label nodes -l " + selectorText(pool) + " " + label);
    }
    if (pool.max_pods && state.devices() > pool.max_pods->value) {
      findings_
          .report(pool.max_pods->at, Code::SlicesExceedPods, state.devices(), pool.name,
                  pool.max_pods->value)
          .note(pool.partition->at, "the GPUs are cut here");
    }
    if (!state.mode.whole() && state.mode.memory == "NPS1") checkSharedMemory(index, state);
  }

  // Neither AKS's page on AMD GPUs nor Azure's on the size says that a guest may repartition
  // (articles/aks/use-amd-gpus, read 2026-08-21).
  void warnUnconfirmed(const Pool& pool) {
    findings_.report(pool.partition->at, kUnconfirmed, pool.vm ? pool.vm->value : pool.name)
        .fact("source: AKS, \"Use AMD GPUs\" (2026-08-21), which says nothing of partitions")
        .fact("a node takes its modes while nothing uses its GPUs (amd-dcm=up:NoExecute)")
        .help("try it on one node: its label dcm.amd.com/gpu-config-profile-state says `success`");
  }

  static std::string selectorText(const Pool& pool) {
    std::string text;
    for (const Label& label : pool.selector)
      text += (text.empty() ? "" : ",") + label.key + "=" + label.value;
    return text;
  }

  // Under NPS1 all devices of a GPU take their memory from one pool.
  void checkSharedMemory(std::size_t index, const PoolState& state) {
    std::set<std::string> teams;
    for (const Quota& quota : request_.quotas) {
      if (quota.pool == index) teams.insert(quota.team);
    }
    if (teams.size() < 2) return;
    const PartitionBlock& block = *state.pool->partition;
    Finding finding = findings_.report(block.memory ? block.memory->at : block.at, kMemoryShared,
                                       static_cast<std::int64_t>(teams.size()), state.pool->name);
    finding.fact("the share of each device is an even split, not a wall");
    for (const Mode& mode : state.model->legal) {
      if (mode.compute == state.mode.compute && mode.memory != "NPS1")
        finding.help("`memory = " + mode.memory +
                     "` gives each group of devices memory of its own");
    }
  }

  // One DeviceConfig serves the cluster; on AKS it always installs the driver.
  void checkOneDriver() {
    if (aks()) return;
    const Pool* first = nullptr;
    for (const PoolState& state : analysis_.pools) {
      const Pool& pool = *state.pool;
      if (first == nullptr) first = &pool;
      if ((pool.driver.value == "none") == (first->driver.value == "none")) continue;
      findings_
          .report(pool.driver.at, Code::VendorError,
                  "`" + pool.name + "` and `" + first->name +
                      "` differ in `driver = none`: the operator installs the driver on all nodes "
                      "or on none")
          .note(first->driver.at, "the other pool");
      return;
    }
  }

  const Request& request_;
  const Analysis& analysis_;
  Findings& findings_;
};

}  // namespace

void checkStack(const Request& request, const Analysis& analysis, Findings& findings) {
  StackRules(request, analysis, findings).check();
}

}  // namespace gpuspec::amd
