#include "plugins/amd/api.h"

const gs_vendor_v1* gpuspec_vendor_v1(void) {
  return &gpuspec::amd::vendorApi();
}
