// gpuspec explain CODE: the page behind a finding.

#include <algorithm>

#include "lang/diag/declared.h"
#include "tools/gpuspec/command.h"
#include "tools/gpuspec/pages.h"
#include "tools/gpuspec/project.h"

namespace gpuspec::cli {

namespace {

namespace cl = llvm::cl;

constexpr const char* kHelp =
    "Prints what a finding means, why it is one, and the way out. Without a code: the list of "
    "all. Those that a plugin declares\n"
    "begin with its name.\n\n"
    "Examples:\n"
    "  gpuspec explain GS3204\n"
    "  gpuspec explain\n";

// A message with its places left open: "no {0} named `{1}` is declared" becomes "no … named `…` is
// declared".
std::string outline(std::string_view format, bool unicode) {
  std::string out;
  for (std::size_t i = 0; i < format.size(); ++i) {
    const bool place = format[i] == '{' && i + 2 < format.size() && format[i + 2] == '}';
    if (place) {
      out += unicode ? "…" : "...";
      i += 2;
    } else {
      out += format[i];
    }
  }
  return out;
}

class ExplainCommand final : public Command {
 public:
  explicit ExplainCommand(bool help_wanted)
      : Command("explain", "Explain the code of a finding", kHelp, help_wanted),
        code_(cl::Positional, cl::desc("[code]"), cl::sub(sub()), cl::cat(category())),
        plugins_(*this) {}

  int run(Terminal& terminal) override {
    if (const std::uint16_t code = diag::parseCode(code_); code != 0)
      return showPage(code, terminal);
    // What is left are findings that plugins declare.
    const LoadedVendors vendors = plugins_.load({}, terminal);
    if (!vendors) return vendors.exitCode();
    if (code_.empty()) return listAll(terminal);
    if (const std::uint16_t code = diag::parseCode(code_); code != 0) {
      terminal.out(diag::declarationOf(*diag::findCode(code))->page);
      return kDone;
    }
    std::vector<std::string> known;
    for (const diag::CodeInfo* info : everyCode()) known.push_back(diag::codeName(info->code));
    const std::vector<std::string> near = diag::nearest(code_, known);
    terminal.complain(
        "there is no finding `" + code_ + "`" +
        (near.empty() ? "; `gpuspec explain` lists them" : "; did you mean " + near[0] + "?"));
    return kUsage;
  }

 private:
  static std::vector<const diag::CodeInfo*> everyCode() {
    std::vector<const diag::CodeInfo*> all = diag::allCodes();
    for (const diag::CodeInfo* info : diag::declaredCodes()) all.push_back(info);
    return all;
  }

  static int showPage(std::uint16_t code, Terminal& terminal) {
    llvm::Expected<std::string> page = explanationPage(code);
    if (!page) {
      terminal.complain("cannot read the page of " + diag::codeName(code) + ": " +
                        llvm::toString(page.takeError()));
      return kWorldSaysNo;
    }
    terminal.out(*page);
    return kDone;
  }

  static int listAll(Terminal& terminal) {
    for (const diag::CodeInfo* info : everyCode()) {
      const char* level = info->level == diag::Level::Error     ? "error  "
                          : info->level == diag::Level::Warning ? "warning"
                                                                : "note   ";
      terminal.out(diag::codeName(info->code) + "  " + level + "  " +
                   outline(info->format, terminal.unicode()) + "\n");
    }
    return kDone;
  }

  cl::opt<std::string> code_;
  PluginOptions plugins_;
};

}  // namespace

std::unique_ptr<Command> makeExplainCommand(bool help_wanted) {
  return std::make_unique<ExplainCommand>(help_wanted);
}

}  // namespace gpuspec::cli
