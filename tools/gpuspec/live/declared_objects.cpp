#include "tools/gpuspec/live/declared_objects.h"

#include <algorithm>
#include <map>

namespace gpuspec::cli {

namespace {

namespace model = deploy::model;
namespace plan = deploy::plan;
namespace verify = deploy::verify;

constexpr const char* kAllElse = "all else";

std::string groupOf(const std::string& address) {
  return address.starts_with("team.") ? "team " + address.substr(5) : kAllElse;
}

// "spec.ingress, spec.policyTypes and 2 more"
std::string fieldsText(const plan::Change& change) {
  constexpr std::size_t kMost = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(change.fields.size(), kMost); ++i)
    text += (i == 0 ? "" : ", ") + change.fields[i].path;
  if (change.fields.size() > kMost)
    text += " and " + std::to_string(change.fields.size() - kMost) + " more";
  return text;
}

std::string deviationOf(const plan::Change& change) {
  const std::string title = plan::titleOf(change.key);
  switch (change.action) {
    case plan::Action::Create:
      return title + " is missing";
    case plan::Action::Delete:
      return title + " is no longer in the spec, but still there";
    case plan::Action::Update:
    case plan::Action::Replace:
      return title + " differs in " + fieldsText(change);
    default:
      return title + ": " + change.reason;
  }
}

}  // namespace

std::vector<verify::ObjectCheck> declaredObjects(const model::DesiredSet& desired,
                                                 const plan::Plan& plan,
                                                 const std::string& cluster) {
  std::map<std::string, verify::ObjectCheck> checks;
  const auto checkOf = [&](const std::string& address) -> verify::ObjectCheck& {
    const std::string group = groupOf(address);
    verify::ObjectCheck& check = checks[group];
    check.of = group;
    return check;
  };
  const auto concerns = [&](const model::ResourceKey& key) {
    return key.cluster == cluster && key.system != model::System::Helm;
  };
  for (const model::Desired& resource : desired.resources) {
    if (concerns(resource.key)) ++checkOf(resource.address.str()).count;
  }
  for (const plan::Change& change : plan.changes) {
    if (concerns(change.key)) checkOf(change.address).deviations.push_back(deviationOf(change));
  }
  for (const plan::Conflict& conflict : plan.conflicts) {
    if (concerns(conflict.key) && conflict.kind == plan::Conflict::Kind::Foreign)
      checkOf(conflict.address)
          .deviations.push_back(plan::titleOf(conflict.key) + " " + conflict.text);
  }
  std::vector<verify::ObjectCheck> out;
  for (auto& [group, check] : checks) out.push_back(std::move(check));
  std::stable_partition(out.begin(), out.end(),
                        [](const verify::ObjectCheck& check) { return check.of != kAllElse; });
  return out;
}

}  // namespace gpuspec::cli
