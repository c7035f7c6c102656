#include <algorithm>
#include <span>

#include "backends/arm/arm.h"
#include "backends/arm/resource.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::arm {

namespace {

using ir::Tree;

// Fields of a resource in a template that an `arm` block may say. `type`, `name` and `dependsOn`
// are how gpuspec finds the resource again and keeps the order.
constexpr std::string_view kClusterFields[] = {
    "apiVersion", "comments", "condition", "extendedLocation",
    "identity",   "kind",     "location",  "metadata",
    "properties", "scope",    "sku",       "tags"};
constexpr std::string_view kPoolFields[] = {"apiVersion", "comments",   "condition",
                                            "metadata",   "properties", "scope"};
constexpr std::string_view kBodyPoolFields[] = {"properties"};
constexpr std::string_view kFixedFields[] = {"type", "name", "dependsOn"};

bool contains(std::span<const std::string_view> fields, std::string_view field) {
  return std::find(fields.begin(), fields.end(), field) != fields.end();
}

source::Location placeOf(const Tree& value, const source::Location& otherwise) {
  return value.location().valid() ? value.location() : otherwise;
}

void checkFields(const Tree& arm, std::span<const std::string_view> known,
                 const source::Location& at, const std::string& what, diag::Sink& sink) {
  if (!arm.isMap()) return;
  for (const auto& [key, value] : arm.asMap()) {
    const source::Location place = placeOf(value, at);
    if (contains(kFixedFields, key)) {
      sink.report(place, diag::ArmFieldFixed, key, what);
    } else if (!contains(known, key)) {
      auto report = sink.report(place, diag::ArmFieldUnknown, key, what);
      const auto near = diag::nearest(key, {known.begin(), known.end()});
      if (!near.empty()) {
        report.help("did you mean `" + near[0] + "`?");
      } else if (!contains(kClusterFields, key)) {
        report.help("a property of the resource stands one level down: `properties = { " + key +
                    " = ... }`");
      }
    }
  }
}

// `gpuspec-project` and `gpuspec-env` say whose a resource is; overwritten, apply would not know it
// again.
void checkTags(const Tree* tags, const source::Location& at, diag::Sink& sink) {
  if (!tags || !tags->isMap()) return;
  for (const auto& [key, value] : tags->asMap()) {
    if (key == kProjectTag || key == kEnvironmentTag)
      sink.report(placeOf(value, at), diag::OwnerMarkTaken, "tag", key);
  }
}

void checkCluster(const ir::Cluster& cluster, diag::Sink& sink) {
  const std::string what = "cluster `" + cluster.address.name + "`";
  checkFields(cluster.arm, kClusterFields, cluster.at, what, sink);
  checkTags(cluster.arm.find("tags"), cluster.at, sink);
  for (const auto& [key, value] : cluster.tags) {
    if (key == kProjectTag || key == kEnvironmentTag)
      sink.report(cluster.at, diag::OwnerMarkTaken, "tag", key);
  }
  const Tree* properties = cluster.arm.find("properties");
  const Tree* profiles = properties ? properties->find("agentPoolProfiles") : nullptr;
  if (profiles) {
    sink.report(placeOf(*profiles, cluster.at), diag::ArmFieldFixed, "properties.agentPoolProfiles",
                what)
        .help("each `pool` block is a pool; its own `arm` block reaches every property");
  }
}

void checkPool(const ir::Pool& pool, bool in_body, diag::Sink& sink) {
  const std::string what = "pool `" + pool.address.name + "`";
  checkFields(pool.arm, in_body ? std::span<const std::string_view>(kBodyPoolFields) : kPoolFields,
              pool.at, what, sink);
  const Tree* properties = pool.arm.find("properties");
  if (properties) checkTags(properties->find("tags"), pool.at, sink);
}

}  // namespace

void checkLimits(const ir::Placement& placement, diag::Sink& sink) {
  const ir::Spec& spec = *placement.spec;
  for (std::uint32_t i = 0; i < spec.clusters.size(); ++i) {
    const ir::ClusterId cluster_id{i};
    const ir::Cluster& cluster = spec[cluster_id];
    if (cluster.platform != ir::Platform::Aks) continue;
    if (!cluster.existing) checkCluster(cluster, sink);
    const std::optional<ir::PoolId> body_pool = bodyPool(spec, cluster_id);
    for (ir::PoolId id : spec.poolsOf(cluster_id)) checkPool(spec[id], body_pool == id, sink);
  }
}

}  // namespace gpuspec::arm
