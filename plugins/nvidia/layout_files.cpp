#include <algorithm>

#include "plugins/nvidia/block_yaml.h"
#include "plugins/nvidia/node_stack.h"

namespace gpuspec::nvidia {

namespace {

using Layout = std::vector<Counts>;

Counts noneOf(const Model& model) {
  return Counts(model.names.size(), 0);
}

bool isPlain(const Profile& profile) {
  return std::string(profile.key) == std::to_string(profile.compute) + "g";
}

Counts fullOfProfile(const Model& model, std::size_t profile) {
  Counts counts = noneOf(model);
  counts[profile] = model.family->profiles[profile].max;
  return counts;
}

// all-balanced: two of the smallest and one of each of the next two, as on a GPU with seven slices.
Counts balanced(const Model& model) {
  Counts counts = noneOf(model);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const Profile& profile = model.family->profiles[i];
    if (isPlain(profile) && profile.compute <= 3) counts[i] = profile.compute == 1 ? 2 : 1;
  }
  return counts;
}

std::optional<Layout> builtIn(const Model& model, std::int64_t gpus, const std::string& name) {
  const auto every = [gpus](Counts counts) {
    return Layout(static_cast<std::size_t>(gpus), std::move(counts));
  };
  if (name == "all-disabled") return every({});
  if (model.family == nullptr) return std::nullopt;
  if (name == "all-enabled") return every(noneOf(model));
  if (name == "all-balanced" && fits(*model.family, balanced(model))) return every(balanced(model));
  for (std::size_t i = 0; i < model.names.size(); ++i) {
    std::string known = "all-" + model.names[i];
    std::replace(known.begin(), known.end(), '+', '.');
    if (known == name) return every(fullOfProfile(model, i));
  }
  return std::nullopt;
}

std::optional<Counts> countsOf(const Model& model, const Json& entry) {
  if (!entry.value("mig-enabled", false)) return Counts{};
  if (model.family == nullptr) return std::nullopt;
  Counts counts = noneOf(model);
  const auto devices = entry.find("mig-devices");
  if (devices == entry.end() || !devices->is_object()) return counts;
  for (const auto& [name, count] : devices->items()) {
    const int profile = profileOf(model, name);
    if (profile < 0 || !count.is_number_integer()) return std::nullopt;
    counts[static_cast<std::size_t>(profile)] = count.get<int>();
  }
  if (!fits(*model.family, counts)) return std::nullopt;
  return counts;
}

bool covers(const Json& entry, std::size_t gpu) {
  const auto devices = entry.find("devices");
  if (devices == entry.end()) return false;
  if (*devices == "all") return true;
  return devices->is_array() && std::find(devices->begin(), devices->end(), gpu) != devices->end();
}

}  // namespace

Counts fullOf(const Model& model, int compute) {
  for (std::size_t i = 0; model.family != nullptr && i < model.names.size(); ++i) {
    const Profile& profile = model.family->profiles[i];
    if (profile.compute == compute && isPlain(profile)) return fullOfProfile(model, i);
  }
  return {};
}

std::optional<Layout> namedLayout(const Model& model, std::int64_t gpus, const std::string& name,
                                  const std::string& file) {
  if (file.empty()) return builtIn(model, gpus, name);
  const std::optional<Json> document = parseBlockYaml(file);
  if (!document || !document->is_object() || !document->contains("mig-configs"))
    return std::nullopt;
  const Json& layouts = document->at("mig-configs");
  if (!layouts.is_object() || !layouts.contains(name) || !layouts.at(name).is_array())
    return std::nullopt;
  Layout layout(static_cast<std::size_t>(gpus));
  for (const Json& entry : layouts.at(name)) {
    if (!entry.is_object()) return std::nullopt;
    const std::optional<Counts> counts = countsOf(model, entry);
    if (!counts) return std::nullopt;
    for (std::size_t gpu = 0; gpu < layout.size(); ++gpu) {
      if (covers(entry, gpu)) layout[gpu] = *counts;
    }
  }
  return layout;
}

}  // namespace gpuspec::nvidia
