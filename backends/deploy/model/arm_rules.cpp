#include "backends/deploy/model/arm_rules.h"

#include <algorithm>

namespace gpuspec::deploy::model {

namespace {

constexpr std::string_view kProperties = "properties.";

bool covers(std::string_view rule, std::string_view path) {
  return path.starts_with(rule) &&
         (path.size() == rule.size() || path[rule.size()] == '.' || path[rule.size()] == '[');
}

}  // namespace

const std::vector<ArmRule>& armRules() {
  static const std::vector<ArmRule> kRules = {
#define GPUSPEC_ARM_RULE(kind, path, change, effect, note) \
  {kind, std::string(kProperties) + path, Change::change, effect, note},
#include "backends/deploy/model/arm_rules.def"
#undef GPUSPEC_ARM_RULE
      {"managedClusters", "location", Change::CreateOnly, "", ""},
      {"managedClusters", "tags", Change::Updatable, "", ""},
      {"managedClusters", "sku", Change::Updatable, "", ""},
  };
  return kRules;
}

const ArmRule& armRule(std::string_view kind, std::string_view path) {
  static const ArmRule kUpdatable;
  const ArmRule* best = &kUpdatable;
  for (const ArmRule& rule : armRules()) {
    if (rule.kind == kind && covers(rule.path, path) && rule.path.size() > best->path.size())
      best = &rule;
  }
  return *best;
}

}  // namespace gpuspec::deploy::model
