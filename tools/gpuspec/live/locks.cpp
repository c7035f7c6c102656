#include "tools/gpuspec/live/locks.h"

#include <algorithm>
#include <cstdlib>

#include <unistd.h>

#include "tools/gpuspec/live/findings.h"

namespace gpuspec::cli {

namespace {

namespace apply = deploy::apply;
namespace kube = deploy::kube;
namespace model = deploy::model;
namespace plan = deploy::plan;

const deploy::http::CancelToken kNever;

bool isBusy(const llvm::Error& error) {
  bool busy = false;
  llvm::visitErrors(error, [&](const llvm::ErrorInfoBase& info) {
    if (info.isA<apply::ApiError>())
      busy = static_cast<const apply::ApiError&>(info).kind == apply::ApiError::Kind::Busy;
  });
  return busy;
}

}  // namespace

std::string holderName() {
  char host[256] = "";
  if (::gethostname(host, sizeof host - 1) != 0) host[0] = '\0';
  const char* user = std::getenv("USER");
  return std::string(user != nullptr && *user != '\0' ? user : "somebody") + "@" + host + ", pid " +
         std::to_string(::getpid());
}

bool Locks::takeAll(Terminal& terminal) {
  for (const model::Target& target : session_.desired().targets) {
    llvm::Error error = llvm::Error::success();
    if (target.platform == ir::Platform::Aks) {
      error = session_.azure()->awaitNoClaim(target, session_.live().lock_timeout, kNever);
      // Any other answer of Azure's is met again while planning.
      if (error && !isBusy(error)) {
        llvm::consumeError(std::move(error));
        error = llvm::Error::success();
      }
    }
    if (!error && session_.isThere(target.cluster)) error = take(target.cluster);
    if (!error) continue;
    code_ = reportFailure(std::move(error), terminal);
    return false;
  }
  return true;
}

llvm::Error Locks::claim(const plan::Change& cluster) {
  deploy::azure::ClaimOptions options;
  options.holder = holderName();
  options.wait = session_.live().lock_timeout;
  llvm::Expected<std::unique_ptr<deploy::azure::Claim>> taken =
      session_.azure()->claim(cluster, options, kNever);
  if (!taken) return taken.takeError();
  const std::lock_guard guard(mutex_);
  claims_[cluster.key.cluster] = std::move(*taken);
  return llvm::Error::success();
}

llvm::Error Locks::claimAll(const plan::Plan& plan) {
  for (const plan::Change& change : plan.changes) {
    const bool is_cluster =
        change.key.system == model::System::Azure && change.key.kind == "managedClusters";
    if (!is_cluster || holds(change.key.cluster)) continue;
    if (llvm::Error error = claim(change)) return error;
  }
  return llvm::Error::success();
}

llvm::Error Locks::take(const std::string& cluster) {
  const std::lock_guard guard(mutex_);
  if (held_.contains(cluster)) return llvm::Error::success();
  llvm::Expected<kube::KubeClient*> client = session_.kube(cluster);
  if (!client) return client.takeError();
  if (llvm::Expected<const std::vector<kube::ApiResource>*> known = (*client)->discover(); !known)
    return known.takeError();
  kube::LockOptions options;
  options.holder = holderName();
  options.wait = session_.live().lock_timeout;
  llvm::Expected<std::unique_ptr<kube::Lock>> lock =
      kube::takeLock(**client, session_.scope(), options, kNever);
  if (!lock) return lock.takeError();
  held_[cluster] = std::move(*lock);
  claims_.erase(cluster);
  return llvm::Error::success();
}

void Locks::leave(const plan::Change& cluster) {
  // Without a claim the Lease is kept for as long as it can be renewed.
  if (llvm::Error error = claim(cluster)) return llvm::consumeError(std::move(error));
  const std::lock_guard guard(mutex_);
  held_.erase(cluster.key.cluster);
}

bool Locks::holds(const std::string& cluster) const {
  const std::lock_guard guard(mutex_);
  return held_.contains(cluster);
}

std::vector<std::string> Locks::held() const {
  const std::lock_guard guard(mutex_);
  std::vector<std::string> names;
  for (const auto& [cluster, lock] : held_) names.push_back(cluster);
  return names;
}

bool Locks::anyLost() const {
  const std::lock_guard guard(mutex_);
  const auto lost = [](const auto& entry) { return entry.second->lost(); };
  return std::any_of(held_.begin(), held_.end(), lost) ||
         std::any_of(claims_.begin(), claims_.end(), lost);
}

bool Locks::isLost(const std::string& cluster) const {
  const std::lock_guard guard(mutex_);
  const auto held = held_.find(cluster);
  return held != held_.end() && held->second->lost();
}

}  // namespace gpuspec::cli
