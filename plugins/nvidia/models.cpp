#include "plugins/nvidia/models.h"

#include <set>

namespace gpuspec::nvidia {

namespace {

// 1g, 1g+me, 1g with double memory, 2g, 3g, 4g, 7g
std::vector<std::string> seven(const char* small, const char* twice, const char* large,
                               const char* all) {
  const std::string one = std::string("1g.") + small;
  return {one,
          one + "+me",
          std::string("1g.") + twice,
          std::string("2g.") + twice,
          std::string("3g.") + large,
          std::string("4g.") + large,
          std::string("7g.") + all};
}

// Names and counts: NVIDIA MIG user guide (drivers 570 to 610) and mig-parted v0.15.0's default
// configuration (2026-08-21). Placements were printed by real A100, H100 80 and 94 GB, B200, A30
// and RTX PRO 6000; the other rows follow from equal profile ids and counts. Names depend on the
// driver: a GB200 was also seen as 189 GB (1g.24gb, 3g.95gb ...). AKS cuts A100, H100 and H200
// (articles/aks/gpu-multi-instance, 2026-08-21). Memory is what the board's name says.
std::vector<Model> makeModels() {
  const Family* s7 = &slices7();
  return {
      // no MIG
      {"t4", "T4 16 GB", 16},
      {"v100-16gb", "V100 16 GB", 16},
      {"v100-32gb", "V100 32 GB", 32},
      {"a10-24gb", "A10 24 GB", 24},
      {"a16-16gb", "A16 16 GB", 16},
      {"a40-48gb", "A40 48 GB", 48},
      {"l4-24gb", "L4 24 GB", 24},
      {"l40-48gb", "L40 48 GB", 48},
      {"l40s-48gb", "L40S 48 GB", 48},
      {"rtx-a6000-48gb", "RTX A6000 48 GB", 48},
      {"rtx-6000-ada-48gb", "RTX 6000 Ada 48 GB", 48},
      {"m60-8gb", "M60 8 GB", 8},
      {"k80-12gb", "K80 12 GB", 12},
      // four slices
      {"a30-24gb",
       "A30 24 GB",
       24,
       &slices4(),
       {"1g.6gb", "1g.6gb+me", "2g.12gb", "2g.12gb+me", "4g.24gb"},
       true},
      // seven slices
      {"a100-40gb", "A100 40 GB", 40, s7, seven("5gb", "10gb", "20gb", "40gb"), true, true},
      {"a100-80gb", "A100 80 GB", 80, s7, seven("10gb", "20gb", "40gb", "80gb"), true, true},
      {"h100-80gb", "H100 80 GB", 80, s7, seven("10gb", "20gb", "40gb", "80gb"), false, true},
      {"h100-94gb", "H100 94 GB", 94, s7, seven("12gb", "24gb", "47gb", "94gb"), false, true},
      {"h100-96gb", "H100 96 GB", 96, s7, seven("12gb", "24gb", "48gb", "96gb")},
      {"gh200-96gb", "GH200 96 GB", 96, s7, seven("12gb", "24gb", "48gb", "96gb")},
      {"h20-96gb", "H20 96 GB", 96, s7, seven("12gb", "24gb", "48gb", "96gb")},
      {"h200-141gb", "H200 141 GB", 141, s7, seven("18gb", "35gb", "71gb", "141gb"), false, true},
      {"gh200-144gb", "GH200 144 GB", 144, s7, seven("18gb", "36gb", "72gb", "144gb")},
      {"b200-180gb", "B200 180 GB", 180, s7, seven("23gb", "45gb", "90gb", "180gb")},
      {"gb200", "GB200 186 GB", 186, s7, seven("23gb", "47gb", "93gb", "186gb")},
      {"b300-269gb", "B300 269 GB", 269, s7, seven("34gb", "67gb", "135gb", "269gb")},
      {"gb300", "GB300 278 GB", 278, s7, seven("35gb", "70gb", "139gb", "278gb")},
      // twelve placement units
      {"rtx-pro-6000-96gb",
       "RTX PRO 6000 96 GB",
       96,
       &units12(),
       {"1g.24gb", "1g.24gb+me", "1g.24gb+gfx", "1g.24gb+me.all", "1g.24gb-me", "2g.48gb",
        "2g.48gb+gfx", "2g.48gb+me.all", "2g.48gb-me", "4g.96gb", "4g.96gb+gfx"}},
  };
}

}  // namespace

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

int profileOf(const Model& model, std::string_view name) {
  for (std::size_t i = 0; i < model.names.size(); ++i) {
    if (model.names[i] == name) return static_cast<int>(i);
  }
  return -1;
}

std::string translated(const Model& model, std::string_view name) {
  std::set<std::string> here;
  for (const Model& other : models()) {
    const int profile = other.family == model.family ? profileOf(other, name) : -1;
    if (profile >= 0) here.insert(model.names[static_cast<std::size_t>(profile)]);
  }
  return here.size() == 1 ? *here.begin() : std::string();
}

std::string migResource(std::string_view profile) {
  std::string name = "nvidia.com/mig-";
  for (const char c : profile) name += c == '+' || c == ',' ? '.' : c;
  return name;
}

std::string layoutText(const Model& model, const Counts& counts) {
  std::string text;
  for (std::size_t i = counts.size(); i-- > 0;) {
    if (counts[i] == 0) continue;
    if (!text.empty()) text += ", ";
    if (counts[i] > 1) text += std::to_string(counts[i]) + " x ";
    text += model.names[i];
  }
  return text;
}

}  // namespace gpuspec::nvidia
