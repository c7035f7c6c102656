#pragma once

// The reply documents.

#include "plugins/amd/analysis.h"

namespace gpuspec::amd {

inline constexpr const char* kName = "amd";
inline constexpr const char* kVersion = "0.1.0";

// ROCm/gpu-operator v1.5.1 (2026-07-21): its chart, and where the guide installs it.
inline constexpr const char* kChart = "gpu-operator-charts";
inline constexpr const char* kChartVersion = "v1.5.1";
inline constexpr const char* kRepository = "https://rocm.github.io/gpu-operator";
inline constexpr const char* kNamespace = "kube-amd-gpu";
// `deviceConfig.spec.driver.version` of that chart.
inline constexpr const char* kDriverVersion = "30.20.1";

Json description();
// Precondition of both: analysis.understood().
Json poolPlans(const Request& request, const Analysis& analysis);
Json stackPlan(const Request& request, const Analysis& analysis);
// Throws nlohmann's exceptions where the request is not what its schema says.
Json nodeReport(const Json& request);

// A chart's values and the remarks that stand beside them in the file.
struct Values {
  Json json = Json::object();
  Json notes = Json::array();
  void note(const std::string& pointer, const std::string& text, Node at = 0);
};

Values operatorValues(const Request& request, const Analysis& analysis);

}  // namespace gpuspec::amd
