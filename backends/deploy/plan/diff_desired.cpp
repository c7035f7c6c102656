#include "backends/deploy/model/managed_fields.h"
#include "backends/deploy/model/ownership.h"
#include "backends/deploy/plan/plan.h"

namespace gpuspec::deploy::plan {

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
                                     model::leavesOf(desired.key.kind, desired.body)});
    live.resources.push_back(std::move(resource));
  }
  for (const model::Target& target : before.targets)
    live.clusters.push_back({target.cluster, true, true, {}, {}, {}, {}, {}, {}});
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
  std::erase_if(plan.not_checked, [](const std::string&) { return true; });
  return plan;
}

}  // namespace gpuspec::deploy::plan
