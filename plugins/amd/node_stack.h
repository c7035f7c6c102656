#pragma once

// The software on a pool's nodes, as installed releases, the pool's properties and its labels tell.

#include <optional>
#include <string>
#include <vector>

#include "plugins/amd/models.h"
#include "plugins/amd/request.h"

namespace gpuspec::amd {

// The request of `observe`.
struct NodeQuestion {
  const Model* model = nullptr;
  std::int64_t gpus = 0;
  std::string driver_family;
  Json properties, releases;

  std::string label(const char* key) const;  // of the pool; "" = not set
};

struct NodeStack {
  bool plugin = false;         // a device plugin advertises the GPUs
  bool labeller = false;       // the node labeller
  bool driver = false;         // the GPUs have a driver
  std::string driver_version;  // of the one that the operator installs; "" = the node's own
  bool mixed = false;          // the plugin's naming strategy
  bool configures = false;     // the config manager runs
  // By GPU. nullopt: the profile that a label names is not known or does not fit.
  std::optional<std::vector<Mode>> modes;
};

NodeStack nodeStack(const NodeQuestion& question);

}  // namespace gpuspec::amd
