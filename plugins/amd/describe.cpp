#include "plugins/amd/declared.h"
#include "plugins/amd/documents.h"

namespace gpuspec::amd {

namespace {

Json row(const char* path, const char* form, const char* type, const char* doc,
         const char* target) {
  return Json{{"path", path}, {"form", form},   {"type", type},
              {"doc", doc},   {"since", "0.1"}, {"target", target}};
}

Json rows() {
  Json rows = Json::array();
  rows.push_back(row("pool.partition", "block", "",
                     "Cuts each of the pool's GPUs into devices by AMD's partition modes.",
                     "a profile of the config manager, and the node label that names it"));
  rows.push_back(row("pool.partition.compute", "attribute", "enum(SPX, DPX, TPX, QPX, CPX)",
                     "How many devices a GPU shows: one, two, three, four, or one for each XCD.",
                     "computePartition of the profile"));
  rows.push_back(row("pool.partition.memory", "attribute", "enum(NPS1, NPS2, NPS4)",
                     "Into how many domains a GPU's memory is cut.",
                     "memoryPartition of the profile"));
  rows.back()["default"] = "NPS1";
  rows.push_back(row("pool.partition.strategy", "attribute", "enum(single, mixed)",
                     "single: every device is offered as amd.com/gpu; mixed: under the name of its "
                     "modes, as in amd.com/cpx_nps4.",
                     "resource_naming_strategy of the device plugin"));
  rows.back()["default"] = "single";
  return rows;
}

Json device(const Model& model) {
  return {{"key", model.key},
          {"title", model.title},
          {"memory_gib", model.memory_gib},
          {"profiles", Json::array()}};
}

// Lists the devices of the container with the driver's version. gpu-operator's own guide runs
// amd-smi in this image (docs/dcm/applying-partition-profiles).
Json smoke() {
  return {{"image", "docker.io/rocm/device-config-manager:v1.5.1"},
          {"command", Json::array({"amd-smi"})},
          {"driver_mark", "amdgpu version: "}};
}

}  // namespace

Json description() {
  Json devices = Json::array();
  for (const Model& model : models()) devices.push_back(device(model));
  Json stacks = Json::array();
  stacks.push_back({{"name", kOperatorStack},
                    {"doc",
                     "The AMD GPU operator installs driver, device plugin, node labeller, config "
                     "manager and exporter; it needs cert-manager on the cluster."}});
  return {{"schema", "gpuspec.describe/1"},
          {"name", kName},
          {"version", kVersion},
          {"stacks", std::move(stacks)},
          {"models", std::move(devices)},
          {"rows", rows()},
          {"features", Json::array({{{"name", "observe"}}})},
          {"smoke", smoke()},
          {"findings", declaredFindings()}};
}

}  // namespace gpuspec::amd
