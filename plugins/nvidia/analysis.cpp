#include "plugins/nvidia/analysis.h"

#include <algorithm>

namespace gpuspec::nvidia {

const char* stackName(Stack stack) {
  switch (stack) {
    case Stack::None:
      return "none";
    case Stack::DevicePlugin:
      return "device_plugin";
    case Stack::GpuOperator:
      return "gpu_operator";
    case Stack::Managed:
      return "managed";
  }
  return "";
}

Stack stackOf(const Request& request) {
  if (!request.accelerator) return Stack::None;
  const std::string& name = request.accelerator->stack.value;
  if (name == stackName(Stack::GpuOperator)) return Stack::GpuOperator;
  if (name == stackName(Stack::Managed)) return Stack::Managed;
  return Stack::DevicePlugin;
}

bool Analysis::understood() const {
  return std::all_of(pools.begin(), pools.end(),
                     [](const PoolState& state) { return state.understood; });
}

const PoolState* Analysis::firstCut() const {
  const auto found = std::find_if(pools.begin(), pools.end(),
                                  [](const PoolState& state) { return state.cut.has_value(); });
  return found == pools.end() ? nullptr : &*found;
}

Analysis analyse(const Request& request, Findings& findings) {
  Analysis analysis;
  analysis.stack = stackOf(request);
  for (std::size_t i = 0; i < request.pools.size(); ++i) {
    const Pool& pool = request.pools[i];
    PoolState& state = analysis.pools.emplace_back();
    state.pool = &pool;
    state.model = findModel(pool.model);
    if (state.model == nullptr) {
      findings.report(pool.vm ? pool.vm->at : pool.at, Code::VendorDeviceUnknown, pool.model);
      state.understood = false;
      continue;
    }
    readMig(request, analysis.stack, state, findings);
    readSharing(request, i, analysis.stack, state, findings);
  }
  if (!analysis.understood()) return analysis;
  nameLayouts(analysis);
  nameConfigs(analysis);
  checkStack(request, analysis, findings);
  return analysis;
}

}  // namespace gpuspec::nvidia
