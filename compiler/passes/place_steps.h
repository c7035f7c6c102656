#pragma once

// The steps of `place`. Each fills one table of the placement and answers whether it is complete;
// what is missing was reported.

#include <optional>
#include <string>

#include "compiler/ir/placement.h"
#include "compiler/ir/vendor.h"

namespace gpuspec::diag {
class Sink;
}

namespace gpuspec::passes {

// `pool h100 { vm = ...  nodes = 1..2 }` -> taints, labels, selector, 8 x vendor/gpu on each
// node, 8..16 GPUs in all.
[[nodiscard]] bool placePools(const ir::VendorSet& vendors, ir::Placement& placement,
                              diag::Sink& sink);
// `accelerator x { stack = ... }` -> the releases and objects that the vendor wants. Needs the
// pools.
[[nodiscard]] bool placeStacks(const ir::VendorSet& vendors, ir::Placement& placement,
                               diag::Sink& sink);
// `quota { gpu(pool.h100) = 8  cpu = 88cpu }` -> requests.vendor/gpu "8", requests.cpu "88", and
// "0" for every other GPU resource of the cluster. CPU and memory bound the requests, not the
// limits: a quota on limits would force every container to have one, and a CPU limit throttles.
// Needs the pools.
[[nodiscard]] bool placeQuotas(ir::Placement& placement, diag::Sink& sink);
// `gpus = 1 x 1g.5gb` -> resource and amount, pools that may run it, taints that it tolerates.
// Needs the pools.
[[nodiscard]] bool placeWorkloads(ir::Placement& placement, diag::Sink& sink);
// Each ordered pair of teams on a cluster -> whether a packet may pass, and why. Needs nothing but
// the spec.
void isolateTeams(ir::Placement& placement);

// What a pool hands out for a request or a quota: `profile` "" = whole devices. nullopt: it has
// none of that.
struct Offer {
  std::string resource;
  std::int64_t per_node = 0;
};
std::optional<Offer> offerOf(const ir::PoolPlan& plan, const std::string& profile);

// "it has slices of `1g.5gb`", for a finding about a profile.
std::string slicesText(const ir::PoolPlan& plan);

bool hasQuota(const ir::Team& team);  // a `quota` block was written

}  // namespace gpuspec::passes
