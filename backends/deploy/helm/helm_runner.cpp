#include <algorithm>

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

// What would lead helm to another cluster, or make it keep its releases elsewhere than in Secrets.
const std::vector<std::string> kNotInherited = {"HELM_KUBE", "HELM_NAMESPACE=", "HELM_DRIVER",
                                                "HELM_DEBUG=", "KUBECONFIG="};

std::string textAt(const Tree& tree, std::string_view key) {
  const Tree* value = tree.find(key);
  return value != nullptr && value->isString() ? value->asString() : "";
}

std::string chartOf(const Tree& body) {
  const std::string folder = textAt(body, "folder");
  return folder.empty() ? textAt(body, "chart") : folder;
}

class HelmRunner final : public apply::ResourceClient {
 public:
  explicit HelmRunner(HelmOptions options) : options_(std::move(options)) {}

  llvm::Error perform(const plan::Change& change, const apply::Progress& progress,
                      const http::CancelToken& cancel) override {
    switch (change.action) {
      case Action::Create:
      case Action::Adopt:
      case Action::Move:
        return install(change, progress, cancel);
      case Action::Update:
        if (isPending(change)) {
          if (llvm::Error error = unblock(change, progress, cancel)) return error;
        }
        return install(change, progress, cancel);
      case Action::Replace:
        if (llvm::Error error = uninstall(change, progress, cancel)) return error;
        return install(change, progress, cancel);
      case Action::Delete:
        return uninstall(change, progress, cancel);
      case Action::Release:
        return release(change);
      case Action::Wait:
      case Action::NoOp:
        break;
    }
    return llvm::Error::success();
  }

 private:
  llvm::Error install(const plan::Change& change, const apply::Progress& progress,
                      const http::CancelToken& cancel) const {
    const Tree* values = change.body.find("values");
    llvm::Expected<PrivateFile> file =
        PrivateFile::make(values != nullptr && values->isMap() ? ir::toJson(*values) : "{}");
    if (!file) return file.takeError();
    progress("helm upgrade --install");
    return run(installing(change, file->path()), change, cancel, {file->file()});
  }

  llvm::Error uninstall(const plan::Change& change, const apply::Progress& progress,
                        const http::CancelToken& cancel) const {
    progress("helm uninstall");
    return run(removing(change), change, cancel);
  }

  // Whoever began it has ended: the lock is ours, and helm ends with the process that runs it.
  static bool isPending(const plan::Change& change) {
    return std::any_of(change.fields.begin(), change.fields.end(), [](const auto& field) {
      return field.path == "status" && field.before && field.before->isString() &&
             field.before->asString().starts_with("pending-");
    });
  }

  // Helm takes no upgrade while one is pending, and knows no other end of it than going back.
  llvm::Error unblock(const plan::Change& change, const apply::Progress& progress,
                      const http::CancelToken& cancel) const {
    if (options_.client == nullptr) return llvm::Error::success();
    llvm::Expected<std::string> good =
        lastGoodRevision(*options_.client, change.key.scope, change.key.name);
    if (!good) return good.takeError();
    if (good->empty()) return uninstall(change, progress, cancel);
    progress("helm rollback to revision " + *good);
    return run({"rollback", change.key.name, *good, "--namespace", change.key.scope}, change,
               cancel);
  }

  Words installing(const plan::Change& change, const std::string& values) const {
    Words words = {"upgrade",     "--install",      change.key.name,        chartOf(change.body),
                   "--namespace", change.key.scope, "--create-namespace",   "--values",
                   values,        "--labels",       labels(change.address), "--reset-values"};
    const auto add = [&](const char* option, const std::string& value) {
      if (!value.empty()) words.insert(words.end(), {option, value});
    };
    const bool local = change.body.find("folder") != nullptr;
    add("--version", local ? "" : textAt(change.body, "version"));
    add("--repo", textAt(change.body, "repository"));
    return words;
  }

  static Words removing(const plan::Change& change) {
    return {"uninstall",      change.key.name,      "--namespace",
            change.key.scope, "--ignore-not-found", "--wait"};
  }

  // Helm keeps them on the Secret of each revision: by these a release is known as ours.
  std::string labels(const std::string& address) const {
    std::string text = std::string(model::kProject) + "=" + options_.scope.project;
    if (!options_.scope.environment.empty())
      text += "," + std::string(model::kEnvironment) + "=" + options_.scope.environment;
    constexpr std::size_t kLongest = 63;  // of a label's value
    if (!address.empty() && address.size() <= kLongest)
      text += "," + std::string(model::kAddress) + "=" + address;
    return text;
  }

  llvm::Error release(const plan::Change& change) const {
    if (options_.client != nullptr)
      return releaseMarks(*options_.client, change.key.scope, change.key.name);
    ApiError error(ApiError::Kind::Invalid, 0, "NotReleased",
                   "the labels of release " + change.key.name + " are still on it");
    error.way_out = "kubectl label secret -n " + change.key.scope +
                    " -l owner=helm,name=" + change.key.name + " " + std::string(model::kProject) +
                    "- " + std::string(model::kEnvironment) + "- " + std::string(model::kAddress) +
                    "-";
    return llvm::make_error<ApiError>(std::move(error));
  }

  llvm::Error run(Words words, const plan::Change& change, const http::CancelToken& cancel,
                  std::vector<int> files = {}) const {
    llvm::Expected<std::string> config = options_.kubeconfig();
    if (!config) return config.takeError();
    llvm::Expected<PrivateFile> kubeconfig = PrivateFile::make(*config);
    if (!kubeconfig) return kubeconfig.takeError();
    files.push_back(kubeconfig->file());
    words.insert(words.begin(), options_.helm);
    words.insert(words.end(), {"--kubeconfig", kubeconfig->path(), "--timeout",
                               std::to_string(options_.timeout.count()) + "s"});
    if (!options_.context.empty()) words.insert(words.end(), {"--kube-context", options_.context});
    llvm::Expected<ProcessResult> result = runProcess(
        words, cancel,
        {.timeout = options_.timeout + kGrace, .without = kNotInherited, .files = files});
    if (!result) return result.takeError();
    const bool ended = !result->timed_out && !result->cancelled;
    if (ended && result->exit_code == 0) return llvm::Error::success();
    return helmError(*result, change, options_.timeout + kGrace);
  }

  HelmOptions options_;
};

class MissingHelm final : public apply::ResourceClient {
 public:
  explicit MissingHelm(std::string reason) : reason_(std::move(reason)) {}

  llvm::Error perform(const plan::Change& change, const apply::Progress&,
                      const http::CancelToken&) override {
    ApiError error(ApiError::Kind::Unreachable, 0, "NoHelm",
                   "release " + change.key.name + " cannot be changed: " + reason_);
    error.way_out = "install Helm " + std::string(kOldestHelm) +
                    " or newer (https://helm.sh/docs/intro/install), or go on without it with "
                    "--skip-helm";
    return llvm::make_error<ApiError>(std::move(error));
  }

 private:
  std::string reason_;
};

}  // namespace

std::unique_ptr<apply::ResourceClient> makeHelmRunner(HelmOptions options) {
  return std::make_unique<HelmRunner>(std::move(options));
}

std::unique_ptr<apply::ResourceClient> makeMissingHelm(std::string reason) {
  return std::make_unique<MissingHelm>(std::move(reason));
}

}  // namespace gpuspec::deploy::helm
