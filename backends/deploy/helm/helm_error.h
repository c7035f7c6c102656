#pragma once

// What helm says when it fails, as an ApiError with a way out; internal to the library.

#include "backends/deploy/apply/client.h"
#include "backends/deploy/process/process.h"

namespace gpuspec::deploy::helm {

using process::PrivateFile;
using process::ProcessResult;
using process::runProcess;

// Texts of `change` that its values call secret are in no message.
llvm::Error helmError(const ProcessResult& result, const plan::Change& change,
                      std::chrono::seconds timeout);

}  // namespace gpuspec::deploy::helm
