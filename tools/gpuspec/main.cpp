// gpuspec: runs the commands that need no network; everything else is gpuspec-live's, which takes
// this process over.

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <unistd.h>

#include <llvm/Support/raw_ostream.h>

#include "tools/gpuspec/locations.h"
#include "tools/gpuspec/run.h"

int main(int argc, char** argv) {
  using namespace gpuspec::cli;
  const std::string wanted = argc > 1 ? argv[1] : "";
  const Commands commands = makeOfflineCommands(helpFor(argc, argv));
  const bool ours = std::any_of(commands.begin(), commands.end(), [&](const auto& command) {
    return command->sub().getName() == wanted;
  });
  if (ours) return run(commands, argc, argv);
  const std::string live = locations().live_program;
  ::execv(live.c_str(), argv);
  llvm::errs() << "gpuspec: cannot run `" << live << "`: " << std::strerror(errno)
               << "; is this installation whole?\n";
  return kWorldSaysNo;
}
