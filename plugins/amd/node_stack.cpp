#include "plugins/amd/node_stack.h"

#include "plugins/amd/documents.h"
#include "plugins/amd/profiles.h"

namespace gpuspec::amd {

namespace {

// "deviceConfig.spec"; null where a step is missing.
Json at(const Json& values, std::string_view path) {
  const Json* node = &values;
  while (!path.empty()) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    const std::string key(path.substr(0, dot));
    if (!node->is_object() || !node->contains(key)) return nullptr;
    node = &node->at(key);
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return *node;
}

std::string textAt(const Json& values, std::string_view path, const std::string& fallback = {}) {
  const Json found = at(values, path);
  return found.is_string() ? found.get<std::string>() : fallback;
}

bool flagAt(const Json& values, std::string_view path, bool fallback) {
  const Json found = at(values, path);
  return found.is_boolean() ? found.get<bool>() : fallback;
}

class Reader {
 public:
  explicit Reader(const NodeQuestion& question)
      : question_(question), profile_(question.label(kProfileLabel)) {}

  NodeStack read() {
    stack_.modes = std::vector<Mode>(static_cast<std::size_t>(question_.gpus));
    // AKS has no driver for these GPUs; of other nodes nothing is known, and they may have one.
    stack_.driver = question_.driver_family != "none";
    for (const Json& release : question_.releases) {
      if (release.at("chart").get<std::string>() != kChart) continue;
      readOperator(release.at("values"));
      return std::move(stack_);
    }
    if (question_.releases.empty()) readLabels();
    return std::move(stack_);
  }

 private:
  // Fallbacks are the chart's own values.
  void readOperator(const Json& values) {
    if (!flagAt(values, "crds.defaultCR.install", true)) return;  // no DeviceConfig, no operands
    const Json spec = at(values, "deviceConfig.spec");
    if (flagAt(spec, "driver.enable", false))
      installDriver(textAt(spec, "driver.version", kDriverVersion));
    stack_.plugin = flagAt(spec, "devicePlugin.enableDevicePlugin", true) &&
                    !flagAt(spec, "draDriver.enable", false);
    stack_.labeller = flagAt(spec, "devicePlugin.enableNodeLabeller", true);
    stack_.mixed = textAt(spec, "devicePlugin.devicePluginArguments.resource_naming_strategy",
                          "single") == "mixed";
    stack_.configures = flagAt(spec, "configManager.enable", false) && stack_.driver;
    if (!stack_.configures || profile_.empty() || question_.model == nullptr) return;
    const Json data = at(values, "defaultDCMConfigMap.data");
    const std::string file =
        data.is_object() && data.contains("config.json") && data.at("config.json").is_string()
            ? data.at("config.json").get<std::string>()
            : std::string();
    stack_.modes = profileModes(*question_.model, question_.gpus, profile_, file);
  }

  // Nothing is known of releases: the names that gpuspec itself gives say how the stack is set up.
  void readLabels() {
    installDriver(kDriverVersion);
    stack_.plugin = true;
    stack_.labeller = true;
    if (profile_.empty() || question_.model == nullptr) return;
    stack_.configures = true;
    stack_.modes.reset();
    for (const Mode& mode : question_.model->legal) {
      for (const bool mixed : {false, true}) {
        if (profileName(mode, mixed) != profile_) continue;
        stack_.mixed = mixed;
        stack_.modes = std::vector<Mode>(static_cast<std::size_t>(question_.gpus), mode);
      }
    }
  }

  void installDriver(const std::string& version) {
    stack_.driver = true;
    stack_.driver_version = version;
  }

  const NodeQuestion& question_;
  const std::string profile_;
  NodeStack stack_;
};

}  // namespace

std::string NodeQuestion::label(const char* key) const {
  const auto labels = properties.find("nodeLabels");
  if (labels == properties.end() || !labels->is_object()) return {};
  const auto found = labels->find(key);
  return found != labels->end() && found->is_string() ? found->get<std::string>() : std::string();
}

NodeStack nodeStack(const NodeQuestion& question) {
  return Reader(question).read();
}

}  // namespace gpuspec::amd
