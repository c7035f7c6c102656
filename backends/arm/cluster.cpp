#include <algorithm>

#include "backends/arm/api_version.h"
#include "backends/arm/literal.h"
#include "backends/arm/resource.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::arm {

namespace {

using ir::mapOf;
using ir::Tree;

constexpr std::size_t kDnsPrefixLength = 54;

bool isAlnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Letters, digits and hyphens, at both ends a letter or digit.
std::string dnsPrefix(const std::string& cluster_name) {
  std::string prefix = cluster_name.substr(0, kDnsPrefixLength);
  std::replace_if(prefix.begin(), prefix.end(), [](char c) { return !isAlnum(c); }, '-');
  while (!prefix.empty() && prefix.back() == '-') prefix.pop_back();
  while (!prefix.empty() && prefix.front() == '-') prefix.erase(0, 1);
  return prefix;
}

Tree clusterTags(const ir::Spec& spec, const ir::Cluster& cluster) {
  Tree tags = ownerTags(spec);
  for (const auto& [key, value] : cluster.tags) tags.set(key, value);
  std::sort(tags.asMap().begin(), tags.asMap().end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return tags;
}

}  // namespace

Tree ownerTags(const ir::Spec& spec) {
  Tree tags = Tree::map();
  if (spec.project->empty()) return tags;
  if (!spec.environment.empty()) tags.set(kEnvironmentTag, spec.environment);
  tags.set(kProjectTag, Tree(*spec.project).from(spec.project.at));
  return tags;
}

void applySettings(const std::vector<ir::Setting>& settings, Tree& resource) {
  for (const ir::Setting& setting : settings) resource.setPath(setting.path, setting.value);
}

void eraseEmpty(Tree& map) {
  std::erase_if(map.asMap(), [](const Tree::Entry& entry) { return entry.second.empty(); });
}

std::optional<ir::PoolId> bodyPool(const ir::Spec& spec, ir::ClusterId cluster_id) {
  if (spec[cluster_id].existing) return std::nullopt;
  for (ir::PoolId id : spec.poolsOf(cluster_id)) {
    if (*spec[id].mode == ir::Mode::System) return id;
  }
  return std::nullopt;
}

Tree clusterResource(const ir::Placement& placement, ir::ClusterId cluster_id,
                     std::optional<ir::PoolId> body_pool) {
  const ir::Spec& spec = *placement.spec;
  const ir::Cluster& cluster = spec[cluster_id];
  const bool preview = body_pool && placement[*body_pool].plan.preview_api;
  Tree resource = mapOf("type", kClusterType,                                            //
                        "apiVersion", preview ? kPreviewApiVersion : kStableApiVersion,  //
                        "name", cluster.name,                                            //
                        "location", Tree(*cluster.location).from(cluster.location.at),   //
                        "tags", clusterTags(spec, cluster),                              //
                        "identity", mapOf("type", "SystemAssigned"),                     //
                        "sku", Tree(),                                                   //
                        "properties", mapOf("dnsPrefix", dnsPrefix(cluster.name)));
  resource.from(cluster.at);
  applySettings(cluster.settings, resource);
  makeLiteral(resource);
  eraseEmpty(resource);
  if (body_pool) {
    resource.at("properties")
        .set("agentPoolProfiles", ir::listOf(poolProfile(placement, *body_pool)));
  }
  if (cluster.arm.isMap()) resource.merge(cluster.arm);
  return resource;
}

}  // namespace gpuspec::arm
