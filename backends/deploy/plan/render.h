#pragma once

// A plan for people, for pull requests and for programs.

#include <cstdint>
#include <string>

#include "backends/deploy/plan/plan.h"

namespace gpuspec::deploy::plan {

struct Look {
  bool color = false, unicode = true;
  std::uint32_t width = 80;
};

std::string renderHuman(const Plan& plan, const Look& look);
std::string renderMarkdown(const Plan& plan);
Tree renderJson(const Plan& plan);  // "gpuspec.plan/1", as docs/cli.md describes it

}  // namespace gpuspec::deploy::plan
