// Times as the APIs and programs write them.

#include "backends/deploy/apply/utc_text.h"

#include <gtest/gtest.h>

namespace gpuspec::deploy::apply {
namespace {

using std::chrono::microseconds;
using std::chrono::system_clock;

TEST(TimeOf, GivesBackWhatIsWritten) {
  const std::time_t now = 1795600000;
  EXPECT_EQ(timeOf(utcText(now)), system_clock::from_time_t(now));
}

TEST(TimeOf, KnowsFractionsAndOffsets) {
  const auto noon = *timeOf("2026-11-21T12:00:00Z");
  EXPECT_EQ(timeOf("2026-11-21T12:00:00.25Z"), noon + microseconds(250'000));
  EXPECT_EQ(timeOf("2026-11-21T12:00:00.1234567Z"), noon + microseconds(123'456));
  EXPECT_EQ(timeOf("2026-11-21T14:30:00+02:30"), noon);
  EXPECT_EQ(timeOf("2026-11-21T06:00:00.000000-06:00"), noon);
}

TEST(TimeOf, RefusesWhatIsNone) {
  for (const char* text :
       {"", "soon", "2026-11-21", "2026-11-21T12:00:00", "2026-11-21T12:00:00Zulu",
        "2026-11-21T12:00:00.Zx", "2026-13-21T12:00:00Z", "1795600000"})
    EXPECT_EQ(timeOf(text), std::nullopt) << text;
}

}  // namespace
}  // namespace gpuspec::deploy::apply
