#include "tools/gpuspec/live/commands.h"

namespace gpuspec::cli {

Commands makeLiveCommands(const std::string& help_for) {
  static constexpr CommandEntry kEntries[] = {
      {"diff", makeDiffCommand},       {"plan", makePlanCommand},
      {"apply", makeApplyCommand},     {"destroy", makeDestroyCommand},
      {"verify", makeVerifyCommand},   {"status", makeStatusCommand},
      {"sandbox", makeSandboxCommand}, {"completion", makeCompletionCommand},
  };
  return makeCommands(kEntries, help_for);
}

}  // namespace gpuspec::cli
