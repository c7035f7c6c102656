#pragma once

// One subcommand: its options, its help, what it does. Commands are made by explicit calls.

#include <memory>
#include <string>
#include <vector>

#include <llvm/Support/CommandLine.h>

#include "tools/gpuspec/terminal.h"

namespace gpuspec::cli {

class Command {
 public:
  // `help`: longer text with examples, shown by `gpuspec NAME --help` only.
  Command(const char* name, const char* summary, const char* help, bool help_wanted);
  virtual ~Command() = default;
  Command(const Command&) = delete;

  bool chosen() const { return static_cast<bool>(sub_); }
  llvm::cl::SubCommand& sub() { return sub_; }
  llvm::cl::OptionCategory& category() { return category_; }
  virtual std::string color() const { return color_; }
  virtual int run(Terminal& terminal) = 0;

 private:
  std::string description_;
  llvm::cl::SubCommand sub_;
  llvm::cl::OptionCategory category_;

 protected:
  llvm::cl::opt<std::string> color_;
};

using Commands = std::vector<std::unique_ptr<Command>>;
struct CommandEntry {
  const char* name;
  std::unique_ptr<Command> (*make)(bool help_wanted);
};
inline constexpr const char* kHelpOfAll = "*";
Commands makeCommands(llvm::ArrayRef<CommandEntry> entries, const std::string& help_for);

// The commands that need no network, in the order of the help; `help_for` is the one whose --help
// was asked for ("" = none, kHelpOfAll = every one). The others are in live/commands.h.
Commands makeOfflineCommands(const std::string& help_for);

std::unique_ptr<Command> makeCheckCommand(bool help_wanted);
std::unique_ptr<Command> makeCompileCommand(bool help_wanted);
std::unique_ptr<Command> makeFmtCommand(bool help_wanted);
std::unique_ptr<Command> makeTestCommand(bool help_wanted);
std::unique_ptr<Command> makeExplainCommand(bool help_wanted);
std::unique_ptr<Command> makeBlameCommand(bool help_wanted);
std::unique_ptr<Command> makeGraphCommand(bool help_wanted);
std::unique_ptr<Command> makeSchemaCommand(bool help_wanted);
std::unique_ptr<Command> makePluginsCommand(bool help_wanted);
std::unique_ptr<Command> makeLockCommand(bool help_wanted);

}  // namespace gpuspec::cli
