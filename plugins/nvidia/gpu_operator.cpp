#include "plugins/nvidia/documents.h"

namespace gpuspec::nvidia {

namespace {

Json variable(const char* name, const char* value) {
  return {{"name", name}, {"value", value}};
}

std::string indicesText(const std::vector<std::size_t>& gpus, std::size_t all) {
  if (gpus.size() == all) return "all";
  std::string text;
  for (const std::size_t gpu : gpus) text += (text.empty() ? "[" : ", ") + std::to_string(gpu);
  return text + "]";
}

std::string entryText(const PoolState& state, const Counts& counts,
                      const std::vector<std::size_t>& gpus) {
  std::string text = "  - devices: " + indicesText(gpus, state.cut->gpus.size()) + "\n";
  if (counts.empty()) return text + "    mig-enabled: false\n";
  text += "    mig-enabled: true\n    mig-devices:\n";
  for (std::size_t i = counts.size(); i-- > 0;) {
    if (counts[i] > 0)
      text += "      \"" + state.model->names[i] + "\": " + std::to_string(counts[i]) + "\n";
  }
  return text;
}

// GPUs that are cut alike share an entry; entries in the order of their first GPU.
std::string layoutEntries(const PoolState& state) {
  std::vector<std::pair<Counts, std::vector<std::size_t>>> entries;
  for (std::size_t gpu = 0; gpu < state.cut->gpus.size(); ++gpu) {
    const Counts& counts = state.cut->gpus[gpu];
    auto same = entries.begin();
    while (same != entries.end() && same->first != counts) ++same;
    if (same == entries.end())
      entries.push_back({counts, {gpu}});
    else
      same->second.push_back(gpu);
  }
  std::string text;
  for (const auto& [counts, gpus] : entries) text += entryText(state, counts, gpus);
  return text;
}

// mig-parted's file, with exactly the layouts that pools use. It takes counts, never placements.
std::string layoutsFile(const Analysis& analysis) {
  std::map<std::string, std::string> layouts;
  for (const PoolState& state : analysis.pools) {
    if (state.cut) layouts[state.cut->config] = layoutEntries(state);
  }
  std::string text =
      "version: v1\nmig-configs:\n  all-disabled:\n  - devices: all\n    mig-enabled: false\n";
  for (const auto& [name, entries] : layouts) text += "  " + name + ":\n" + entries;
  return text;
}

void setMig(const Analysis& analysis, Values& values) {
  const PoolState* first = analysis.firstCut();
  if (first == nullptr) return;
  values.json["mig"] = {{"strategy", first->cut->mixed ? "mixed" : "single"}};
  values.note("/mig/strategy", "", first->pool->mig->strategy->at);
  Json& manager = values.json["migManager"];
  manager["config"] = {{"create", true},
                       {"name", "mig-layouts"},
                       {"data", {{"config.yaml", layoutsFile(analysis)}}}};
  values.note("/migManager/config",
              "a node takes the layout that its label nvidia.com/mig.config names");
  for (const PoolState& state : analysis.pools) {
    if (!state.cut || !state.model->switch_needs_reset || manager.contains("env")) continue;
    manager["env"] = Json::array({variable("WITH_REBOOT", "true")});
    values.note("/migManager/env", std::string("in a VM the ") + state.model->title +
                                       " changes its MIG mode only with a reboot");
  }
}

void setPlugin(const Analysis& analysis, Values& values) {
  Json& plugin = values.json["devicePlugin"];
  plugin["env"] =
      Json::array({variable("DEVICE_LIST_STRATEGY", "cdi-cri,cdi-annotations,volume-mounts")});
  values.note("/devicePlugin/env",
              "with toolkit.env: a pod gets the GPUs it asked for and no other");
  if (!analysis.per_node_config) return;
  plugin["config"] = {{"create", true},
                      {"name", "device-plugin-configs"},
                      {"default", "default"},
                      {"data", pluginConfigs(analysis)}};
  values.note("/devicePlugin/config",
              "a node takes the entry that its label nvidia.com/device-plugin.config names");
}

void setToolkit(const Request& request, Values& values) {
  Json env = Json::array();
  if (request.cluster.aks) {
    env.push_back(variable("RUNTIME_CONFIG_SOURCE", "file"));
    values.note("/toolkit/env/0",
                "a drop-in beside AKS's file is of another version, and containerd stops "
                "(NVIDIA/aicr#1688)");
  }
  env.push_back(variable("ACCEPT_NVIDIA_VISIBLE_DEVICES_ENVVAR_WHEN_UNPRIVILEGED", "false"));
  env.push_back(variable("ACCEPT_NVIDIA_VISIBLE_DEVICES_AS_VOLUME_MOUNTS", "true"));
  values.json["toolkit"] = {{"env", std::move(env)}};
}

void setExporter(const Request& request, const Analysis& analysis, Values& values) {
  Json& exporter = values.json["dcgmExporter"];
  exporter["enabled"] = request.accelerator->metrics.value;
  values.note("/dcgmExporter/enabled", "", request.accelerator->metrics.at);
  if (!request.accelerator->metrics.value) return;
  for (const PoolState& state : analysis.pools) {
    if (state.replicas() == 1 || exporter.contains("env")) continue;
    exporter["env"] = Json::array({variable("KUBERNETES_VIRTUAL_GPUS", "true")});
    values.note("/dcgmExporter/env", "without it the load of a shared GPU is put on the wrong pod");
  }
}

}  // namespace

std::vector<Release> operatorReleases(const Request& request, const Analysis& analysis) {
  const std::vector<const Pool*> pools = servedPools(analysis);
  Release release{"gpu-operator",
                  "gpu-operator",
                  "https://helm.ngc.nvidia.com/nvidia",
                  "v26.7.0",
                  "gpu-operator",
                  10,
                  true,
                  {}};
  Values& values = release.values;
  setMig(analysis, values);
  setToolkit(request, values);
  setPlugin(analysis, values);
  setExporter(request, analysis, values);
  values.json["daemonsets"] = {{"tolerations", tolerations(pools)}};
  values.note("/daemonsets/tolerations", "every taint of " + namesOf(pools));
  Json workers = tolerations(pools);
  workers.insert(workers.begin(), Json{{"key", "node-role.kubernetes.io/control-plane"},
                                       {"operator", "Equal"},
                                       {"value", ""},
                                       {"effect", "NoSchedule"}});
  values.json["node-feature-discovery"] = {{"worker", {{"tolerations", std::move(workers)}}}};
  return {release};
}

}  // namespace gpuspec::nvidia
