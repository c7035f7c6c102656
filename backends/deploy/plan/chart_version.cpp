#include "backends/deploy/plan/chart_version.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

namespace gpuspec::deploy::plan {

namespace {

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

struct Version {
  std::array<std::int64_t, 3> numbers{};
  int known = 0;       // how many of the numbers are written; the rest are wildcards
  std::string before;  // the pre-release
};

// Takes one off the front; nullopt: there is none.
std::optional<Version> takeVersion(std::string_view& text) {
  Version version;
  std::string_view rest = text;
  if (rest.starts_with('v') || rest.starts_with('V')) rest.remove_prefix(1);
  bool wild = false;
  for (int i = 0; i < 3; ++i) {
    if (i > 0) {
      if (!rest.starts_with('.')) break;
      rest.remove_prefix(1);
    }
    if (rest.empty()) return std::nullopt;
    if (rest[0] == 'x' || rest[0] == 'X' || rest[0] == '*') {
      wild = true;
      rest.remove_prefix(1);
      continue;
    }
    std::size_t length = 0;
    while (length < rest.size() && length < 18 && isDigit(rest[length])) ++length;
    if (length == 0) return std::nullopt;
    version.numbers[static_cast<std::size_t>(i)] = std::stoll(std::string(rest.substr(0, length)));
    rest.remove_prefix(length);
    if (!wild) version.known = i + 1;
  }
  const auto tail = [&] {
    const std::size_t end = std::min(rest.find_first_of(" ,|+"), rest.size());
    std::string taken(rest.substr(0, end));
    rest.remove_prefix(end);
    return taken;
  };
  if (rest.starts_with('-') && version.known == 3) version.before = tail().substr(1);
  if (rest.starts_with('+')) {
    rest.remove_prefix(1);
    tail();
  }
  text = rest;
  return version;
}

std::optional<Version> versionOf(std::string_view text) {
  std::optional<Version> version = takeVersion(text);
  return version && text.empty() ? version : std::nullopt;
}

std::vector<std::string_view> partsOf(std::string_view text) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t dot = std::min(text.find('.'), text.size());
    parts.push_back(text.substr(0, dot));
    if (dot == text.size()) return parts;
    text.remove_prefix(dot + 1);
  }
}

// Numbers come before words, and shorter before longer.
bool lessPart(std::string_view a, std::string_view b) {
  const bool a_number = std::all_of(a.begin(), a.end(), isDigit);
  const bool b_number = std::all_of(b.begin(), b.end(), isDigit);
  if (a_number != b_number) return a_number;
  return a_number ? std::tuple(a.size(), a) < std::tuple(b.size(), b) : a < b;
}

bool less(const Version& a, const Version& b) {
  if (a.numbers != b.numbers) return a.numbers < b.numbers;
  if (a.before.empty() || b.before.empty()) return !a.before.empty() && b.before.empty();
  const auto x = partsOf(a.before), y = partsOf(b.before);
  return std::lexicographical_compare(x.begin(), x.end(), y.begin(), y.end(), lessPart);
}

// The first version that is no longer one of those that `written` stands for, when its number at
// `place` may not change.
Version after(Version written, int place) {
  written.before.clear();
  for (int i = place + 1; i < 3; ++i) written.numbers[static_cast<std::size_t>(i)] = 0;
  ++written.numbers[static_cast<std::size_t>(place)];
  return written;
}

bool isWithin(const Version& found, const Version& first, int place) {
  if (place < 0) return true;
  return !less(found, first) && less(found, after(first, place));
}

// ^1.2.3 keeps the first number that is not 0.
int caretPlace(const Version& wanted) {
  int place = 0;
  while (place + 1 < wanted.known && wanted.numbers[static_cast<std::size_t>(place)] == 0) ++place;
  return wanted.known == 0 ? -1 : place;
}

bool holds(std::string_view sign, const Version& wanted, const Version& found) {
  // Ranges are of releases, unless they name a pre-release themselves.
  if (!found.before.empty() && wanted.before.empty() && sign != "!=") return false;
  const bool same = wanted.known == 3 ? !less(found, wanted) && !less(wanted, found)
                                      : isWithin(found, wanted, wanted.known - 1);
  if (sign == "!=") return !same;
  if (sign == ">") return !same && !less(found, wanted);
  if (sign == ">=" || sign == "=>") return same || !less(found, wanted);
  if (sign == "<") return !same && less(found, wanted);
  if (sign == "<=" || sign == "=<") return same || less(found, wanted);
  if (sign == "~" || sign == "~>") return isWithin(found, wanted, std::min(wanted.known, 2) - 1);
  if (sign == "^") return isWithin(found, wanted, caretPlace(wanted));
  return same;
}

void skipSpace(std::string_view& text) {
  while (text.starts_with(' ') || text.starts_with(',')) text.remove_prefix(1);
}

// What stands between two `||`: all of it has to hold. nullopt: it is no range.
std::optional<bool> holdsAll(std::string_view text, const Version& found) {
  bool all = true, any = false;
  for (skipSpace(text); !text.empty(); skipSpace(text)) {
    const std::size_t length = std::min(text.find_first_not_of("=!<>~^"), text.size());
    const std::string_view sign = text.substr(0, length);
    text.remove_prefix(length);
    skipSpace(text);
    const std::optional<Version> wanted = takeVersion(text);
    if (!wanted || (!text.empty() && text[0] != ' ' && text[0] != ',')) return std::nullopt;
    any = true;
    if (text.starts_with(" - ")) {
      text.remove_prefix(3);
      const std::optional<Version> last = takeVersion(text);
      if (!last) return std::nullopt;
      all = all && holds(">=", *wanted, found) && holds("<=", *last, found);
      continue;
    }
    all = all && holds(sign, *wanted, found);
  }
  return any ? std::optional(all) : std::nullopt;
}

}  // namespace

std::string chartName(std::string_view chart) {
  while (chart.size() > 1 && chart.ends_with('/')) chart.remove_suffix(1);
  if (const std::size_t slash = chart.rfind('/'); slash != std::string_view::npos)
    chart.remove_prefix(slash + 1);
  chart = chart.substr(0, chart.find_first_of(":@?"));
  if (!chart.ends_with(".tgz")) return std::string(chart);
  chart.remove_suffix(4);
  for (std::size_t i = 1; i + 1 < chart.size(); ++i) {
    if (chart[i] == '-' && versionOf(chart.substr(i + 1))) return std::string(chart.substr(0, i));
  }
  return std::string(chart);
}

bool isVersion(std::string_view wanted, std::string_view found) {
  const auto plain = [](std::string_view text) {
    return text.starts_with('v') ? text.substr(1) : text;
  };
  if (plain(wanted) == plain(found)) return true;
  const std::optional<Version> version = versionOf(found);
  if (!version) return false;
  while (true) {
    const std::size_t bars = wanted.find("||");
    if (holdsAll(wanted.substr(0, bars), *version).value_or(false)) return true;
    if (bars == std::string_view::npos) return false;
    wanted.remove_prefix(bars + 2);
  }
}

bool isOlder(std::string_view a, std::string_view b) {
  const std::optional<Version> x = versionOf(a), y = versionOf(b);
  return x && y && x->known == 3 && y->known == 3 && less(*x, *y);
}

}  // namespace gpuspec::deploy::plan
