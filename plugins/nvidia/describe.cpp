#include "plugins/nvidia/documents.h"

namespace gpuspec::nvidia {

namespace {

Json row(const char* path, const char* form, const char* type, const char* doc,
         const char* target) {
  return Json{{"path", path}, {"form", form},   {"type", type},
              {"doc", doc},   {"since", "0.1"}, {"target", target}};
}

Json rows() {
  Json rows = Json::array();
  rows.push_back(row("pool.mig", "block", "",
                     "Cuts the pool's GPUs into MIG slices that stand on their own.",
                     "gpuInstanceProfile, or the MIG manager's layout"));
  rows.push_back(row("pool.mig.strategy", "attribute", "enum(single, mixed)",
                     "single: all slices equal, offered as nvidia.com/gpu; mixed: each kind under "
                     "a name of its own.",
                     "migStrategy of the device plugin"));
  rows.push_back(row("pool.mig.profile", "attribute", "profile",
                     "Cuts every GPU into as many slices of this profile as it holds.",
                     "gpuInstanceProfile, or the MIG manager's layout"));
  rows.push_back(row("pool.mig.layout", "attribute", "list(counted | profile) | enum(auto)",
                     "The slices of one GPU, the same on every GPU of the pool.",
                     "the MIG manager's layout"));
  rows.push_back(row("pool.mig.layouts", "block", "",
                     "Different slices on different GPUs of a node.", "the MIG manager's layout"));
  rows.push_back(
      row("pool.mig.layouts.gpus", "call", "list(counted | profile)",
          "The slices of the GPUs with these indices; GPUs that are not named stay whole.",
          "the MIG manager's layout"));
  rows.back()["args"] = "range | int";
  rows.push_back(row("pool.sharing", "block", "", "Lets several pods use one GPU.",
                     "device plugin configuration"));
  rows.push_back(row("pool.sharing.time_slicing", "attribute", "int(2..100)",
                     "So many pods take turns on each GPU, without a wall between them.",
                     "sharing.timeSlicing of the device plugin"));
  rows.push_back(row("pool.sharing.mps", "attribute", "int(2..48)",
                     "So many pods split each GPU evenly through MPS.",
                     "sharing.mps of the device plugin"));
  return rows;
}

Json stacks() {
  Json stacks = Json::array();
  stacks.push_back(
      {{"name", "device_plugin"},
       {"doc",
        "The platform installs the driver; the device plugin's chart advertises the GPUs."}});
  stacks.push_back(
      {{"name", "gpu_operator"},
       {"doc", "The GPU operator installs driver, toolkit, plugin, MIG manager and exporter."}});
  stacks.push_back(
      {{"name", "managed"},
       {"doc", "AKS runs driver, plugin and exporter as services of the node (preview)."}});
  return stacks;
}

Json device(const Model& model) {
  Json profiles = Json::array();
  for (const std::string& name : model.names) profiles.push_back({{"name", name}});
  return {{"key", model.key},
          {"title", model.title},
          {"memory_gib", model.memory_gib},
          {"profiles", std::move(profiles)}};
}

// Lists the devices of the container and the driver's version; the image is the smallest that
// NVIDIA keeps up (NGC catalogue, read October 2026), and the toolkit puts nvidia-smi into it.
Json smoke() {
  return {{"image", "nvcr.io/nvidia/cuda:12.9.1-base-ubuntu24.04"},
          {"command", Json::array({"nvidia-smi"})},
          {"driver_mark", "Driver Version: "}};
}

}  // namespace

Json description() {
  Json devices = Json::array();
  for (const Model& model : models()) devices.push_back(device(model));
  return {{"schema", "gpuspec.describe/1"},
          {"name", kName},
          {"version", kVersion},
          {"stacks", stacks()},
          {"models", std::move(devices)},
          {"rows", rows()},
          {"features", Json::array({{{"name", "observe"}}})},
          {"smoke", smoke()}};
}

}  // namespace gpuspec::nvidia
