#include <array>
#include <cstdint>
#include <optional>

#include "backends/deploy/model/compare.h"

// Quantities as Kubernetes reads them (apimachinery, pkg/api/resource): sign, digits with one dot,
// and a suffix: n u m k M G T P E, Ki Mi Gi Ti Pi Ei, or an exponent.

namespace gpuspec::deploy::model {

namespace {

__extension__ typedef __int128 Wide;

// In nano-units, the smallest that Kubernetes keeps.
struct Value {
  Wide nano = 0;
  bool overflow = false;  // past 128 bits: compares by text only
};

constexpr int kNanoDigits = 9;
// What Kubernetes makes of any larger quantity in powers of two.
constexpr Wide kLargestBinary = Wide{9'223'372'036'854'775'807} * 1'000'000'000;

bool multiply(Wide& value, Wide by) {
  return __builtin_mul_overflow(value, by, &value);
}

struct Suffix {
  std::string_view text;
  int exponent;  // of 10, or of 2
  bool binary;
};
constexpr std::array kSuffixes = {
    Suffix{"", 0, false},   Suffix{"n", -9, false}, Suffix{"u", -6, false}, Suffix{"m", -3, false},
    Suffix{"k", 3, false},  Suffix{"M", 6, false},  Suffix{"G", 9, false},  Suffix{"T", 12, false},
    Suffix{"P", 15, false}, Suffix{"E", 18, false}, Suffix{"Ki", 10, true}, Suffix{"Mi", 20, true},
    Suffix{"Gi", 30, true}, Suffix{"Ti", 40, true}, Suffix{"Pi", 50, true}, Suffix{"Ei", 60, true},
};

struct Digits {
  Wide value = 0;
  int after_dot = 0;
  std::size_t size = 0;  // characters read
  bool overflow = false;
};

std::optional<Digits> readDigits(std::string_view text) {
  Digits digits;
  bool dot = false, any = false;
  for (const char c : text) {
    if (c == '.' && !dot) {
      dot = true;
    } else if (c >= '0' && c <= '9') {
      any = true;
      digits.overflow = digits.overflow || multiply(digits.value, 10) ||
                        __builtin_add_overflow(digits.value, c - '0', &digits.value);
      digits.after_dot += dot;
    } else {
      break;
    }
    ++digits.size;
  }
  if (!any) return std::nullopt;
  return digits;
}

// "e3", "E-2"
std::optional<int> exponentOf(std::string_view text) {
  if (text.size() < 2 || (text[0] != 'e' && text[0] != 'E')) return std::nullopt;
  text.remove_prefix(1);
  const bool minus = text[0] == '-';
  if (minus || text[0] == '+') text.remove_prefix(1);
  if (text.empty() || text.size() > 3) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return minus ? -value : value;
}

// Scales by powers of ten; rounds up what is smaller than a nano-unit, as Kubernetes does.
void scale(Value& value, int tens) {
  for (; tens > 0 && !value.overflow; --tens) value.overflow = multiply(value.nano, 10);
  for (; tens < 0; ++tens) value.nano = value.nano / 10 + (value.nano % 10 > 0 ? 1 : 0);
}

std::optional<Suffix> suffixOf(std::string_view text) {
  if (const std::optional<int> exponent = exponentOf(text)) return Suffix{text, *exponent, false};
  for (const Suffix& known : kSuffixes) {
    if (known.text == text) return known;
  }
  return std::nullopt;
}

void scaleBinary(Value& value, int exponent, int after_dot) {
  value.overflow = value.overflow || multiply(value.nano, Wide{1} << exponent);
  if (!value.overflow) scale(value, kNanoDigits - after_dot);
  if (value.overflow || value.nano > kLargestBinary) value = {kLargestBinary, false};
}

std::optional<Value> parse(std::string_view text) {
  const bool minus = text.starts_with('-');
  if (minus || text.starts_with('+')) text.remove_prefix(1);
  const std::optional<Digits> digits = readDigits(text);
  if (!digits) return std::nullopt;
  const std::optional<Suffix> suffix = suffixOf(text.substr(digits->size));
  if (!suffix) return std::nullopt;
  Value value{digits->value, digits->overflow};
  if (suffix->binary) {
    scaleBinary(value, suffix->exponent, digits->after_dot);
  } else if (!value.overflow && value.nano != 0) {
    scale(value, kNanoDigits - digits->after_dot + suffix->exponent);
  }
  if (minus) value.nano = -value.nano;
  return value;
}

}  // namespace

bool sameQuantity(std::string_view a, std::string_view b) {
  const std::optional<Value> x = parse(a), y = parse(b);
  if (!x || !y) return false;
  return x->overflow || y->overflow ? a == b : x->nano == y->nano;
}

std::optional<bool> lessQuantity(std::string_view a, std::string_view b) {
  const std::optional<Value> x = parse(a), y = parse(b);
  if (!x || !y || x->overflow || y->overflow) return std::nullopt;
  return x->nano < y->nano;
}

}  // namespace gpuspec::deploy::model
