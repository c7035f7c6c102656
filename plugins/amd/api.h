#pragma once

// AMD as a vendor: Instinct devices and their partition modes, the stack of the AMD GPU operator.

#include "plugins/abi/gpuspec_plugin.h"

namespace gpuspec::amd {

const gs_vendor_v1& vendorApi();

}  // namespace gpuspec::amd
