#pragma once

// The sandbox as a process in the background.

#include <functional>
#include <string>

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/host/sandbox.h"

namespace gpuspec::cli {

// Forks; returns in the parent when the server answers, or with the child's own words when it
// cannot. The child writes to <folder>/sandbox.log and ends on SIGTERM or `gpuspec sandbox stop`.
[[nodiscard]] llvm::Error startInBackground(const deploy::sandbox::SandboxOptions& options,
                                            const deploy::sandbox::NodeFacts& facts);

// In this process, until SIGINT or SIGTERM. `ready` is called once it answers.
[[nodiscard]] llvm::Error serve(const deploy::sandbox::SandboxOptions& options,
                                const deploy::sandbox::NodeFacts& facts,
                                const std::function<void(const deploy::sandbox::Access&)>& ready);

}  // namespace gpuspec::cli
