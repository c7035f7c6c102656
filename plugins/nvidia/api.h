#pragma once

// The NVIDIA vendor: device table, MIG geometry, sharing, and the stacks device_plugin,
// gpu_operator and managed. It sees of gpuspec only plugins/abi; everything it knows comes in a
// request document and leaves in a reply.

#include "plugins/abi/gpuspec_plugin.h"

namespace gpuspec::nvidia {

const gs_vendor_v1& vendorApi();

}  // namespace gpuspec::nvidia
