// gpuspec compile: the spec's whole output, written at once or not at all.

#include <chrono>

#include "backends/artifact/output_tree.h"
#include "compiler/ir/json.h"
#include "lang/diag/render_json.h"
#include "tools/gpuspec/dump.h"
#include "tools/gpuspec/emit.h"
#include "tools/gpuspec/project.h"
#include "tools/gpuspec/summary.h"
#include "tools/gpuspec/version.h"

namespace gpuspec::cli {

namespace {

namespace cl = llvm::cl;

constexpr const char* kHelp =
    "Checks PATH and writes one folder for each cluster: arm/, kubernetes/, helm/, and a manifest "
    "of what gpuspec wrote.\n"
    "An error leaves the old output as it was. Files that are no longer produced go away; files "
    "that gpuspec did not write,\n"
    "or that somebody edited since, are not touched (exit code 4; --force overwrites edited "
    "ones).\n\n"
    "Examples:\n"
    "  gpuspec compile examples/two-teams -o out\n"
    "  gpuspec compile --env prod -o out/prod\n"
    "  gpuspec compile --format json | jq .clusters\n"
    "  gpuspec compile main.gpuspec --until parse --dump text\n";

class CompileCommand final : public Command {
 public:
  explicit CompileCommand(bool help_wanted)
      : Command("compile", "Compile a spec to ARM, Kubernetes and Helm", kHelp, help_wanted),
        options_(*this, "Result as human or json; findings as github"),
        out_("o", cl::desc("Folder to write to (default: out)"), cl::value_desc("folder"),
             cl::init("out"), cl::sub(sub()), cl::cat(category())),
        force_("force", cl::desc("Overwrite generated files that were edited"), cl::sub(sub()),
               cl::cat(category())),
        until_("until",
               cl::desc("Stop after this phase: parse, evaluate, analyze or place; needs --dump"),
               cl::value_desc("phase"), cl::sub(sub()), cl::cat(category())),
        dump_("dump", cl::desc("Print what the phase made, as text, instead of writing files"),
              cl::value_desc("form"), cl::sub(sub()), cl::cat(category())) {}

  int run(Terminal& terminal) override;

 private:
  std::optional<driver::Phase> phase(Terminal& terminal) const;
  int dumpPhase(driver::Compilation& compilation, Terminal& terminal) const;
  // Shows findings (and the summary); returns the exit code for them.
  int finish(driver::Compilation& compilation, const Output* output, Terminal& terminal) const;
  static artifact::ManifestInfo manifestInfo(const ir::VendorSet& vendors, const ir::Spec& spec);

