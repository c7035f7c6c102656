#include <gtest/gtest.h>

#include "backends/deploy/model/compare.h"

namespace gpuspec::deploy::model {
namespace {

struct Pair {
  const char *a, *b;
};

TEST(Quantity, SameByMeaning) {
  static constexpr Pair kSame[] = {
      {"1", "1000m"},        {"0.5", "500m"},  {".5", "0.5"},         {"5.", "5"},
      {"+3", "3"},           {"0.1", "100m"},  {"1Gi", "1073741824"}, {"1Gi", "1024Mi"},
      {"1.5Gi", "1536Mi"},   {"0.5Ki", "512"}, {"1k", "1000"},        {"1G", "1000M"},
      {"1E", "1000P"},       {"1e3", "1k"},    {"1E3", "1000"},       {"12e-1", "1200m"},
      {"1e+2", "100"},       {"0", "0Gi"},     {"-0", "0"},           {"-1", "-1000m"},
      {"-1.5Gi", "-1536Mi"}, {"007", "7"},     {"1000000n", "1m"},    {"1u", "1000n"},
  };
  for (const auto& [a, b] : kSame) {
    EXPECT_TRUE(sameQuantity(a, b)) << a << " " << b;
    EXPECT_TRUE(sameQuantity(b, a)) << b << " " << a;
    EXPECT_EQ(lessQuantity(a, b), false) << a << " " << b;
  }
}

TEST(Quantity, Less) {
  static constexpr Pair kLess[] = {
      {"1", "2"},       {"999m", "1"}, {"1G", "1Gi"}, {"1000Mi", "1Gi"},
      {"-2", "-1000m"}, {"-1", "0"},   {"0", "1n"},   {"8e2", "1k"},
  };
  for (const auto& [a, b] : kLess) {
    EXPECT_FALSE(sameQuantity(a, b)) << a << " " << b;
    EXPECT_EQ(lessQuantity(a, b), true) << a << " " << b;
    EXPECT_EQ(lessQuantity(b, a), false) << a << " " << b;
  }
}

TEST(Quantity, WhatIsNoneIsNeverTheSame) {
  for (const char* text :
       {"",    "-",     "+",    ".",  "m",   "Gi",    "1K",  "1ki", "1gi", "1 Gi", " 1", "1 ",
        "--1", "1.2.3", "0x10", "1e", "1e+", "1e1.5", "1Zi", "one", "1,5", "NaN",  "inf"}) {
    EXPECT_FALSE(sameQuantity(text, text)) << "`" << text << "`";
    EXPECT_FALSE(sameQuantity(text, "1")) << "`" << text << "`";
    EXPECT_EQ(lessQuantity(text, "1"), std::nullopt) << "`" << text << "`";
    EXPECT_EQ(lessQuantity("1", text), std::nullopt) << "`" << text << "`";
  }
}

TEST(Quantity, SmallerThanANanoUnitRoundsUpAsInKubernetes) {
  EXPECT_TRUE(sameQuantity("0.1n", "1n"));
  EXPECT_TRUE(sameQuantity("1.5n", "2n"));
  EXPECT_TRUE(sameQuantity("0.00000000000001", "1n"));
  EXPECT_TRUE(sameQuantity("-0.1n", "-1n"));
  EXPECT_FALSE(sameQuantity("0.1n", "0"));
}

// Kubernetes caps quantities in powers of two at 2^63 - 1 and answers with that number.
TEST(Quantity, PowersOfTwoAreCapped) {
  EXPECT_TRUE(sameQuantity("8Ei", "9223372036854775807"));
  EXPECT_TRUE(sameQuantity("99999999999999999999999999Ei", "9223372036854775807"));
  EXPECT_TRUE(sameQuantity("-16Ei", "-9223372036854775807"));
  EXPECT_FALSE(sameQuantity("7Ei", "9223372036854775807"));
  EXPECT_FALSE(sameQuantity("10E", "9223372036854775807"));
}

TEST(Quantity, HugeOnesCompareByText) {
  const std::string huge(60, '9');
  EXPECT_TRUE(sameQuantity(huge, huge));
  EXPECT_FALSE(sameQuantity(huge, huge + "0"));
  EXPECT_EQ(lessQuantity("1", huge), std::nullopt);
  EXPECT_TRUE(sameQuantity("1e99", "1e99"));
  EXPECT_FALSE(sameQuantity("1e99", "1e98"));
  EXPECT_TRUE(sameQuantity("0e99", "0"));
  EXPECT_TRUE(sameQuantity("1e-99", "1n"));
}

}  // namespace
}  // namespace gpuspec::deploy::model
