#pragma once

// Devices and the modes that they can be cut into. The compute mode says how many devices one GPU
// shows, the memory mode into how many domains its HBM is cut.

#include <string>
#include <string_view>
#include <vector>

namespace gpuspec::amd {

struct Mode {
  std::string compute = "SPX", memory = "NPS1";
  bool whole() const { return compute == "SPX"; }
  friend bool operator==(const Mode& a, const Mode& b) {
    return a.compute == b.compute && a.memory == b.memory;
  }
};

struct Model {
  const char* key;    // as VM sizes and `device = amd.<key>` name it
  const char* title;  // for people
  int memory_gib;
  int xcds;                      // dies that compute; CPX shows each as a device
  std::vector<Mode> legal;       // what the driver takes
  std::vector<Mode> documented;  // of these, what AMD's config manager documents

  bool allows(const Mode& mode) const;
  bool documents(const Mode& mode) const;
  bool hasCompute(std::string_view compute) const;
};

const std::vector<Model>& models();
const Model* findModel(std::string_view key);

// Devices that one GPU shows in this compute mode; 0: there is no such mode on it.
int devicesOf(const Model& model, std::string_view compute);
// 0: no memory mode.
int domainsOf(std::string_view memory);

// "CPX/NPS4"
std::string modeText(const Mode& mode);
// "SPX/NPS1  CPX/NPS4 ..."
std::string modesText(const std::vector<Mode>& modes);

}  // namespace gpuspec::amd
