#include <set>

#include "plugins/nvidia/analysis.h"

namespace gpuspec::nvidia {

namespace {

class SharingReader {
 public:
  SharingReader(const Request& request, std::size_t index, Stack stack, PoolState& state,
                Findings& findings)
      : request_(request),
        index_(index),
        stack_(stack),
        state_(state),
        sharing_(*state.pool->sharing),
        findings_(findings) {}

  void read() {
    if (!sharing_.time_slicing && !sharing_.mps) {
      findings_.report(sharing_.at, Code::SharingEmpty)
          .help("`time_slicing = 4` lets four pods use one GPU in turns");
      return reject();
    }
    if (sharing_.time_slicing && sharing_.mps) {
      findings_.report(sharing_.mps->at, Code::SharingTwice)
          .note(sharing_.time_slicing->at, "time slicing is asked for here")
          .help("time slicing takes turns, MPS splits memory and compute evenly; keep one");
      return reject();
    }
    if (state_.pool->windows()) {
      findings_.report(sharing_.at, Code::SharingOnWindows, state_.pool->os.value);
      return reject();
    }
    if (stack_ == Stack::Managed) {
      findings_.report(sharing_.at, Code::SharingNotInStack, stackName(stack_))
          .note(request_.accelerator->stack.at, "its device plugin takes no configuration")
          .help("`stack = device_plugin` and `stack = gpu_operator` can share GPUs");
      return reject();
    }
    if (sharing_.mps)
      readMps();
    else
      readTimeSlicing();
  }

 private:
  void reject() { state_.understood = false; }

  void readMps() {
    const At<std::int64_t>& mps = *sharing_.mps;
    if (state_.pool->mig) {
      findings_.report(mps.at, Code::MpsWithMig)
          .note(state_.pool->mig->at, "the pool's GPUs are cut here")
          .help("`time_slicing` works on slices as well");
      return reject();
    }
    state_.mps_clients = mps.value;
    findings_.report(mps.at, Code::MpsExperimental, mps.value)
        .fact("each client gets 1/" + std::to_string(mps.value) +
              " of memory and compute; NVIDIA calls it experimental")
        .help("MIG slices stand on their own, on GPUs that can be cut");
    refuseMany("MPS", mps.at);
  }

  void readTimeSlicing() {
    state_.time_slices = sharing_.time_slicing->value;
    refuseMany("time slicing", sharing_.time_slicing->at);
    std::set<std::string> teams;
    for (const Quota& quota : request_.quotas) {
      if (quota.pool == index_) teams.insert(quota.team);
    }
    for (const Demand& demand : request_.demands) {
      if (demand.pool == index_ && !demand.team.empty()) teams.insert(demand.team);
    }
    if (teams.size() < 2) return;
    Finding finding = findings_.report(sharing_.time_slicing->at, Code::SharedAcrossTeams,
                                       static_cast<std::int64_t>(teams.size()), state_.pool->name);
    for (const Quota& quota : request_.quotas) {
      if (quota.pool == index_) finding.note(quota.at, "`" + quota.team + "` gets a share");
    }
    finding
        .fact(
            "time slicing limits no memory, and a fault of one program ends the others on that GPU")
        .help("a pool for each team, or MIG slices");
  }

  // `failRequestsGreaterThanOne` is on: two shares may be of one GPU, so asking for two means
  // nothing.
  void refuseMany(const std::string& how, Node at) {
    for (const Demand& demand : request_.demands) {
      if (demand.pool != index_ || demand.count < 2) continue;
      findings_.report(demand.at, Code::SharedRequestTooLarge, demand.count)
          .note(at, how + " is turned on here")
          .help("ask for 1, or for whole GPUs of another pool");
    }
  }

  const Request& request_;
  const std::size_t index_;
  const Stack stack_;
  PoolState& state_;
  const SharingBlock& sharing_;
  Findings& findings_;
};

std::string strategyOf(const PoolState& state) {
  return !state.cut ? "none" : state.cut->mixed ? "mixed" : "single";
}

// The name says what the configuration does: "default", "mig-mixed", "time-slicing-4",
// "mig-mixed-time-slicing-2".
std::string configName(const PoolState& state, bool with_strategy) {
  std::string name = with_strategy && state.cut ? "mig-" + strategyOf(state) : "";
  const auto append = [&](const std::string& part) { name += (name.empty() ? "" : "-") + part; };
  if (state.time_slices > 0) append("time-slicing-" + std::to_string(state.time_slices));
  if (state.mps_clients > 0) append("mps-" + std::to_string(state.mps_clients));
  return name.empty() ? "default" : name;
}

std::string configText(const PoolState& state, const std::string& strategy) {
  std::string text = "version: v1\nflags:\n  migStrategy: " + strategy + "\n";
  if (state.replicas() == 1) return text;
  text += state.mps_clients > 0 ? "sharing:\n  mps:\n" : "sharing:\n  timeSlicing:\n";
  text += "    failRequestsGreaterThanOne: true\n    resources:\n";
  for (const auto& [resource, count] : devicesOf(state)) {
    text +=
        "    - name: " + resource + "\n      replicas: " + std::to_string(state.replicas()) + "\n";
  }
  return text;
}

}  // namespace

void readSharing(const Request& request, std::size_t index, Stack stack, PoolState& state,
                 Findings& findings) {
  if (state.pool->sharing) SharingReader(request, index, stack, state, findings).read();
}

bool needsMpsLabel(const Request& request, const PoolState& state) {
  return state.mps_clients > 0 && stackOf(request) == Stack::DevicePlugin &&
         !request.accelerator->discovery.value;
}

// Under the operator the strategy is one value for the cluster, so only sharing makes nodes differ.
void nameConfigs(Analysis& analysis) {
  const bool by_operator = analysis.stack == Stack::GpuOperator;
  const PoolState* cut = analysis.firstCut();
  const std::string common = by_operator && cut != nullptr ? strategyOf(*cut) : "none";
  std::set<std::string> strategies;
  std::map<std::string, std::string> taken = {
      {"default", "version: v1\nflags:\n  migStrategy: " + common + "\n"}};
  for (PoolState& state : analysis.pools) {
    if (!state.served()) continue;
    strategies.insert(strategyOf(state));
    if (state.replicas() > 1) analysis.per_node_config = true;
    state.plugin_config = configName(state, !by_operator);
    state.plugin_config_text = configText(state, by_operator ? common : strategyOf(state));
    // Two layouts that are shared alike have different resources.
    if (taken.emplace(state.plugin_config, state.plugin_config_text).first->second !=
        state.plugin_config_text) {
      state.plugin_config += "-" + state.pool->name;
    }
  }
  if (!by_operator && strategies.size() > 1) analysis.per_node_config = true;
}

}  // namespace gpuspec::nvidia
