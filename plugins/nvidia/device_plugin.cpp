#include "plugins/nvidia/documents.h"

namespace gpuspec::nvidia {

namespace {

constexpr const char* kPluginNamespace = "nvidia-device-plugin";
constexpr const char* kExporterNamespace = "dcgm-exporter";

// On AKS the pools carry a label that the chart's own affinity accepts; elsewhere the spec names
// the nodes.
void setNodes(const Request& request, const std::vector<const Pool*>& pools, Values& values) {
  if (request.cluster.aks) return;
  values.json["affinity"] = poolAffinity(pools);
  values.note("/affinity", "the nodes of " + namesOf(pools));
}

Release pluginRelease(const Request& request, const Analysis& analysis,
                      const std::vector<const Pool*>& pools) {
  Release release{"nvidia-device-plugin",
                  "nvidia-device-plugin",
                  "https://nvidia.github.io/k8s-device-plugin",
                  "0.20.0",
                  kPluginNamespace,
                  10,
                  true,
                  {}};
  Values& values = release.values;
  const PoolState* cut = analysis.firstCut();
  if (analysis.per_node_config) {
    values.json["config"] = {{"default", "default"}, {"map", pluginConfigs(analysis)}};
    values.note("/config",
                "a node takes the entry that its label nvidia.com/device-plugin.config names");
  } else if (cut != nullptr) {
    values.json["migStrategy"] = cut->cut->mixed ? "mixed" : "single";
    values.note("/migStrategy", "", cut->pool->mig->strategy->at);
  }
  setNodes(request, pools, values);
  values.json["tolerations"] = tolerations(pools);
  values.note("/tolerations", "every taint of " + namesOf(pools));
  if (request.accelerator->discovery.value) {
    values.json["gfd"] = {{"enabled", true}};
    values.note("/gfd", "", request.accelerator->discovery.at);
    values.json["nfd"] = {{"worker", {{"tolerations", tolerations(pools)}}}};
  }
  return release;
}

Release exporterRelease(const Request& request, const Analysis& analysis,
                        const std::vector<const Pool*>& pools) {
  Release release{"dcgm-exporter",
                  "dcgm-exporter",
                  "https://nvidia.github.io/dcgm-exporter/helm-charts",
                  "4.8.2",
                  kExporterNamespace,
                  20,
                  false,
                  {}};
  Values& values = release.values;
  if (request.cluster.aks) values.json["nodeSelector"] = {{"nvidia.com/gpu.present", "true"}};
  setNodes(request, pools, values);
  values.json["tolerations"] = tolerations(pools);
  values.note("/tolerations", "every taint of " + namesOf(pools));
  values.json["serviceMonitor"] = {{"enabled", false}};
  values.note("/serviceMonitor",
              "needs the CRDs of the Prometheus operator; turn it on where they are");
  if (!request.cluster.aks || !request.cluster.prometheus) {
    values.json["podAnnotations"] = {{"prometheus.io/scrape", "true"},
                                     {"prometheus.io/port", "9400"}};
  }
  for (const PoolState& state : analysis.pools) {
    if (state.replicas() == 1 || values.json.contains("extraEnv")) continue;
    values.json["extraEnv"] =
        Json::array({{{"name", "KUBERNETES_VIRTUAL_GPUS"}, {"value", "true"}}});
    values.note("/extraEnv", "without it the load of a shared GPU is put on the wrong pod");
  }
  return release;
}

}  // namespace

std::vector<Release> devicePluginReleases(const Request& request, const Analysis& analysis) {
  const std::vector<const Pool*> pools = servedPools(analysis);
  if (pools.empty()) return {};
  std::vector<Release> releases = {pluginRelease(request, analysis, pools)};
  if (request.accelerator->metrics.value)
    releases.push_back(exporterRelease(request, analysis, pools));
  return releases;
}

}  // namespace gpuspec::nvidia
