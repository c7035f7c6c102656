#include "plugins/amd/models.h"

#include <algorithm>

namespace gpuspec::amd {

namespace {

// The pairs that the amdgpu driver takes on the MI300 family (Linux, aqua_vanjaram.c). The
// product of eight XCDs has memory modes NPS1, NPS2 and NPS4; NPS8 stands in enumerations only.
std::vector<Mode> legalOnMi300x() {
  return {{"SPX", "NPS1"}, {"DPX", "NPS1"}, {"DPX", "NPS2"}, {"QPX", "NPS1"},
          {"QPX", "NPS4"}, {"CPX", "NPS1"}, {"CPX", "NPS4"}};
}

// ROCm/gpu-operator v1.5.1: the default ConfigMap of the config manager, and the test recipes.
std::vector<Mode> documentedOnMi300x() {
  return {{"SPX", "NPS1"}, {"DPX", "NPS2"}, {"QPX", "NPS1"}, {"CPX", "NPS1"}, {"CPX", "NPS4"}};
}

// Two I/O dies: NPS1 and NPS2. DPX/NPS2 and CPX/NPS2 are in the test recipes of gpu-operator
// v1.5.1, the rest follows from the driver's rule.
std::vector<Mode> legalOnMi350() {
  return {{"SPX", "NPS1"}, {"DPX", "NPS1"}, {"DPX", "NPS2"}, {"QPX", "NPS1"},
          {"QPX", "NPS2"}, {"CPX", "NPS1"}, {"CPX", "NPS2"}};
}

std::vector<Mode> documentedOnMi350() {
  return {{"SPX", "NPS1"}, {"DPX", "NPS2"}, {"CPX", "NPS1"}, {"CPX", "NPS2"}};
}

std::vector<Model> makeModels() {
  return {
      {"mi300x-192gb", "MI300X 192 GB", 192, 8, legalOnMi300x(), documentedOnMi300x()},
      {"mi325x-256gb", "MI325X 256 GB", 256, 8, legalOnMi300x(), documentedOnMi300x()},
      // The driver refuses DPX on six XCDs; NPS4 stands in its table, and no product has shown it.
      {"mi300a-128gb",
       "MI300A 128 GB",
       128,
       6,
       {{"SPX", "NPS1"}, {"TPX", "NPS1"}, {"CPX", "NPS1"}},
       {{"SPX", "NPS1"}}},
      {"mi350x-288gb", "MI350X 288 GB", 288, 8, legalOnMi350(), documentedOnMi350()},
      {"mi355x-288gb", "MI355X 288 GB", 288, 8, legalOnMi350(), documentedOnMi350()},
  };
}

bool contains(const std::vector<Mode>& modes, const Mode& mode) {
  return std::find(modes.begin(), modes.end(), mode) != modes.end();
}

}  // namespace

bool Model::allows(const Mode& mode) const {
  return contains(legal, mode);
}

bool Model::documents(const Mode& mode) const {
  return contains(documented, mode);
}

bool Model::hasCompute(std::string_view compute) const {
  return std::any_of(legal.begin(), legal.end(),
                     [&](const Mode& mode) { return mode.compute == compute; });
}

const std::vector<Model>& models() {
  static const std::vector<Model> table = makeModels();
  return table;
}

const Model* findModel(std::string_view key) {
  for (const Model& model : models()) {
    if (model.key == key) return &model;
  }
  return nullptr;
}

int devicesOf(const Model& model, std::string_view compute) {
  if (!model.hasCompute(compute)) return 0;
  if (compute == "SPX") return 1;
  if (compute == "DPX") return 2;
  if (compute == "TPX") return 3;
  if (compute == "QPX") return 4;
  return model.xcds;
}

int domainsOf(std::string_view memory) {
  if (memory == "NPS1") return 1;
  if (memory == "NPS2") return 2;
  return memory == "NPS4" ? 4 : 0;
}

std::string modeText(const Mode& mode) {
  return mode.compute + "/" + mode.memory;
}

std::string modesText(const std::vector<Mode>& modes) {
  std::string text;
  for (const Mode& mode : modes) text += (text.empty() ? "" : "  ") + modeText(mode);
  return text;
}

}  // namespace gpuspec::amd
