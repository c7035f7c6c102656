#pragma once

// Which Kubernetes versions the service offers.

#include <optional>
#include <string>
#include <string_view>

namespace gpuspec::deploy::sandbox::arm {

inline constexpr std::string_view kDefaultKubernetes = "1.35";

// "1.35" or "1.35.4" as the patch that would be installed; nullopt where it is not offered.
std::optional<std::string> installedVersion(std::string_view asked);
// 35 of "1.35.4".
int minorOf(std::string_view version);
// Whether `a` is an older version than `b`; "1.35" means its newest patch.
bool olderThan(std::string_view a, std::string_view b);

}  // namespace gpuspec::deploy::sandbox::arm
