// gpuspec-manual: prints the manual page, gpuspec(1), from the commands themselves. Run by the
// build.

#include <algorithm>
#include <iostream>

#include "tools/gpuspec/live/commands.h"
#include "tools/gpuspec/live/shapes.h"
#include "tools/gpuspec/version.h"

namespace {

using namespace gpuspec::cli;

// Text for roff: a backslash, a dot or quote at the start of a line and hyphens have meanings
// there.
std::string roff(const std::string& text) {
  std::string out;
  bool at_start = true;
  for (const char c : text) {
    if (at_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c != '`') {
      out += c;
    }
    at_start = c == '\n';
  }
  return out;
}

// Lines that begin with a blank stand as they are, others flow.
void printText(const std::string& text) {
  bool fixed = false;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    const bool wants_fixed = line.starts_with(' ');
    if (wants_fixed != fixed && !line.empty()) {
      std::cout << (wants_fixed ? ".nf\n" : ".fi\n");
      fixed = wants_fixed;
    }
    std::cout << (line.empty() ? ".PP" : roff(line)) << "\n";
  }
  if (fixed) std::cout << ".fi\n";
}

void printCommand(const CommandShape& command) {
  std::cout << ".SS gpuspec " << roff(command.name);
  for (const std::string& word : command.positional) std::cout << " " << roff(word);
  std::cout << "\n" << roff(command.summary) << ".\n.PP\n";
  printText(command.text);
  for (const OptionShape& option : command.options) {
    std::cout << ".TP\n.B " << (option.name.size() == 1 ? "\\-" : "\\-\\-") << roff(option.name);
    if (!option.value.empty()) std::cout << " \\fI" << roff(option.value) << "\\fR";
    std::cout << "\n" << roff(option.help) << ".\n";
  }
}

struct ExitCode {
  int code;
  const char* means;
};
constexpr ExitCode kExitCodes[] = {
    {kDone, "Done. Warnings do not change it, unless --deny-warnings is given."},
    {kSpecWrong, "The spec has errors, a check or test failed, verify does not hold."},
    {kChanges, "There are changes (with --detailed-exitcode)."},
    {kWorldSaysNo, "The world said no: file, disk, network, API, plugin, credentials."},
    {kRefused,
     "Refused: conflict of ownership, lock held, saved plan out of date, no confirmation."},
    {kUsage, "Wrong usage."},
    {kFault, "A fault of gpuspec itself."},
    {kInterrupted, "Interrupted."},
};

struct Variable {
  const char* name;
  const char* means;
};
constexpr Variable kVariables[] = {
    {"KUBECONFIG", "Kubeconfig files, separated by colons."},
    {"AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_SUBSCRIPTION_ID, "
     "AZURE_AUTHORITY_HOST",
     "Credentials for Azure, as Azure's SDKs read them."},
    {"AZURE_FEDERATED_TOKEN_FILE", "The token of workload-identity federation."},
    {"AZURE_TOKEN_CREDENTIALS",
     "The one way to sign in: dev, prod, EnvironmentCredential, WorkloadIdentityCredential, "
     "ManagedIdentityCredential or AzureCliCredential."},
    {"HTTPS_PROXY, NO_PROXY", "The way through a proxy, and around it."},
    {"GPUSPEC_ARM_ENDPOINT", "Another Azure Resource Manager than Azure's."},
    {"SSL_CERT_FILE", "Certificates of further authorities. TLS is always verified."},
    {"NO_COLOR", "No colours."},
};

void printPage() {
  std::cout << ".TH GPUSPEC 1 \"\" \"gpuspec " << kVersion << "\"\n"
            << ".SH NAME\ngpuspec \\- compile, plan and apply GPU clusters\n"
            << ".SH SYNOPSIS\n.B gpuspec\n\\fIcommand\\fR [\\fIoptions\\fR] [\\fIpath\\fR]\n"
            << ".SH DESCRIPTION\nCompiles .gpuspec files, which say which GPU node pools a cluster "
               "has, how their GPUs are partitioned and which teams use them, to ARM templates, "
               "Kubernetes manifests and Helm values; shows what would change in what is live, "
               "changes it, and proves that it works.\n.PP\n\\fIpath\\fR is a file or a folder "
               "(default: the current one).\n"
            << ".SH COMMANDS\n";
  for (const CommandShape& command : commandShapes()) printCommand(command);
  std::cout << ".SH EXIT STATUS\n";
  for (const ExitCode& exit : kExitCodes)
    std::cout << ".TP\n.B " << exit.code << "\n" << roff(exit.means) << "\n";
  std::cout << ".SH ENVIRONMENT\n";
  for (const Variable& variable : kVariables)
    std::cout << ".TP\n.B " << roff(variable.name) << "\n" << roff(variable.means) << "\n";
}

}  // namespace

int main() {
  const Commands offline = makeOfflineCommands(kHelpOfAll), live = makeLiveCommands(kHelpOfAll);
  printPage();
  return std::cout.good() ? 0 : 1;
}
