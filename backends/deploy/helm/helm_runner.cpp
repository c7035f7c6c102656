#include <cstdlib>

#include <unistd.h>

#include "backends/deploy/helm/helm_client.h"
#include "backends/deploy/helm/helm_error.h"
#include "compiler/ir/json.h"

namespace gpuspec::deploy::helm {

namespace {

using apply::ApiError;
using plan::Action;
using Words = std::vector<std::string>;

// Between helm's own time limit and the end of its process.
constexpr std::chrono::seconds kGrace{15};

std::string textAt(const Tree& tree, std::string_view key) {
  const Tree* value = tree.find(key);
  return value != nullptr && value->isString() ? value->asString() : "";
}

class HelmRunner final : public apply::ResourceClient {
 public:
  explicit HelmRunner(HelmOptions options) : options_(std::move(options)) {}

  llvm::Error perform(const plan::Change& change, const apply::Progress& progress,
                      const http::CancelToken& cancel) override {
    switch (change.action) {
      case Action::Create:
      case Action::Update:
      case Action::Adopt:
      case Action::Move:
        progress("helm upgrade --install");
        return install(change, cancel);
      case Action::Replace:
        progress("helm uninstall");
        if (llvm::Error error = run(removing(change), change, cancel)) return error;
        progress("helm upgrade --install");
        return install(change, cancel);
      case Action::Delete:
        progress("helm uninstall");
        return run(removing(change), change, cancel);
      case Action::Release:
        return release(change);
      case Action::Wait:
      case Action::NoOp:
        break;
    }
    return llvm::Error::success();
  }

 private:
  llvm::Error install(const plan::Change& change, const http::CancelToken& cancel) const {
    const Tree* values = change.body.find("values");
    llvm::Expected<PrivateFile> file =
        PrivateFile::make(values != nullptr && values->isMap() ? ir::toJson(*values) : "{}");
    if (!file) return file.takeError();
    return run(installing(change, file->path()), change, cancel);
  }

  Words installing(const plan::Change& change, const std::string& values) const {
    Words words = {"upgrade",
                   "--install",
                   change.key.name,
                   textAt(change.body, "chart"),
                   "--namespace",
                   change.key.scope,
                   "--create-namespace",
                   "--values",
                   values,
                   "--labels",
                   labels(),
                   "--reset-values"};
    const auto add = [&](const char* option, const std::string& value) {
      if (!value.empty()) words.insert(words.end(), {option, value});
    };
    add("--version", textAt(change.body, "version"));
    add("--repo", textAt(change.body, "repository"));
    return words;
  }

  static Words removing(const plan::Change& change) {
    return {"uninstall",      change.key.name,      "--namespace",
            change.key.scope, "--ignore-not-found", "--wait"};
  }

  // Helm keeps them on the Secret of each revision: by these a release is known as ours.
  std::string labels() const {
    std::string text = std::string(model::kProject) + "=" + options_.scope.project;
    if (!options_.scope.environment.empty())
      text += "," + std::string(model::kEnvironment) + "=" + options_.scope.environment;
    return text;
  }

  llvm::Error release(const plan::Change& change) const {
    if (options_.client != nullptr)
      return releaseMarks(*options_.client, change.key.scope, change.key.name);
    ApiError error(ApiError::Kind::Invalid, 0, "NotReleased",
                   "the labels of release " + change.key.name + " are still on it");
    error.way_out = "kubectl label secret -n " + change.key.scope +
                    " -l owner=helm,name=" + change.key.name + " " + std::string(model::kProject) +
                    "- " + std::string(model::kEnvironment) + "-";
    return llvm::make_error<ApiError>(std::move(error));
  }

  llvm::Error run(Words words, const plan::Change& change, const http::CancelToken& cancel) const {
    llvm::Expected<PrivateFile> kubeconfig = PrivateFile::make(options_.kubeconfig);
    if (!kubeconfig) return kubeconfig.takeError();
    words.insert(words.begin(), options_.helm);
    words.insert(words.end(), {"--kubeconfig", kubeconfig->path(), "--timeout",
                               std::to_string(options_.timeout.count()) + "s"});
    if (!options_.context.empty()) words.insert(words.end(), {"--kube-context", options_.context});
    // What helm would read from the environment must not lead it to another cluster.
    llvm::Expected<ProcessResult> result =
        runProcess(words, options_.timeout + kGrace, cancel, 64 * 1024,
                   {"HELM_KUBE", "HELM_NAMESPACE=", "KUBECONFIG="});
    if (!result) return result.takeError();
    const bool ended = !result->timed_out && !result->cancelled;
    if (ended && result->exit_code == 0) return llvm::Error::success();
    return helmError(*result, change, options_.timeout + kGrace);
  }

  HelmOptions options_;
};

class MissingHelm final : public apply::ResourceClient {
 public:
  llvm::Error perform(const plan::Change& change, const apply::Progress&,
                      const http::CancelToken&) override {
    ApiError error(ApiError::Kind::Unreachable, 0, "NoHelm",
                   "release " + change.key.name + " needs `helm`, which is not on PATH");
    error.way_out =
        "install Helm 3 (https://helm.sh/docs/intro/install), or go on without with --skip-helm";
    return llvm::make_error<ApiError>(std::move(error));
  }
};

}  // namespace

std::string findHelm() {
  const char* variable = std::getenv("PATH");
  const std::string path = variable != nullptr ? variable : "";
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find(':', begin), path.size());
    const std::string candidate = path.substr(begin, end - begin) + "/helm";
    if (end > begin && ::access(candidate.c_str(), X_OK) == 0) return candidate;
    begin = end + 1;
  }
  return "";
}

std::unique_ptr<apply::ResourceClient> makeHelmRunner(HelmOptions options) {
  return std::make_unique<HelmRunner>(std::move(options));
}

std::unique_ptr<apply::ResourceClient> makeMissingHelm() {
  return std::make_unique<MissingHelm>();
}

}  // namespace gpuspec::deploy::helm
