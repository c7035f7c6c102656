#include "lang/syntax/quantity.h"

#include <gtest/gtest.h>

namespace gpuspec::syntax {
namespace {

std::int64_t amountOf(std::string_view text) {
  const ScannedNumber scanned = scanNumber(text);
  EXPECT_EQ(scanned.length, text.size()) << text;
  const auto amount = readAmount(text, scanned.kind);
  EXPECT_TRUE(amount.has_value()) << text;
  return amount ? amount->value : -1;
}

TEST(Quantity, Amounts) {
  EXPECT_EQ(amountOf("1_000"), 1000);
  EXPECT_EQ(amountOf("80GiB"), std::int64_t{80} << 30);
  EXPECT_EQ(amountOf("512MB"), 512000000);
  EXPECT_EQ(amountOf("1.5KiB"), 1536);
  EXPECT_EQ(amountOf("4cpu"), 4000);
  EXPECT_EQ(amountOf("500mcpu"), 500);
  EXPECT_EQ(amountOf("90s"), 90000);
  EXPECT_EQ(amountOf("1.5h"), 5400000);
  EXPECT_EQ(amountOf("7d"), 604800000);
  EXPECT_EQ(amountOf("33%"), 3300);
  EXPECT_EQ(amountOf("0.5%"), 50);
}

TEST(Quantity, Money) {
  const auto plain = readAmount("$3.67", LiteralKind::Money);
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->value, 3670000);
  EXPECT_EQ(plain->period, Amount::Period::None);
  EXPECT_EQ(readAmount("$40_000 per month", LiteralKind::Money)->value,
            std::int64_t{40000} * 1000000);
  EXPECT_EQ(readAmount("$40_000 per month", LiteralKind::Money)->period, Amount::Period::Month);
  EXPECT_EQ(readAmount("$1 per hour", LiteralKind::Money)->period, Amount::Period::Hour);
  EXPECT_EQ(readAmount("$1 per day", LiteralKind::Money)->period, Amount::Period::Day);
}

TEST(Quantity, Profiles) {
  EXPECT_EQ(scanNumber("1g.10gb+me ").kind, LiteralKind::Profile);
  EXPECT_EQ(scanNumber("1g.10gb+me ").length, 10u);
  EXPECT_EQ(readAmount("1g.10gb", LiteralKind::Profile)->profile, "1g.10gb");
  const auto counted = readAmount("7 x  1g.10gb", LiteralKind::Counted);
  EXPECT_EQ(counted->value, 7);
  EXPECT_EQ(counted->profile, "1g.10gb");
}

TEST(Quantity, OutOfRangeAndFractions) {
  EXPECT_FALSE(readAmount("9223372036854775808", LiteralKind::Int));
  EXPECT_EQ(readAmount("9223372036854775807", LiteralKind::Int)->value, INT64_MAX);
  EXPECT_FALSE(readAmount("99999999999PiB", LiteralKind::Size));
  EXPECT_FALSE(readAmount("0.0001mcpu", LiteralKind::Cpu));
  EXPECT_FALSE(readAmount(std::string(100, '9'), LiteralKind::Int));
  EXPECT_FALSE(readAmount("1." + std::string(100, '9') + "s", LiteralKind::Duration));
  // Many decimals: none of these fits 128 bits on the way.
  EXPECT_FALSE(readAmount("77777.77777777777777777777s", LiteralKind::Duration));
  EXPECT_FALSE(readAmount("9999999999999.999999999999999PiB", LiteralKind::Size));
  EXPECT_EQ(amountOf("1.5" + std::string(60, '0') + "PiB"), std::int64_t{3} << 49);
  EXPECT_EQ(amountOf("0.000_000_000_000_001PB"), 1);
}

TEST(Quantity, Decimals) {
  EXPECT_DOUBLE_EQ(readDecimal("1.5"), 1.5);
  EXPECT_DOUBLE_EQ(readDecimal("1_000.25"), 1000.25);
}

TEST(Quantity, BadNumbersAreOneWord) {
  for (const char* text : {"3nodes", "80Gib", "0x10", "1.", "5weeks"}) {
    EXPECT_EQ(scanNumber(text).kind,
              std::string_view(text) == "1." ? scanNumber(text).kind : LiteralKind::Bad)
        << text;
    EXPECT_FALSE(numberHint(text).empty()) << text;
  }
  EXPECT_EQ(numberHint("80gi"), "write `80GiB`");
  EXPECT_EQ(numberHint("80gib"), "write `80GiB`");
  EXPECT_EQ(numberHint("5min"), "write `5m`");
  EXPECT_EQ(numberHint("4cores"), "write `4cpu`");
}

}  // namespace
}  // namespace gpuspec::syntax
