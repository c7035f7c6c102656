// gpuspec fmt: the one canonical layout.

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>

#include "lang/format/format.h"
#include "lang/parse/parser.h"
#include "tools/gpuspec/project.h"
#include "tools/gpuspec/write_file.h"

namespace gpuspec::cli {

namespace {

namespace cl = llvm::cl;
namespace fs = std::filesystem;

constexpr const char* kHelp =
    "Lays out .gpuspec files in the one way that gpuspec writes them; comments stay. PATH is a "
    "file or a folder (every\n"
    ".gpuspec file below it); `-` reads standard input and writes standard output. What has a "
    "syntax error is left as it is.\n"
    "Prints the names of the files that changed.\n\n"
    "Examples:\n"
    "  gpuspec fmt\n"
    "  gpuspec fmt --check --diff\n"
    "  gpuspec fmt - < pool.gpuspec\n";

constexpr std::uint64_t kMaxBytes = 32u << 20;

class FmtCommand final : public Command {
 public:
  explicit FmtCommand(bool help_wanted)
      : Command("fmt", "Lay out .gpuspec files canonically", kHelp, help_wanted),
        paths_(cl::Positional, cl::desc("[files or folders; - for standard input]"), cl::sub(sub()),
               cl::cat(category())),
        check_("check", cl::desc("Write nothing; exit with 1 when a file is laid out otherwise"),
               cl::sub(sub()), cl::cat(category())),
        diff_("diff", cl::desc("Show what changes as a unified diff"), cl::sub(sub()),
              cl::cat(category())) {}

  int run(Terminal& terminal) override;

 private:
  struct Formatted {
    std::string text;
    bool good = true;  // no syntax error
  };
  static Formatted formatText(const std::string& path, const std::string& text, Terminal& terminal);
  int formatFile(const std::string& path, const std::string& root, Terminal& terminal,
                 bool& changed) const;
  int formatInput(Terminal& terminal) const;
  static std::string rootOf(const std::string& path);
  static std::optional<std::vector<std::string>> filesOf(const std::string& path,
                                                         Terminal& terminal);

  cl::list<std::string> paths_;
  cl::opt<bool> check_;
  cl::opt<bool> diff_;
};

FmtCommand::Formatted FmtCommand::formatText(const std::string& path, const std::string& text,
                                             Terminal& terminal) {
  source::SourceMap sources;
  const source::FileId file_id = sources.add(path, text);
  diag::Sink sink;
  const syntax::Tree tree = parse::parse(sources, file_id, sink);
  const bool good = sink.ok();
  if (!good) showFindings(sources, sink.finish(sources), "human", terminal);
  const bool unreadable = !good && tree.childCount(tree.root()) == 0;
  return {unreadable ? text : format::format(tree, sources.file(file_id)), good};
}

int FmtCommand::formatInput(Terminal& terminal) const {
  const std::string text{std::istreambuf_iterator<char>(std::cin),
                         std::istreambuf_iterator<char>()};
  const Formatted formatted = formatText("<stdin>", text, terminal);
  if (!check_ && !diff_) terminal.out(formatted.text);
  if (diff_) terminal.out(format::unifiedDiff("<stdin>", text, formatted.text));
  return !formatted.good || (check_ && formatted.text != text) ? kSpecWrong : kDone;
}

// Of the project in which the path stands, which is not where a link leads.
std::string FmtCommand::rootOf(const std::string& path) {
  const driver::RealFileSystem files;
  if (files.kind(path) == driver::FileKind::Folder) return driver::findRoot(files, path);
  const std::string folder = fs::path(path).parent_path().string();
  return driver::findRoot(files, folder.empty() ? "." : folder);
}

int FmtCommand::formatFile(const std::string& path, const std::string& root, Terminal& terminal,
                           bool& changed) const {
  if (refusedOutside(path, root, terminal)) return kRefused;
  llvm::Expected<std::string> text = driver::RealFileSystem().read(path, kMaxBytes);
  if (!text) {
    terminal.complain("cannot read `" + path + "`: " + llvm::toString(text.takeError()));
    return kWorldSaysNo;
  }
  const Formatted formatted = formatText(path, *text, terminal);
  const int parsed = formatted.good ? kDone : kSpecWrong;
  if (formatted.text == *text) return parsed;
  changed = true;
  if (diff_) {
    terminal.out(format::unifiedDiff(path, *text, formatted.text));
  } else {
    terminal.out(path + "\n");
  }
  if (check_) return parsed;
  const int written = replaceFile(path, formatted.text, root, terminal);
  return written == kDone ? parsed : written;
}

std::optional<std::vector<std::string>> FmtCommand::filesOf(const std::string& path,
                                                            Terminal& terminal) {
  const driver::RealFileSystem files;
  if (files.kind(path) == driver::FileKind::Missing) {
    terminal.complain("cannot read `" + path + "`: no such file or folder");
    return std::nullopt;
  }
  if (files.kind(path) != driver::FileKind::Folder) return std::vector<std::string>{path};
  std::vector<std::string> found;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(path, error), end; !error && entry != end;
       entry.increment(error)) {
    const bool hidden = entry->path().filename().string().starts_with(".");
    if (hidden && entry->is_directory()) entry.disable_recursion_pending();
    if (!hidden && entry->is_regular_file() && entry->path().extension() == ".gpuspec")
      found.push_back(driver::normalized(entry->path().string()));
  }
  if (error) {
    terminal.complain("cannot read the folder `" + path + "`: " + error.message());
    return std::nullopt;
  }
  std::sort(found.begin(), found.end());
  return found;
}

int FmtCommand::run(Terminal& terminal) {
  std::vector<std::string> paths(paths_.begin(), paths_.end());
  if (paths.empty()) paths.push_back(".");
  if (paths.size() == 1 && paths[0] == "-") return formatInput(terminal);
  bool changed = false;
  int worst = kDone;
  for (const std::string& path : paths) {
    const std::optional<std::vector<std::string>> files = filesOf(path, terminal);
    if (!files) return kWorldSaysNo;
    const std::string root = rootOf(path);
    for (const std::string& file : *files)
      worst = std::max(worst, formatFile(file, root, terminal, changed));
  }
  return worst == kDone && check_ && changed ? kSpecWrong : worst;
}

}  // namespace

std::unique_ptr<Command> makeFmtCommand(bool help_wanted) {
  return std::make_unique<FmtCommand>(help_wanted);
}

}  // namespace gpuspec::cli
