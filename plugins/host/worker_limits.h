#pragma once

#include "plugins/host/worker.h"

namespace gpuspec::host {

// What a plugin's process may not do from now on: take more memory than its limit, make processes
// or become another program, use files that gpuspec has open (but `socket`), print, leave a core
// dump, or outlive gpuspec.
void limitProcess(const WorkerLimits& limits, int socket);

}  // namespace gpuspec::host
