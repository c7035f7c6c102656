#include <algorithm>

#include "plugins/nvidia/analysis.h"

namespace gpuspec::nvidia {

std::string resourceOf(const PoolState& state, std::size_t profile) {
  return state.cut->mixed ? migResource(state.model->names[profile]) : kGpu;
}

std::map<std::string, std::int64_t> devicesOf(const PoolState& state) {
  if (state.pool->windows()) return {{kWindowsGpu, state.pool->gpus}};
  if (!state.cut) return {{kGpu, state.pool->gpus}};
  std::map<std::string, std::int64_t> devices;
  for (const Counts& counts : state.cut->gpus) {
    if (counts.empty()) ++devices[kGpu];
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (counts[i] > 0) devices[resourceOf(state, i)] += counts[i];
    }
  }
  return devices;
}

// `all-1g.10gb` as NVIDIA's own configurations have it; anything else, and a name that another
// layout took, by pool.
void nameLayouts(Analysis& analysis) {
  std::map<std::string, Counts> taken;
  for (PoolState& state : analysis.pools) {
    if (!state.cut || analysis.stack != Stack::GpuOperator) continue;
    Cut& cut = *state.cut;
    cut.config = "pool-" + state.pool->name;
    if (!cut.uniform) continue;
    std::string name = "all-" + state.pool->mig->profile->value;
    std::replace(name.begin(), name.end(), '+', '.');
    if (taken.emplace(name, cut.first()).first->second == cut.first()) cut.config = name;
  }
}

}  // namespace gpuspec::nvidia
