#pragma once

// Plans that one step of a pipeline makes and another applies.

#include <optional>
#include <string>

#include "backends/deploy/plan/saved.h"
#include "tools/gpuspec/live/session.h"

namespace gpuspec::cli {

// What the plan is bound to.
llvm::Expected<deploy::plan::Fingerprints> fingerprintsOf(Session& session,
                                                          const ir::VendorSet& vendors,
                                                          const deploy::model::LiveSet& live);

// Writes the plan with mode 0600, at once or not at all. Parameters that the spec calls secret are
// left out: whoever applies gives them again.
[[nodiscard]] llvm::Error savePlan(const std::string& file, const Session& session,
                                   const deploy::plan::Plan& plan,
                                   const deploy::plan::Fingerprints& fingerprints);

struct LoadedPlan {
  deploy::plan::SavedPlan saved;
  ProjectSettings project;
  LiveSettings live;

  // Its path is as it was given, so that a pipeline's steps may check out anywhere.
  bool specIsHere() const;
};
[[nodiscard]] llvm::Expected<LoadedPlan> loadPlan(const std::string& file);

// True for a file that has the name of a saved plan (`*.plan`), or begins as JSON does, which no
// spec does: whatever is wrong with it, it is read as a plan.
bool isSavedPlan(const std::string& path);

}  // namespace gpuspec::cli
