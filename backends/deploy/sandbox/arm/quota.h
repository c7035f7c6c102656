#pragma once

// Limits on vCPUs, by family of VM sizes and region.

#include <string>
#include <vector>

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/arm/arm_api.h"
#include "backends/deploy/sandbox/arm/state.h"

namespace gpuspec::deploy::sandbox::arm {

// One pool as quota counts it.
struct PoolDemand {
  std::string region, vm_size;
  std::int64_t count = 0;
};

class Quota {
 public:
  Quota(const State& state, const ArmOptions& options) : state_(state), options_(options) {}

  // `before` is what the pools had that now become `after`.
  [[nodiscard]] llvm::Error check(const std::vector<PoolDemand>& before,
                                  const std::vector<PoolDemand>& after) const;
  // Microsoft.Compute's list of usages of a region.
  Tree usages(const std::string& region) const;

 private:
  std::int64_t used(const std::string& family, const std::string& region) const;
  // -1 = no limit.
  std::int64_t limit(const std::string& family) const;

  const State& state_;
  const ArmOptions& options_;
};

}  // namespace gpuspec::deploy::sandbox::arm
