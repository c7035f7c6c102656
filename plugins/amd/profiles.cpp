#include "plugins/amd/profiles.h"

#include <map>

#include <nlohmann/json.hpp>

#include "plugins/amd/naming.h"

namespace gpuspec::amd {

namespace {

using Json = nlohmann::ordered_json;

Json profile(const Mode& mode) {
  return {{"profiles",
           Json::array({{{"computePartition", mode.compute}, {"memoryPartition", mode.memory}}})}};
}

// What the chart installs when nothing else is said.
const std::map<std::string, Mode>& chartProfiles() {
  static const std::map<std::string, Mode> profiles = {{"default", {"SPX", "NPS1"}},
                                                       {"cpx_nps1_all", {"CPX", "NPS1"}},
                                                       {"cpx_nps4_all", {"CPX", "NPS4"}},
                                                       {"dpx_nps2_all", {"DPX", "NPS2"}},
                                                       {"qpx_nps1_all", {"QPX", "NPS1"}}};
  return profiles;
}

std::optional<std::vector<Mode>> checked(const Model& model, std::vector<Mode> modes,
                                         std::int64_t gpus) {
  if (static_cast<std::int64_t>(modes.size()) != gpus) return std::nullopt;
  for (const Mode& mode : modes) {
    // One memory mode for all GPUs of a node.
    if (!model.allows(mode) || mode.memory != modes.front().memory) return std::nullopt;
  }
  return modes;
}

std::string textAt(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t skippedIn(const Json& entry) {
  const auto skipped = entry.find("skippedGPUs");
  if (skipped == entry.end() || !skipped->is_object()) return 0;
  const auto ids = skipped->find("ids");
  return ids != skipped->end() && ids->is_array() ? static_cast<std::int64_t>(ids->size()) : 0;
}

// Without a count an item takes the GPUs that are left.
std::optional<std::vector<Mode>> modesOf(const Json& entry, std::int64_t gpus) {
  const std::int64_t skipped = skippedIn(entry);
  std::vector<Mode> modes(static_cast<std::size_t>(std::max<std::int64_t>(0, skipped)));
  const auto items = entry.find("profiles");
  if (items == entry.end() || !items->is_array()) return std::nullopt;
  for (const Json& item : *items) {
    if (!item.is_object()) return std::nullopt;
    const Mode mode{textAt(item, "computePartition"), textAt(item, "memoryPartition")};
    const std::int64_t left = gpus - static_cast<std::int64_t>(modes.size());
    const auto count = item.find("numGPUsAssigned");
    const bool counted = count != item.end() && count->is_number_integer();
    const std::int64_t assigned = counted ? count->get<std::int64_t>() : left;
    if (assigned < 0 || assigned > left) return std::nullopt;
    modes.insert(modes.end(), static_cast<std::size_t>(assigned), mode);
  }
  // Skipped GPUs stay as they are; the memory mode is the node's.
  if (!modes.empty()) {
    for (std::int64_t i = 0; i < skipped; ++i)
      modes[static_cast<std::size_t>(i)].memory = modes.back().memory;
  }
  return modes;
}

}  // namespace

std::string profilesFile(const std::vector<Mode>& modes, bool mixed) {
  std::map<std::string, Mode> by_name = {{"default", Mode()}};
  for (const Mode& mode : modes) by_name.emplace(profileName(mode, mixed), mode);
  Json profiles = Json::object();
  for (const auto& [name, mode] : by_name) profiles[name] = profile(mode);
  const Json file = {
      {"gpu-config-profiles", std::move(profiles)},
      {"gpuClientSystemdServices", {{"names", Json::array({"amd-metrics-exporter", "gpuagent"})}}}};
  return file.dump(2) + "\n";
}

std::optional<std::vector<Mode>> profileModes(const Model& model, std::int64_t gpus,
                                              const std::string& name, const std::string& file) {
  if (gpus < 1) return std::nullopt;
  if (file.empty()) {
    const auto found = chartProfiles().find(name);
    if (found == chartProfiles().end()) return std::nullopt;
    return checked(model, std::vector<Mode>(static_cast<std::size_t>(gpus), found->second), gpus);
  }
  const Json json = Json::parse(file, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const auto profiles = json.find("gpu-config-profiles");
  if (profiles == json.end() || !profiles->is_object()) return std::nullopt;
  const auto entry = profiles->find(name);
  if (entry == profiles->end() || !entry->is_object()) return std::nullopt;
  std::optional<std::vector<Mode>> modes = modesOf(*entry, gpus);
  return modes ? checked(model, std::move(*modes), gpus) : std::nullopt;
}

}  // namespace gpuspec::amd
