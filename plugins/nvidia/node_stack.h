#pragma once

// The software on a pool's nodes, as installed releases, the pool's properties and its labels tell.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plugins/nvidia/models.h"
#include "plugins/nvidia/request.h"

namespace gpuspec::nvidia {

// The request of `observe`.
struct NodeQuestion {
  const Model* model = nullptr;
  std::int64_t gpus = 0;
  bool fractional = false;
  std::string driver_family;
  Json properties, releases;

  bool windows() const { return properties.value("osType", "Linux") == "Windows"; }
  std::string label(const char* key) const;  // of the pool; "" = not set
};

struct NodeStack {
  bool plugin = false;     // a device plugin advertises the GPUs
  bool discovery = false;  // GPU feature discovery labels the nodes
  bool mig_manager = false;
  std::string driver_version;  // "" = no driver
  std::string strategy = "none";
  std::string sharing = "none";                  // time-slicing, mps
  std::map<std::string, std::int64_t> replicas;  // by resource
  // How each GPU is cut; empty counts: it is whole. nullopt: the layout that a label names is not
  // known, which is a failed MIG manager.
  std::optional<std::vector<Counts>> cut;
};

NodeStack nodeStack(const NodeQuestion& question);

// layout_files.cpp: mig-parted's layout of that name on a node with so many GPUs, from the file's
// text or, where it is empty, from the names that the MIG manager knows by itself.
std::optional<std::vector<Counts>> namedLayout(const Model& model, std::int64_t gpus,
                                               const std::string& name, const std::string& file);
// Every GPU full of the plain profile with so many compute slices; empty: there is none.
Counts fullOf(const Model& model, int compute);

}  // namespace gpuspec::nvidia
