#include "tools/gpuspec/live/commands.h"

namespace gpuspec::cli {

Commands makeLiveCommands(const std::string& help_for) {
  Commands commands;
  commands.push_back(makeDiffCommand(help_for == "diff"));
  commands.push_back(makePlanCommand(help_for == "plan"));
  commands.push_back(makeApplyCommand(help_for == "apply"));
  commands.push_back(makeDestroyCommand(help_for == "destroy"));
  commands.push_back(makeVerifyCommand(help_for == "verify"));
  commands.push_back(makeStatusCommand(help_for == "status"));
  commands.push_back(makeSandboxCommand(help_for == "sandbox"));
  return commands;
}

}  // namespace gpuspec::cli
