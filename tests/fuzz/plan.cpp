// A saved plan that somebody hands to `apply`.

#include "backends/deploy/plan/saved.h"
#include "lang/source/check.h"
#include "tests/fuzz/targets.h"

namespace gpuspec::fuzz {

void plan(std::string_view input) {
  namespace plan = deploy::plan;
  llvm::Expected<plan::SavedPlan> saved = plan::readSaved(std::string(input));
  if (!saved) {
    GPUSPEC_CHECK(!llvm::toString(saved.takeError()).empty(), "a refusal without a reason");
    return;
  }
  plan::whatMoved(*saved, plan::Plan());
}

}  // namespace gpuspec::fuzz
