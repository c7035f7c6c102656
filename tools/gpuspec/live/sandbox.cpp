// gpuspec sandbox: the embedded stand-in for Azure and Kubernetes.

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <thread>

#include "compiler/ir/json.h"
#include "lang/diag/diagnostic.h"
#include "tools/gpuspec/live/commands.h"
#include "tools/gpuspec/live/fault_script.h"
#include "tools/gpuspec/live/findings.h"
#include "tools/gpuspec/live/next_command.h"
#include "tools/gpuspec/live/node_facts.h"
#include "tools/gpuspec/live/sandbox_folder.h"
#include "tools/gpuspec/live/sandbox_process.h"
#include "tools/gpuspec/live/seed.h"
#include "tools/gpuspec/project.h"

namespace gpuspec::cli {

namespace {

namespace cl = llvm::cl;
namespace sandbox = deploy::sandbox;

constexpr const char* kHelp =
    "Serves Azure Resource Manager and Kubernetes on loopback from one process and one folder, "
    "over "
    "TLS, so that plan, apply\n"
    "and verify run with no account and no cluster. A stand-in: docs/sandbox.md lists what it does "
    "not do.\n\n"
    "  start    returns when it answers          stop     ends it; its folder stays\n"
    "  status   what runs there                  reset    empties it and keeps it running\n"
    "  env      shell lines that point gpuspec, kubectl and Azure's SDKs at it\n"
    "  seed     makes the clusters that a spec builds on (`existing = true`)\n"
    "  faults   lets requests go wrong as a script says, until --clear; without a script: what "
    "has\n"
    "           gone wrong so far (docs/sandbox.md)\n\n"
    "Examples:\n"
    "  gpuspec sandbox start && eval \"$(gpuspec sandbox env)\"\n"
    "  gpuspec apply examples/two-teams --sandbox --skip-helm --yes\n"
    "  kubectl get nodes --context shared-gpu.shared\n"
    "  gpuspec sandbox seed examples/mig-slices\n"
    "  gpuspec sandbox faults faults.yaml\n";

constexpr int kPatience = 100;
constexpr std::chrono::milliseconds kPause{50};
constexpr std::chrono::seconds kAskPatience{20};

class SandboxCommand final : public Command {
 public:
  explicit SandboxCommand(bool help_wanted)
      : Command("sandbox", "Run the embedded stand-in for Azure and Kubernetes", kHelp,
                help_wanted),
        action_(cl::Positional, cl::desc("start|stop|status|reset|env|seed|faults"), cl::Required,
                cl::sub(sub()), cl::cat(category())),
        spec_(cl::Positional, cl::desc("[SPEC|SCRIPT]"), cl::sub(sub()), cl::cat(category())),
        dir_("dir", cl::desc("Its folder (default: .gpuspec/sandbox in the project root)"),
             cl::value_desc("folder"), cl::sub(sub()), cl::cat(category())),
        port_("port", cl::desc("Port to listen on (default: the one it had, else a free one)"),
              cl::value_desc("number"), cl::init(0), cl::sub(sub()), cl::cat(category())),
        operation_ms_("operation-ms",
                      cl::desc("How long a cluster or pool takes to make, in milliseconds"),
                      cl::value_desc("number"), cl::init(300), cl::sub(sub()), cl::cat(category())),
        vcpu_limits_("vcpu-limit",
                     cl::desc("Quota of a VM family, as vCPUs in each region (NCas_T4_v3=64)"),
                     cl::value_desc("family=number"), cl::sub(sub()), cl::cat(category())),
        faults_("faults", cl::desc("Let requests go wrong as this script says"),
                cl::value_desc("file"), cl::sub(sub()), cl::cat(category())),
        clear_("clear", cl::desc("faults: nothing goes wrong any more"), cl::sub(sub()),
               cl::cat(category())),
        request_log_("request-log", cl::desc("Note every request in requests.jsonl of its folder"),
                     cl::sub(sub()), cl::cat(category())),
        foreground_("foreground", cl::desc("Stay in the foreground"), cl::sub(sub()),
                    cl::cat(category())),
        environment_("env", cl::desc("Environment of the spec to seed"), cl::value_desc("name"),
                     cl::sub(sub()), cl::cat(category())),
        parameters_("param", cl::desc("Parameter of the spec to seed"),
                    cl::value_desc("name=value"), cl::sub(sub()), cl::cat(category())),
        format_("format", cl::desc("human or json"), cl::value_desc("format"), cl::init("human"),
                cl::sub(sub()), cl::cat(category())),
        plugins_(*this) {}

