#pragma once

// The pages behind findings, docs/diagnostics/GSnnnn.md, as they are installed.

#include <cstdint>
#include <string>

#include <llvm/Support/Error.h>

namespace gpuspec::cli {

llvm::Expected<std::string> explanationPage(std::uint16_t code);

}  // namespace gpuspec::cli
