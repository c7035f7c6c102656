#pragma once

// Kubernetes versions as AKS writes them, "1.36" or "1.36.1".

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace gpuspec::passes {

struct Version {
  int major = 0, minor = 0;
  std::optional<int> patch;

  // Whole minors between two versions of one major.
  int minorsAfter(const Version& older) const { return minor - older.minor; }
};

std::optional<Version> parseVersion(std::string_view text);

// Whether `newer` is certainly newer: a missing patch stands for any.
bool newerThan(const Version& newer, const Version& older);

}  // namespace gpuspec::passes
