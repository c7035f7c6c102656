#pragma once

// Which sandbox a command means, and talking to the one that runs there.

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/host/sandbox.h"
#include "compiler/ir/tree.h"

namespace gpuspec::cli {

// --dir, else .gpuspec/sandbox in the project root of the current folder; absolute.
std::string sandboxFolder(const std::string& given);

// One assignment of `gpuspec sandbox env`.
struct EnvironmentVariable {
  std::string name, value;
};
std::vector<EnvironmentVariable> sandboxEnvironment(const deploy::sandbox::Access& access,
                                                    const std::string& folder);

// METHOD /sandbox/<what> of the running one.
[[nodiscard]] llvm::Expected<ir::Tree> askSandbox(
    const deploy::sandbox::Access& access, const std::string& method, const std::string& what,
    std::chrono::milliseconds timeout = std::chrono::minutes(1), const std::string& body = "");

// Waits while a process holds `folder` and does not answer: it begins, or it was killed or told to
// stop and is about to end. Then the sandbox that answers, or nullopt when none is there.
[[nodiscard]] llvm::Expected<std::optional<deploy::sandbox::Access>> settledSandbox(
    const std::string& folder);

}  // namespace gpuspec::cli
