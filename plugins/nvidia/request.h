#pragma once

// The request documents as plain values; shapes as in plugins/abi/README.md. `Node` is a place of
// the spec, 0 for none.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace gpuspec::nvidia {

using Json = nlohmann::ordered_json;
using Node = std::int64_t;

template <class T>
struct At {
  T value{};
  Node at = 0;
};

struct Label {
  std::string key, value;
};

struct Taint {
  std::string key, value, effect;
};

// `3 x 1g.10gb` or `1g.10gb`
struct Slice {
  std::int64_t count = 1;
  std::string profile;
  Node at = 0;
};

struct SliceList {
  Node at = 0;
  std::vector<Slice> items;
};

// gpus(0..3) = [...]
struct GpuLayout {
  Node at = 0;  // the indices
  std::int64_t first = 0, last = 0;
  SliceList slices;
};

struct MigBlock {
  Node at = 0;
  std::optional<At<std::string>> strategy, profile;
  std::optional<Node> layout_auto;
  std::optional<SliceList> layout;
  Node layouts_at = 0;  // 0: no `layouts`
  std::vector<GpuLayout> layouts;
};

struct SharingBlock {
  Node at = 0;
  std::optional<At<std::int64_t>> time_slicing, mps;
};

struct Pool {
  Node at = 0;
  std::string address, name, model, gpu_title, driver_kind;
  std::optional<At<std::string>> vm;
  std::int64_t gpus = 0;  // on one node
  bool fractional = false, spot = false, system = false;
  Node nodes_at = 0;
  std::int64_t min_nodes = 0, max_nodes = 0;
  bool autoscaled = false;
  At<std::string> os, driver;
  std::optional<At<std::int64_t>> max_pods;
  std::vector<Label> selector;
  std::optional<MigBlock> mig;
  std::optional<SharingBlock> sharing;
  std::vector<Taint> final_taints;  // emit only

  bool windows() const { return os.value.rfind("windows", 0) == 0; }
};

struct Cluster {
  Node at = 0;
  std::string address, name, network_plugin;
  bool aks = true;
  bool prometheus = false;
};

struct Accelerator {
  Node at = 0;
  At<std::string> stack, version;
  At<bool> metrics, health, discovery, dra;
  bool has_values = false;
};

struct Demand {  // what one pod of a workload asks for
  Node at = 0;
  std::string workload, team;
  std::optional<std::size_t> pool;
  std::int64_t count = 0;
  std::string profile;
};

struct Quota {
  Node at = 0;
  std::string team;
  std::size_t pool = 0;
};

struct Request {
  Cluster cluster;
  std::optional<Accelerator> accelerator;
  std::vector<Pool> pools;
  std::vector<Demand> demands;
  std::vector<Quota> quotas;
};

// Throws nlohmann's exceptions on documents that are not what the schema says: the guard makes
// GS_INTERNAL of them. nullopt: the document is of another schema.
std::optional<Request> parseRequest(std::string_view text, std::string_view schema);

}  // namespace gpuspec::nvidia
