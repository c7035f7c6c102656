#pragma once

#include <string>

#include "plugins/host/worker.h"

namespace gpuspec::host {

// What the worker process does: loads the library, says so, and answers until the other side is
// gone. Never returns.
[[noreturn]] void runWorker(const std::string& path, const WorkerLimits& limits, int socket);

}  // namespace gpuspec::host
