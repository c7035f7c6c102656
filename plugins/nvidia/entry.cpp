#include "plugins/nvidia/api.h"

const gs_vendor_v1* gpuspec_vendor_v1(void) {
  return &gpuspec::nvidia::vendorApi();
}
