#include "compiler/passes/versions.h"

#include <charconv>
#include <tuple>
#include <vector>

namespace gpuspec::passes {

namespace {

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < 0)
    return std::nullopt;
  return value;
}

}  // namespace

std::optional<Version> parseVersion(std::string_view text) {
  std::vector<int> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t dot = std::min(text.find('.', begin), text.size());
    const auto part = number(text.substr(begin, dot - begin));
    if (!part) return std::nullopt;
    parts.push_back(*part);
    begin = dot + 1;
  }
  if (parts.size() < 2 || parts.size() > 3) return std::nullopt;
  Version version{parts[0], parts[1], std::nullopt};
  if (parts.size() == 3) version.patch = parts[2];
  return version;
}

bool newerThan(const Version& newer, const Version& older) {
  if (std::tie(newer.major, newer.minor) != std::tie(older.major, older.minor)) {
    return std::tie(newer.major, newer.minor) > std::tie(older.major, older.minor);
  }
  return newer.patch && older.patch && *newer.patch > *older.patch;
}

}  // namespace gpuspec::passes
