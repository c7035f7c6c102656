#include "compiler/passes/passes.h"
#include "compiler/passes/place_steps.h"
#include "compiler/passes/text.h"

namespace gpuspec::passes {

std::optional<Offer> offerOf(const ir::PoolPlan& plan, const std::string& profile) {
  if (profile.empty()) {
    if (plan.device_resource.empty()) return std::nullopt;
    const auto found = plan.allocatable.find(plan.device_resource);
    return Offer{plan.device_resource, found == plan.allocatable.end() ? 0 : found->second};
  }
  for (const ir::SliceResource& slice : plan.slices) {
    if (slice.profile == profile) return Offer{slice.resource, slice.per_node};
  }
  return std::nullopt;
}

std::string slicesText(const ir::PoolPlan& plan) {
  if (plan.slices.empty()) return "its GPUs are not cut";
  std::vector<std::string> profiles;
  for (const ir::SliceResource& slice : plan.slices) profiles.push_back(slice.profile);
  return "it has slices of " + quoted(profiles);
}

bool hasQuota(const ir::Team& team) {
  return !team.quota.empty() || team.quota_at != team.at;
}

// Every step runs when the pools stand, so that one broken quota does not hide a broken workload.
std::optional<ir::Placement> place(const ir::Spec& spec, const ir::VendorSet& vendors,
                                   diag::Sink& sink) {
  ir::Placement placement;
  placement.spec = &spec;
  if (!placePools(vendors, placement, sink)) return std::nullopt;
  const bool stacks_placed = placeStacks(vendors, placement, sink);
  const bool quotas_placed = placeQuotas(placement, sink);
  const bool workloads_placed = placeWorkloads(placement, sink);
  isolateTeams(placement);
  if (!stacks_placed || !quotas_placed || !workloads_placed) return std::nullopt;
  return placement;
}

}  // namespace gpuspec::passes
