#pragma once

// What a plan for people says about the changes of one declaration.

#include <string>
#include <vector>

#include "backends/deploy/plan/render_text.h"

namespace gpuspec::deploy::plan {

// "team vision", "pool h100"; the object itself where no declaration is known.
std::string groupName(const Group& group);
// What happens to it, in lines of at most `width` characters where they can be broken: fields with
// what they were and will be, then why, then the effect on running work.
std::vector<std::string> groupLines(const Group& group, std::size_t width, const char* arrow);

}  // namespace gpuspec::deploy::plan
