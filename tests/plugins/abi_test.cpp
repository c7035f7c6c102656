// The layout of version 1.0 on LP64 platforms, as released. A field that moves breaks every plugin
// that is out there: then the major number must change, and this table with it.

#include <gtest/gtest.h>

#include <cstddef>

#include "plugins/abi/gpuspec_plugin.h"

namespace {

TEST(Abi, LayoutIsThatOfVersionOne) {
  EXPECT_EQ(GPUSPEC_ABI_MAJOR, 1u);
  EXPECT_EQ(sizeof(gs_status), 4u);
  EXPECT_EQ(sizeof(gs_str), 16u);
  EXPECT_EQ(offsetof(gs_str, size), 8u);
  EXPECT_EQ(sizeof(gs_sink), 32u);
  EXPECT_EQ(offsetof(gs_sink, ctx), 8u);
  EXPECT_EQ(offsetof(gs_sink, write), 16u);
  EXPECT_EQ(offsetof(gs_sink, diagnose), 24u);
  EXPECT_EQ(offsetof(gs_vendor_v1, abi_major), 8u);
  EXPECT_EQ(offsetof(gs_vendor_v1, abi_minor), 12u);
  EXPECT_EQ(offsetof(gs_vendor_v1, name), 16u);
  EXPECT_EQ(offsetof(gs_vendor_v1, version), 32u);
  EXPECT_EQ(offsetof(gs_vendor_v1, describe), 48u);
  EXPECT_EQ(offsetof(gs_vendor_v1, partition), 56u);
  EXPECT_EQ(offsetof(gs_vendor_v1, emit), 64u);
}

TEST(Abi, LaterVersionsOnlyAppended) {
  EXPECT_EQ(GPUSPEC_ABI_MINOR, 1u);
  EXPECT_EQ(offsetof(gs_vendor_v1, observe), 72u);  // 1.1
  EXPECT_EQ(sizeof(gs_vendor_v1), 80u);
}

TEST(Abi, StatusNumbersStay) {
  EXPECT_EQ(GS_OK, 0);
  EXPECT_EQ(GS_REJECTED, 1);
  EXPECT_EQ(GS_UNSUPPORTED, 2);
  EXPECT_EQ(GS_INTERNAL, 3);
}

}  // namespace
