#include "plugins/nvidia/documents.h"

namespace gpuspec::nvidia {

namespace {

Json labelsOf(const Request& request, const Analysis& analysis, const PoolState& state) {
  Json labels = Json::object();
  const auto set = [&](const char* key, const std::string& value) {
    labels[key] = {{"value", value}};
  };
  if (!state.served()) return labels;
  // The chart's affinity looks for this label or for those of node feature discovery, and AKS sets
  // none of them.
  if (analysis.stack == Stack::DevicePlugin && request.cluster.aks)
    set("nvidia.com/gpu.present", "true");
  if (state.cut && analysis.stack == Stack::GpuOperator)
    set("nvidia.com/mig.config", state.cut->config);
  if (analysis.per_node_config && state.plugin_config != "default") {
    set("nvidia.com/device-plugin.config", state.plugin_config);
  }
  if (needsMpsLabel(request, state)) set("nvidia.com/mps.capable", "true");
  return labels;
}

// MIG1g, MIG2g ...: AKS knows the five profiles by their compute slices.
std::string instanceProfile(const PoolState& state) {
  const Counts& counts = state.cut->first();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0)
      return "MIG" + std::to_string(state.model->family->profiles[i].compute) + "g";
  }
  return {};
}

void setPlatform(const Request& request, const Analysis& analysis, const PoolState& state,
                 Json& plan) {
  const Pool& pool = *state.pool;
  Json properties = Json::object(), notes = Json::array(), features = Json::array();
  const auto note = [&](const char* path, Node at) {
    notes.push_back({{"path", path}, {"at", at}});
  };
  if (!request.cluster.aks) return;
  if (pool.windows()) {
    features.push_back({{"name", "Microsoft.ContainerService/WindowsGPUPreview"}});
    if (pool.driver.value == "none") properties["gpuProfile"] = {{"driver", "None"}};
    if (pool.driver.value == "cuda" || pool.driver.value == "grid") {
      properties["gpuProfile"] = {{"driver", "Install"},
                                  {"driverType", pool.driver.value == "cuda" ? "CUDA" : "GRID"}};
      plan["preview_api"] = true;
    }
    if (properties.contains("gpuProfile")) note("/gpuProfile", pool.driver.at);
  } else if (analysis.stack == Stack::GpuOperator) {
    properties["gpuProfile"] = {{"driver", "None"}};
    note("/gpuProfile", request.accelerator->stack.at);
  } else {
    if (state.cut) {
      properties["gpuInstanceProfile"] = instanceProfile(state);
      note("/gpuInstanceProfile", pool.mig->at);
    }
    if (analysis.stack == Stack::Managed) {
      const char* strategy = !state.cut ? "None" : state.cut->mixed ? "Mixed" : "Single";
      properties["gpuProfile"] = {
          {"driver", "Install"},
          {"nvidia", {{"managementMode", "Managed"}, {"migStrategy", strategy}}}};
      note("/gpuProfile", request.accelerator->stack.at);
      plan["preview_api"] = true;
      features.push_back({{"name", "Microsoft.ContainerService/ManagedGPUExperiencePreview"}});
    } else if (pool.driver.value == "none") {
      properties["gpuProfile"] = {{"driver", "None"}};
      note("/gpuProfile", pool.driver.at);
    }
  }
  if (!properties.empty()) {
    plan["properties"] = std::move(properties);
    plan["property_notes"] = std::move(notes);
  }
  if (!features.empty()) plan["preview_features"] = std::move(features);
}

Json slicesOf(const PoolState& state) {
  Json slices = Json::array();
  if (!state.cut) return slices;
  Counts total(state.model->names.size(), 0);
  for (const Counts& counts : state.cut->gpus) {
    for (std::size_t i = 0; i < counts.size(); ++i) total[i] += counts[i];
  }
  for (std::size_t i = 0; i < total.size(); ++i) {
    if (total[i] == 0) continue;
    slices.push_back({{"profile", state.model->names[i]},
                      {"resource", resourceOf(state, i)},
                      {"per_node", total[i] * state.replicas()}});
  }
  return slices;
}

std::string summaryOf(const PoolState& state) {
  const Pool& pool = *state.pool;
  std::string text = std::to_string(pool.gpus) + " x " + (pool.fractional ? "share of a " : "") +
                     state.model->title;
  if (state.cut) {
    std::map<std::string, int> kinds;
    for (const Counts& counts : state.cut->gpus) {
      ++kinds[counts.empty() ? std::string("whole") : layoutText(*state.model, counts)];
    }
    std::string cuts;
    for (const auto& [layout, gpus] : kinds) {
      cuts += (cuts.empty() ? "" : "; ") +
              (kinds.size() > 1 ? std::to_string(gpus) + " of them " : "each ") + layout;
    }
    text += ", " + cuts;
  }
  if (state.time_slices > 0)
    text += ", each shared by " + std::to_string(state.time_slices) + " pods";
  if (state.mps_clients > 0)
    text += ", each split among " + std::to_string(state.mps_clients) + " pods";
  return text.size() <= 200 ? text : text.substr(0, 197) + "...";
}

std::string deviceResource(const PoolState& state, const Json& allocatable) {
  if (state.pool->windows()) return kWindowsGpu;
  return allocatable.contains(kGpu) ? kGpu : "";
}

Json poolPlan(const Request& request, const Analysis& analysis, const PoolState& state) {
  Json allocatable = Json::object();
  for (const auto& [resource, count] : devicesOf(state))
    allocatable[resource] = {{"amount", count * state.replicas()}};
  Json plan;
  plan["device_resource"] = deviceResource(state, allocatable);
  plan["allocatable"] = std::move(allocatable);
  plan["slices"] = slicesOf(state);
  plan["default_taints"] = Json::array();
  // System pools take no taint of ours, and nothing of Windows' own tolerates it.
  if (!state.pool->windows() && !state.pool->system) {
    plan["default_taints"].push_back(
        {{"key", kGpu}, {"value", "present"}, {"effect", "NoSchedule"}});
  }
  plan["node_labels"] = labelsOf(request, analysis, state);
  plan["shared"] = state.replicas() > 1;
  plan["summary"] = summaryOf(state);
  setPlatform(request, analysis, state, plan);
  return plan;
}

}  // namespace

Json poolPlans(const Request& request, const Analysis& analysis) {
  Json pools = Json::array();
  for (const PoolState& state : analysis.pools) pools.push_back(poolPlan(request, analysis, state));
  return {{"schema", "gpuspec.partition-reply/1"}, {"pools", std::move(pools)}};
}

}  // namespace gpuspec::nvidia
