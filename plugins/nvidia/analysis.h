#pragma once

// What a request means: each pool's cut and sharing, and everything that is wrong with them. Both
// functions of the plugin start here; `emit` throws the findings away, as `partition` reported
// them.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plugins/nvidia/findings.h"
#include "plugins/nvidia/models.h"
#include "plugins/nvidia/request.h"

namespace gpuspec::nvidia {

enum class Stack { None, DevicePlugin, GpuOperator, Managed };
const char* stackName(Stack stack);
Stack stackOf(const Request& request);

// How the GPUs of a node are cut.
struct Cut {
  bool mixed = false;        // the strategy
  std::vector<Counts> gpus;  // by index; empty counts: this GPU is left whole
  bool uniform = false;      // `profile = ...`: every GPU full of one profile
  std::string config;        // gpu_operator: the layout's name
  const Counts& first() const { return gpus.front(); }
};

struct PoolState {
  const Pool* pool = nullptr;
  const Model* model = nullptr;  // nullptr: not in the table (reported)
  std::optional<Cut> cut;
  std::int64_t time_slices = 0, mps_clients = 0;  // 0: not shared that way
  bool understood = true;                         // false: no plan can be made
  std::string plugin_config;  // name of the device plugin's configuration for its nodes
  std::string plugin_config_text;

  // Whether the stack's software runs on its nodes; Windows nodes bring their own.
  bool served() const { return !pool->windows(); }
  std::int64_t replicas() const {
    return time_slices > 0 ? time_slices : mps_clients > 0 ? mps_clients : 1;
  }
};

struct Analysis {
  Stack stack = Stack::None;
  std::vector<PoolState> pools;  // parallel to the request's
  bool per_node_config = false;  // pools need different configurations of the device plugin
  bool understood() const;
  const PoolState* firstCut() const;  // nullptr: no pool is cut
};

Analysis analyse(const Request& request, Findings& findings);

// mig.cpp
void readMig(const Request& request, Stack stack, PoolState& state, Findings& findings);
// mig_advice.cpp; precondition: the pool is cut.
void adviseOnCut(const Cluster& cluster, Stack stack, const PoolState& state, Findings& findings);
// layouts.cpp
void nameLayouts(Analysis& analysis);
// How many of each resource a node has before sharing: "nvidia.com/gpu", "nvidia.com/mig-1g.10gb"
// ...
std::map<std::string, std::int64_t> devicesOf(const PoolState& state);
std::string resourceOf(const PoolState& state, std::size_t profile);
// sharing.cpp
void readSharing(const Request& request, std::size_t index, Stack stack, PoolState& state,
                 Findings& findings);
void nameConfigs(Analysis& analysis);
// The chart's MPS daemon runs where this label says so; feature discovery would set it.
bool needsMpsLabel(const Request& request, const PoolState& state);
// stack_rules.cpp
void checkStack(const Request& request, const Analysis& analysis, Findings& findings);

inline constexpr const char* kGpu = "nvidia.com/gpu";
inline constexpr const char* kWindowsGpu = "microsoft.com/directx";

}  // namespace gpuspec::nvidia
