#pragma once

// `--params FILE`: a YAML or JSON map of parameter values.

#include <vector>

#include <llvm/Support/Error.h>

#include "compiler/driver/file_system.h"
#include "compiler/eval/evaluate.h"
#include "lang/diag/diagnostic.h"

namespace gpuspec::driver {

// The file's entries in the language's own spelling. Findings inside the file go to `sink`; fails
// when it cannot be read.
llvm::Expected<std::vector<eval::GivenParameter>> readParameters(const FileSystem& files,
                                                                 const std::string& path,
                                                                 source::SourceMap& sources,
                                                                 diag::Sink& sink);

}  // namespace gpuspec::driver
