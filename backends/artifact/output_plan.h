#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <llvm/Support/Error.h>

#include "backends/artifact/disk.h"
#include "backends/artifact/manifest.h"
#include "backends/artifact/output_folder.h"
#include "backends/artifact/write_error.h"

namespace gpuspec::artifact {

// What to do to a folder to come from one manifest to another. Paths are below the folder.
struct OutputPlan {
  std::vector<std::size_t> moves;  // files of the next manifest that go from the stage into place
  std::vector<std::string> removals;  // no longer produced
  std::vector<std::string> gone;      // no longer produced, and not there any more
  std::vector<std::string> kept;      // no longer produced, but not as gpuspec wrote them
  std::size_t unchanged = 0;
  std::vector<Obstacle> obstacles;  // with any of these, nothing may be done
};

enum class Stage { ToBeWritten, LeftBehind };  // LeftBehind: only what is still staged can be moved

// Compares both manifests with what the folder holds; changes nothing. `force` takes edited files
// for unedited ones.
llvm::Expected<OutputPlan> makePlan(OutputFolder& folder, Disk& disk, const Manifest& old,
                                    const Manifest& next, Stage stage, bool force);

}  // namespace gpuspec::artifact
