#include <algorithm>
#include <charconv>

#include "backends/arm/api_version.h"
#include "backends/arm/literal.h"
#include "backends/arm/resource.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::arm {

namespace {

using ir::mapOf;
using ir::Tree;

constexpr std::int64_t kMaxNodes = 1000;  // of one scale set

std::int64_t withinScaleSet(std::int64_t count) {
  return std::clamp<std::int64_t>(count, 0, kMaxNodes);
}

// With the autoscaler on, `count` is where it starts: at the fewest nodes, so that nothing is paid
// for before a pod asks for it. A count that the planner leaves open is taken at its most.
void setNodes(const ir::NodeCount& nodes, Tree& properties) {
  const bool autoscaled = nodes.autoscaled && !nodes.fit;
  const std::int64_t count = autoscaled ? nodes.min : nodes.max;
  properties.set("count", Tree(withinScaleSet(count)).from(nodes.at));
  if (!autoscaled) return;
  properties.set("enableAutoScaling", Tree(true).from(nodes.at));
  properties.set("minCount", Tree(withinScaleSet(nodes.min)).from(nodes.at));
  properties.set("maxCount", Tree(withinScaleSet(nodes.max)).from(nodes.at));
}

void setZones(const ir::Pool& pool, Tree& properties) {
  if (pool.zones.empty()) return;
  Tree zones = Tree::list();
  for (const auto& zone : pool.zones) zones.push(Tree(*zone).from(zone.at));
  properties.set("availabilityZones", std::move(zones));
}

void setLabelsAndTaints(const ir::PlacedPool& placed, Tree& properties) {
  if (!placed.labels.empty()) {
    Tree labels = Tree::map();
    for (const auto& [key, value] : placed.labels) labels.set(key, Tree(*value).from(value.at));
    properties.set("nodeLabels", std::move(labels));
  }
  if (!placed.taints.empty()) {
    Tree taints = Tree::list();
    for (const ir::Taint& taint : placed.taints) taints.push(Tree(taint.str()).from(taint.at));
    properties.set("nodeTaints", std::move(taints));
  }
}

Tree priceTree(const std::string& text) {
  double price = -1;
  std::from_chars(text.data(), text.data() + text.size(), price);
  if (price < 0) return Tree(-1);  // up to the price on demand
  return Tree(price);
}

void setSpot(const ir::Pool& pool, Tree& properties) {
  if (!pool.spot) return;
  const ir::Spot& spot = *pool.spot;
  properties.set("scaleSetPriority", Tree("Spot").from(spot.at));
  if (!spot.eviction.empty())
    properties.set("scaleSetEvictionPolicy", Tree(spot.eviction).from(spot.at));
  if (!spot.max_price.empty())
    properties.set("spotMaxPrice", priceTree(spot.max_price).from(spot.at));
}

Tree poolProperties(const ir::Spec& spec, const ir::Pool& pool, const ir::PlacedPool& placed) {
  const bool is_windows = pool.os->starts_with("windows");
  const bool is_system = *pool.mode == ir::Mode::System;
  Tree properties = mapOf("type", "VirtualMachineScaleSets",                               //
                          "mode", Tree(is_system ? "System" : "User").from(pool.mode.at),  //
                          "vmSize", Tree(*pool.vm).from(pool.vm.at),                       //
                          "osType", Tree(is_windows ? "Windows" : "Linux").from(pool.os.at));
  setNodes(pool.nodes, properties);
  setZones(pool, properties);
  setLabelsAndTaints(placed, properties);
  setSpot(pool, properties);
  if (Tree tags = ownerTags(spec); !tags.empty()) properties.set("tags", std::move(tags));
  return properties;
}

}  // namespace

Tree poolResource(const ir::Placement& placement, ir::PoolId pool_id) {
  const ir::Spec& spec = *placement.spec;
  const ir::Pool& pool = spec[pool_id];
  const ir::PlacedPool& placed = placement[pool_id];
  Tree resource =
      mapOf("type", kPoolType,                                                               //
            "apiVersion", placed.plan.preview_api ? kPreviewApiVersion : kStableApiVersion,  //
            "name", spec[pool.cluster_id].name + "/" + pool.address.name,                    //
            "dependsOn", Tree(),                                                             //
            "properties", poolProperties(spec, pool, placed));
  resource.from(pool.at);
  applySettings(pool.settings, resource);
  if (placed.plan.properties.isMap()) resource.at("properties").merge(placed.plan.properties);
  makeLiteral(resource);
  if (pool.arm.isMap()) resource.merge(pool.arm);
  return resource;
}

Tree poolProfile(const ir::Placement& placement, ir::PoolId pool_id) {
  const ir::Pool& pool = (*placement.spec)[pool_id];
  Tree resource = poolResource(placement, pool_id);
  Tree profile = mapOf("name", pool.address.name);
  profile.from(pool.at);
  if (Tree* properties = resource.find("properties"); properties && properties->isMap()) {
    for (auto& [key, value] : properties->asMap()) profile.set(key, std::move(value));
  }
  return profile;
}

}  // namespace gpuspec::arm
