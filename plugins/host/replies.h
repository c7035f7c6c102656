#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/ir/vendor.h"
#include "lang/diag/declared.h"
#include "plugins/host/node_ids.h"
#include "plugins/host/reader.h"

namespace gpuspec::host {

struct Description {
  std::string name, version;
  std::vector<std::string> stacks;
  std::vector<ir::DeviceModel> models;
  std::vector<ir::SchemaRow> rows;
  bool observes = false;  // announces `observe`
  ir::SmokeTest smoke;    // an empty image: it has none
  std::vector<diag::Declaration> findings;
};

// A document as checked values; nullopt: `problem` names the first field that is wrong.
std::optional<Description> readDescription(const ir::Tree& document, Problem& problem);
// `pool_places` are the pools' declarations, one for each plan that is expected.
std::optional<std::vector<ir::PoolPlan>> readPoolPlans(
    const ir::Tree& document, const std::vector<source::Location>& pool_places, const NodeIds& ids,
    Problem& problem);
// `user_values` (may be null) are merged over the values of the releases that take them.
std::optional<ir::StackPlan> readStackPlan(const ir::Tree& document, const ir::Tree& user_values,
                                           const source::Location& accelerator_place,
                                           const NodeIds& ids, Problem& problem);

std::optional<ir::NodeReport> readNodeReport(const ir::Tree& document, Problem& problem);

}  // namespace gpuspec::host
