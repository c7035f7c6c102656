#include "plugins/amd/naming.h"

namespace gpuspec::amd {

std::string lowerName(const Mode& mode) {
  std::string name = mode.compute + "_" + mode.memory;
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return name;
}

std::string resourceOf(const Mode& mode, bool mixed) {
  return mixed ? "amd.com/" + lowerName(mode) : kGpu;
}

std::string profileName(const Mode& mode, bool mixed) {
  return lowerName(mode) + (mixed ? "_mixed" : "_all");
}

}  // namespace gpuspec::amd
