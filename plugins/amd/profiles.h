#pragma once

// The config manager's file of profiles, written and read
// (ROCm/gpu-operator v1.5.1, docs/dcm; default-dcm-config of its chart).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plugins/amd/models.h"

namespace gpuspec::amd {

// One profile for each mode, and `default`; a GPU count is left out, which means all of a node.
std::string profilesFile(const std::vector<Mode>& modes, bool mixed);

// The mode that each GPU of a node takes under this profile. nullopt: the file has no such profile,
// or it does not fit: counts and skipped GPUs must add up to the node's. An empty `file` stands for
// the one that the chart installs.
std::optional<std::vector<Mode>> profileModes(const Model& model, std::int64_t gpus,
                                              const std::string& name, const std::string& file);

}  // namespace gpuspec::amd
