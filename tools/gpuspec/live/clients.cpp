#include "tools/gpuspec/live/clients.h"

#include <algorithm>
#include <ctime>

#include <unistd.h>

#include "backends/deploy/apply/utc_text.h"
#include "backends/deploy/helm/helm_client.h"
#include "tools/gpuspec/version.h"

namespace gpuspec::cli {

namespace {

namespace apply = deploy::apply;
namespace kube = deploy::kube;
namespace model = deploy::model;
namespace plan = deploy::plan;
using apply::ApiError;

std::string utcNow() {
  return apply::utcText(std::time(nullptr));
}

class Failing final : public apply::ResourceClient {
 public:
  explicit Failing(ApiError error) : error_(std::move(error)) {}
  llvm::Error perform(const plan::Change&, const apply::Progress&,
                      const deploy::http::CancelToken&) override {
    return llvm::make_error<ApiError>(error_);
  }

 private:
  ApiError error_;
};

ApiError asApiError(llvm::Error error) {
  std::optional<ApiError> found;
  llvm::Error rest = llvm::handleErrors(std::move(error), [&](const ApiError& api) {
    if (!found) found = api;
  });
  const std::string text = llvm::toString(std::move(rest));
  return found ? *found : ApiError(ApiError::Kind::Unreachable, 0, "", text);
}

bool isCluster(const plan::Change& change) {
  return change.key.system == model::System::Azure && change.key.kind == "managedClusters";
}

}  // namespace

Clients::Clients(Session& session, const plan::Plan& plan, Locks& locks, std::function<void()> stop)
    : session_(session), plan_(plan), locks_(locks), stop_(std::move(stop)) {
  journal_.holder = holderName();
  journal_.run_id = utcNow() + "-" + std::to_string(::getpid());
  journal_.started = utcNow();
  journal_.state = "running";
  journal_.gpuspec_version = kVersion;
  journal_.changes = static_cast<std::int64_t>(plan.changes.size());
}

Clients::~Clients() = default;

llvm::Error Clients::begin() {
  for (const std::string& cluster : locks_.held())
    if (llvm::Error error = prepare(cluster)) return error;
  return llvm::Error::success();
}

apply::ResourceClient* Clients::of(const plan::Change& change) {
  const std::string& cluster = change.key.cluster;
  if (isCluster(change)) {
    if (change.action == plan::Action::Delete && locks_.holds(cluster)) locks_.leave(change);
    return session_.azure();
  }
  if (llvm::Error error = prepare(cluster)) return failing(std::move(error));
  if (change.key.system == model::System::Azure) return session_.azure();
  llvm::Expected<kube::KubeClient*> client = session_.kube(cluster);
  if (!client) return failing(client.takeError());
  return change.key.system == model::System::Kubernetes ? *client : helm(cluster);
}

// Once somebody else holds a lock, there is nothing that may be done, and one message says so.
apply::ResourceClient* Clients::failing(llvm::Error error) {
  ApiError reason = asApiError(std::move(error));
  const std::lock_guard lock(mutex_);
  if (reason.kind == ApiError::Kind::Busy) {
    if (!refusal_) {
      refusal_ = reason;
      stop_();
    }
    reason.kind = ApiError::Kind::Cancelled;
  }
  failing_.push_back(std::make_unique<Failing>(std::move(reason)));
  return failing_.back().get();
}

llvm::Error Clients::prepare(const std::string& cluster) {
  const std::lock_guard lock(prepare_mutex_);
  if (std::find(prepared_.begin(), prepared_.end(), cluster) != prepared_.end())
    return llvm::Error::success();
  {
    const std::lock_guard guard(mutex_);
    if (refusal_) return llvm::make_error<ApiError>(*refusal_);
  }
  if (llvm::Error error = locks_.take(cluster)) return error;
  if (llvm::Error error = writeBooks(cluster)) return error;
  prepared_.push_back(cluster);
  return llvm::Error::success();
}

llvm::Error Clients::writeBooks(const std::string& cluster) {
  llvm::Expected<kube::KubeClient*> client = session_.kube(cluster);
  if (!client) return client.takeError();
  for (const auto& [name, members] : plan_.members) {
    if (name != cluster) continue;
    if (llvm::Error error = (*client)->writeInventory(session_.scope(), members)) return error;
  }
  return writeJournal(cluster);
}

llvm::Error Clients::writeJournal(const std::string& cluster) {
  llvm::Expected<kube::KubeClient*> client = session_.kube(cluster);
  if (!client) return client.takeError();
  const kube::ApiResource* maps = (*client)->find("", "ConfigMap");
  if (maps == nullptr) return llvm::Error::success();
  llvm::Expected<ir::Tree> written =
      (*client)->applyObject(*maps, apply::journalObject(session_.scope(), journal_), true);
  return written ? llvm::Error::success() : written.takeError();
}

llvm::Error Clients::removeBooks(const std::string& cluster) {
  llvm::Expected<kube::KubeClient*> client = session_.kube(cluster);
  if (!client) return client.takeError();
  const kube::ApiResource* maps = (*client)->find("", "ConfigMap");
  if (maps == nullptr) return llvm::Error::success();
  const std::string name = model::recordName(session_.scope()), where(model::kRecordNamespace);
  llvm::Error journal = (*client)->remove(*maps, where, name + "-journal", "");
  return llvm::joinErrors(std::move(journal), (*client)->remove(*maps, where, name, ""));
}

bool Clients::isGone(const std::string& cluster, const apply::Result& result) const {
  return std::any_of(plan_.changes.begin(), plan_.changes.end(), [&](const plan::Change& change) {
    return isCluster(change) && change.key.cluster == cluster &&
           change.action == plan::Action::Delete &&
           result.outcomes[change.id].state == apply::State::Done;
  });
}

void Clients::finish(const apply::Result& result, bool destroyed) {
  apply::countInto(result, journal_);
  journal_.finished = utcNow();
  const bool all_gone = destroyed && session_.live().only.empty() &&
                        result.count(apply::State::Done) == plan_.changes.size();
  for (const std::string& cluster : prepared_) {
    // What another run may have begun to write by now is not ours to write over.
    if (isGone(cluster, result) || locks_.isLost(cluster)) continue;
    llvm::consumeError(all_gone ? removeBooks(cluster) : writeJournal(cluster));
  }
}

apply::ResourceClient* Clients::helm(const std::string& cluster) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<apply::ResourceClient>& runner = helm_[cluster];
  if (runner) return runner.get();
  const std::string program = deploy::helm::findHelm();
  if (std::string reason = deploy::helm::whyNoHelm(program); !reason.empty()) {
    runner = deploy::helm::makeMissingHelm(std::move(reason));
    return runner.get();
  }
  llvm::Expected<kube::KubeClient*> client = session_.kube(cluster);
  if (!client) {
    runner = std::make_unique<Failing>(asApiError(client.takeError()));
  } else {
    runner = deploy::helm::makeHelmRunner(
        {program, [this, cluster] { return session_.kubeconfigOf(cluster); }, "", session_.scope(),
         session_.live().timeout, *client});
  }
  return runner.get();
}

}  // namespace gpuspec::cli
