// gpuspec-live: the program behind `gpuspec` for the commands on live APIs, and for the help that
// lists all commands.

#include "tools/gpuspec/live/commands.h"
#include "tools/gpuspec/run.h"

int main(int argc, char** argv) {
  using namespace gpuspec::cli;
  Commands commands = makeOfflineCommands(helpFor(argc, argv));
  for (auto& command : makeLiveCommands(helpFor(argc, argv)))
    commands.push_back(std::move(command));
  return run(commands, argc, argv);
}
