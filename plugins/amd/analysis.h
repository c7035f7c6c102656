#pragma once

// What a request means: each pool's modes, and everything that is wrong with them. Both functions
// of the plugin start here; `emit` throws the findings away, as `partition` reported them.

#include <optional>
#include <string>
#include <vector>

#include "plugins/amd/findings.h"
#include "plugins/amd/models.h"
#include "plugins/amd/naming.h"
#include "plugins/amd/request.h"

namespace gpuspec::amd {

inline constexpr const char* kOperatorStack = "gpu_operator";

struct PoolState {
  const Pool* pool = nullptr;
  const Model* model = nullptr;  // nullptr: not in the table (reported)
  Mode mode;
  bool understood = true;  // false: no plan can be made

  std::int64_t devices() const { return pool->gpus * devicesOf(*model, mode.compute); }
};

struct Analysis {
  bool has_stack = false;
  bool mixed = false;            // the device plugin's naming strategy, one for the whole cluster
  bool installs_driver = true;   // the operator does; false: the nodes bring theirs
  std::vector<PoolState> pools;  // parallel to the request's

  bool understood() const;
  // The config manager runs where a pool names its modes.
  bool configures() const;
  // "" = the pool needs no profile
  std::string profileOf(const PoolState& state) const;
};

Analysis analyse(const Request& request, Findings& findings);

// stack_rules.cpp
void checkStack(const Request& request, const Analysis& analysis, Findings& findings);

}  // namespace gpuspec::amd
