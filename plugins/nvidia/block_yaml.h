#pragma once

// The part of YAML that mig-parted's files and the device plugin's configurations are written in:
// maps and lists by indentation, plain and quoted scalars, comments, [a, b] and {}.

#include <optional>
#include <string_view>

#include "plugins/nvidia/request.h"

namespace gpuspec::nvidia {

// nullopt: not in that part, or no YAML.
std::optional<Json> parseBlockYaml(std::string_view text);

}  // namespace gpuspec::nvidia
