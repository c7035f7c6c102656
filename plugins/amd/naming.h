#pragma once

// Names that the device plugin and the config manager give.

#include <string>

#include "plugins/amd/models.h"

namespace gpuspec::amd {

inline constexpr const char* kGpu = "amd.com/gpu";
inline constexpr const char* kProfileLabel = "dcm.amd.com/gpu-config-profile";

// "cpx_nps4"
std::string lowerName(const Mode& mode);

// ROCm/k8s-device-plugin ed764684: strategy `single` calls every device amd.com/gpu; `mixed` names
// it after its modes, "amd.com/cpx_nps4".
std::string resourceOf(const Mode& mode, bool mixed);

// "cpx_nps4_all", as the config manager's own profiles are called; "cpx_nps4_mixed" where devices
// are named by their mode, so that the name tells the strategy, too.
std::string profileName(const Mode& mode, bool mixed);

}  // namespace gpuspec::amd
