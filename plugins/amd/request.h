#pragma once

// The request documents as plain values; shapes as in plugins/abi/README.md. `Node` is a place of
// the spec, 0 for none.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace gpuspec::amd {

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

// partition { compute = CPX  memory = NPS4  strategy = single }
struct PartitionBlock {
  Node at = 0;
  std::optional<At<std::string>> compute, memory, strategy;
};

struct Pool {
  Node at = 0;
  std::string name, model;
  std::optional<At<std::string>> vm;
  std::int64_t gpus = 0;  // on one node
  bool spot = false, system = false;
  Node nodes_at = 0;
  std::int64_t min_nodes = 0, max_nodes = 0;
  bool autoscaled = false;
  At<std::string> os, driver;
  std::optional<At<std::int64_t>> max_pods;
  std::vector<Label> selector;
  std::optional<PartitionBlock> partition;
  std::vector<Taint> final_taints;  // emit only

  bool windows() const { return os.value.rfind("windows", 0) == 0; }
};

struct Cluster {
  std::string address, name;
  bool aks = true;
  bool prometheus = false;
};

struct Accelerator {
  At<std::string> stack, version;
  At<bool> metrics, health, dra;
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
  std::vector<Quota> quotas;
};

// Throws nlohmann's exceptions on documents that are not what the schema says: the guard makes
// GS_INTERNAL of them. nullopt: the document is of another schema.
std::optional<Request> parseRequest(std::string_view text, std::string_view schema);

}  // namespace gpuspec::amd
