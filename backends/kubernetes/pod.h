#pragma once

// Pod templates of jobs and services.

#include "backends/kubernetes/object.h"

namespace gpuspec::kubernetes {

const char* kindName(ir::WorkloadKind kind);  // "job"

// Labels of the object: ownership, team, workload, the user's.
ir::Tree workloadLabels(const Scope& scope, const ir::Workload& workload);
// Labels that exactly this workload's pods carry.
ir::Tree podSelectorLabels(const ir::Workload& workload);
// User's annotations; null when there are none.
ir::Tree annotations(const ir::Workload& workload);
ir::Tree workloadObject(const Scope& scope, const ir::Workload& workload,
                        const ir::PlacedWorkload& placed, std::string_view api_version,
                        std::string_view kind);

// What a job or a service adds to the template that they share.
struct PodOptions {
  std::string restart_policy;  // "" = Always, which is not written
  std::string subdomain;       // headless Service; "" = none
  std::vector<ir::Tree> env;   // before the user's, unless the user gives one of the same name
  bool one_per_node = false;
};
ir::Tree podTemplate(const Scope& scope, ir::WorkloadId workload_id, PodOptions options);

}  // namespace gpuspec::kubernetes
