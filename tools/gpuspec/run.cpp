#include "tools/gpuspec/run.h"

#include <csignal>
#include <cstring>

#include <llvm/Support/raw_ostream.h>

#include "compiler/driver/compilation.h"
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

int runChosen(const Commands& commands) {
  for (const auto& command : commands) {
    if (!command->chosen()) continue;
    const std::string color = command->color();
    Terminal terminal(color);
    if (color != "auto" && color != "always" && color != "never") {
      terminal.complain("`--color " + color + "`: it is auto, always or never");
      return kUsage;
    }
    const int code = command->run(terminal);
    if (terminal.flush()) return code;
    terminal.complain("standard output could not be written");
    return kWorldSaysNo;
  }
  llvm::errs() << "gpuspec: which command? `gpuspec --help` lists them\n";
  return kUsage;
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
  std::string errors;
  llvm::raw_string_ostream error_stream(errors);
  if (!cl::ParseCommandLineOptions(argc, argv, kOverview, &error_stream)) {
    llvm::errs() << errors;
    return kUsage;
  }
  return runChosen(commands);
}

}  // namespace gpuspec::cli
