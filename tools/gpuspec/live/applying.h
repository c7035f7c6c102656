#pragma once

// Carrying a plan out: locks, inventories, journals, progress, Ctrl-C.

#include "backends/deploy/apply/executor.h"
#include "tools/gpuspec/live/planning.h"

namespace gpuspec::cli {

// The locks of a run, one for each cluster that can be reached; given back when it ends.
class Locks {
 public:
  explicit Locks(Session& session) : session_(session) {}
  // Takes those of the clusters that are there now. Complains; false: exit `code()`.
  bool takeAll(Terminal& terminal);
  // A cluster that this run has just made. Thread-safe.
  [[nodiscard]] llvm::Error take(const std::string& cluster);
  bool anyLost() const;
  int code() const { return code_; }

 private:
  Session& session_;
  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<deploy::kube::Lock>> held_;
  int code_ = 3;
};

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