  int run(Terminal& terminal) override;

 private:
  int start(Terminal& terminal);
  int stop(Terminal& terminal);
  int status(Terminal& terminal);
  int reset(Terminal& terminal);
  int env(Terminal& terminal);
  int seed(Terminal& terminal);
  int faults(Terminal& terminal);
  std::string notTaken() const;
  std::string wrongUsage() const;
  void sayStarted(const sandbox::Access& access, Terminal& terminal) const;

  cl::opt<std::string> action_;
  cl::opt<std::string> spec_;
  cl::opt<std::string> dir_;
  cl::opt<unsigned> port_;
  cl::opt<unsigned> operation_ms_;
  cl::list<std::string> vcpu_limits_;
  cl::opt<std::string> faults_;
  cl::opt<bool> clear_, request_log_;
  cl::opt<bool> foreground_;
  cl::opt<std::string> environment_;
  cl::list<std::string> parameters_;
  cl::opt<std::string> format_;
  PluginOptions plugins_;
  std::string folder_;
};

int complained(llvm::Error error, Terminal& terminal, int code = kWorldSaysNo) {
  terminal.complain(llvm::toString(std::move(error)));
  return code;
}

void SandboxCommand::sayStarted(const sandbox::Access& access, Terminal& terminal) const {
  const std::string dir = dir_.empty() ? "" : " --dir " + shellWord(folder_);
  terminal.err("The sandbox answers at " + access.url() + "; its folder is " + folder_ +
               ".\nNext: gpuspec plan PATH --sandbox" + dir +
               ", or point other tools at it with eval \"$(gpuspec sandbox env" + dir + ")\"\n");
}

// Nullopt where one of `given` is no "family=number".
std::optional<std::map<std::string, std::int64_t>> limitsOf(const std::vector<std::string>& given) {
  std::map<std::string, std::int64_t> limits;
  for (const std::string& one : given) {
    const std::size_t equals = one.find('=');
    std::int64_t vcpus = -1;
    if (equals == 0 || equals == std::string::npos ||
        llvm::StringRef(one).drop_front(equals + 1).getAsInteger(10, vcpus) || vcpus < 0)
      return std::nullopt;
    limits[one.substr(0, equals)] = vcpus;
  }
  return limits;
}

// "" when every family has a size that specs can name.
std::string unknownFamily(const std::map<std::string, std::int64_t>& limits,
                          const std::vector<std::string>& families) {
  for (const auto& [family, vcpus] : limits) {
    const llvm::StringRef name(family);
    if (llvm::any_of(families,
                     [&](const std::string& one) { return name.equals_insensitive(one); }))
      continue;
    std::string text = "`--vcpu-limit " + family + "`: no VM size is of that family";
    for (const std::string& near : diag::nearest(family, families, 3))
      text += (text.ends_with("family") ? "; near it: " : ", ") + near;
    return text;
  }
  return "";
}

// One that runs keeps what it was started with.
std::string SandboxCommand::notTaken() const {
  std::string names;
  const auto add = [&](bool given, const char* name) {
    if (given) names += (names.empty() ? "--" : ", --") + std::string(name);
  };
  add(port_.getNumOccurrences() > 0, "port");
  add(operation_ms_.getNumOccurrences() > 0, "operation-ms");
  add(vcpu_limits_.getNumOccurrences() > 0, "vcpu-limit");
  add(faults_.getNumOccurrences() > 0, "faults");
  add(request_log_.getNumOccurrences() > 0, "request-log");
  if (names.empty()) return "";
  return "It keeps what it was started with: " + names +
         " had no effect. `gpuspec sandbox stop` first; what it holds stays.\n";
}

int SandboxCommand::start(Terminal& terminal) {
  const auto limits = limitsOf({vcpu_limits_.begin(), vcpu_limits_.end()});
  if (!limits) {
    terminal.complain("`--vcpu-limit` wants FAMILY=NUMBER, as in NCas_T4_v3=64");
    return kUsage;
  }
  sandbox::FaultScript script;
  if (!faults_.empty()) {
    int code = kDone;
    std::optional<FaultFile> file = readFaultFile(faults_, terminal, code);
    if (!file) return code;
    script = std::move(file->script);
  }
  llvm::Expected<std::optional<sandbox::Access>> there = settledSandbox(folder_);
  if (!there) return complained(there.takeError(), terminal);
  if (*there) {
    terminal.err("A sandbox is running already at " + (*there)->url() + ".\n" + notTaken());
    return kDone;
  }
  const LoadedVendors vendors = plugins_.load({}, terminal);
  if (!vendors) return vendors.exitCode();
  if (const std::string why = unknownFamily(*limits, vmFamilies(*vendors)); !why.empty()) {
    terminal.complain(why);
    return kUsage;
  }
  const std::unique_ptr<sandbox::NodeFacts> facts = makeNodeFacts(*vendors);
  const sandbox::SandboxOptions options{folder_,
                                        static_cast<std::uint16_t>(port_),
                                        std::chrono::milliseconds(operation_ms_),
                                        std::chrono::hours(1),
                                        *limits,
                                        std::move(script),
                                        request_log_};
  if (foreground_) {
    std::error_code made;
    std::filesystem::create_directories(folder_, made);
    llvm::Error error = serve(options, *facts,
                              [&](const sandbox::Access& access) { sayStarted(access, terminal); });
    return error ? complained(std::move(error), terminal) : kDone;
  }
  if (llvm::Error error = startInBackground(options, *facts))
    return complained(std::move(error), terminal);
  llvm::Expected<sandbox::Access> access = sandbox::readAccess(folder_);
  if (!access) return complained(access.takeError(), terminal);
  sayStarted(*access, terminal);
  return kDone;
}

int SandboxCommand::stop(Terminal& terminal) {
  if (!sandbox::isRunning(folder_)) return reportNoSandbox(folder_, terminal);
  llvm::Expected<sandbox::Access> access = sandbox::readAccess(folder_);
  if (!access) return reportNoAccess(access.takeError(), terminal);
  if (llvm::Expected<ir::Tree> answer = askSandbox(*access, "POST", "stop"); !answer)
    return complained(answer.takeError(), terminal);
  for (int tries = 0; sandbox::isRunning(folder_); ++tries) {
    if (tries == kPatience) {
      terminal.complain("the sandbox in `" + folder_ + "` was told to stop and still runs");
      return kWorldSaysNo;
    }
    std::this_thread::sleep_for(kPause);
  }
  terminal.err("Stopped. What it holds stays in " + folder_ + ".\n");
  return kDone;
}

int SandboxCommand::status(Terminal& terminal) {
  if (!sandbox::isRunning(folder_)) return reportNoSandbox(folder_, terminal);
  llvm::Expected<sandbox::Access> access = sandbox::readAccess(folder_);
  if (!access) return reportNoAccess(access.takeError(), terminal);
  llvm::Expected<ir::Tree> status = askSandbox(*access, "GET", "status");
  if (!status) return complained(status.takeError(), terminal);
  if (format_ == "json") {
    terminal.out(ir::toJson(*status) + "\n");
    return kDone;
  }
  terminal.out("runs at " + access->url() + ", folder " + folder_ + "\n");
  for (const ir::Tree& cluster : status->find("clusters")->asList()) {
    terminal.out("  " + cluster.find("name")->asString() + "   " +
                 std::to_string(cluster.find("objects")->asInt()) + " objects\n");
  }
  return kDone;
}

int SandboxCommand::reset(Terminal& terminal) {
  if (!sandbox::isRunning(folder_)) return reportNoSandbox(folder_, terminal);
  llvm::Expected<sandbox::Access> access = sandbox::readAccess(folder_);
  if (!access) return reportNoAccess(access.takeError(), terminal);
  if (llvm::Expected<ir::Tree> answer = askSandbox(*access, "POST", "reset"); !answer)
    return complained(answer.takeError(), terminal);
  terminal.err("Empty again, and running at " + access->url() + ".\n");
  return kDone;
}

int SandboxCommand::env(Terminal& terminal) {
  if (!sandbox::isRunning(folder_)) return reportNoSandbox(folder_, terminal);
  llvm::Expected<sandbox::Access> access = sandbox::readAccess(folder_);
  if (!access) return reportNoAccess(access.takeError(), terminal);
  for (const EnvironmentVariable& variable : sandboxEnvironment(*access, folder_))
    terminal.out("export " + variable.name + "=" + shellWord(variable.value) + "\n");
  return kDone;
}

int SandboxCommand::seed(Terminal& terminal) {
  if (!sandbox::isRunning(folder_)) return reportNoSandbox(folder_, terminal);
  llvm::Expected<sandbox::Access> access = sandbox::readAccess(folder_);
  if (!access) return reportNoAccess(access.takeError(), terminal);
  if (spec_.empty()) {
    terminal.complain("which spec? `gpuspec sandbox seed PATH`");
    return kUsage;
  }
  const LoadedVendors vendors = plugins_.load({spec_}, terminal);
  if (!vendors) return vendors.exitCode();
  return seedSandbox({spec_, environment_, {parameters_.begin(), parameters_.end()}}, *vendors,
                     folder_, terminal);
}

int SandboxCommand::faults(Terminal& terminal) {
  if (!sandbox::isRunning(folder_)) return reportNoSandbox(folder_, terminal);
  llvm::Expected<sandbox::Access> access = sandbox::readAccess(folder_);
  if (!access) return reportNoAccess(access.takeError(), terminal);
  if (clear_ && !spec_.empty()) {
    terminal.complain("`sandbox faults` takes a script or --clear");
    return kUsage;
  }
  std::string script = clear_ ? "{\"rules\":[]}" : "";
  if (!spec_.empty()) {
    int code = kDone;
    const std::optional<FaultFile> file = readFaultFile(spec_, terminal, code);
    if (!file) return code;
    script = ir::toJson(file->document);
  }
  llvm::Expected<ir::Tree> status =
      askSandbox(*access, script.empty() ? "GET" : "POST", "faults", kAskPatience, script);
  if (!status) return complained(status.takeError(), terminal);
  terminal.out(format_ == "json" ? ir::toJson(*status) + "\n" : faultsText(*status));
  return kDone;
}

// "" when all is well.
std::string SandboxCommand::wrongUsage() const {
  if (format_ != "human" && format_ != "json")
    return "there is no format `" + format_ + "` here; it has: human, json";
  constexpr unsigned kLastPort = 65535;
  if (port_ > kLastPort) return "`--port " + std::to_string(port_) + "`: ports end with 65535";
  for (const std::string& given : parameters_) {
    if (given.find('=') == std::string::npos || given.starts_with('='))
      return "`--param " + given + "`: write `--param name=value`";
  }
  return "";
}

int SandboxCommand::run(Terminal& terminal) {
  if (const std::string wrong = wrongUsage(); !wrong.empty()) {
    terminal.complain(wrong);
    return kUsage;
  }
  folder_ = sandboxFolder(dir_);
  if (!spec_.empty() && action_ != "seed" && action_ != "faults") {
    terminal.complain("`sandbox " + action_ + "` takes no further argument");
    return kUsage;
  }
  if (action_ == "start") return start(terminal);
  if (action_ == "stop") return stop(terminal);
  if (action_ == "status") return status(terminal);
  if (action_ == "reset") return reset(terminal);
  if (action_ == "env") return env(terminal);
  if (action_ == "seed") return seed(terminal);
  if (action_ == "faults") return faults(terminal);
  terminal.complain("there is no `sandbox " + action_ +
                    "`; it has: start, stop, status, reset, env, seed, faults");
  return kUsage;
}

}  // namespace

std::unique_ptr<Command> makeSandboxCommand(bool help_wanted) {
  return std::make_unique<SandboxCommand>(help_wanted);
}

}  // namespace gpuspec::cli
