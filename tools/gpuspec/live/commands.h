#pragma once

// The commands on live APIs, and what has to know all commands, in the order of the help.

#include "tools/gpuspec/command.h"

namespace gpuspec::cli {

Commands makeLiveCommands(const std::string& help_for);

std::unique_ptr<Command> makeDiffCommand(bool help_wanted);
std::unique_ptr<Command> makePlanCommand(bool help_wanted);
std::unique_ptr<Command> makeApplyCommand(bool help_wanted);
std::unique_ptr<Command> makeDestroyCommand(bool help_wanted);
std::unique_ptr<Command> makeVerifyCommand(bool help_wanted);
std::unique_ptr<Command> makeStatusCommand(bool help_wanted);
std::unique_ptr<Command> makeSandboxCommand(bool help_wanted);
std::unique_ptr<Command> makeCompletionCommand(bool help_wanted);

}  // namespace gpuspec::cli
