#include "tools/gpuspec/run.h"

#include <algorithm>
#include <csignal>
#include <cstring>

#include <llvm/Support/raw_ostream.h>

#include "compiler/driver/compilation.h"
#include "lang/diag/diagnostic.h"
#include "tools/gpuspec/failure_document.h"
#include "tools/gpuspec/version.h"

namespace gpuspec::cli {

namespace {

namespace cl = llvm::cl;

constexpr const char* kOverview =
    "gpuspec compiles .gpuspec files: GPU node pools, partitions and teams, checked across all "
    "layers, become ARM templates,\n"
    "Kubernetes manifests and Helm values.\n\n"
    "  gpuspec check                     find what is wrong\n"
    "  gpuspec compile examples/two-teams -o out\n"
    "  gpuspec explain GS3204            why a finding is one\n";

bool isEmpty(const cl::Option& option) {
  if (option.getNumOccurrences() == 0) return false;
  if (const auto* one = dynamic_cast<const cl::opt<std::string>*>(&option))
    return one->getValue().empty();
  const auto* all = dynamic_cast<const cl::list<std::string>*>(&option);
  return all != nullptr && std::find(all->begin(), all->end(), "") != all->end();
}

// An unset variable of a script must not choose another folder, environment or cluster. "" when
// every option and argument has a value.
std::string whatIsEmpty(const cl::SubCommand& sub) {
  for (const auto& entry : sub.OptionsMap) {
    const cl::Option& option = *entry.getValue();
    if (!isEmpty(option)) continue;
    const std::string value = option.ValueStr.str();
    const bool is_place = value == "file" || value == "folder";
    return "`" + std::string(option.ArgStr.size() == 1 ? "-" : "--") + option.ArgStr.str() +
           "` needs " + (is_place ? "the name of a " + value : "a value") +
           ", and was given an empty one";
  }
  for (const cl::Option* argument : sub.PositionalOpts) {
    if (isEmpty(*argument)) return "an argument is empty";
  }
  return "";
}

bool wantsJson(const cl::SubCommand& sub) {
  const cl::Option* option = sub.OptionsMap.lookup("format");
  const auto* format = dynamic_cast<const cl::opt<std::string>*>(option);
  return format != nullptr && (*format == "json" || *format == "jsonl");
}

int runOne(Command& command, Terminal& terminal) {
  const std::string color = command.color();
  if (color != "auto" && color != "always" && color != "never") {
    terminal.complain("`--color " + color + "`: it is auto, always or never");
    return kUsage;
  }
  if (const std::string what = whatIsEmpty(command.sub()); !what.empty()) {
    terminal.complain(what);
    return kUsage;
  }
  return command.run(terminal);
}

int runChosen(const Commands& commands) {
  for (const auto& command : commands) {
    if (!command->chosen()) continue;
    Terminal terminal(command->color());
    const bool json = wantsJson(command->sub());
    if (json) terminal.keepFailures();
    const int code = runOne(*command, terminal);
    if (json && code != kDone && !terminal.hasWritten())
      terminal.out(failureDocument(command->sub().getName().str(), code, terminal.kept()));
    if (terminal.flush()) return code;
    terminal.complain("standard output could not be written");
    return kWorldSaysNo;
  }
  llvm::errs() << "gpuspec: which command? `gpuspec --help` lists them\n";
  return kUsage;
}

// "" when the first word is a command, or none at all.
std::string complaintOfWord(const Commands& commands, int argc, char** argv) {
  const std::string word = argc > 1 ? argv[1] : "";
  if (word.empty() || word[0] == '-') return "";
  std::vector<std::string> names;
  for (const auto& command : commands) names.push_back(command->sub().getName().str());
  if (std::find(names.begin(), names.end(), word) != names.end()) return "";
  const std::vector<std::string> near = diag::nearest(word, names);
  return "there is no command `" + word + "`" +
         (near.empty() ? "; `gpuspec --help` lists them" : "; did you mean `" + near[0] + "`?");
}

}  // namespace

std::string helpFor(int argc, char** argv) {
  if (argc < 3) return {};
  for (int i = 2; i < argc; ++i) {
    if (std::strcmp(argv[i], "--help") == 0 || std::strcmp(argv[i], "-h") == 0 ||
        std::strcmp(argv[i], "-help") == 0)
      return argv[1];
  }
  return {};
}

int run(const Commands& commands, int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  cl::SetVersionPrinter([](llvm::raw_ostream& out) {
    out << "gpuspec " << kVersion << " (catalogue of " << driver::kCatalogueDate << ")\n";
  });
  for (const auto& command : commands)
    cl::HideUnrelatedOptions(command->category(), command->sub());
  static cl::OptionCategory general("General options", "");
  cl::HideUnrelatedOptions(general);
  if (const std::string what = complaintOfWord(commands, argc, argv); !what.empty()) {
    llvm::errs() << "gpuspec: " << what << "\n";
    return kUsage;
  }
  std::string errors;
  llvm::raw_string_ostream error_stream(errors);
  if (!cl::ParseCommandLineOptions(argc, argv, kOverview, &error_stream)) {
    llvm::errs() << errors;
    return kUsage;
  }
  return runChosen(commands);
}

}  // namespace gpuspec::cli
