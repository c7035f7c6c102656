#include "backends/deploy/verify/scratch.h"

#include <ctime>
#include <random>

#include "backends/deploy/apply/utc_text.h"
#include "backends/deploy/model/digest.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::verify {

namespace {

using apply::ApiError;
using std::chrono::milliseconds;

constexpr std::string_view kRunLabel = "gpuspec.dev/verify";
constexpr milliseconds kPoll{500}, kLongestEnd{30'000};
constexpr std::time_t kOld = 2 * 60 * 60;

std::string markOf(const Wanted& wanted) {
  std::string run = wanted.run;
  if (run.empty())
    run = std::to_string(std::random_device{}()) + std::to_string(std::time(nullptr));
  const std::string key =
      wanted.scope.project + "/" + wanted.scope.environment + "/" + wanted.cluster + "/" + run;
  return model::sha256Hex(key).substr(0, 8);
}

bool isKind(const llvm::Error& error, ApiError::Kind kind) {
  bool found = false;
  llvm::visitErrors(error, [&](const llvm::ErrorInfoBase& why) {
    found = found || (why.isA<ApiError>() && static_cast<const ApiError&>(why).kind == kind);
  });
  return found;
}

std::string longAgo() {
  return apply::utcText(std::time(nullptr) - kOld);
}

}  // namespace

Scratch::Scratch(const Cluster& cluster)
    : cluster_(cluster), mark_(markOf(cluster.wanted)), space_("gpuspec-verify-" + mark_) {}

Tree Scratch::labels() const {
  const model::Scope& scope = cluster_.wanted.scope;
  Tree labels = ir::mapOf(model::kManagedBy, "gpuspec", model::kProject, scope.project,
                          model::kRecord, "verify", kRunLabel, mark_);
  if (!scope.environment.empty()) labels.set(model::kEnvironment, scope.environment);
  return labels;
}

std::string Scratch::selector() const {
  return std::string(kRunLabel) + "=" + mark_;
}

void Scratch::removeOlder() {
  removeOlderOf("Pod");
  removeOlderOf("Namespace");
}

void Scratch::removeOlderOf(const std::string& kind) {
  const kube::ApiResource* resource = cluster_.client.find("", kind);
  if (resource == nullptr) return;
  const std::string selector =
      model::labelSelector(cluster_.wanted.scope) + "," + std::string(model::kRecord) + "=verify";
  llvm::Expected<std::vector<Tree>> found = cluster_.client.list(*resource, "", selector, true);
  if (!found) return llvm::consumeError(found.takeError());
  const std::string limit = longAgo();
  for (const Tree& object : *found) {
    const std::string made = textAt(object, {"metadata", "creationTimestamp"});
    if (made.empty() || made >= limit) continue;
    // Nobody needs it; where it cannot be removed now, the next run tries again.
    llvm::consumeError(cluster_.client.remove(*resource, textAt(object, {"metadata", "namespace"}),
                                              nameOf(object), textAt(object, {"metadata", "uid"})));
  }
}

llvm::Error Scratch::open() {
  if (open_) return llvm::Error::success();
  const kube::ApiResource* namespaces = cluster_.client.find("", "Namespace");
  if (namespaces == nullptr)
    return llvm::make_error<ApiError>(ApiError::Kind::Server, 0, "",
                                      "the cluster serves no namespaces");
  Tree all = labels();
  all.set("pod-security.kubernetes.io/enforce", "baseline");
  Tree object = ir::mapOf("apiVersion", "v1", "kind", "Namespace", "metadata",
                          ir::mapOf("name", space_, "labels", std::move(all)));
  // Whether it was made is not known where the answer got lost: it is removed in any case.
  open_ = true;
  llvm::Expected<Tree> made = cluster_.client.create(*namespaces, object);
  return made ? llvm::Error::success() : made.takeError();
}

llvm::Expected<Tree> Scratch::create(const kube::ApiResource& resource, Tree object) {
  Tree& metadata = object.at("metadata");
  metadata.at("labels").merge(labels());
  const std::string object_namespace = textAt(object, {"metadata", "namespace"});
  const std::string name = nameOf(object);
  if (object_namespace != space_) {
    const std::lock_guard lock(mutex_);
    outside_.push_back({&resource, object_namespace, name, ""});
  }
  return cluster_.client.create(resource, object);
}

std::vector<std::string> Scratch::remove() {
  std::vector<std::string> left;
  const auto removeOne = [&](const Made& made) {
    llvm::Error error =
        cluster_.client.remove(*made.resource, made.object_namespace, made.name, made.uid);
    if (!error) return;
    if (isKind(error, ApiError::Kind::NotFound)) return llvm::consumeError(std::move(error));
    const std::string place = made.object_namespace.empty() ? "" : made.object_namespace + "/";
    left.push_back(made.resource->kind + " " + place + made.name +
                   " could not be removed: " + reasonOf(std::move(error)));
  };
  for (const Made& made : outside_) removeOne(made);
  outside_.clear();
  if (!open_) return left;
  open_ = false;
  removeOne({cluster_.client.find("", "Namespace"), "", space_, ""});
  if (left.empty()) waitUntilGone();
  return left;
}

// It goes by itself; whoever looks right after finds nothing of ours.
void Scratch::waitUntilGone() {
  const kube::ApiResource* namespaces = cluster_.client.find("", "Namespace");
  const milliseconds until = cluster_.clock.now() + kLongestEnd;
  while (cluster_.clock.now() < until && !cluster_.cancel.cancelled()) {
    llvm::Expected<Tree> still = cluster_.client.get(*namespaces, "", space_);
    if (!still) return llvm::consumeError(still.takeError());
    cluster_.clock.sleep(kPoll, cluster_.cancel);
  }
}

}  // namespace gpuspec::deploy::verify
