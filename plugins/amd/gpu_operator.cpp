#include <set>

#include "plugins/amd/documents.h"
#include "plugins/amd/profiles.h"

namespace gpuspec::amd {

namespace {

// Added by AKS on Spot pools.
const Taint kSpotTaint = {"kubernetes.azure.com/scalesetpriority", "spot", "NoSchedule"};
// On a node while it is cut (gpu-operator v1.5.1, docs/dcm).
const Taint kCuttingTaint = {"amd-dcm", "up", "NoExecute"};

Json toleration(const Taint& taint) {
  return {
      {"key", taint.key}, {"operator", "Equal"}, {"value", taint.value}, {"effect", taint.effect}};
}

// None of the chart's parts tolerates anything of its own accord.
Json tolerations(const Request& request) {
  Json out = Json::array();
  out.push_back({{"key", kGpu}, {"operator", "Exists"}, {"effect", "NoSchedule"}});
  std::set<std::string> seen;
  const auto add = [&](const Taint& taint) {
    if (taint.key == kGpu && taint.effect == "NoSchedule") return;
    if (taint.effect == "PreferNoSchedule") return;
    Json entry = toleration(taint);
    if (seen.insert(entry.dump()).second) out.push_back(std::move(entry));
  };
  for (const Pool& pool : request.pools) {
    for (const Taint& taint : pool.final_taints) add(taint);
    if (pool.spot) add(kSpotTaint);
  }
  return out;
}

std::string poolNames(const Request& request) {
  std::string text = request.pools.size() == 1 ? "pool " : "pools ";
  for (std::size_t i = 0; i < request.pools.size(); ++i) {
    if (i == 8) return text + " and " + std::to_string(request.pools.size() - i) + " more";
    text += (i == 0 ? "" : ", ") + request.pools[i].name;
  }
  return text;
}

class ValuesWriter {
 public:
  ValuesWriter(const Request& request, const Analysis& analysis)
      : request_(request), analysis_(analysis), tolerations_(tolerations(request)) {}

  Values write() {
    setDiscovery();
    values_.json["remediation"] = {{"enabled", false}};
    values_.note("/remediation", "it would bring an Argo Workflows controller");
    values_.json["crds"] = {{"defaultCR", {{"install", true}, {"upgrade", true}}}};
    values_.note("/crds/defaultCR/upgrade", "without it the first DeviceConfig stays as it is");
    setDriver();
    setPlugin();
    setExporter();
    setConfigManager();
    values_.json["deviceConfig"] = {{"spec", std::move(spec_)}};
    return std::move(values_);
  }

 private:
  static std::string spec(const char* rest) { return std::string("/deviceConfig/spec") + rest; }

  // The chart's list is replaced as a whole, so its own entries stand here again.
  void setDiscovery() {
    Json workers = tolerations_;
    workers.push_back(toleration(kCuttingTaint));
    workers.push_back(
        {{"key", "amd-gpu-unhealthy"}, {"operator", "Exists"}, {"effect", "NoSchedule"}});
    values_.json["node-feature-discovery"] = {{"worker", {{"tolerations", std::move(workers)}}}};
  }

  void setDriver() {
    const bool installs = analysis_.installs_driver;
    Json& driver = spec_["driver"];
    driver["enable"] = installs;
    if (!installs) {
      values_.note(spec("/driver/enable"), "the nodes bring the driver with them",
                   request_.pools.front().driver.at);
      return;
    }
    driver["blacklist"] = true;
    driver["tolerations"] = tolerations_;
    values_.note(spec("/driver"),
                 "the operator builds the driver's image and keeps it in the registry that "
                 "driver.image names: set it in the accelerator's values");
    values_.note(spec("/driver/blacklist"), "the kernel's own amdgpu must not load first");
    values_.note(spec("/driver/tolerations"), "every taint of " + poolNames(request_));
  }

  void setPlugin() {
    Json& plugin = spec_["devicePlugin"];
    plugin["devicePluginArguments"] = {
        {"resource_naming_strategy", analysis_.mixed ? "mixed" : "single"}};
    for (const PoolState& state : analysis_.pools) {
      if (!state.pool->partition || !state.pool->partition->strategy) continue;
      values_.note(spec("/devicePlugin/devicePluginArguments"), "",
                   state.pool->partition->strategy->at);
      break;
    }
    plugin["devicePluginTolerations"] = tolerations_;
    plugin["nodeLabellerTolerations"] = tolerations_;
  }

  void setExporter() {
    Json& exporter = spec_["metricsExporter"];
    exporter["enable"] = request_.accelerator->metrics.value;
    values_.note(spec("/metricsExporter/enable"), "", request_.accelerator->metrics.at);
    if (request_.accelerator->metrics.value) exporter["tolerations"] = tolerations_;
  }

  // Only the config manager stays on a node while it is cut: the others must start afresh to see
  // the new devices (gpu-operator v1.5.1, docs/dcm/applying-partition-profiles).
  void setConfigManager() {
    if (!analysis_.configures()) return;
    Json own = tolerations_;
    own.push_back(toleration(kCuttingTaint));
    spec_["configManager"] = {{"enable", true}, {"configManagerTolerations", std::move(own)}};
    std::vector<Mode> modes;
    for (const PoolState& state : analysis_.pools) modes.push_back(state.mode);
    values_.json["defaultDCMConfigMap"] = {
        {"data", {{"config.json", profilesFile(modes, analysis_.mixed)}}}};
    values_.note("/defaultDCMConfigMap", std::string("a node takes the profile that its label ") +
                                             kProfileLabel + " names");
  }

  const Request& request_;
  const Analysis& analysis_;
  const Json tolerations_;
  Json spec_ = Json::object();
  Values values_;
};

}  // namespace

void Values::note(const std::string& pointer, const std::string& text, Node at) {
  Json remark = {{"path", pointer}};
  if (!text.empty()) remark["text"] = text;
  if (at != 0) remark["at"] = at;
  notes.push_back(std::move(remark));
}

Values operatorValues(const Request& request, const Analysis& analysis) {
  return ValuesWriter(request, analysis).write();
}

}  // namespace gpuspec::amd
