#pragma once

// For each code of the passes: a world that fires it, at which place, and one beside it that does
// not.

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "tests/passes/world.h"

namespace gpuspec::passes {

struct Rule {
  const diag::CodeInfo* info = nullptr;
  std::function<source::Location(World&)>
      breaks;  // changes a sound world; answers where the finding has to be
  std::function<void(World&)> nearly;
  std::vector<std::uint16_t> also;  // codes that the broken world cannot avoid
  std::string as_of;

  friend std::ostream& operator<<(std::ostream& out, const Rule& rule) {
    return out << rule.info->name;
  }
};

std::vector<Rule> poolRules();
std::vector<Rule> targetRules();
std::vector<Rule> teamRules();
std::vector<Rule> workloadRules();

}  // namespace gpuspec::passes
