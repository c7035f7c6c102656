#pragma once

// The options that every command on a spec shares, and a Compilation made of them.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <llvm/Support/CommandLine.h>

#include "compiler/driver/compilation.h"
#include "lang/diag/diagnostic.h"
#include "plugins/host/host.h"
#include "tools/gpuspec/command.h"
#include "tools/gpuspec/lock_file.h"

namespace gpuspec::cli {

// The vendors that a command works with, or the exit code after it was said why there are none.
class LoadedVendors {
 public:
  LoadedVendors(ir::VendorSet vendors) : vendors_(std::move(vendors)) {}
  LoadedVendors(int exit_code) : exit_code_(exit_code) {}

  explicit operator bool() const { return vendors_.has_value(); }
  const ir::VendorSet& operator*() const { return *vendors_; }
  const ir::VendorSet* operator->() const { return &*vendors_; }
  int exitCode() const { return exit_code_; }

 private:
  std::optional<ir::VendorSet> vendors_;
  int exit_code_ = kDone;
};

// --plugin, --plugin-path
class PluginOptions {
 public:
  explicit PluginOptions(Command& command);
  // Refuses what differs from the project's lock file.
  LoadedVendors load(const ProjectPlace& place, Terminal& terminal) const;
  // For commands that look at the lock file themselves. nullopt: reported.
  std::optional<host::LoadedPlugins> loadFiles(host::LoadOptions options, diag::Sink& sink) const;

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
  ProjectPlace place() const { return {path, root}; }
  LoadedVendors loadVendors(Terminal& terminal) const { return plugins.load(place(), terminal); }
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
