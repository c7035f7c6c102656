#include "backends/deploy/sandbox/kube/quantity.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "compiler/ir/json.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

constexpr std::array<std::string_view, 10> kDecimal = {"n", "u", "m", "",  "k",
                                                       "M", "G", "T", "P", "E"};
constexpr std::array<std::string_view, 7> kBinary = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
constexpr Int128 kOne = 1'000'000'000;
// 2^63-1, in nano: more is capped.
constexpr Int128 kMost = Int128(9'223'372'036'854'775'807LL) * kOne;

Int128 power(Int128 base, int exponent) {
  Int128 out = 1;
  for (int i = 0; i < exponent; ++i) out *= base;
  return out;
}

std::string digits(Int128 value) {
  if (value == 0) return "0";
  const bool negative = value < 0;
  std::string out;
  for (Int128 rest = negative ? -value : value; rest > 0; rest /= 10) {
    out += static_cast<char>('0' + static_cast<int>(rest % 10));
  }
  if (negative) out += '-';
  std::reverse(out.begin(), out.end());
  return out;
}

struct Suffix {
  Quantity::Format format;
  Int128 binary = 1;  // times this
  int decimal = 0;    // times ten to this
};

std::optional<Suffix> readSuffix(std::string_view text) {
  for (std::size_t i = 0; i < kDecimal.size(); ++i) {
    if (text == kDecimal[i]) {
      return Suffix{Quantity::Format::Decimal, 1, static_cast<int>(i) * 3 - 9};
    }
  }
  for (std::size_t i = 1; i < kBinary.size(); ++i) {
    if (text == kBinary[i])
      return Suffix{Quantity::Format::Binary, power(1024, static_cast<int>(i)), 0};
  }
  if (text.size() < 2 || (text[0] != 'e' && text[0] != 'E')) return std::nullopt;
  text.remove_prefix(text[1] == '+' ? 2 : 1);
  int exponent = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return Suffix{Quantity::Format::Exponent, 1, exponent};
}

// Tens up or down; what is finer than nano rounds away from zero.
Int128 scaleUp(Int128 value, int exponent) {
  if (exponent >= 0) return exponent > 28 ? kMost : value * power(10, exponent);
  const Int128 divisor = exponent < -37 ? kMost : power(10, -exponent);
  return value / divisor + (value % divisor != 0 ? 1 : 0);
}

std::string withDecimalSuffix(Int128 nano, bool exponents) {
  std::size_t suffix = 0;
  while (suffix + 1 < kDecimal.size() && nano % 1000 == 0) {
    nano /= 1000;
    ++suffix;
  }
  const std::string number = digits(nano);
  if (!exponents) return number + std::string(kDecimal[suffix]);
  const int exponent = static_cast<int>(suffix) * 3 - 9;
  return exponent == 0 ? number : number + "e" + std::to_string(exponent);
}

}  // namespace

std::string Quantity::str() const {
  if (nano == 0) return "0";
  const Int128 size = nano < 0 ? -nano : nano;
  if (format != Format::Binary || nano % kOne != 0 || size < 1024 * kOne) {
    return withDecimalSuffix(nano, format == Format::Exponent);
  }
  Int128 value = nano / kOne;
  std::size_t suffix = 0;
  while (suffix + 1 < kBinary.size() && value % 1024 == 0) {
    value /= 1024;
    ++suffix;
  }
  return digits(value) + std::string(kBinary[suffix]);
}

std::optional<Quantity> parseQuantity(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  const std::size_t cut = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto suffix = readSuffix(text.substr(cut));
  const std::string_view number = text.substr(0, cut);
  if (!suffix || number.empty() || number == "." ||
      std::count(number.begin(), number.end(), '.') > 1) {
    return std::nullopt;
  }
  Int128 value = 0;
  int fraction = 0;
  bool after_point = false;
  for (char c : number) {
    if (c == '.') {
      after_point = true;
      continue;
    }
    // Far more digits than are kept either way.
    if (value > kMost) {
      if (after_point) continue;
      return Quantity{suffix->format, negative ? -kMost : kMost};
    }
    value = value * 10 + (c - '0');
    fraction += after_point ? 1 : 0;
  }
  value = suffix->binary > 1 && value > kMost / suffix->binary ? kMost : value * suffix->binary;
  const int exponent = suffix->decimal - fraction + 9;
  const bool overflows = exponent > 0 && (exponent > 28 || value > kMost / power(10, exponent));
  value = value == 0 ? 0 : overflows ? kMost : scaleUp(value, exponent);
  return Quantity{suffix->format, negative ? -value : value};
}

std::optional<Quantity> parseQuantity(const ir::Tree& value) {
  if (value.isString()) return parseQuantity(std::string_view(value.asString()));
  if (value.isInt() || value.isDouble()) return parseQuantity(std::string_view(ir::toJson(value)));
  return std::nullopt;
}

Amounts amountsOf(const ir::Tree* quantities) {
  Amounts out;
  if (quantities == nullptr || !quantities->isMap()) return out;
  for (const auto& [name, value] : quantities->asMap()) {
    if (const auto quantity = parseQuantity(value)) out[name] = *quantity;
  }
  return out;
}

void add(Amounts& to, const Amounts& what) {
  for (const auto& [name, amount] : what) {
    const auto [there, fresh] = to.emplace(name, amount);
    if (!fresh) there->second.nano += amount.nano;
  }
}

void subtract(Amounts& from, const Amounts& what) {
  for (const auto& [name, amount] : what) {
    Quantity& there = from.emplace(name, Quantity{amount.format, 0}).first->second;
    there.nano -= amount.nano;
  }
}

void raiseTo(Amounts& to, const Amounts& what) {
  for (const auto& [name, amount] : what) {
    const auto [there, fresh] = to.emplace(name, amount);
    if (!fresh && there->second.nano < amount.nano) there->second = amount;
  }
}

ir::Tree toTree(const Amounts& amounts) {
  ir::Tree out = ir::Tree::map();
  for (const auto& [name, amount] : amounts) out.set(name, amount.str());
  return out;
}

}  // namespace gpuspec::deploy::sandbox::api
