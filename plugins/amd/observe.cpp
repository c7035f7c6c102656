#include <algorithm>
#include <map>

#include "plugins/amd/documents.h"
#include "plugins/amd/node_stack.h"

namespace gpuspec::amd {

namespace {

using Devices = std::map<std::string, std::int64_t>;

bool allAlike(const std::vector<Mode>& modes) {
  return std::all_of(modes.begin(), modes.end(),
                     [&](const Mode& mode) { return mode == modes.front(); });
}

// A config manager that failed leaves the GPUs as they were: whole.
std::vector<Mode> modesOf(const NodeQuestion& question, const NodeStack& stack) {
  return stack.modes.value_or(std::vector<Mode>(static_cast<std::size_t>(question.gpus)));
}

// `single` serves only nodes whose GPUs are all cut alike.
Devices devicesOf(const NodeQuestion& question, const NodeStack& stack) {
  Devices devices;
  if (question.model == nullptr) {
    if (question.gpus > 0) devices[kGpu] = question.gpus;
    return devices;
  }
  const std::vector<Mode> modes = modesOf(question, stack);
  if (!stack.mixed && !allAlike(modes)) return devices;
  for (const Mode& mode : modes)
    devices[resourceOf(mode, stack.mixed)] += devicesOf(*question.model, mode.compute);
  return devices;
}

// What feature discovery, the node labeller and the config manager set. Product names and the like
// depend on the board and stay out.
Json labelsOf(const NodeQuestion& question, const NodeStack& stack) {
  Json labels = Json::object();
  const auto set = [&](const char* key, const std::string& value) {
    labels[key] = {{"value", value}};
  };
  if (!stack.plugin && !stack.labeller) return labels;
  set("feature.node.kubernetes.io/amd-gpu", "true");
  if (stack.configures && !question.label(kProfileLabel).empty())
    set("dcm.amd.com/gpu-config-profile-state", stack.modes ? "success" : "failure");
  if (!stack.labeller || !stack.driver) return labels;
  if (!stack.driver_version.empty()) set("amd.com/gpu.driver-version", stack.driver_version);
  if (question.model == nullptr) return labels;
  set("amd.com/gpu.compute-partitioning-supported", "true");
  set("amd.com/gpu.memory-partitioning-supported", "true");
  const std::vector<Mode> modes = modesOf(question, stack);
  if (!modes.empty() && allAlike(modes))
    set("amd.com/gpu.compute-memory-partition", lowerName(modes.front()));
  return labels;
}

}  // namespace

Json nodeReport(const Json& request) {
  NodeQuestion question;
  question.model = findModel(request.at("device").get<std::string>());
  question.gpus = std::max<std::int64_t>(0, request.at("gpus").get<std::int64_t>());
  question.driver_family = request.at("driver").get<std::string>();
  question.properties = request.at("properties");
  question.releases = request.at("releases");
  const NodeStack stack = nodeStack(question);
  Json allocatable = Json::object();
  // Without a driver a device plugin finds nothing.
  if (stack.plugin && stack.driver) {
    for (const auto& [resource, count] : devicesOf(question, stack))
      allocatable[resource] = {{"amount", count}};
  }
  return {{"schema", "gpuspec.observe-reply/1"},
          {"allocatable", std::move(allocatable)},
          {"node_labels", labelsOf(question, stack)},
          {"driver_version", stack.driver_version}};
}

}  // namespace gpuspec::amd
