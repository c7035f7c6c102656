#include "compiler/sema/cron.h"

#include <gtest/gtest.h>

namespace gpuspec::sema {
namespace {

TEST(Cron, WhatKubernetesTakes) {
  for (const char* text :
       {"30 2 * * *", "*/15 0-6,22,23 1,15 JAN-mar MON-FRI", "0 0 ? * 0", "5/10 * * * *", "@hourly",
        "  0   0 1 1 *  ", "59 23 31 12 6", "10-50/20 * * * sun"})
    EXPECT_EQ(cronFault(text), "") << text;
}

TEST(Cron, EachFieldHasItsRange) {
  EXPECT_EQ(cronFault("60 0 * * *"), "`60` is no minute: these go from 0 to 59");
  EXPECT_EQ(cronFault("0 24 * * *"), "`24` is no hour: these go from 0 to 23");
  EXPECT_EQ(cronFault("0 0 0 * *"), "`0` is no day of the month: these go from 1 to 31");
  EXPECT_EQ(cronFault("0 0 1 13 *"), "`13` is no month: these go from 1 to 12");
  EXPECT_EQ(cronFault("0 0 * * 7"), "`7` is no day of the week: these go from 0 to 6");
  EXPECT_EQ(cronFault("0 0 * * funday"), "`funday` is no day of the week: these go from 0 to 6");
  EXPECT_EQ(cronFault("0 mon * * *"), "`mon` is no hour: these go from 0 to 23");
  EXPECT_EQ(cronFault("0 99999999999999999999 * * *"),
            "`99999999999999999999` is no hour: these go from 0 to 23");
}

TEST(Cron, Forms) {
  EXPECT_EQ(cronFault("every night"), "it has 2 fields, not 5");
  EXPECT_EQ(cronFault("0 0 2 * * *"), "it has 6 fields, not 5");
  EXPECT_EQ(cronFault("@nightly"), "there is no `@nightly`");
  EXPECT_EQ(cronFault("5-1 * * * *"), "`5-1` runs backwards");
  EXPECT_EQ(cronFault("1-2-3 * * * *"), "`1-2-3` is no range");
  EXPECT_EQ(cronFault("*/0 * * * *"), "`0` is no step: a number of at least 1 is");
  EXPECT_EQ(cronFault("1,,2 * * * *"), "`` is no minute: these go from 0 to 59");
  EXPECT_EQ(cronFault("-1 * * * *"), "`` is no minute: these go from 0 to 59");
  EXPECT_EQ(cronFault(""), "it has 0 fields, not 5");
}

}  // namespace
}  // namespace gpuspec::sema
