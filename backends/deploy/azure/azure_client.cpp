#include "backends/deploy/azure/azure_client.h"

#include <condition_variable>
#include <mutex>
#include <set>

#include <llvm/Support/Base64.h>

#include "backends/deploy/azure/arm_error.h"
#include "backends/deploy/azure/claim.h"
#include "backends/deploy/azure/operation.h"
#include "backends/deploy/azure/paths.h"
#include "backends/deploy/azure/reader.h"
#include "backends/deploy/azure/session.h"
#include "backends/deploy/azure/writer.h"

namespace gpuspec::deploy::azure {
namespace {

using Kind = ApiError::Kind;

constexpr std::chrono::milliseconds kCancelLook{50};

// One change of a cluster at a time: AKS refuses most of what comes side by side.
class Turns {
 public:
  class Turn {
   public:
    Turn() = default;
    Turn(Turns& turns, std::string name) : turns_(&turns), name_(std::move(name)) {}
    Turn(Turn&& other) noexcept
        : turns_(std::exchange(other.turns_, nullptr)), name_(std::move(other.name_)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (turns_ != nullptr) turns_->release(name_);
    }
    explicit operator bool() const { return turns_ != nullptr; }

   private:
    Turns* turns_ = nullptr;
    std::string name_;
  };

  // An empty turn when cancelled.
  Turn take(const std::string& name, const apply::Progress& progress,
            const http::CancelToken& cancel) {
    std::unique_lock lock(mutex_);
    bool told = false;
    while (taken_.contains(name)) {
      if (cancel.cancelled()) return {};
      if (!told && progress) progress("Waiting for another change of the cluster");
      told = true;
      freed_.wait_for(lock, kCancelLook);
    }
    taken_.insert(name);
    return {*this, name};
  }

 private:
  void release(const std::string& name) {
    const std::lock_guard lock(mutex_);
    taken_.erase(name);
    freed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable freed_;
  std::set<std::string> taken_;
};

class Client : public AzureClient {
 public:
  Client(const Environment& environment, http::Transport& transport, TokenSource& tokens,
         apply::Clock& clock)
      : session_(environment, transport, tokens, clock) {}

  llvm::Error read(const model::DesiredSet& desired, model::LiveSet& live) override {
    {
      const std::lock_guard lock(mutex_);
      scope_ = model::Scope{desired.project, desired.environment};
    }
    return readLive(session_, desired, live);
  }

  llvm::Error perform(const plan::Change& change, const apply::Progress& progress,
                      const http::CancelToken& cancel) override {
    if (change.key.system != model::System::Azure ||
        (change.key.kind != kClusters && change.key.kind != kPools))
      return apiError(Kind::Invalid, 0, "",
                      change.key.kind + " is nothing that this client of Azure changes", "");
    const std::string cluster =
        change.key.scope + "/" + change.key.name.substr(0, change.key.name.find('/'));
    const Turns::Turn turn = turns_.take(lowerCase(cluster), progress, cancel);
    if (!turn)
      return apiError(Kind::Cancelled, 0, "", nameOf(change.key) + ": interrupted before it began",
                      "");
    return carryOut(session_, change, scope(), progress, cancel);
  }

  llvm::Expected<std::string> kubeconfig(const model::Target& target) override {
    ArmCall call;
    call.method = "POST";
    call.path = clusterPath(scopeOf(target, session_.subscription()), target.name) +
                "/listClusterUserCredential";
    call.version = kContainerServiceVersion;
    call.query = "format=exec";
    call.what = "get the kubeconfig of cluster " + target.cluster;
    call.safe_to_repeat = true;
    llvm::Expected<ArmReply> reply = session_.call(call);
    if (!reply) return reply.takeError();
    return decoded(reply->body, call.what);
  }

  llvm::Expected<std::unique_ptr<Claim>> claim(const plan::Change& cluster,
                                               const ClaimOptions& options,
                                               const http::CancelToken& cancel) override {
    const ClaimPlace place{groupPath(cluster.key, session_.subscription()), cluster.key.name};
    llvm::Expected<std::unique_ptr<Claim>> taken = takeClaim(session_, place, options, cancel);
    if (!taken) {
      ApiError reason = asApiError(taken.takeError());
      if (!sameName(reason.code, "ResourceGroupNotFound")) return failed(std::move(reason));
      if (llvm::Error error = makeGroup(session_, cluster, {}, cancel)) return error;
      taken = takeClaim(session_, place, options, cancel);
      if (!taken) return taken.takeError();
    }
    if (cluster.action != plan::Action::Create) return taken;
    if (llvm::Error error = mustBeAbsent(cluster.key, cancel)) return error;
    return taken;
  }

  llvm::Expected<std::string> claimedBy(const model::Target& target) override {
    return azure::claimedBy(session_, placeOf(target));
  }

  llvm::Error awaitNoClaim(const model::Target& target, std::chrono::milliseconds wait,
                           const http::CancelToken& cancel) override {
    return azure::awaitNoClaim(session_, placeOf(target), wait, cancel);
  }

  std::int64_t requestCount() const override { return session_.requestCount(); }

 private:
  std::optional<model::Scope> scope() const {
    const std::lock_guard lock(mutex_);
    return scope_;
  }

  ClaimPlace placeOf(const model::Target& target) const {
    model::ResourceKey key;
    key.scope = scopeOf(target, session_.subscription());
    return {groupPath(key, session_.subscription()), target.name};
  }

  // What was planned for nothing there must not be done to what came meanwhile.
  llvm::Error mustBeAbsent(const model::ResourceKey& key, const http::CancelToken& cancel) {
    ArmCall call;
    call.path = pathOf(key, session_.subscription());
    call.version = kContainerServiceVersion;
    call.what = "look for " + nameOf(key);
    call.cancel = &cancel;
    auto found = session_.find(call);
    if (!found) return found.takeError();
    if (!*found || sameName(provisioningState((*found)->body), "Deleting"))
      return llvm::Error::success();
    return apiError(Kind::Conflict, 409, "MovedOn",
                    nameOf(key) + " was not there when this was planned, and now is",
                    "run it again: it plans from what is there now");
  }

  // The texts are credentials: no error repeats them.
  static llvm::Expected<std::string> decoded(const Tree& body, const std::string& what) {
    const Tree* list = body.find("kubeconfigs");
    const Tree* value = list != nullptr && list->isList() && !list->empty()
                            ? list->asList()[0].find("value")
                            : nullptr;
    if (value == nullptr || !value->isString())
      return apiError(Kind::Server, 200, "", what + ": the answer holds none", "");
    std::vector<char> bytes;
    if (llvm::Error error = llvm::decodeBase64(value->asString(), bytes)) {
      llvm::consumeError(std::move(error));
      return apiError(Kind::Server, 200, "", what + ": the answer is not base64", "");
    }
    return std::string(bytes.begin(), bytes.end());
  }

  Session session_;
  Turns turns_;
  mutable std::mutex mutex_;
  std::optional<model::Scope> scope_;  // of the last read
};

}  // namespace

std::unique_ptr<AzureClient> makeAzureClient(const Environment& environment,
                                             http::Transport& transport, TokenSource& tokens,
                                             apply::Clock& clock) {
  return std::make_unique<Client>(environment, transport, tokens, clock);
}

std::unique_ptr<AzureClient> makeAzureClient(const Environment& environment,
                                             http::Transport& transport, TokenSource& tokens) {
  return makeAzureClient(environment, transport, tokens, apply::systemClock());
}

}  // namespace gpuspec::deploy::azure
