#pragma once

// What a command that was asked for JSON prints where it has no document of its own to give:
// "gpuspec.failure/1", see docs/cli.md.

#include <string>

#include "tools/gpuspec/terminal.h"

namespace gpuspec::cli {

// On one line.
std::string failureDocument(const std::string& command, int exit_code, const Kept& kept);

}  // namespace gpuspec::cli