  ProjectOptions options_;
  cl::opt<std::string> out_;
  cl::opt<bool> force_;
  cl::opt<std::string> until_;
  cl::opt<std::string> dump_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

std::optional<driver::Phase> CompileCommand::phase(Terminal& terminal) const {
  static const std::vector<std::pair<std::string, driver::Phase>> kPhases = {
      {"parse", driver::Phase::Parse},
      {"evaluate", driver::Phase::Evaluate},
      {"analyze", driver::Phase::Analyze},
      {"place", driver::Phase::Place},
      {"", driver::Phase::Place}};
  for (const auto& [name, phase] : kPhases) {
    if (name == until_.getValue()) {
      if (until_.empty() == dump_.empty() && (dump_.empty() || dump_ == "text")) return phase;
      terminal.complain("`--until PHASE` goes with `--dump text`");
      return std::nullopt;
    }
  }
  terminal.complain("there is no phase `" + until_ + "`; it has: parse, evaluate, analyze, place");
  return std::nullopt;
}

// Only the vendors that the spec uses: another plugin beside them changes no output.
artifact::ManifestInfo CompileCommand::manifestInfo(const ir::VendorSet& vendors,
                                                    const ir::Spec& spec) {
  artifact::ManifestInfo info;
  info.gpuspec_version = kVersion;
  for (const auto& vendor : vendors.all()) {
    bool used = false;
    for (const ir::Pool& pool : spec.pools) used = used || pool.vendor() == vendor->name();
    for (const ir::Accelerator& accelerator : spec.accelerators)
      used = used || accelerator.vendor == vendor->name();
    if (used) info.plugins.push_back({vendor->name(), vendor->version()});
  }
  return info;
}

int CompileCommand::dumpPhase(driver::Compilation& compilation, Terminal& terminal) const {
  terminal.out(dumpText(compilation));
  return finish(compilation, nullptr, terminal);
}

int CompileCommand::finish(driver::Compilation& compilation, const Output* output,
                           Terminal& terminal) const {
  const std::vector<diag::Diagnostic> findings = compilation.findings();
  const Count count = countOf(findings);
  if (options_.format == "json") {
    llvm::Expected<ir::Tree> document =
        ir::parseJson(diag::checkJson(compilation.sources(), findings));
    ir::Tree tree = llvm::cantFail(std::move(document));
    tree.set("schema", "gpuspec.compile/1");
    if (output != nullptr) {
      tree.set("out", out_.getValue())
          .set("clusters", clustersTree(*compilation.placement(), *output))
          .set("outputs", outputsTree(*compilation.spec()))
          .set("moved", movesTree(*compilation.spec()))
          .set("removed", removalsTree(*compilation.spec()));
    }
    terminal.out(ir::toJson(tree) + "\n");
  } else {
    showFindings(compilation.sources(), findings, options_.format, terminal);
    if (output != nullptr && !options_.quiet) {
      terminal.out(summaryOf(*compilation.placement(), *output, out_,
                             {terminal.colorOut(), terminal.unicode()}));
      terminal.flush();
    }
    if (!options_.quiet) {
      const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
                               std::chrono::steady_clock::now() - started_)
                               .count();
      terminal.err(summaryText(count) + ", " + std::to_string(elapsed) + " ms." +
                   (output != nullptr ? "   Next: look into " + out_ + ", or `gpuspec blame " +
                                            out_ + "/FILE:LINE`"
                                      : "") +
                   "\n");
    }
  }
  return count.errors > 0 || (options_.deny_warnings && count.warnings > 0) ? kSpecWrong : kDone;
}

int CompileCommand::run(Terminal& terminal) {
  if (!options_.valid(terminal, {"human", "json", "github"})) return kUsage;
  const std::optional<driver::Phase> until = phase(terminal);
  std::optional<driver::CompileOptions> compile_options = options_.compileOptions(terminal);
  if (!until || !compile_options) return kUsage;
  compile_options->until = *until;
  const LoadedVendors vendors = options_.loadVendors(terminal);
  if (!vendors) return vendors.exitCode();
  const driver::RealFileSystem files;
  driver::Compilation compilation(files, *vendors, *compile_options);
  if (const std::optional<int> stop = loadProject(compilation, options_.path, terminal))
    return *stop;
  const bool good = compilation.run();
  if (!dump_.empty()) return dumpPhase(compilation, terminal);
  if (!good) return finish(compilation, nullptr, terminal);
  const Output output =
      emitAll(*compilation.placement(), compilation.sources(), compilation.sink());
  if (!compilation.sink().ok()) return finish(compilation, nullptr, terminal);
  llvm::Expected<artifact::WriteReport> report =
      artifact::writeTree(out_, output.files, manifestInfo(*vendors, *compilation.spec()),
                          compilation.sources(), {force_, true});
  if (!report) {
    const bool refused = artifact::reportWriteError(report.takeError(), compilation.sink());
    finish(compilation, nullptr, terminal);
    return refused ? kRefused : kWorldSaysNo;
  }
  artifact::reportKept(*report, out_, compilation.sink());
  return finish(compilation, &output, terminal);
}

}  // namespace

std::unique_ptr<Command> makeCompileCommand(bool help_wanted) {
  return std::make_unique<CompileCommand>(help_wanted);
}

}  // namespace gpuspec::cli
