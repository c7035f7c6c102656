#pragma once

// Pieces of text that the renderers share.

#include <string>
#include <vector>

#include "backends/deploy/plan/plan.h"

namespace gpuspec::deploy::plan {

// A value in one line, cut at `most` characters; "(sensitive)" where it is.
std::string valueText(const FieldChange& field, const std::optional<Tree>& value, std::size_t most);
std::string fieldText(const FieldChange& field, std::size_t most, const char* arrow);
// "3 to add, 1 to change" ...; "nothing to do" when the plan is empty.
std::string countsText(const Plan& plan);
// "GPUs 10..18 -> 10..34"; "" when there are none.
std::string gpuText(const Plan& plan, const char* arrow);
std::string countText(std::size_t count, const std::string& noun);  // "1 object", "2 objects"

// Changes of one cluster and system, those of one address and action together.
struct Group {
  std::string address;
  Action action = Action::NoOp;
  std::vector<const Change*> changes;
};
std::vector<Group> groupsOf(const Plan& plan, const std::string& cluster, model::System system);
// "namespace, quota, limits, 4 network policies"
std::string kindsText(const std::vector<const Change*>& changes);

char signOf(Action action);  // + ~ - > and * for a replacement

}  // namespace gpuspec::deploy::plan
