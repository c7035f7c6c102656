#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gpuspec::deploy::plan {

// `*` any characters, `?` one; the whole text has to match.
bool matches(std::string_view pattern, std::string_view text);
// An empty list selects everything. "team.a" selects what team.a makes.
bool isSelected(const std::vector<std::string>& patterns, const std::string& address);

}  // namespace gpuspec::deploy::plan
