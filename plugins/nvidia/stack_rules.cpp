#include <set>

#include "plugins/nvidia/analysis.h"

namespace gpuspec::nvidia {

namespace {

class StackRules {
 public:
  StackRules(const Request& request, const Analysis& analysis, Findings& findings)
      : request_(request), analysis_(analysis), stack_(analysis.stack), findings_(findings) {}

  void check() {
    if (request_.accelerator) checkAccelerator(*request_.accelerator);
    for (const PoolState& state : analysis_.pools) checkPool(state);
    if (stack_ == Stack::GpuOperator) {
      checkOneStrategy();
      checkOneOs();
    }
    checkManySlices();
    checkDeviceIsolation();
  }

 private:
  std::string name() const { return stackName(stack_); }
  Node stackAt() const { return request_.accelerator ? request_.accelerator->stack.at : 0; }
  bool aks() const { return request_.cluster.aks; }

  void checkAccelerator(const Accelerator& accelerator) {
    if (accelerator.dra.value) {
      findings_.report(accelerator.dra.at, Code::DraLater)
          .help("leave it out: the device plugin hands out the GPUs");
    }
    if (stack_ == Stack::Managed) checkManaged(accelerator);
    if (!accelerator.health.value) return;
    if (!aks()) {
      findings_.report(accelerator.health.at, Code::StackIgnores, "health", name())
          .fact("the checks are AKS's own, and this cluster is not AKS's");
    } else if (stack_ == Stack::GpuOperator) {
      findings_.report(accelerator.health.at, Code::HealthNotWatched, name())
          .note(stackAt(), "the operator installs the driver")
          .help(
              "`metrics = true` exports XID errors, temperatures and row remapping for alert rules "
              "of your own");
    }
  }

  void checkManaged(const Accelerator& accelerator) {
    if (!aks()) {
      findings_.report(accelerator.stack.at, Code::StackNeedsAks, name())
          .note(request_.cluster.at, "not a cluster of AKS")
          .help("`stack = gpu_operator` or `stack = device_plugin`");
      return;
    }
    findings_
        .report(accelerator.stack.at, Code::PreviewStack, name(), "ManagedGPUExperiencePreview")
        .fact("the pools it serves are written with a preview API version")
        .help(
            "az feature register --namespace Microsoft.ContainerService --name "
            "ManagedGPUExperiencePreview");
    if (!accelerator.version.value.empty()) {
      findings_.report(accelerator.version.at, Code::StackIgnores, "version", name())
          .fact("AKS chooses the versions");
    }
    if (accelerator.has_values) {
      findings_.report(accelerator.at, Code::StackIgnores, "values", name())
          .fact("no Helm chart is installed");
    }
  }

  void checkPool(const PoolState& state) {
    const Pool& pool = *state.pool;
    if (pool.windows()) {
      checkWindows(pool);
    } else if (stack_ == Stack::None) {
      findings_.report(pool.at, Code::NoStack, request_.cluster.name, pool.name)
          .help("accelerator nvidia { cluster = " + labelOf(request_.cluster) +
                "  stack = device_plugin }");
    }
    if (aks()) checkDriver(pool);
    if (stack_ == Stack::Managed && pool.autoscaled && !pool.windows()) {
      findings_
          .report(pool.nodes_at, Code::ManagedAutoscaled, pool.min_nodes, pool.max_nodes, name())
          .note(stackAt(), "the managed stack is chosen here")
          .fact("the restriction stands while the managed stack is in preview")
          .help("a fixed count of nodes");
    }
    if (stack_ == Stack::GpuOperator && pool.autoscaled && pool.min_nodes == 0) {
      findings_.report(pool.nodes_at, Code::OperatorScalesToZero, pool.name, name())
          .fact("a new node takes minutes until driver, toolkit and plugin are installed on it")
          .help("`nodes = 1.." + std::to_string(pool.max_nodes) + "` keeps one node ready");
    }
    if (!aks()) checkLabels(state);
  }

