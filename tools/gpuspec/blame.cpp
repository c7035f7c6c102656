// gpuspec blame FILE:LINE: which line of the spec made this line of the output.

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>

#include "backends/artifact/output_tree.h"
#include "compiler/ir/json.h"
#include "tools/gpuspec/project.h"

namespace gpuspec::cli {

namespace {

namespace cl = llvm::cl;
namespace fs = std::filesystem;

constexpr const char* kHelp =
    "Tells which line of which .gpuspec file made a line of a generated file, through which module "
    "instances and loop\n"
    "iterations. Reads the manifest in the output folder; the spec itself is not needed.\n\n"
    "Examples:\n"
    "  gpuspec blame out/shared/kubernetes/team-ml.yaml:42\n"
    "  gpuspec blame out/shared/arm/azuredeploy.json:120 --format json\n";

class BlameCommand final : public Command {
 public:
  explicit BlameCommand(bool help_wanted)
      : Command("blame", "Tell which line of the spec made a line of the output", kHelp,
                help_wanted),
        target_(cl::Positional, cl::desc("FILE:LINE"), cl::Required, cl::sub(sub()),
                cl::cat(category())),
        format_("format", cl::desc("human or json"), cl::value_desc("format"), cl::init("human"),
                cl::sub(sub()), cl::cat(category())) {}

  int run(Terminal& terminal) override;

 private:
  static std::optional<std::uint32_t> lineCount(const fs::path& file);
  int askManifest(const fs::path& folder, const fs::path& file, const std::string& named,
                  std::uint32_t line, Terminal& terminal) const;
  static int answer(const artifact::BlameAnswer& blame, bool json, Terminal& terminal);

  cl::opt<std::string> target_;
  cl::opt<std::string> format_;
};

int BlameCommand::answer(const artifact::BlameAnswer& blame, bool json, Terminal& terminal) {
  const auto where = [](const std::string& file, const source::Position& at) {
    return file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
  };
  if (json) {
    ir::Tree frames = ir::Tree::list();
    for (const artifact::BlameFrame& frame : blame.frames) {
      frames.push(ir::Tree::map()
                      .set("kind", frame.kind == source::FrameKind::Loop ? "loop" : "module")
                      .set("binding", frame.binding)
                      .set("file", frame.file)
                      .set("line", static_cast<std::int64_t>(frame.at.line))
                      .set("column", static_cast<std::int64_t>(frame.at.column)));
    }
    terminal.out(ir::toJson(ir::Tree::map()
                                .set("schema", "gpuspec.blame/1")
                                .set("file", blame.file)
                                .set("line", static_cast<std::int64_t>(blame.at.line))
                                .set("column", static_cast<std::int64_t>(blame.at.column))
                                .set("frames", std::move(frames))) +
                 "\n");
    return kDone;
  }
  terminal.out(where(blame.file, blame.at) + "\n");
  for (const artifact::BlameFrame& frame : blame.frames) {
    const bool loop = frame.kind == source::FrameKind::Loop;
    terminal.out(std::string("  ") +
                 (loop ? "in the loop at " : "in module `" + frame.binding + "`, ") +
                 where(frame.file, frame.at) + (loop ? " with " + frame.binding : "") + "\n");
  }
  return kDone;
}

// Lines of the file as it is now; nothing when it cannot be read.
std::optional<std::uint32_t> BlameCommand::lineCount(const fs::path& file) {
  std::error_code error;
  if (!fs::is_regular_file(file, error)) return std::nullopt;
  std::ifstream in(file);
  std::uint32_t count = 0;
  for (std::string text; std::getline(in, text);) ++count;
  return in.bad() || count == 0 ? std::nullopt : std::optional(count);
}

int BlameCommand::askManifest(const fs::path& folder, const fs::path& file,
                              const std::string& named, std::uint32_t line,
                              Terminal& terminal) const {
  llvm::Expected<artifact::Manifest> manifest = artifact::readManifest(folder.string());
  if (!manifest) {
    terminal.complain(llvm::toString(manifest.takeError()));
    return kWorldSaysNo;
  }
  const std::string listed = file.lexically_relative(folder).generic_string();
  if (manifest->find(listed) == nullptr) {
    terminal.complain("`" + named + "` is no file that gpuspec wrote");
    return kWorldSaysNo;
  }
  const std::optional<std::uint32_t> lines = lineCount(file);
  if (lines && line > *lines) {
    terminal.complain("`" + named + "` has " + std::to_string(*lines) + " lines");
    return kSpecWrong;
  }
  const std::optional<artifact::BlameAnswer> blame = artifact::blame(*manifest, listed, line);
  if (blame) return answer(*blame, format_ == "json", terminal);
  terminal.complain("line " + std::to_string(line) + " of `" + named +
                    "` comes from no place in the spec");
  return kSpecWrong;
}

int BlameCommand::run(Terminal& terminal) {
  const std::string& target = target_;
  const std::size_t colon = target.rfind(':');
  std::uint32_t line = 0;
  const char* end = target.data() + target.size();
  const bool shaped = colon != std::string::npos && colon + 1 < target.size() &&
                      std::from_chars(target.data() + colon + 1, end, line).ptr == end && line > 0;
  if (!shaped || (format_ != "human" && format_ != "json")) {
    terminal.complain(
        "write `gpuspec blame FILE:LINE`, for instance out/shared/kubernetes/team-ml.yaml:42");
    return kUsage;
  }
  const std::string named = target.substr(0, colon);
  std::error_code error;
  const fs::path file = fs::absolute(named, error).lexically_normal();
  for (fs::path folder = file.parent_path();; folder = folder.parent_path()) {
    if (fs::exists(folder / artifact::kManifestName, error)) {
      return askManifest(folder, file, named, line, terminal);
    }
    if (folder == folder.root_path()) break;
  }
  terminal.complain("no " + std::string(artifact::kManifestName) + " stands in a folder above `" +
                    named + "`");
  return kWorldSaysNo;
}

}  // namespace

std::unique_ptr<Command> makeBlameCommand(bool help_wanted) {
  return std::make_unique<BlameCommand>(help_wanted);
}

}  // namespace gpuspec::cli
