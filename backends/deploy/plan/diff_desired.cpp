#include "backends/deploy/model/managed_fields.h"
#include "backends/deploy/model/ownership.h"
#include "backends/deploy/plan/plan.h"

namespace gpuspec::deploy::plan {

namespace {

// Here the sizes of both sides are known.
void countBefore(const model::DesiredSet& before, Plan& plan) {
  plan.gpus.min_before = plan.gpus.max_before = 0;
  plan.gpus.before_known = true;
  for (const model::PoolFacts& pool : before.pools) {
    const std::int64_t least = pool.min_nodes * pool.gpus_per_node;
    const std::int64_t most = pool.max_nodes * pool.gpus_per_node;
    plan.gpus.min_before += least;
    plan.gpus.max_before += most;
    for (Change& change : plan.changes) {
      const bool of_pool = change.key.system == model::System::Azure &&
                           change.key.cluster == pool.cluster &&
                           change.key.name.ends_with("/" + pool.name);
      if (!of_pool || most == 0) continue;
      GpuTotals gpus = change.gpus.value_or(GpuTotals{});
      gpus.min_before = least;
      gpus.max_before = most;
      gpus.before_known = true;
      change.gpus = gpus;
    }
  }
}

}  // namespace

// What `before` describes is taken for live and ours; clusters that only one of them has are there
// or are not, and nothing runs on any.
Plan diffDesired(const model::DesiredSet& before, const model::DesiredSet& after) {
  model::LiveSet live;
  for (const model::Desired& desired : before.resources) {
    model::Live resource;
    resource.key = desired.key;
    resource.api_version = desired.api_version;
    resource.body = desired.body;
    resource.owner = {model::OwnerKind::Us, ""};
    resource.address = desired.address.str();
    // Every field that `before` writes is one that we own: what `after` leaves out goes.
    resource.field_owners.push_back({std::string(model::kFieldManager), "Apply", "",
                                     model::leavesOf(desired.key.kind, desired.body),
                                     desired.api_version});
    live.resources.push_back(std::move(resource));
  }
  for (const model::Target& target : before.targets) {
    model::LiveCluster& cluster = live.clusters.emplace_back();
    cluster.cluster = target.cluster;
    cluster.exists = true;
  }
  model::DesiredSet wanted = after;
  for (const model::Target& target : before.targets) {
    bool known = false;
    for (const model::Target& other : wanted.targets)
      known = known || other.cluster == target.cluster;
    if (!known) wanted.targets.push_back(target);
  }
  PlanOptions options;
  options.allow_replace = true;
  Plan plan = makePlan(wanted, live, options);
  plan.targets = after.targets;
  plan.of_specs = true;
  countBefore(before, plan);
  std::erase_if(plan.not_checked, [](const std::string&) { return true; });
  return plan;
}

}  // namespace gpuspec::deploy::plan
