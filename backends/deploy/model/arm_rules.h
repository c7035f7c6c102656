#pragma once

// How AKS treats a change of each property: facts, with their source, in arm_rules.def. The planner
// and the sandbox read the same table.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ir/tree.h"

namespace gpuspec::deploy::model {

using ir::Tree;

enum class Change : std::uint8_t {
  Updatable,
  Immutable,   // the resource has to be replaced
  CreateOnly,  // accepted at creation, refused later, no replacement helps (cluster-level)
  Upgrade,     // takes a slow operation of its own: kubernetesVersion
  ReadOnly,
};

struct ArmRule {
  std::string kind;  // "managedClusters" or "managedClusters/agentPools"
  std::string path;  // "properties.vmSize"; applies to what is below it, too
  Change change = Change::Updatable;
  std::string effect;  // on running work: "drains its nodes", "" = none
  std::string note;    // conditions, in one sentence
  std::string once;    // from this value there is no way back; "" = there is
};

// The most specific rule; Updatable where the table has none.
const ArmRule& armRule(std::string_view kind, std::string_view path);
const std::vector<ArmRule>& armRules();
// What it takes to set a property that is `before` to `after`; null = not there.
Change armChange(std::string_view kind, std::string_view path, const Tree* before,
                 const Tree* after);

}  // namespace gpuspec::deploy::model
