#pragma once

// Making and showing a plan, as plan, apply and destroy share it.

#include <optional>
#include <string>

#include "backends/deploy/plan/plan.h"
#include "tools/gpuspec/live/session.h"

namespace gpuspec::cli {

struct Planned {
  deploy::plan::Plan plan;
  deploy::model::LiveSet live;
};

// Reads and plans. nullopt: said why.
std::optional<Planned> makePlan(Session& session, bool destroy, Terminal& terminal);

// To standard output in the format asked for.
void showPlan(const deploy::plan::Plan& plan, const std::string& format, Terminal& terminal);

}  // namespace gpuspec::cli
