#pragma once

// What a Node object of an agent pool says.

#include "backends/deploy/sandbox/cluster/world.h"

namespace gpuspec::deploy::sandbox::live {

inline constexpr std::string_view kPoolLabel = "agentpool";
// Keys that the pool set, so that they can be taken back.
inline constexpr std::string_view kPoolLabelsNote = "sandbox.gpuspec.dev/pool-labels";
inline constexpr std::string_view kPoolTaintsNote = "sandbox.gpuspec.dev/pool-taints";
inline constexpr std::string_view kDriverNote = "sandbox.gpuspec.dev/driver";
// On nodes that are drained and then removed.
inline constexpr std::string_view kRemovingNote = "sandbox.gpuspec.dev/removing";
inline constexpr std::string_view kNotReadyTaint = "node.kubernetes.io/not-ready";

// "aks-h100-12345678-vmss00000a"; the digits stand for the cluster.
std::string nodeName(const std::string& cluster, const std::string& pool, std::int64_t index);
std::int64_t nodeIndex(const std::string& name);

struct NodeShape {
  Labels labels;
  Tree taints;  // a list
  Tree capacity, allocatable;
  std::string version, driver;
};
NodeShape shapeOf(const NodePool& pool, const NodeCapacity& facts, const std::string& name,
                  const World& world);

// The object to create; it is not Ready yet.
Tree newNode(const std::string& name, const NodePool& pool, const NodeShape& shape);
// Merge patches that bring a node to the shape and leave alone what others have set.
Tree metadataPatch(const Tree& node, const NodeShape& shape);
Tree capacityPatch(const Tree& node, const NodeShape& shape);
Tree startingStatus(const Tree& node, const NodeShape& shape, const std::string& now);
// The conditions of a kubelet that runs; keeps what others have added.
Tree readyConditions(const Tree& node, const std::string& now);
bool isReady(const Tree& node);
bool isRemoving(const Tree& node);

}  // namespace gpuspec::deploy::sandbox::live
