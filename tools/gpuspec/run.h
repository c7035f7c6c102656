#pragma once

// Reads the command line, runs one command, returns its exit code: what the programs have in
// common.

#include "tools/gpuspec/command.h"

namespace gpuspec::cli {

// The command whose help was asked for: `gpuspec check --help`. "" = none.
std::string helpFor(int argc, char** argv);

int run(const Commands& commands, int argc, char** argv);

}  // namespace gpuspec::cli
