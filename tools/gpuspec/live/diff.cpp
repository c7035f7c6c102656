// gpuspec diff: two specs compiled and compared; no API, no credentials.

#include <filesystem>

#include "tools/gpuspec/live/commands.h"
#include "tools/gpuspec/live/desired.h"
#include "tools/gpuspec/live/git_files.h"
#include "tools/gpuspec/live/planning.h"

namespace gpuspec::cli {

namespace {

namespace cl = llvm::cl;
namespace fs = std::filesystem;
namespace model = deploy::model;
namespace plan = deploy::plan;

constexpr const char* kHelp =
    "Compiles A and B and shows what changes from the one to the other, field by field: the "
    "comment "
    "under a pull request. A and B are\n"
    "folders, files, or git revisions of the spec in the current folder (`main..HEAD`, or `main` "
    "against the files as they are).\n\n"
    "Examples:\n"
    "  gpuspec diff main..HEAD --format markdown\n"
    "  gpuspec diff HEAD                  what the working tree changes\n"
    "  gpuspec diff old/ new/ --env prod --detailed-exitcode\n";

// One side: files from somewhere, and which of them.
struct Side {
  std::unique_ptr<driver::FileSystem> files;
  std::string path, name;
};

class DiffCommand final : public Command {
 public:
  explicit DiffCommand(bool help_wanted)
      : Command("diff", "Compare two specs without any API", kHelp, help_wanted),
        options_(*this, "human, json or markdown"),
        second_(cl::Positional, cl::desc("[B]"), cl::sub(sub()), cl::cat(category())),
        detailed_("detailed-exitcode", cl::desc("Exit with 2 when there are changes"),
                  cl::sub(sub()), cl::cat(category())) {}

  int run(Terminal& terminal) override;

 private:
  [[nodiscard]] llvm::Expected<std::pair<Side, Side>> sides() const;
  [[nodiscard]] static llvm::Expected<Side> sideOf(const std::string& text);
  std::optional<model::DesiredSet> compile(const Side& side, const driver::CompileOptions& compile,
                                           const ir::VendorSet& vendors, Terminal& terminal,
                                           int& code) const;

  ProjectOptions options_;
  cl::opt<std::string> second_;
  cl::opt<bool> detailed_;
};

llvm::Expected<Side> DiffCommand::sideOf(const std::string& text) {
  if (fs::exists(text)) return Side{std::make_unique<driver::RealFileSystem>(), text, text};
  llvm::Expected<GitPlace> place = gitPlace();
  if (!place) {
    const std::string why = llvm::toString(place.takeError());
    const bool outside = why.find("not a git repository") != std::string::npos;
    return llvm::createStringError(std::errc::no_such_file_or_directory,
                                   "there is no file or folder `%s`, and %s", text.c_str(),
                                   outside ? "this folder is in no git repository" : why.c_str());
  }
  if (!isRevision(*place, text))
    return llvm::createStringError(std::errc::no_such_file_or_directory,
                                   "`%s` is no file, no folder and no git revision", text.c_str());
  llvm::Expected<std::unique_ptr<GitFileSystem>> files = GitFileSystem::open(*place, text);
  if (!files) return files.takeError();
  return Side{std::move(*files), ".", text};
}

llvm::Expected<std::pair<Side, Side>> DiffCommand::sides() const {
  std::string first = options_.path, second = second_;
  const std::size_t dots = first.find("..");
  const bool is_range =
      second.empty() && dots != std::string::npos && dots > 0 && !fs::exists(first);
  if (is_range) {
    second = first.substr(dots + 2);
    if (second.starts_with('.')) second.erase(0, 1);
    if (second.empty()) second = "HEAD";
    first.resize(dots);
  } else if (second.empty()) {
    // A path alone: what was committed of it against what is there.
    second = fs::exists(first) ? first : ".";
    if (fs::exists(first)) first = "HEAD";
  }
  llvm::Expected<Side> a = sideOf(first);
  if (!a) return a.takeError();
  llvm::Expected<Side> b = sideOf(second);
  if (!b) return b.takeError();
  if (a->path == "." && b->path != "." && second_.empty() && !is_range) a->path = b->path;
  return std::pair{std::move(*a), std::move(*b)};
}

std::optional<model::DesiredSet> DiffCommand::compile(const Side& side,
                                                      const driver::CompileOptions& compile,
                                                      const ir::VendorSet& vendors,
                                                      Terminal& terminal, int& code) const {
  driver::Compilation compilation(*side.files, vendors, compile);
  if (llvm::Error error = compilation.load(side.path)) {
    terminal.complain(side.name + ": " + llvm::toString(std::move(error)));
    code = kWorldSaysNo;
    return std::nullopt;
  }
  if (!compilation.run()) {
    terminal.err("in " + side.name + ":\n");
    showFindings(compilation.sources(), compilation.findings(), "human", terminal);
    code = kSpecWrong;
    return std::nullopt;
  }
  return desiredSet(*compilation.placement(), compilation.sources(),
                    {"00000000-0000-0000-0000-000000000000", {}});
}

int DiffCommand::run(Terminal& terminal) {
  if (!options_.valid(terminal, {"human", "json", "markdown"})) return kUsage;
  const std::optional<driver::CompileOptions> compile_options = options_.compileOptions(terminal);
  if (!compile_options) return kUsage;
  llvm::Expected<std::pair<Side, Side>> two = sides();
  if (!two) {
    terminal.complain(llvm::toString(two.takeError()));
    return kWorldSaysNo;
  }
  const LoadedVendors vendors = options_.plugins.load({two->second.path, options_.root}, terminal);
  if (!vendors) return vendors.exitCode();
  int code = kDone;
  const auto before = compile(two->first, *compile_options, *vendors, terminal, code);
  if (!before) return code;
  const auto after = compile(two->second, *compile_options, *vendors, terminal, code);
  if (!after) return code;
  const plan::Plan changes = plan::diffDesired(*before, *after);
  showPlan(changes, options_.format, terminal);
  return detailed_ && !changes.changes.empty() ? kChanges : kDone;
}

}  // namespace

std::unique_ptr<Command> makeDiffCommand(bool help_wanted) {
  return std::make_unique<DiffCommand>(help_wanted);
}

}  // namespace gpuspec::cli
