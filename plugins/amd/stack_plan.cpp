#include "plugins/amd/documents.h"

namespace gpuspec::amd {

namespace {

Json releaseJson(const Request& request, Values values) {
  const std::string& version = request.accelerator->version.value;
  Json json = {
      {"name", "amd-gpu-operator"},       {"chart", kChart},
      {"repository", kRepository},        {"version", version.empty() ? kChartVersion : version},
      {"namespace", kNamespace},          {"order", 10},
      {"values", std::move(values.json)}, {"value_notes", std::move(values.notes)},
      {"takes_user_values", true}};
  // The pods mount folders of the host.
  json["namespace_labels"]["pod-security.kubernetes.io/enforce"] = {{"value", "privileged"}};
  return json;
}

// Azure's managed Prometheus reads monitors of an API group of its own. Label and port are those of
// the operator's exporter (gpu-operator, internal/metricsexporter).
Json podMonitor() {
  return {
      {"apiVersion", "azmonitoring.coreos.com/v1"},
      {"kind", "PodMonitor"},
      {"metadata", {{"name", "amd-metrics-exporter"}, {"namespace", kNamespace}}},
      {"spec",
       {{"selector", {{"matchLabels", {{"app.kubernetes.io/name", "metrics-exporter"}}}}},
        {"podMetricsEndpoints", Json::array({{{"port", "exporter-port"}, {"interval", "15s"}}})}}}};
}

// In percent; names and labels as the exporter v1.5.1 prints them. Prometheus puts `exported_`
// before labels that it sets itself.
constexpr const char* kUtilization =
    "avg(gpu_gfx_activity{exported_namespace=\"{namespace}\",exported_pod=~\"{pods}\"})";

}  // namespace

Json stackPlan(const Request& request, const Analysis& analysis) {
  Json releases = Json::array(), manifests = Json::array(), metrics = Json::object();
  if (request.accelerator && !request.pools.empty()) {
    releases.push_back(releaseJson(request, operatorValues(request, analysis)));
    if (request.accelerator->metrics.value) {
      metrics["gpu_utilization"] = {{"promql", kUtilization}};
      if (request.cluster.aks && request.cluster.prometheus)
        manifests.push_back({{"object", podMonitor()}});
    }
  }
  return {{"schema", "gpuspec.emit-reply/1"},
          {"releases", std::move(releases)},
          {"manifests", std::move(manifests)},
          {"metrics", std::move(metrics)}};
}

}  // namespace gpuspec::amd
