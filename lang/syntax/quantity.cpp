#include "lang/syntax/quantity.h"

#include <array>
#include <cstdlib>
#include <limits>

namespace gpuspec::syntax {

namespace {

struct Unit {
  std::string_view text;
  LiteralKind kind;
  std::int64_t factor;  // of the base unit
};

constexpr std::int64_t kKi = 1024, kK = 1000;
constexpr std::array kUnits = {
    Unit{"B", LiteralKind::Size, 1},
    Unit{"KiB", LiteralKind::Size, kKi},
    Unit{"MiB", LiteralKind::Size, kKi* kKi},
    Unit{"GiB", LiteralKind::Size, kKi* kKi* kKi},
    Unit{"TiB", LiteralKind::Size, kKi* kKi* kKi* kKi},
    Unit{"PiB", LiteralKind::Size, kKi* kKi* kKi* kKi* kKi},
    Unit{"KB", LiteralKind::Size, kK},
    Unit{"MB", LiteralKind::Size, kK* kK},
    Unit{"GB", LiteralKind::Size, kK* kK* kK},
    Unit{"TB", LiteralKind::Size, kK* kK* kK* kK},
    Unit{"PB", LiteralKind::Size, kK* kK* kK* kK* kK},
    Unit{"cpu", LiteralKind::Cpu, 1000},
    Unit{"mcpu", LiteralKind::Cpu, 1},
    Unit{"ms", LiteralKind::Duration, 1},
    Unit{"s", LiteralKind::Duration, 1000},
    Unit{"m", LiteralKind::Duration, 60 * 1000},
    Unit{"h", LiteralKind::Duration, 3600 * 1000},
    Unit{"d", LiteralKind::Duration, std::int64_t{24} * 3600 * 1000},
    Unit{"%", LiteralKind::Percent, 100},
};

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

std::size_t digits(std::string_view text, std::size_t from) {
  while (from < text.size() &&
         (isDigit(text[from]) ||
          (text[from] == '_' && from + 1 < text.size() && isDigit(text[from + 1]))))
    ++from;
  return from;
}

// `1g.10gb`, `1g.10gb+me`, `1g.24gb+me.all`, `1g.24gb-me`; 0 when there is none.
std::size_t profileLength(std::string_view text) {
  std::size_t at = digits(text, 0);
  if (text.substr(at, 2) != "g." || at + 2 >= text.size() || !isDigit(text[at + 2])) return 0;
  at = digits(text, at + 2);
  if (text.substr(at, 2) != "gb") return 0;
  at += 2;
  while (at + 1 < text.size() && (text[at] == '+' || text[at] == '-') && isLetter(text[at + 1])) {
    ++at;
    while (at < text.size() &&
           (isLetter(text[at]) || isDigit(text[at]) ||
            (text[at] == '.' && at + 1 < text.size() && isLetter(text[at + 1]))))
      ++at;
  }
  return at < text.size() && (isLetter(text[at]) || isDigit(text[at])) ? 0 : at;
}

// Everything that touches the number, so that one bad literal is one finding.
std::size_t wordEnd(std::string_view text, std::size_t from) {
  while (from < text.size() && (isLetter(text[from]) || isDigit(text[from]))) ++from;
  return from;
}

const Unit* findUnit(std::string_view text) {
  for (const Unit& unit : kUnits) {
    if (unit.text == text) return &unit;
  }
  return nullptr;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

std::size_t numberEnd(std::string_view text, bool& decimal) {
  std::size_t end = digits(text, 0);
  decimal = end + 1 < text.size() && text[end] == '.' && isDigit(text[end + 1]);
  if (decimal) end = digits(text, end + 1);
  return end;
}

__extension__ typedef __int128 Wide;  // ISO C++ has none

// Decimal text times `factor` (below 2^60), exactly; nullopt on a fraction of the base unit, past
// 64 bits, and on more decimals than any unit can give a meaning to.
std::optional<std::int64_t> scaled(std::string_view text, std::int64_t factor) {
  constexpr Wide kMostWhole = static_cast<Wide>(1) << 64;
  constexpr Wide kFinest = 1'000'000'000'000'000'000;
  if (text.find('.') != std::string_view::npos)
    text = text.substr(0, text.find_last_not_of("0_") + 1);
  Wide whole = 0, part = 0, divisor = 1;
  bool after_point = false;
  for (char c : text) {
    if (c == '_') continue;
    if (c == '.') {
      after_point = true;
    } else if (after_point) {
      part = part * 10 + (c - '0');
      divisor *= 10;
    } else {
      whole = whole * 10 + (c - '0');
    }
    if (whole > kMostWhole || divisor > kFinest) return std::nullopt;
  }
  if (part * factor % divisor != 0) return std::nullopt;
  const Wide value = whole * factor + part * factor / divisor;
  if (value > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

Amount::Period readPeriod(std::string_view text) {
  if (text.find("month") != std::string_view::npos) return Amount::Period::Month;
  if (text.find("hour") != std::string_view::npos) return Amount::Period::Hour;
  if (text.find("day") != std::string_view::npos) return Amount::Period::Day;
  return Amount::Period::None;
}

}  // namespace

ScannedNumber scanNumber(std::string_view text) {
  if (const std::size_t length = profileLength(text); length != 0) {
    return {LiteralKind::Profile, static_cast<std::uint32_t>(length)};
  }
  bool decimal = false;
  const std::size_t end = numberEnd(text, decimal);
  const bool percent = end < text.size() && text[end] == '%';
  const std::size_t unit_end = percent ? end + 1 : wordEnd(text, end);
  if (unit_end == end)
    return {decimal ? LiteralKind::Decimal : LiteralKind::Int, static_cast<std::uint32_t>(end)};
  const Unit* unit = findUnit(text.substr(end, unit_end - end));
  if (unit != nullptr) return {unit->kind, static_cast<std::uint32_t>(unit_end)};
  return {LiteralKind::Bad, static_cast<std::uint32_t>(unit_end)};
}

std::string numberHint(std::string_view text) {
  bool decimal = false;
  const std::size_t end = numberEnd(text, decimal);
  const std::string unit = lower(text.substr(end));
  const std::string number(text.substr(0, end));
  if (unit == ".") return "write `" + number + "` or `" + number + ".0`";
  if (unit == "x") return "write blanks around the `x` of a counted slice: `7 x 1g.10gb`";
  if (unit == "gi" || unit == "mi" || unit == "ti" || unit == "ki" || unit == "g" || unit == "t" ||
      unit == "k") {
    std::string full = unit.substr(0, 1);
    full[0] = static_cast<char>(full[0] - 32);
    return "write `" + number + full + "iB`";
  }
  for (const Unit& known : kUnits) {
    if (lower(known.text) == unit) return "write `" + number + std::string(known.text) + "`";
  }
  if (unit == "min" || unit == "mins") return "write `" + number + "m`";
  if (unit == "sec" || unit == "secs") return "write `" + number + "s`";
  if (unit == "cores" || unit == "core" || unit == "c" || unit == "cpus")
    return "write `" + number + "cpu`";
  if (unit == "w") return "write it in days: `7d` is a week";
  return "units are B KiB MiB GiB TiB PiB KB MB GB TB PB, cpu mcpu, ms s m h d and %; a name "
         "cannot begin with a digit";
}

std::optional<Amount> readAmount(std::string_view text, LiteralKind kind) {
  Amount amount;
  bool decimal = false;
  switch (kind) {
    case LiteralKind::Profile:
      amount.profile = std::string(text);
      return amount;
    case LiteralKind::Counted: {
      const std::size_t x = text.find('x');
      amount.profile = std::string(text.substr(text.find_first_not_of(" \t", x + 1)));
      text = text.substr(0, digits(text, 0));
      break;
    }
    case LiteralKind::Money: {
      amount.period = readPeriod(text);
      text.remove_prefix(1);
      const std::optional<std::int64_t> micros =
          scaled(text.substr(0, numberEnd(text, decimal)), 1'000'000);
      if (!micros) return std::nullopt;
      amount.value = *micros;
      return amount;
    }
    default:
      break;
  }
  const std::size_t end = numberEnd(text, decimal);
  const Unit* unit = findUnit(text.substr(end));
  const std::optional<std::int64_t> value =
      scaled(text.substr(0, end), unit != nullptr ? unit->factor : 1);
  if (!value) return std::nullopt;
  amount.value = *value;
  return amount;
}

double readDecimal(std::string_view text) {
  std::string plain;
  for (char c : text) {
    if (c != '_') plain += c;
  }
  return std::strtod(plain.c_str(), nullptr);
}

}  // namespace gpuspec::syntax
