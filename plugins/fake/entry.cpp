#include "plugins/fake/api.h"

const gs_vendor_v1* gpuspec_vendor_v1(void) {
  return &gpuspec::fake::vendorApi();
}
