#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plugins/nvidia/geometry.h"

namespace gpuspec::nvidia {

struct Model {
  const char* key;    // as VM sizes and `device = nvidia.<key>` name it
  const char* title;  // for people
  int memory_gib;
  const Family* family = nullptr;    // nullptr: cannot be cut by MIG
  std::vector<std::string> names{};  // by the family's profiles
  bool switch_needs_reset = false;   // turning MIG on takes a GPU reset, in a VM a reboot
  bool aks_cuts = false;             // AKS documents gpuInstanceProfile for it
};

const std::vector<Model>& models();
const Model* findModel(std::string_view key);

// The family's profile of that name; -1: no such.
int profileOf(const Model& model, std::string_view name);
// `name` as some other model has it, as this model calls it: "1g.5gb" is "1g.10gb" here. "" when no
// other model has it, or when models disagree.
std::string translated(const Model& model, std::string_view name);

// "nvidia.com/mig-1g.10gb.me"
std::string migResource(std::string_view profile);
// "4g.40gb, 3 x 1g.10gb"
std::string layoutText(const Model& model, const Counts& counts);

}  // namespace gpuspec::nvidia
