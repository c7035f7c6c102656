#pragma once

// Charts and their versions as Helm reads them; internal to the library.

#include <string>
#include <string_view>

namespace gpuspec::deploy::plan {

// The chart's own name: the end of a path or of an address, without tag, digest or archive name.
std::string chartName(std::string_view chart);

// Whether `found` is what `wanted` asks for: the same version, or one in its range ("~1.2", "1.x",
// ">=1.2 <2 || ^3"), as https://github.com/Masterminds/semver reads it.
bool isVersion(std::string_view wanted, std::string_view found);

// By number; a release comes after its pre-releases. False where one of them is no version.
bool isOlder(std::string_view a, std::string_view b);

}  // namespace gpuspec::deploy::plan
