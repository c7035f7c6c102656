#pragma once

// The smallest vendor that uses the whole plugin interface: one device that can be cut in halves or
// quarters, one block, one stack. Tests use it where the vendor does not matter; vendors may start
// from it.

#include "plugins/abi/gpuspec_plugin.h"

namespace gpuspec::fake {

const gs_vendor_v1& vendorApi();

}  // namespace gpuspec::fake
