#pragma once

// What the name of a VM size says, by Azure's naming convention.

#include <cstdint>
#include <string>
#include <string_view>

namespace gpuspec::deploy::sandbox::arm {

struct VmSize {
  bool valid = false;
  std::string family;  // "NDisr_H100_v5": the name without its vCPUs
  std::int64_t vcpus = 0;
  bool has_gpu = false;  // N series
  bool can_partition = false;
};
VmSize readVmSize(std::string_view name);

}  // namespace gpuspec::deploy::sandbox::arm
