#include "compiler/sema/convert.h"

#include <gtest/gtest.h>

namespace gpuspec::sema {
namespace {

TEST(Convert, BytesTakeTheLargestUnitThatDivides) {
  EXPECT_EQ(bytesText(0), "0");
  EXPECT_EQ(bytesText(1600 * (std::int64_t{1} << 30)), "1600Gi");
  EXPECT_EQ(bytesText(std::int64_t{1} << 40), "1Ti");
  EXPECT_EQ(bytesText(1536), "1536");
  EXPECT_EQ(bytesText(2048), "2Ki");
  EXPECT_EQ(bytesText(500'000'000), "500M");
  EXPECT_EQ(bytesText(1'000'001), "1000001");
}

TEST(Convert, OtherUnits) {
  EXPECT_EQ(milliText(88'000), "88");
  EXPECT_EQ(milliText(1500), "1500m");
  EXPECT_EQ(durationText(0), "0s");
  EXPECT_EQ(durationText(7'200'000), "2h");
  EXPECT_EQ(durationText(90'000), "90s");
  EXPECT_EQ(durationText(250), "250ms");
  EXPECT_EQ(percentText(3300), "33");
  EXPECT_EQ(percentText(1250), "12.5");
  EXPECT_EQ(percentText(5), "0.05");
  EXPECT_EQ(moneyText(3'670'000), "3.67");
  EXPECT_EQ(moneyText(10), "0.00001");
  EXPECT_EQ(moneyText(-1'500'000), "-1.5");
}

}  // namespace
}  // namespace gpuspec::sema
