#include "tools/gpuspec/live/saved_plan.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "backends/artifact/digest.h"
#include "backends/deploy/sandbox/host/private_file.h"
#include "tools/gpuspec/locations.h"
#include "tools/gpuspec/version.h"

namespace gpuspec::cli {

namespace {

namespace plan = deploy::plan;
namespace fs = std::filesystem;

constexpr std::string_view kMark = "\"gpuspec.saved-plan/";
constexpr std::size_t kLookAt = 256;  // the mark stands at the head of the document

// Length before text, so that no two lists of parts look alike.
void addPart(std::string& to, std::string_view text) {
  to += std::to_string(text.size()) + ":";
  to += text;
}

std::string specFingerprint(const Session& session) {
  const source::SourceMap& sources = session.compilation().sources();
  std::string all;
  for (std::uint32_t i = 0; i < sources.fileCount(); ++i) {
    const source::File& file = sources.file(source::FileId{i});
    addPart(all, file.path());
    addPart(all, file.text());
  }
  const driver::CompileOptions& options = session.project().compile;
  addPart(all, options.environment);
  addPart(all, options.as_of);
  for (const eval::GivenParameter& given : options.parameters) {
    addPart(all, given.name);
    addPart(all, given.text);
  }
  return artifact::sha256(all);
}

// key=value, read back by `loadPlan`; only what is not the default.
class Arguments {
 public:
  void add(std::string_view key, std::string_view value) {
    if (!value.empty()) list_.push_back(std::string(key) + "=" + std::string(value));
  }
  void addFlag(std::string_view key, bool value) {
    if (value) list_.push_back(std::string(key) + "=true");
  }
  std::vector<std::string> take() { return std::move(list_); }

 private:
  std::vector<std::string> list_;
};

std::vector<std::string> argumentsOf(const Session& session) {
  const ProjectSettings& project = session.project();
  const LiveSettings& live = session.live();
  Arguments arguments;
  arguments.add("path", project.path);
  arguments.add("env", project.compile.environment);
  arguments.add("params", project.compile.parameters_file);
  arguments.add("as-of", project.compile.as_of);
  arguments.add("root", project.compile.root);
  for (const eval::GivenParameter& given : project.compile.parameters) {
    if (!session.compilation().isSecret(given.name))
      arguments.add("param", given.name + "=" + given.text);
  }
  arguments.add("kubeconfig", live.kubeconfig);
  for (const auto& [cluster, context] : live.contexts)
    arguments.add("context", cluster.empty() ? context : cluster + "=" + context);
  for (const std::string& only : live.only) arguments.add("only", only);
  arguments.addFlag("adopt", live.adopt);
  arguments.addFlag("allow-replace", live.allow_replace);
  arguments.addFlag("skip-helm", live.skip_helm);
  arguments.addFlag("sandbox", live.sandbox);
  arguments.add("dir", live.sandbox_dir);
  return arguments.take();
}

void takeArgument(const std::string& key, const std::string& value, LoadedPlan& to) {
  const std::size_t equals = value.find('=');
  if (key == "path") to.project.path = value;
  if (key == "env") to.project.compile.environment = value;
  if (key == "params") to.project.compile.parameters_file = value;
  if (key == "as-of") to.project.compile.as_of = value;
  if (key == "root") to.project.compile.root = value;
  if (key == "param" && equals != std::string::npos)
    to.project.compile.parameters.push_back(
        {value.substr(0, equals), value.substr(equals + 1), "the saved plan", true});
  if (key == "kubeconfig") to.live.kubeconfig = value;
  if (key == "context") {
    const bool named = equals != std::string::npos;
    to.live.contexts[named ? value.substr(0, equals) : ""] =
        named ? value.substr(equals + 1) : value;
  }
  if (key == "only") to.live.only.push_back(value);
  if (key == "adopt") to.live.adopt = true;
  if (key == "allow-replace") to.live.allow_replace = true;
  if (key == "skip-helm") to.live.skip_helm = true;
  if (key == "sandbox") to.live.sandbox = true;
  if (key == "dir") to.live.sandbox_dir = value;
}

}  // namespace

plan::Fingerprints fingerprintsOf(const Session& session, const ir::VendorSet& vendors,
                                  const deploy::model::LiveSet& live) {
  plan::Fingerprints prints;
  prints.tool_version = kVersion;
  prints.spec = specFingerprint(session);
  for (const auto& vendor : vendors.all())
    prints.plugins.emplace_back(vendor->name(), vendor->version());
  prints.live = plan::liveFingerprint(live);
  return prints;
}

llvm::Error savePlan(const std::string& file, const Session& session, const plan::Plan& plan,
                     const plan::Fingerprints& fingerprints) {
  const std::string text = plan::writeSaved({fingerprints, argumentsOf(session), plan, {}});
  return deploy::sandbox::writePrivateFile(file, text);
}

llvm::Expected<LoadedPlan> loadPlan(const std::string& file) {
  llvm::Expected<std::string> text = deploy::sandbox::readFile(file);
  if (!text) return text.takeError();
  llvm::Expected<plan::SavedPlan> saved = plan::readSaved(*text);
  if (!saved) return saved.takeError();
  LoadedPlan loaded;
  loaded.project.compile.stdlib = locations().stdlib;
  for (const std::string& argument : saved->arguments) {
    const std::size_t equals = std::min(argument.find('='), argument.size());
    if (equals < argument.size())
      takeArgument(argument.substr(0, equals), argument.substr(equals + 1), loaded);
  }
  loaded.saved = std::move(*saved);
  return loaded;
}

bool LoadedPlan::specIsHere() const {
  const std::string& path = project.path;
  std::error_code error;
  if (!fs::is_directory(path, error)) return fs::exists(path, error);
  const fs::directory_iterator entries(path, error);
  return std::any_of(begin(entries), end(entries), [](const fs::directory_entry& entry) {
    return entry.path().extension() == ".gpuspec";
  });
}

bool isSavedPlan(const std::string& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return false;
  std::ifstream in(path, std::ios::binary);
  std::string head(kLookAt, '\0');
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  return head.find(kMark) != std::string::npos;
}

}  // namespace gpuspec::cli
