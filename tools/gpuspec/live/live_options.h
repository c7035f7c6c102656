#pragma once

// The options that the commands on live APIs share, on top of ProjectOptions.

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backends/deploy/plan/plan.h"
#include "tools/gpuspec/project.h"

namespace gpuspec::cli {

// What a command makes of them; saved plans carry it.
struct LiveSettings {
  std::string kubeconfig;
  std::map<std::string, std::string> contexts;  // cluster, "" = every cluster -> context
  std::vector<std::string> only;
  bool adopt = false, allow_replace = false, skip_helm = false, sandbox = false;
  bool destroy = false;  // a plan of what `destroy` would do
  std::string sandbox_dir;
  std::size_t parallel = 32;
  std::chrono::seconds timeout{3600}, lock_timeout{0};
};

class LiveOptions {
 public:
  // `changes`: the command changes something (plan takes these options too, to show what they do).
  LiveOptions(Command& command, bool changes);

  // nullopt: said why; the exit code is kUsage.
  std::optional<LiveSettings> settings(Terminal& terminal) const;

 private:
  bool takeContexts(LiveSettings& to, Terminal& terminal) const;

  llvm::cl::opt<std::string> kubeconfig_;
  llvm::cl::list<std::string> contexts_;
  llvm::cl::list<std::string> only_;
  llvm::cl::opt<bool> sandbox_;
  llvm::cl::opt<std::string> dir_;
  llvm::cl::opt<bool> skip_helm_;
  llvm::cl::opt<unsigned> parallel_;
  llvm::cl::opt<std::string> timeout_;
  std::optional<llvm::cl::opt<bool>> adopt_, allow_replace_;
  std::optional<llvm::cl::opt<std::string>> lock_timeout_;
};

// "90s", "15m", "1h" or plain seconds; nullopt when it is none.
std::optional<std::chrono::seconds> parseDuration(std::string_view text);

// Of an option that limits how long something may take: longer than nothing. Says what is wrong.
std::optional<std::chrono::seconds> parseLimit(const std::string& option, const std::string& text,
                                               Terminal& terminal);

}  // namespace gpuspec::cli