  void checkWindows(const Pool& pool) {
    if (aks()) {
      Finding finding =
          findings_.report(pool.os.at, Code::PreviewWindowsGpu, pool.os.value, "WindowsGPUPreview");
      if (pool.driver.value == "cuda" || pool.driver.value == "grid") {
        finding.note(pool.driver.at,
                     "only preview API versions have a field for the driver's type");
      }
      finding.help(
          "az feature register --namespace Microsoft.ContainerService --name WindowsGPUPreview");
    }
    if (stack_ != Stack::GpuOperator) return;
    findings_.report(stackAt(), Code::OperatorOnWindows, name(), pool.os.value, pool.name)
        .note(pool.os.at, "this pool runs Windows")
        .fact("Windows nodes bring driver and DirectX plugin with them")
        .help("a cluster of its own for the Windows pool, or `stack = device_plugin`");
  }

  void checkDriver(const Pool& pool) {
    const std::string& driver = pool.driver.value;
    const bool none = driver == "none";
    const bool typed = driver == "cuda" || driver == "grid";
    if (!driver.empty() && driver != "auto" && !none && !typed) {
      findings_.report(pool.driver.at, Code::DriverUnknown, driver)
          .fact("drivers: auto none cuda grid")
          .help("leave it out: the VM size and the stack say which one is needed");
      return;
    }
    if (pool.windows()) return;
    if (none && stack_ == Stack::DevicePlugin) {
      findings_.report(pool.driver.at, Code::DriverByNobody, name())
          .note(stackAt(), "the device plugin alone")
          .help("leave `driver` out: AKS installs it; or choose `stack = gpu_operator`");
    } else if (none && stack_ == Stack::Managed) {
      findings_.report(pool.driver.at, Code::DriverNoneIgnored, name())
          .note(stackAt(), "AKS manages the driver here")
          .help("leave `driver` out");
    } else if (none && pool.mig && stack_ == Stack::None) {
      findings_.report(pool.driver.at, Code::DriverByNobody, "none")
          .note(pool.mig->at, "AKS cuts GPUs with its own driver");
    } else if (typed && stack_ == Stack::GpuOperator) {
      findings_.report(pool.driver.at, Code::DriverTwice, driver, name())
          .note(stackAt(), "the operator installs the driver")
          .help("leave `driver` out: the pool is made with `driver = none`");
    } else if (typed && !pool.driver_kind.empty() && pool.driver_kind.rfind(driver, 0) != 0) {
      findings_
          .report(pool.driver.at, Code::DriverWrongKind, driver,
                  pool.vm ? pool.vm->value : pool.name, pool.driver_kind)
          .note(pool.vm ? pool.vm->at : 0, "the VM size decides on Linux")
          .help("leave `driver` out");
    }
    if (stack_ == Stack::GpuOperator && pool.driver_kind.rfind("grid", 0) == 0) {
      findings_
          .report(pool.vm ? pool.vm->at : pool.at, Code::OperatorGuestDriver, pool.gpu_title,
                  pool.vm ? pool.vm->value : pool.name, pool.driver_kind, name())
          .fact(
              "its driver container is the data-centre driver; the GPU of this size is virtual and "
              "needs the guest driver")
          .help(
              "`stack = device_plugin` leaves the driver to AKS, which installs the guest driver");
    }
  }

  // Labels on nodes that exist are their owner's to set.
  void checkLabels(const PoolState& state) {
    if (!state.served() || stack_ == Stack::None) return;
    const auto need = [&](const std::string& label) {
      findings_.report(state.pool->at, Code::NodeLabelsNeeded, state.pool->name, label)
          .help("kubectl label nodes -l " + selectorText(*state.pool) + " " + label);
    };
    if (state.cut && stack_ == Stack::GpuOperator)
      need("nvidia.com/mig.config=" + state.cut->config);
    if (analysis_.per_node_config && state.plugin_config != "default") {
      need("nvidia.com/device-plugin.config=" + state.plugin_config);
    }
    if (needsMpsLabel(request_, state)) need("nvidia.com/mps.capable=true");
  }

