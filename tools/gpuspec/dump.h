#pragma once

#include <string>

#include "compiler/driver/compilation.h"

namespace gpuspec::cli {

// What the last phase that ran has made, one thing a line, in a stable order: for `--dump text` and
// for goldens.
std::string dumpText(const driver::Compilation& compilation);

}  // namespace gpuspec::cli
