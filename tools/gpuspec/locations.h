#pragma once

// Where the installed programs, bin/gpuspec and lib/gpuspec/gpuspec-live, find their parts:
// lib/gpuspec and share/gpuspec of the same prefix.

#include <string>

namespace gpuspec::cli {

struct Locations {
  std::string plugins;       // folder of the installed plugins
  std::string stdlib;        // folder of the standard library
  std::string diagnostics;   // folder of the explanation pages
  std::string live_program;  // for the commands on live APIs
};

Locations locations();

}  // namespace gpuspec::cli
