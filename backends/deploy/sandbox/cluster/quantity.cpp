#include "backends/deploy/sandbox/cluster/quantity.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "backends/deploy/sandbox/cluster/fields.h"

namespace gpuspec::deploy::sandbox::live {
namespace {

struct Suffix {
  std::string_view text;
  double milli;
};

constexpr std::array<Suffix, 16> kSuffixes = {{{"n", 1e-6},
                                               {"u", 1e-3},
                                               {"m", 1.0},
                                               {"", 1e3},
                                               {"k", 1e6},
                                               {"M", 1e9},
                                               {"G", 1e12},
                                               {"T", 1e15},
                                               {"P", 1e18},
                                               {"E", 1e21},
                                               {"Ki", 1024e3},
                                               {"Mi", 1048576e3},
                                               {"Gi", 1073741824e3},
                                               {"Ti", 1099511627776e3},
                                               {"Pi", 1125899906842624e3},
                                               {"Ei", 1152921504606846976e3}}};

std::optional<double> factorOf(std::string_view suffix) {
  for (const Suffix& each : kSuffixes) {
    if (each.text == suffix) return each.milli;
  }
  int exponent = 0;
  if (suffix.size() < 2 || (suffix[0] != 'e' && suffix[0] != 'E')) return std::nullopt;
  const char* begin = suffix.data() + (suffix[1] == '+' ? 2 : 1);
  const char* end = suffix.data() + suffix.size();
  const auto [stopped, error] = std::from_chars(begin, end, exponent);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return 1000.0 * std::pow(10.0, exponent);
}

std::int64_t saturated(double milli) {
  constexpr double kMost = 9.2e18;
  if (milli >= kMost) return std::numeric_limits<std::int64_t>::max() / 2;
  if (milli <= -kMost) return std::numeric_limits<std::int64_t>::min() / 2;
  // Up, as the API server rounds what is finer than it keeps.
  return static_cast<std::int64_t>(std::ceil(milli));
}

std::int64_t product(std::int64_t whole, double factor) {
  const double estimate = static_cast<double>(whole) * factor;
  if (factor >= 1.0 && std::abs(estimate) < 9e18) return whole * static_cast<std::int64_t>(factor);
  return saturated(estimate);
}

bool isSidecar(const Tree& container) {
  return textAt(container, {"restartPolicy"}) == "Always";
}

// Limits without requests mean requests of the same amount.
Amounts requestsOfContainer(const Tree& container) {
  Amounts out = amountsOf(findAt(container, {"resources", "requests"}));
  out.merge(amountsOf(findAt(container, {"resources", "limits"})));
  return out;
}

Amounts limitsOfContainer(const Tree& container) {
  return amountsOf(findAt(container, {"resources", "limits"}));
}

Amounts effective(const Tree& pod, Amounts (*of)(const Tree& container)) {
  Amounts total;
  for (const Tree& container : listAt(pod, {"spec", "containers"})) add(total, of(container));
  Amounts sidecars, start;
  for (const Tree& container : listAt(pod, {"spec", "initContainers"})) {
    Amounts needed = of(container);
    if (isSidecar(container)) {
      add(sidecars, needed);
      raiseTo(start, sidecars);
    } else {
      add(needed, sidecars);
      raiseTo(start, needed);
    }
  }
  add(total, sidecars);
  raiseTo(total, start);
  add(total, amountsOf(findAt(pod, {"spec", "overhead"})));
  return total;
}

}  // namespace

std::optional<std::int64_t> milliOf(std::string_view text) {
  const std::size_t cut = text.find_first_not_of("0123456789.+-");
  const std::string_view number = text.substr(0, cut);
  const auto factor = factorOf(cut == std::string_view::npos ? "" : text.substr(cut));
  if (number.empty() || !factor) return std::nullopt;
  const char* begin = number.data() + (number[0] == '+' ? 1 : 0);
  const char* end = number.data() + number.size();
  std::int64_t whole = 0;
  if (const auto [stop, error] = std::from_chars(begin, end, whole);
      error == std::errc() && stop == end) {
    return product(whole, *factor);
  }
  double value = 0;
  const auto [stop, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return saturated(value * *factor);
}

std::optional<std::int64_t> milliOf(const Tree& value) {
  if (value.isInt()) return product(value.asInt(), 1e3);
  if (value.isDouble()) return saturated(value.asDouble() * 1e3);
  if (value.isString()) return milliOf(std::string_view(value.asString()));
  return std::nullopt;
}

std::string quantityText(std::int64_t milli, bool binary) {
  if (milli % 1000 != 0) return std::to_string(milli) + "m";
  constexpr std::array<std::string_view, 7> kBinary = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  constexpr std::array<std::string_view, 7> kDecimal = {"", "k", "M", "G", "T", "P", "E"};
  const std::int64_t step = binary ? 1024 : 1000;
  std::int64_t value = milli / 1000;
  std::size_t suffix = 0;
  while (value != 0 && value % step == 0 && suffix + 1 < kBinary.size()) {
    value /= step;
    ++suffix;
  }
  return std::to_string(value) + std::string(binary ? kBinary[suffix] : kDecimal[suffix]);
}

Amounts amountsOf(const Tree* quantities) {
  Amounts out;
  if (quantities == nullptr) return out;
  for (const auto& [name, value] : mapAt(*quantities, {})) {
    if (const auto milli = milliOf(value)) out[name] = *milli;
  }
  return out;
}

void add(Amounts& to, const Amounts& what) {
  for (const auto& [name, milli] : what) to[name] += milli;
}

void subtract(Amounts& from, const Amounts& what) {
  for (const auto& [name, milli] : what) from[name] -= milli;
}

void raiseTo(Amounts& to, const Amounts& what) {
  for (const auto& [name, milli] : what) {
    std::int64_t& there = to[name];
    there = std::max(there, milli);
  }
}

Amounts requestsOf(const Tree& pod) {
  Amounts total = effective(pod, requestsOfContainer);
  total["pods"] += 1000;
  return total;
}

Amounts limitsOf(const Tree& pod) {
  return effective(pod, limitsOfContainer);
}

}  // namespace gpuspec::deploy::sandbox::live
