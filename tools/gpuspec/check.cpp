// gpuspec check: every finding, and with --fix the certain mends.

#include <fstream>

#include "lang/diag/fix.h"
#include "tools/gpuspec/project.h"
#include "tools/gpuspec/write_file.h"

namespace gpuspec::cli {

namespace {

namespace cl = llvm::cl;

constexpr const char* kHelp =
    "Reads PATH (a file, or a folder with main.gpuspec or *.gpuspec files; default: this folder) "
    "and says what is wrong.\n"
    "Exit code 0: no errors; 1: errors (or warnings with --deny-warnings); 3: a file cannot be "
    "read.\n\n"
    "Examples:\n"
    "  gpuspec check\n"
    "  gpuspec check main.gpuspec --env prod --param regions='[\"eastus\"]'\n"
    "  gpuspec check --format sarif > findings.sarif\n"
    "  gpuspec check --fix\n"
    "  cat pool.gpuspec | gpuspec check -\n";

constexpr int kMaxFixRounds = 8;

class CheckCommand final : public Command {
 public:
  explicit CheckCommand(bool help_wanted)
      : Command("check", "Find what is wrong in a spec", kHelp, help_wanted),
        options_(*this, "Findings as human, json, sarif or github"),
        fix_("fix", cl::desc("Apply the fixes that are certain, then check again"), cl::sub(sub()),
             cl::cat(category())) {}

  int run(Terminal& terminal) override;

 private:
  // Writes the fixed files, and counts the fixes. The exit code.
  static int applyFixes(const driver::Compilation& compilation,
                        const std::vector<diag::Diagnostic>& findings, Terminal& terminal,
                        std::size_t& applied);

  ProjectOptions options_;
  cl::opt<bool> fix_;
};

int CheckCommand::applyFixes(const driver::Compilation& compilation,
                             const std::vector<diag::Diagnostic>& findings, Terminal& terminal,
                             std::size_t& applied) {
  const diag::FixResult result = diag::applyFixes(compilation.sources(), findings);
  for (const diag::FixedFile& file : result.files) {
    const std::string& path = compilation.sources().file(file.file_id).path();
    const int code = replaceFile(driver::joined(compilation.root(), path), file.text,
                                 compilation.root(), terminal);
    if (code != kDone) return code;
  }
  applied = result.applied.size();
  return kDone;
}

int CheckCommand::run(Terminal& terminal) {
  if (!options_.valid(terminal, {"human", "json", "sarif", "github"})) return kUsage;
  const std::optional<driver::CompileOptions> compile_options = options_.compileOptions(terminal);
  if (!compile_options) return kUsage;
  const LoadedVendors vendors =
      options_.plugins.load({options_.path, options_.root, options_.format}, terminal);
  if (!vendors) return vendors.exitCode();
  const driver::RealFileSystem files;
  std::size_t fixed = 0;
  for (int round = 0;; ++round) {
    driver::Compilation compilation(files, *vendors, *compile_options);
    if (const std::optional<int> stop = loadProject(compilation, options_.path, terminal))
      return *stop;
    compilation.run();
    const std::vector<diag::Diagnostic> findings = compilation.findings();
    if (fix_ && round < kMaxFixRounds && options_.path != "-") {
      std::size_t applied = 0;
      const int code = applyFixes(compilation, findings, terminal, applied);
      if (code != kDone) return code;
      fixed += applied;
      if (applied > 0) continue;
    }
    showFindings(compilation.sources(), findings, options_.format, terminal);
    const Count count = countOf(findings);
    if (options_.format == "human" && !options_.quiet) {
      terminal.err(summaryText(count) + (fixed > 0 ? ", " + std::to_string(fixed) + " fixed" : "") +
                   "\n");
    }
    return count.errors > 0 || (options_.deny_warnings && count.warnings > 0) ? kSpecWrong : kDone;
  }
}

}  // namespace

std::unique_ptr<Command> makeCheckCommand(bool help_wanted) {
  return std::make_unique<CheckCommand>(help_wanted);
}

}  // namespace gpuspec::cli
