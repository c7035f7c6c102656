#include "tools/gpuspec/live/saved_plan.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "backends/artifact/digest.h"
#include "backends/deploy/sandbox/host/private_file.h"
#include "tools/gpuspec/live/settled.h"
#include "tools/gpuspec/locations.h"
#include "tools/gpuspec/version.h"

namespace gpuspec::cli {

namespace {

namespace model = deploy::model;
namespace plan = deploy::plan;
namespace fs = std::filesystem;

// Length before text, so that no two lists of parts look alike.
void addPart(std::string& to, std::string_view text) {
  to += std::to_string(text.size()) + ":";
  to += text;
}

using Texts = std::vector<std::pair<std::string, std::string>>;

// In one order: secret parameters are given again, wherever they stood.
void addSorted(Texts texts, std::string& to) {
  std::stable_sort(texts.begin(), texts.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [name, text] : texts) {
    addPart(to, name);
    addPart(to, text);
  }
}

std::string specFingerprint(const Session& session) {
  const source::SourceMap& sources = session.compilation().sources();
  Texts files, parameters;
  for (std::uint32_t i = 0; i < sources.fileCount(); ++i) {
    const source::File& file = sources.file(source::FileId{i});
    files.emplace_back(file.path(), file.text());
  }
  const driver::CompileOptions& options = session.project().compile;
  for (const eval::GivenParameter& given : options.parameters)
    parameters.emplace_back(given.name, given.text);
  std::string all;
  addSorted(std::move(files), all);
  addPart(all, options.environment);
  addPart(all, options.as_of);
  addSorted(std::move(parameters), all);
  return artifact::sha256(all);
}

// key=value, read back by `loadPlan`.
std::vector<std::string> argumentsOf(const Session& session) {
  std::vector<std::string> arguments;
  for (const SettledOption& option : settledOptions()) {
    for (const std::string& value : option.values(session.project(), session.live())) {
      const bool is_secret = option.name == kParameterOption &&
                             session.compilation().isSecret(value.substr(0, value.find('=')));
      if (!is_secret) arguments.push_back(std::string(option.name) + "=" + value);
    }
  }
  return arguments;
}

void takeArgument(const std::string& argument, LoadedPlan& to) {
  const std::size_t equals = argument.find('=');
  for (const SettledOption& option : settledOptions()) {
    if (equals != std::string::npos && option.name == argument.substr(0, equals))
      option.take(argument.substr(equals + 1), to.project, to.live);
  }
}

bool readsAsJson(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  char first = '\0';
  return (in >> first) && first == '{';
}

}  // namespace

llvm::Expected<plan::Fingerprints> fingerprintsOf(Session& session, const ir::VendorSet& vendors,
                                                  const deploy::model::LiveSet& live) {
  plan::Fingerprints prints;
  prints.tool_version = kVersion;
  prints.spec = specFingerprint(session);
  for (const auto& vendor : vendors.all())
    prints.plugins.emplace_back(vendor->name(), vendor->version());
  prints.live = plan::liveFingerprint(live);
  for (const model::LiveCluster& cluster : live.clusters) {
    if (!cluster.reachable) continue;
    llvm::Expected<std::string> uid = session.uidOf(cluster.cluster);
    if (!uid) return uid.takeError();
    if (!uid->empty()) prints.clusters.emplace_back(cluster.cluster, std::move(*uid));
  }
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
  for (const std::string& argument : saved->arguments) takeArgument(argument, loaded);
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
  if (fs::is_directory(path, error)) return false;
  if (fs::path(path).extension() == ".plan") return true;
  return fs::is_regular_file(path, error) && readsAsJson(path);
}

}  // namespace gpuspec::cli
