#pragma once

// What a plan says of each declaration's objects, as `verify` reports it.

#include <vector>

#include "backends/deploy/model/resource.h"
#include "backends/deploy/plan/plan.h"
#include "backends/deploy/verify/verify.h"

namespace gpuspec::cli {

// One check for each team of `cluster`, and one for all else of it. Helm releases are not objects:
// the stacks' checks are about them.
std::vector<deploy::verify::ObjectCheck> declaredObjects(const deploy::model::DesiredSet& desired,
                                                         const deploy::plan::Plan& plan,
                                                         const std::string& cluster);

}  // namespace gpuspec::cli
