#include "backends/deploy/model/arm_rules.h"

#include <algorithm>

#include <llvm/ADT/StringRef.h>

namespace gpuspec::deploy::model {

namespace {

constexpr std::string_view kProperties = "properties.";

bool covers(std::string_view rule, std::string_view path) {
  return path.starts_with(rule) &&
         (path.size() == rule.size() || path[rule.size()] == '.' || path[rule.size()] == '[');
}

bool is(const Tree* value, std::string_view text) {
  if (value == nullptr) return false;
  if (value->isBool()) return text == (value->asBool() ? "true" : "false");
  return value->isString() && llvm::StringRef(value->asString()).equals_insensitive(text);
}

}  // namespace

const std::vector<ArmRule>& armRules() {
  static const std::vector<ArmRule> kRules = {
#define GPUSPEC_ARM_RULE(kind, path, change, effect, note) \
  {kind, std::string(kProperties) + path, Change::change, effect, note, ""},
#define GPUSPEC_ARM_ONCE(kind, path, value, effect, note) \
  {kind, std::string(kProperties) + path, Change::Updatable, effect, note, value},
#include "backends/deploy/model/arm_rules.def"
#undef GPUSPEC_ARM_RULE
#undef GPUSPEC_ARM_ONCE
      {"managedClusters", "location", Change::CreateOnly, "", "", ""},
      {"managedClusters", "tags", Change::Updatable, "", "", ""},
      {"managedClusters", "sku", Change::Updatable, "", "", ""},
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

Change armChange(std::string_view kind, std::string_view path, const Tree* before,
                 const Tree* after) {
  const ArmRule& rule = armRule(kind, path);
  const bool back =
      !rule.once.empty() && after != nullptr && is(before, rule.once) && !is(after, rule.once);
  return back ? Change::CreateOnly : rule.change;
}

}  // namespace gpuspec::deploy::model
