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

enum class Purpose : std::uint8_t {
  Apply,
  Destroy,
  Look,  // at what is there, whatever is missing
};

// Reads and plans. nullopt: said why, and `code` is the exit code.
std::optional<Planned> makePlan(Session& session, Purpose purpose, Terminal& terminal, int& code);

// To standard output in the format asked for.
void showPlan(const deploy::plan::Plan& plan, const std::string& format, Terminal& terminal);

}  // namespace gpuspec::cli
