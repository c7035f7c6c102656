#pragma once

// A plugin in a process of its own: whatever it does there (crash, exit, hang, take all memory)
// comes back as an answer that says so. The documents are those of a call in this process.

#include <chrono>
#include <memory>
#include <string>

#include <llvm/Support/Error.h>

#include "plugins/host/channel.h"

namespace gpuspec::host {

struct WorkerLimits {
  std::chrono::milliseconds deadline{10000};        // of each call, and of loading
  std::size_t memory_bytes = std::size_t{1} << 30;  // address space
};

struct Worker {
  std::string name;  // as the library gives it
  std::unique_ptr<Channel> channel;
};

// Loads the library in a new process. Call it before threads are made.
llvm::Expected<Worker> startWorker(const std::string& path, const WorkerLimits& limits);

}  // namespace gpuspec::host
