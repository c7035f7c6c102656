#include "plugins/amd/documents.h"

namespace gpuspec::amd {

namespace {

std::string summaryOf(const PoolState& state) {
  std::string text = std::to_string(state.pool->gpus) + " x " + state.model->title;
  if (state.mode.whole()) return text;
  const int devices = devicesOf(*state.model, state.mode.compute);
  return text + ", each cut into " + std::to_string(devices) + " devices (" + modeText(state.mode) +
         ")";
}

// AKS enforces `None` for AMD (articles/aks/use-amd-gpus, 2026-08-21).
void setPlatform(const Request& request, const Pool& pool, Json& plan) {
  if (!request.cluster.aks) return;
  plan["properties"] = {{"gpuProfile", {{"driver", "None"}}}};
  Json note = {{"path", "/gpuProfile"}};
  if (pool.driver.value == "none")
    note["at"] = pool.driver.at;
  else if (request.accelerator)
    note["at"] = request.accelerator->stack.at;
  plan["property_notes"] = Json::array({std::move(note)});
}

Json poolPlan(const Request& request, const Analysis& analysis, const PoolState& state) {
  const std::string resource = resourceOf(state.mode, analysis.mixed);
  Json plan;
  plan["device_resource"] = resource;
  plan["allocatable"] = {{resource, {{"amount", state.devices()}}}};
  plan["slices"] = Json::array();
  plan["default_taints"] = Json::array();
  // System pools take no taint of ours.
  if (!state.pool->system) {
    plan["default_taints"].push_back(
        {{"key", kGpu}, {"value", "present"}, {"effect", "NoSchedule"}});
  }
  plan["node_labels"] = Json::object();
  const std::string profile = analysis.profileOf(state);
  if (analysis.has_stack && !profile.empty())
    plan["node_labels"][kProfileLabel] = {{"value", profile}};
  plan["shared"] = false;
  plan["summary"] = summaryOf(state);
  setPlatform(request, *state.pool, plan);
  return plan;
}

}  // namespace

Json poolPlans(const Request& request, const Analysis& analysis) {
  Json pools = Json::array();
  for (const PoolState& state : analysis.pools) pools.push_back(poolPlan(request, analysis, state));
  return {{"schema", "gpuspec.partition-reply/1"}, {"pools", std::move(pools)}};
}

}  // namespace gpuspec::amd
