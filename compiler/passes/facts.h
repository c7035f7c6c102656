#pragma once

// Facts with dates that no table of the standard library holds: when AKS stops to support a
// Kubernetes version or a network engine. Dates are ISO texts, which sort as they are; a month or a
// year stands for its last day.

#include <span>
#include <string>
#include <string_view>

namespace gpuspec::passes {

struct KubernetesSupport {
  int minor = 0;               // of version 1
  std::string_view ends;       // AKS support, standard
  std::string_view long_term;  // with tier premium and long-term support; "" = not announced
};
// Oldest first. Source: AKS, "Supported Kubernetes versions", read in September 2026.
std::span<const KubernetesSupport> kubernetesSupport();

inline constexpr std::string_view kKubenetEnds = "2028-03-31";  // AKS retirement notice
inline constexpr std::string_view kAzurePolicyEnds =
    "2028-09-30";  // the azure engine on Linux nodes
inline constexpr std::string_view kAzurePolicyWindowsEnds = "2026-09-30";

// "2026" -> "2026-12-31", "2026-07" -> "2026-07-31".
std::string lastDay(std::string_view date);
// Whole months from `from` to `to`; negative when `to` is earlier.
int monthsBetween(std::string_view from, std::string_view to);

}  // namespace gpuspec::passes
