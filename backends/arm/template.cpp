#include <algorithm>

#include "backends/arm/api_version.h"
#include "backends/arm/arm.h"
#include "backends/arm/literal.h"
#include "backends/arm/resource.h"
#include "compiler/ir/make_tree.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::arm {

namespace {

using ir::mapOf;
using ir::Tree;

constexpr std::string_view kTemplateSchema =
    "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";
constexpr std::string_view kParametersSchema =
    "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#";
constexpr std::int64_t kMaxResources = 800;
constexpr std::int64_t kMaxBytes = 4 * 1024 * 1024;

std::string clusterId(const ir::Cluster& cluster) {
  return "[resourceId(" + quoted(std::string(kClusterType)) + ", " + quoted(cluster.name) + ")]";
}

std::string poolId(const ir::Cluster& cluster, const ir::Pool& pool) {
  return "[resourceId(" + quoted(std::string(kPoolType)) + ", " + quoted(cluster.name) + ", " +
         quoted(pool.address.name) + ")]";
}

// System pools first: a cluster that is being repaired needs them before the others.
std::vector<ir::PoolId> separatePools(const ir::Spec& spec, ir::ClusterId cluster_id,
                                      std::optional<ir::PoolId> body_pool) {
  std::vector<ir::PoolId> pools = spec.poolsOf(cluster_id);
  std::erase_if(pools, [&](ir::PoolId id) { return body_pool == id; });
  std::stable_partition(pools.begin(), pools.end(),
                        [&](ir::PoolId id) { return *spec[id].mode == ir::Mode::System; });
  return pools;
}

Tree templateOf(std::vector<Tree> resources, const std::string& source) {
  Tree metadata =
      mapOf("_generator", mapOf("name", "gpuspec", "source", source), "comments",
            "Made by gpuspec. Make changes in the source: a file edited here is not overwritten.");
  return mapOf("$schema", kTemplateSchema, "contentVersion", "1.0.0.0", "metadata",
               std::move(metadata), "parameters", Tree::map(), "resources", std::move(resources));
}

void checkSize(const ir::Cluster& cluster, std::int64_t resources, std::int64_t bytes,
               diag::Sink& sink) {
  const std::string& name = cluster.address.name;
  if (resources > kMaxResources) {
    sink.report(cluster.at, diag::TemplateTooLarge, name, std::to_string(resources) + " resources",
                "800");
  }
  if (bytes > kMaxBytes) {
    sink.report(cluster.at, diag::TemplateTooLarge, name, std::to_string(bytes) + " bytes",
                std::to_string(kMaxBytes))
        .help("ARM counts the whole template; look for a large value in an `arm` block");
  }
}

}  // namespace

std::vector<Tree> resources(const ir::Placement& placement, ir::ClusterId cluster_id) {
  const ir::Spec& spec = *placement.spec;
  const ir::Cluster& cluster = spec[cluster_id];
  std::vector<Tree> made;
  if (cluster.platform != ir::Platform::Aks) return made;
  const std::optional<ir::PoolId> body_pool = bodyPool(spec, cluster_id);
  std::string before;
  if (!cluster.existing) {
    made.push_back(clusterResource(placement, cluster_id, body_pool));
    before = clusterId(cluster);
  }
  for (ir::PoolId id : separatePools(spec, cluster_id, body_pool)) {
    Tree resource = poolResource(placement, id);
    if (!before.empty()) resource.set("dependsOn", ir::listOf(before));
    eraseEmpty(resource);
    made.push_back(std::move(resource));
    before = poolId(cluster, spec[id]);
  }
  return made;
}

std::optional<Tree> bodyPoolResource(const ir::Placement& placement, ir::ClusterId cluster_id) {
  const std::optional<ir::PoolId> body_pool = bodyPool(*placement.spec, cluster_id);
  if (!body_pool) return std::nullopt;
  Tree resource = poolResource(placement, *body_pool);
  eraseEmpty(resource);
  return resource;
}

std::vector<artifact::File> emit(const ir::Placement& placement, ir::ClusterId cluster_id,
                                 const source::SourceMap& sources, diag::Sink& sink) {
  const ir::Cluster& cluster = (*placement.spec)[cluster_id];
  std::vector<Tree> made = resources(placement, cluster_id);
  if (made.empty()) return {};
  const auto count = static_cast<std::int64_t>(made.size());
  const std::string source =
      cluster.at.valid() ? sources.file(cluster.at.range.file_id).path() : "";
  std::vector<artifact::File> files;
  files.push_back(artifact::jsonFile("arm/azuredeploy.json", templateOf(std::move(made), source)));
  files.push_back(artifact::jsonFile(
      "arm/azuredeploy.parameters.json",
      mapOf("$schema", kParametersSchema, "contentVersion", "1.0.0.0", "parameters", Tree::map())));
  checkSize(cluster, count, static_cast<std::int64_t>(files[0].bytes.size()), sink);
  return files;
}

}  // namespace gpuspec::arm
