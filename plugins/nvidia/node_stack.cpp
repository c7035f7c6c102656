#include "plugins/nvidia/node_stack.h"

#include <algorithm>
#include <charconv>

#include "plugins/nvidia/analysis.h"
#include "plugins/nvidia/block_yaml.h"

namespace gpuspec::nvidia {

namespace {

// Baked into AKS's node images of August 2026.
constexpr const char* kCudaDriver = "580.126.09";
constexpr const char* kGridDriver = "570.211.01";
// The default of gpu-operator v26.7.0.
constexpr const char* kOperatorDriver = "595.91.07";

// "migManager.config.name"; null where a step is missing.
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

const Json* releaseOf(const NodeQuestion& question, std::string_view chart) {
  for (const Json& release : question.releases) {
    if (release.at("chart").get<std::string>() == chart) return &release;
  }
  return nullptr;
}

// The number after "time-slicing-" in "mig-mixed-time-slicing-4"; 0: not there.
std::int64_t numberAfter(const std::string& name, std::string_view what) {
  const std::size_t found = name.find(what);
  std::int64_t number = 0;
  if (found != std::string::npos) {
    std::from_chars(name.data() + found + what.size(), name.data() + name.size(), number);
  }
  return number;
}

class Reader {
 public:
  explicit Reader(const NodeQuestion& question) : question_(question) {}

  NodeStack read() {
    readPlatform();
    if (isManaged()) {
      readManaged();
    } else if (const Json* release = releaseOf(question_, "gpu-operator")) {
      readOperator(release->at("values"));
    } else if (const Json* plugin = releaseOf(question_, "nvidia-device-plugin")) {
      readPlugin(plugin->at("values"));
    } else if (question_.releases.empty()) {
      readLabels();
    }
    return std::move(stack_);
  }

 private:
  // What AKS itself does: the driver, and the cut that gpuInstanceProfile asks for.
  void readPlatform() {
    stack_.cut = std::vector<Counts>(static_cast<std::size_t>(question_.gpus));
    const bool none = textAt(question_.properties, "gpuProfile.driver") == "None" && !isManaged();
    if (none || question_.driver_family == "none") return;
    const bool grid = textAt(question_.properties, "gpuProfile.driverType") == "GRID" ||
                      question_.driver_family == "grid";
    stack_.driver_version = grid ? kGridDriver : kCudaDriver;
    if (question_.windows()) stack_.plugin = true;
    const std::string profile = textAt(question_.properties, "gpuInstanceProfile");
    if (question_.model == nullptr || profile.size() != 5 || profile.rfind("MIG", 0) != 0) return;
    const Counts counts = fullOf(*question_.model, profile[3] - '0');
    if (!counts.empty())
      stack_.cut = std::vector<Counts>(static_cast<std::size_t>(question_.gpus), counts);
  }

  bool isManaged() const {
    return textAt(question_.properties, "gpuProfile.nvidia.managementMode") == "Managed";
  }

  // With a profile set, `None` behaves as `Single`.
  void readManaged() {
    stack_.plugin = true;
    const bool cut = !textAt(question_.properties, "gpuInstanceProfile").empty();
    const std::string strategy = textAt(question_.properties, "gpuProfile.nvidia.migStrategy");
    stack_.strategy = strategy == "Mixed"           ? "mixed"
                      : cut || strategy == "Single" ? "single"
                                                    : "none";
  }

  void readPlugin(const Json& values) {
    stack_.plugin = true;
    stack_.discovery = flagAt(values, "gfd.enabled", false);
    stack_.strategy = textAt(values, "migStrategy", "none");
    readConfig(at(values, "config.map"), textAt(values, "config.default"));
  }

  void readOperator(const Json& values) {
    stack_.plugin = flagAt(values, "devicePlugin.enabled", true);
    stack_.discovery = flagAt(values, "gfd.enabled", true);
    stack_.mig_manager = flagAt(values, "migManager.enabled", true);
    stack_.strategy = textAt(values, "mig.strategy", "single");
    if (stack_.driver_version.empty() && flagAt(values, "driver.enabled", true)) {
      stack_.driver_version = textAt(values, "driver.version", kOperatorDriver);
    }
    readConfig(at(values, "devicePlugin.config.data"),
               textAt(values, "devicePlugin.config.default"));
    std::string layout = question_.label("nvidia.com/mig.config");
    if (layout.empty()) layout = textAt(values, "migManager.config.default");
    if (!stack_.mig_manager || layout.empty() || question_.model == nullptr) return;
    const Json file = at(values, "migManager.config.data");
    const auto text = file.is_object() ? file.find("config.yaml") : file.end();
    const bool own = file.is_object() && text != file.end() && text->is_string();
    stack_.cut =
        namedLayout(*question_.model, question_.gpus, layout, own ? text->get<std::string>() : "");
  }

  // The device plugin's configuration that the node's label names, or the default one.
  void readConfig(const Json& configs, const std::string& fallback) {
    if (!configs.is_object()) return;
    std::string name = question_.label("nvidia.com/device-plugin.config");
    if (name.empty()) name = fallback;
    if (!configs.contains(name) || !configs.at(name).is_string()) return;
    const std::optional<Json> config = parseBlockYaml(configs.at(name).get<std::string>());
    if (!config) return;
    stack_.strategy = textAt(*config, "flags.migStrategy", stack_.strategy);
    readShares(at(*config, "sharing.timeSlicing.resources"), "time-slicing");
    readShares(at(*config, "sharing.mps.resources"), "mps");
  }

  void readShares(const Json& resources, const char* kind) {
    if (!resources.is_array()) return;
    for (const Json& share : resources) {
      if (!share.is_object() || !share.contains("name") || !share.contains("replicas")) continue;
      if (!share.at("name").is_string() || !share.at("replicas").is_number_integer()) continue;
      stack_.sharing = kind;
      stack_.replicas[share.at("name").get<std::string>()] =
          share.at("replicas").get<std::int64_t>();
    }
  }

  // Nothing is known of releases: the names that gpuspec itself gives say how the stack is set up.
  void readLabels() {
    const std::string layout = question_.label("nvidia.com/mig.config");
    const bool by_operator =
        textAt(question_.properties, "gpuProfile.driver") == "None" && !question_.windows();
    stack_.plugin = true;
    stack_.discovery = true;
    stack_.mig_manager = by_operator;
    if (by_operator && stack_.driver_version.empty()) stack_.driver_version = kOperatorDriver;
    if (by_operator && !layout.empty() && question_.model != nullptr) {
      stack_.cut = namedLayout(*question_.model, question_.gpus, layout, "");
    }
    const std::string config = question_.label("nvidia.com/device-plugin.config");
    const bool single = config.rfind("mig-single", 0) == 0 ||
                        question_.label("nvidia.com/mig.strategy") == "single";
    stack_.strategy = single ? "single" : "mixed";
    for (const char* kind : {"time-slicing", "mps"}) {
      const std::int64_t number = numberAfter(config, std::string(kind) + "-");
      if (number < 1) continue;
      stack_.sharing = kind;
      stack_.replicas["*"] = number;
    }
  }

  const NodeQuestion& question_;
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

}  // namespace gpuspec::nvidia
