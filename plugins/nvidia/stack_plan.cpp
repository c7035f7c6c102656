#include "plugins/nvidia/documents.h"

namespace gpuspec::nvidia {

namespace {

Json releaseJson(const Request& request, Release release) {
  if (release.takes_user_values && !request.accelerator->version.value.empty()) {
    release.version = request.accelerator->version.value;
  }
  Json json = {{"name", release.name},
               {"chart", release.chart},
               {"repository", release.repository},
               {"version", release.version},
               {"namespace", release.release_namespace},
               {"order", release.order},
               {"values", std::move(release.values.json)},
               {"value_notes", std::move(release.values.notes)},
               {"takes_user_values", release.takes_user_values}};
  // The pods mount folders of the host.
  json["namespace_labels"]["pod-security.kubernetes.io/enforce"] = {{"value", "privileged"}};
  return json;
}

// Azure's managed Prometheus reads monitors of an API group of its own.
Json podMonitor(const char* name, const char* release_namespace, const char* label,
                const char* value) {
  return {{"apiVersion", "azmonitoring.coreos.com/v1"},
          {"kind", "PodMonitor"},
          {"metadata", {{"name", name}, {"namespace", release_namespace}}},
          {"spec",
           {{"selector", {{"matchLabels", {{label, value}}}}},
            {"podMetricsEndpoints", Json::array({{{"port", "metrics"}, {"interval", "15s"}}})}}}};
}

// The load of one workload's pods in percent; {namespace} and {pods} (a regular expression) are
// filled in by whoever asks. GPU_UTIL has no value for a MIG instance.
std::string utilization(const Analysis& analysis) {
  const std::string pods = "{exported_namespace=\"{namespace}\",exported_pod=~\"{pods}\"}";
  if (analysis.firstCut() == nullptr) return "avg(DCGM_FI_DEV_GPU_UTIL" + pods + ")";
  return "100 * avg(DCGM_FI_PROF_GR_ENGINE_ACTIVE" + pods + ")";
}

}  // namespace

Json stackPlan(const Request& request, const Analysis& analysis) {
  Json releases = Json::array(), manifests = Json::array(), metrics = Json::object();
  std::vector<Release> found;
  if (analysis.stack == Stack::DevicePlugin) found = devicePluginReleases(request, analysis);
  if (analysis.stack == Stack::GpuOperator) found = operatorReleases(request, analysis);
  for (Release& release : found) releases.push_back(releaseJson(request, std::move(release)));
  if (request.accelerator && request.accelerator->metrics.value && !servedPools(analysis).empty()) {
    metrics["gpu_utilization"] = {{"promql", utilization(analysis)}};
    if (request.cluster.aks && request.cluster.prometheus &&
        analysis.stack == Stack::DevicePlugin) {
      manifests.push_back({{"object", podMonitor("dcgm-exporter", "dcgm-exporter",
                                                 "app.kubernetes.io/name", "dcgm-exporter")}});
    }
    if (request.cluster.aks && request.cluster.prometheus && analysis.stack == Stack::GpuOperator) {
      manifests.push_back({{"object", podMonitor("nvidia-dcgm-exporter", "gpu-operator", "app",
                                                 "nvidia-dcgm-exporter")}});
    }
  }
  return {{"schema", "gpuspec.emit-reply/1"},
          {"releases", std::move(releases)},
          {"manifests", std::move(manifests)},
          {"metrics", std::move(metrics)}};
}

}  // namespace gpuspec::nvidia
