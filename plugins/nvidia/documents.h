#pragma once

// The reply documents.

#include "plugins/nvidia/analysis.h"

namespace gpuspec::nvidia {

inline constexpr const char* kName = "nvidia";
inline constexpr const char* kVersion = "0.1.0";

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

struct Release {
  std::string name, chart, repository, version, release_namespace;
  int order = 0;
  bool takes_user_values = false;
  Values values;
};

// values.cpp
Json tolerations(const std::vector<const Pool*>& pools);
Json toleration(const Taint& taint);
// Terms that match the nodes of these pools by their own labels.
Json poolAffinity(const std::vector<const Pool*>& pools);
std::vector<const Pool*> servedPools(const Analysis& analysis);
std::string namesOf(const std::vector<const Pool*>& pools);
// Config name to text, for the device plugin.
Json pluginConfigs(const Analysis& analysis);

std::vector<Release> devicePluginReleases(const Request& request, const Analysis& analysis);
std::vector<Release> operatorReleases(const Request& request, const Analysis& analysis);

}  // namespace gpuspec::nvidia
