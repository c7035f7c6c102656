#pragma once

// Numbers with units as they are written: where one ends, which kind it is, and what it amounts to.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lang/syntax/tree.h"

namespace gpuspec::syntax {

struct ScannedNumber {
  LiteralKind kind = LiteralKind::Bad;
  std::uint32_t length = 0;
};

// `text` begins with a digit. Profiles and units belong to the number when they touch it.
ScannedNumber scanNumber(std::string_view text);
// A way out for a literal that scanNumber called bad; "" when there is none.
std::string numberHint(std::string_view text);

struct Amount {
  std::int64_t value = 0;  // Int: itself; Size: bytes; Cpu: millicores; Duration: ms; Money:
                           // micro-dollars; Percent: hundredths
  enum class Period : std::uint8_t { None, Hour, Day, Month } period = Period::None;  // Money
  std::string profile;  // Profile, Counted (then `value` is the count)
};

// The amount of an integer or quantity literal; nullopt when it does not fit 64 bits or is no whole
// number of the base unit.
std::optional<Amount> readAmount(std::string_view text, LiteralKind kind);
double readDecimal(std::string_view text);

}  // namespace gpuspec::syntax
