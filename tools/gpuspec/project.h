#pragma once

// The options that every command on a spec shares, and a Compilation made of them.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <llvm/Support/CommandLine.h>

#include "compiler/driver/compilation.h"
#include "lang/diag/diagnostic.h"
#include "tools/gpuspec/command.h"

namespace gpuspec::cli {

// --plugin, --plugin-path
class PluginOptions {
 public:
  explicit PluginOptions(Command& command);
  // nullopt: said why on the terminal.
  std::optional<ir::VendorSet> load(Terminal& terminal) const;

 private:
  llvm::cl::list<std::string> plugins_;
  llvm::cl::list<std::string> folders_;
};

// PATH, --env, --param, --params, --as-of, --root, --format, --deny-warnings, --quiet, plugins
class ProjectOptions {
 public:
  explicit ProjectOptions(Command& command, const char* formats);

  llvm::cl::opt<std::string> path;
  llvm::cl::opt<std::string> environment;
  llvm::cl::list<std::string> parameters;
  llvm::cl::opt<std::string> parameters_file;
  llvm::cl::opt<std::string> as_of;
  llvm::cl::opt<std::string> root;
  llvm::cl::opt<std::string> format;
  llvm::cl::opt<bool> deny_warnings;
  llvm::cl::opt<bool> quiet;
  PluginOptions plugins;

  // False: said why; the exit code is kUsage.
  bool valid(Terminal& terminal, const std::vector<std::string>& formats) const;
  std::optional<driver::CompileOptions> compileOptions(Terminal& terminal) const;
};

// Loads PATH (or standard input for `-`). An exit code when the world says no.
std::optional<int> loadProject(driver::Compilation& compilation, const std::string& path,
                               Terminal& terminal);

// Writes findings in the format asked for: human and github to standard error, json and sarif to
// standard output.
void showFindings(const source::SourceMap& sources, const std::vector<diag::Diagnostic>& findings,
                  const std::string& format, Terminal& terminal);

struct Count {
  std::size_t errors = 0, warnings = 0, suppressed = 0;
};
Count countOf(const std::vector<diag::Diagnostic>& findings);
// "0 errors, 2 warnings"
std::string summaryText(const Count& count);

}  // namespace gpuspec::cli