  static std::string labelOf(const Cluster& cluster) {
    return cluster.address.substr(cluster.address.rfind('.') + 1);
  }

  static std::string selectorText(const Pool& pool) {
    std::string text;
    for (const Label& label : pool.selector)
      text += (text.empty() ? "" : ",") + label.key + "=" + label.value;
    return text;
  }

  // The operator hands one `mig.strategy` to every node.
  void checkOneStrategy() {
    const PoolState* first = analysis_.firstCut();
    for (const PoolState& state : analysis_.pools) {
      if (!state.cut || state.cut->mixed == first->cut->mixed) continue;
      const auto name_of = [](const PoolState& s) {
        return std::string(s.cut->mixed ? "mixed" : "single");
      };
      findings_
          .report(state.pool->mig->strategy->at, Code::MigStrategiesDiffer, name_of(state),
                  name_of(*first), first->pool->name, name())
          .note(first->pool->mig->strategy->at, "`" + name_of(*first) + "` is chosen here")
          .help("`strategy = mixed` on both")
          .fix("the same strategy", singleOf(state, *first), "mixed", false);
      return;
    }
  }
  static Node singleOf(const PoolState& a, const PoolState& b) {
    return (a.cut->mixed ? b : a).pool->mig->strategy->at;
  }

  void checkOneOs() {
    const Pool* first = nullptr;
    for (const PoolState& state : analysis_.pools) {
      const Pool& pool = *state.pool;
      if (pool.windows()) continue;
      if (first == nullptr) first = &pool;
      if (pool.os.value == first->os.value) continue;
      findings_
          .report(pool.os.at, Code::OperatorMixedOs, pool.os.value, first->os.value, first->name,
                  name())
          .note(first->os.at, "`" + first->os.value + "` is chosen here");
      return;
    }
  }

  void checkManySlices() {
    for (const Demand& demand : request_.demands) {
      if (!demand.pool || demand.count < 2) continue;
      const PoolState& state = analysis_.pools[*demand.pool];
      if (!state.cut || state.replicas() > 1) continue;
      if (demand.profile.empty() && state.cut->mixed)
        continue;  // whole GPUs of a pool that is cut in part
      findings_.report(demand.at, Code::MigManySlicesInPod, demand.count)
          .note(state.pool->mig->at, "the pool's GPUs are cut here")
          .fact(
              "slices have no NVLink and no peer access between them, and NCCL does not work "
              "across them")
          .help("one larger profile, or whole GPUs of another pool");
    }
  }

  // The host files that AKS writes beside its driver let any image choose GPUs by an environment
  // variable.
  void checkDeviceIsolation() {
    if (!aks() || (stack_ != Stack::DevicePlugin && stack_ != Stack::Managed)) return;
    std::set<std::string> teams;
    for (const Quota& quota : request_.quotas) teams.insert(quota.team);
    for (const Demand& demand : request_.demands) {
      if (demand.pool && !demand.team.empty()) teams.insert(demand.team);
    }
    if (teams.size() < 2) return;
    findings_
        .report(stackAt(), Code::DeviceIsolationOpen, name(),
                static_cast<std::int64_t>(teams.size()))
        .fact("an image with NVIDIA_VISIBLE_DEVICES=all gets them without asking for any")
        .help("`stack = gpu_operator` closes it; or give each team pools of its own");
  }

  const Request& request_;
  const Analysis& analysis_;
  const Stack stack_;
  Findings& findings_;
};

}  // namespace

void checkStack(const Request& request, const Analysis& analysis, Findings& findings) {
  StackRules(request, analysis, findings).check();
}

}  // namespace gpuspec::nvidia
