#include "compiler/passes/text.h"

#include <algorithm>

namespace gpuspec::passes {

std::string quoted(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += "`" + names[i] + "`";
  }
  return text;
}

std::string counted(std::int64_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string nodesText(const ir::NodeCount& nodes) {
  if (nodes.min == nodes.max) return counted(nodes.max, "node");
  return std::to_string(nodes.min) + " to " + counted(nodes.max, "node");
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

ir::Location placeOf(const ir::Tree& value, const ir::Location& otherwise) {
  return value.location().valid() ? value.location() : otherwise;
}

const ir::Tree* settingOf(const std::vector<ir::Setting>& settings, std::string_view path) {
  for (const ir::Setting& setting : settings) {
    if (setting.path == path) return &setting.value;
  }
  return nullptr;
}

bool isTrue(const ir::Tree* value) {
  return value && value->isBool() && value->asBool();
}

bool isWindows(const ir::Pool& pool) {
  return pool.os->starts_with("windows");
}

bool hasGpu(const ir::Pool& pool) {
  return !pool.vendor().empty();
}

bool onAks(const ir::Spec& spec, const ir::Pool& pool) {
  return spec[pool.cluster_id].platform == ir::Platform::Aks;
}

bool isNewAks(const ir::Cluster& cluster) {
  return cluster.platform == ir::Platform::Aks && !cluster.existing;
}

bool worksOn(const ir::Team& team, ir::ClusterId cluster_id) {
  return std::find(team.cluster_ids.begin(), team.cluster_ids.end(), cluster_id) !=
         team.cluster_ids.end();
}

}  // namespace gpuspec::passes
