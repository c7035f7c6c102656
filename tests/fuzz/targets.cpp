#include "tests/fuzz/targets.h"

namespace gpuspec::fuzz {

const std::vector<Target>& allTargets() {
  static const std::vector<Target> targets = {
      {"lexer", lexer}, {"spec", spec}, {"plugin", plugin}, {"data", data}, {"plan", plan}};
  return targets;
}

const Target* findTarget(std::string_view name) {
  for (const Target& target : allTargets()) {
    if (target.name == name) return &target;
  }
  return nullptr;
}

}  // namespace gpuspec::fuzz
