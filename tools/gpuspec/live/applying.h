#pragma once

// Carrying a plan out: progress, Ctrl-C, what to say at the end.

#include "tools/gpuspec/live/locks.h"
#include "tools/gpuspec/live/planning.h"

namespace gpuspec::cli {

struct RunOptions {
  std::string format = "human";
  std::string next;  // what to say at the end: "gpuspec verify"
  bool quiet = false;
  bool destroys = false;
};

// Runs the plan and says how it went. The exit code.
int carryOut(Session& session, const deploy::plan::Plan& plan, Locks& locks,
             const RunOptions& options, Terminal& terminal);

// Asks on the terminal for `word`; true when it was typed. Says what to do where nobody can answer.
bool confirmed(const std::string& question, const std::string& word, Terminal& terminal);

}  // namespace gpuspec::cli
