#pragma once

// Where the installed program finds its parts, seen from the executable: ../lib/gpuspec/plugins,
// ../share/gpuspec.

#include <string>

namespace gpuspec::cli {

struct Locations {
  std::string plugins;      // folder of the installed plugins
  std::string stdlib;       // folder of the standard library
  std::string diagnostics;  // folder of the explanation pages
};

Locations locations();

}  // namespace gpuspec::cli
