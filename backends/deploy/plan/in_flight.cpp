#include <map>

#include "backends/deploy/plan/planner.h"

// What Azure is at, and how it ended: a state that is not final belongs to an operation that
// somebody began, perhaps a run that was killed.

namespace gpuspec::deploy::plan {

namespace {

using model::Live;
using model::System;

std::string stateOf(const Live& live) {
  if (live.key.system != System::Azure) return {};
  const Tree* properties = live.body.find("properties");
  const Tree* state = properties != nullptr ? properties->find("provisioningState") : nullptr;
  return state != nullptr && state->isString() ? state->asString() : "";
}

}  // namespace

std::string workOn(const Live& live) {
  const std::string state = stateOf(live);
  if (state.empty() || state == "Succeeded" || state == "Failed" || state == "Canceled") return {};
  static const std::map<std::string, std::string> kWords = {
      {"Creating", "is being created"}, {"Updating", "is being updated"},
      {"Deleting", "is being deleted"}, {"Upgrading", "is being upgraded"},
      {"Scaling", "is being scaled"},
  };
  const auto word = kWords.find(state);
  return word != kWords.end() ? word->second : "is " + state + " in Azure";
}

std::string endOf(const Live& live) {
  const std::string state = stateOf(live);
  if (state == "Failed") return "its last operation failed in Azure";
  return state == "Canceled" ? "its last operation was cancelled in Azure" : "";
}

bool isBeingMade(const Planning& planning, const std::string& cluster) {
  const model::LiveCluster* found = planning.cluster(cluster);
  return found != nullptr && found->state == "Creating";
}

}  // namespace gpuspec::deploy::plan
