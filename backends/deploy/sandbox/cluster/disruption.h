#pragma once

// PodDisruptionBudgets: their status, and whether they let a pod go.

#include "backends/deploy/sandbox/cluster/controller.h"

namespace gpuspec::deploy::sandbox::live {

struct BudgetCount {
  std::int64_t expected = 0, healthy = 0, desired = 0;
  std::int64_t allowed = 0;  // disruptions
};
BudgetCount countBudget(const Cache& cache, const Tree& budget);
// Whether every budget that selects the pod has room for one more disruption now.
bool mayDisrupt(const Cache& cache, const Tree& pod);

std::unique_ptr<Controller> makeBudgets(World& world);

}  // namespace gpuspec::deploy::sandbox::live
