#include <utility>

#include "backends/deploy/apply/process_mark.h"
#include "backends/deploy/apply/renewal.h"
#include "backends/deploy/kube/lease.h"
#include "backends/deploy/kube/parts.h"

namespace gpuspec::deploy::kube {

namespace {

using apply::ApiError;
using Steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLook{500};  // between two looks at another's lock
// The server may still be at what a killed run sent last.
constexpr std::chrono::milliseconds kSettling{500};

class LeaseLock final : public Lock {
 public:
  LeaseLock(KubeClient& client, const ApiResource& leases, Tree lease, std::string run,
            std::chrono::milliseconds duration)
      : client_(client),
        leases_(leases),
        lease_(std::move(lease)),
        run_(std::move(run)),
        renewal_(duration, [this] { return renewed(); }) {}

  // Given back at once, so that nobody has to wait until it runs out; never another's.
  ~LeaseLock() override {
    renewal_.stop();
    if (renewal_.taken()) return;
    llvm::consumeError(client_.removeUnchanged(
        leases_, metadataText(lease_, "namespace"), metadataText(lease_, "name"),
        metadataText(lease_, "uid"), metadataText(lease_, "resourceVersion")));
  }

  bool lost() const override { return renewal_.lost(); }

 private:
  apply::Renewed renewed() {
    Tree next = lease_;
    renew(next, client_.serverTime());
    llvm::Expected<Tree> written = client_.update(leases_, next);
    if (!written) written = afterError(written.takeError());
    if (written) {
      lease_ = std::move(*written);
      return apply::Renewed::Yes;
    }
    llvm::Error error = written.takeError();
    const bool taken = codeOf(error) == "Taken";
    llvm::consumeError(std::move(error));
    return taken ? apply::Renewed::Taken : apply::Renewed::No;
  }

  // An answer that got lost on its way makes the next try meet its own work.
  llvm::Expected<Tree> afterError(llvm::Error error) {
    const ApiError::Kind kind = kindOf(error);
    if (kind != ApiError::Kind::Conflict && kind != ApiError::Kind::NotFound) return error;
    llvm::consumeError(std::move(error));
    llvm::Expected<Tree> there =
        client_.get(leases_, metadataText(lease_, "namespace"), metadataText(lease_, "name"));
    if (there && isHeldBy(*there, run_)) return there;
    if (!there) {
      llvm::Error why = there.takeError();
      if (kindOf(why) != ApiError::Kind::NotFound) return why;
      llvm::consumeError(std::move(why));
    }
    return llvm::make_error<ApiError>(ApiError::Kind::Conflict, 409, "Taken", "taken over");
  }

  KubeClient& client_;
  const ApiResource& leases_;
  Tree lease_;  // written by the renewal alone
  const std::string run_;
  apply::Renewal renewal_;  // the last member: its thread uses the others
};

class Taking {
 public:
  Taking(KubeClient& client, const ApiResource& leases, const model::Scope& scope,
         const LockOptions& options, const http::CancelToken& cancel)
      : client_(client), leases_(leases), scope_(scope), options_(options), cancel_(cancel) {}

  llvm::Expected<std::unique_ptr<Lock>> run() {
    const auto until = Steady::now() + options_.wait;
    int lost_races = 0;
    while (true) {
      llvm::Expected<Tree> taken = attempt();
      if (taken)
        return std::make_unique<LeaseLock>(client_, leases_, std::move(*taken), run_,
                                           options_.duration);
      llvm::Error error = taken.takeError();
      const ApiError::Kind kind = kindOf(error);
      // Somebody else wrote first, or it was ourselves: what is there now tells.
      const bool raced = kind == ApiError::Kind::Conflict && ++lost_races <= kRaces;
      const bool waits = kind == ApiError::Kind::Busy && Steady::now() < until;
      if (!raced && !waits) return error;
      llvm::consumeError(std::move(error));
      if (cancel_.cancelled())
        return llvm::make_error<ApiError>(ApiError::Kind::Cancelled, 0, "", "interrupted");
      if (waits) http::sleepUnlessCancelled(std::min(kLook, leftOf(until)), &cancel_);
    }
  }

