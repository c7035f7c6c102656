#include "backends/deploy/sandbox/arm/kubernetes_versions.h"

#include <charconv>
#include <utility>

#include "backends/deploy/sandbox/arm/text.h"

namespace gpuspec::deploy::sandbox::arm {

namespace {

// Minors, and the newest patch of each that this stand-in knows.
constexpr std::pair<std::string_view, int> kOffered[] = {
    {"1.33", 0}, {"1.34", 0}, {"1.35", 4}, {"1.36", 0}, {"1.37", 0}};

int number(const std::string& text) {
  int value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : -1;
}

}  // namespace

std::optional<std::string> installedVersion(std::string_view asked) {
  const std::vector<std::string> parts = split(asked, '.');
  if (parts.size() < 2 || parts.size() > 3) return std::nullopt;
  for (const auto& [minor, newest] : kOffered) {
    if (parts[0] + "." + parts[1] != minor) continue;
    const int patch = parts.size() == 3 ? number(parts[2]) : newest;
    if (patch < 0) return std::nullopt;
    return std::string(minor) + "." + std::to_string(patch);
  }
  return std::nullopt;
}

int minorOf(std::string_view version) {
  const std::vector<std::string> parts = split(version, '.');
  return parts.size() < 2 ? -1 : number(parts[1]);
}

bool olderThan(std::string_view a, std::string_view b) {
  const std::optional<std::string> left = installedVersion(a), right = installedVersion(b);
  if (!left || !right) return minorOf(a) < minorOf(b);
  const int left_patch = number(split(*left, '.')[2]), right_patch = number(split(*right, '.')[2]);
  return std::pair(minorOf(*left), left_patch) < std::pair(minorOf(*right), right_patch);
}

}  // namespace gpuspec::deploy::sandbox::arm
