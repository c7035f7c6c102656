#pragma once

// Pieces of text that the renderers share.

#include <string>
#include <vector>

#include "backends/deploy/plan/plan.h"

namespace gpuspec::deploy::plan {

// A value in one line, cut at `most` characters; "(sensitive)" where it is.
std::string valueText(const FieldChange& field, const std::optional<Tree>& value, std::size_t most);
// "before -> after", each cut at `most`.
std::string fieldText(const FieldChange& field, std::size_t most, const char* arrow);
// "3 to add, 1 to change" ...; "nothing to do" when the plan is empty.
std::string countsText(const Plan& plan);
std::string rangeText(std::int64_t least, std::int64_t most);  // "2", "2..4"
// "10..18 -> 10..34"; "" when there are none.
std::string gpuText(const GpuTotals& gpus, const char* arrow);
// At which step each change may begin, if nothing takes long; by id, from 1.
std::vector<std::size_t> stepsOf(const Plan& plan);
// "cluster shared -> pool h100, 7 objects -> 22 objects"; "" when everything runs side by
// side, or is a matter of seconds.
std::string orderText(const Plan& plan, const char* arrow);
std::string countText(std::size_t count, const std::string& noun);  // "1 object", "2 objects"

// Changes of one cluster and system, those of one address and action together.
struct Group {
  std::string address;
  Action action = Action::NoOp;
  std::vector<const Change*> changes;
};
std::vector<Group> groupsOf(const Plan& plan, const std::string& cluster, model::System system);
// The first of many, and how many more there are.
std::vector<std::string> firstOf(const std::vector<std::string>& items);
// Lines of at most `width` characters, broken at spaces.
std::vector<std::string> wrapped(const std::string& text, std::size_t width);
// Characters, not bytes.
std::size_t lengthOf(std::string_view text);

char signOf(Action action);  // + ~ -, * replaced, > adopted, < let go, = moved

}  // namespace gpuspec::deploy::plan