 private:
  static constexpr int kRaces = 5;

  static std::chrono::milliseconds leftOf(Steady::time_point until) {
    return std::chrono::ceil<std::chrono::milliseconds>(until - Steady::now());
  }

  // Nearly always nobody has it: then one request is all.
  llvm::Expected<Tree> attempt() {
    if (!std::exchange(tried_, true)) {
      llvm::Expected<Tree> made = make();
      if (made) return made;
      llvm::Error error = made.takeError();
      const ApiError::Kind kind = kindOf(error);
      if (kind != ApiError::Kind::Conflict && kind != ApiError::Kind::Forbidden) return error;
      llvm::consumeError(std::move(error));
    }
    llvm::Expected<Tree> there =
        client_.get(leases_, std::string(model::kRecordNamespace), model::recordName(scope_));
    if (there) return takeOver(std::move(*there));
    llvm::Error error = there.takeError();
    if (kindOf(error) != ApiError::Kind::NotFound) return error;
    llvm::consumeError(std::move(error));
    return make();
  }

  llvm::Expected<Tree> make() {
    Tree lease = newLease(scope_);
    hold(lease, options_, run_, client_.serverTime());
    llvm::Expected<Tree> made = client_.create(leases_, lease);
    if (made) return made;
    llvm::Error why = made.takeError();
    if (kindOf(why) != ApiError::Kind::Unreachable) return why;
    return orOwnWork(std::move(why));
  }

  // The answer got lost, and perhaps nothing else.
  llvm::Expected<Tree> orOwnWork(llvm::Error error) {
    llvm::Expected<Tree> there =
        client_.get(leases_, std::string(model::kRecordNamespace), model::recordName(scope_));
    if (there && isHeldBy(*there, run_)) {
      llvm::consumeError(std::move(error));
      return there;
    }
    if (!there) llvm::consumeError(there.takeError());
    return error;
  }

  llvm::Expected<Tree> takeOver(Tree lease) {
    const TimePoint now = client_.serverTime();
    if (isHeldBy(lease, run_)) return lease;
    const bool abandoned = isAbandoned(lease);
    if (!isFree(lease, now) && !abandoned) return busy(lease);
    hold(lease, options_, run_, now);
    // The resourceVersion in it makes this fail when somebody else is quicker.
    llvm::Expected<Tree> taken = client_.update(leases_, lease);
    if (taken && abandoned) http::sleepUnlessCancelled(kSettling, &cancel_);
    return taken;
  }

  llvm::Error busy(const Tree& lease) const {
    ApiError error(ApiError::Kind::Busy, 409, "Locked",
                   "another run holds the lock of this project: " + holderText(lease));
    error.way_out = "wait for it with --lock-timeout 10m; a run that was killed loses the lock " +
                    std::to_string(durationOf(lease).count()) + " s later";
    return llvm::make_error<ApiError>(std::move(error));
  }

  KubeClient& client_;
  const ApiResource& leases_;
  const model::Scope& scope_;
  const LockOptions& options_;
  const http::CancelToken& cancel_;
  const std::string run_ = apply::newRunId();
  bool tried_ = false;
};

}  // namespace

llvm::Expected<std::unique_ptr<Lock>> takeLock(KubeClient& client, const model::Scope& scope,
                                               const LockOptions& options,
                                               const http::CancelToken& cancel) {
  if (llvm::Expected<const std::vector<ApiResource>*> known = client.discover(); !known)
    return known.takeError();
  const ApiResource* leases = client.find("coordination.k8s.io", "Lease");
  if (leases == nullptr)
    return llvm::make_error<ApiError>(ApiError::Kind::Server, 0, "",
                                      "the cluster serves no Leases");
  return Taking(client, *leases, scope, options, cancel).run();
}

}  // namespace gpuspec::deploy::kube
