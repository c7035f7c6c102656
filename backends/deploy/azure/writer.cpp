#include "backends/deploy/azure/writer.h"

#include <algorithm>
#include <array>

#include "backends/deploy/azure/arm_error.h"
#include "backends/deploy/azure/deployment.h"
#include "backends/deploy/azure/paths.h"
#include "backends/deploy/azure/reader.h"

namespace gpuspec::deploy::azure {
namespace {

using Kind = ApiError::Kind;
using plan::Action;
using std::chrono::milliseconds;
using std::chrono::minutes;

// AKS runs one operation on a cluster at a time; upgrades in the background take this long, too.
constexpr milliseconds kBusyPatience = minutes(60);
constexpr milliseconds kFirstBusyWait{1'000}, kLongestBusyWait{30'000};

// Written by the service alone (readOnly in its API definition); it refuses or ignores them in a
// PUT.
constexpr std::array kReadOnly = {
    "eTag",   "provisioningState", "currentOrchestratorVersion", "nodeImageVersion",
    "status", "powerState"};

void dropReadOnly(Tree& properties) {
  for (const char* key : kReadOnly) properties.erase(key);
}

void dropMarks(Tree* tags) {
  if (tags == nullptr) return;
  tags->erase(model::kProjectTag);
  tags->erase(model::kEnvironmentTag);
}

class Writer {
 public:
  Writer(Session& session, const plan::Change& change, const std::optional<model::Scope>& scope,
         const apply::Progress& progress, const http::CancelToken& cancel)
      : session_(session),
        change_(change),
        scope_(scope),
        progress_(progress),
        cancel_(cancel),
        path_(pathOf(change.key, session.subscription())),
        version_(change.api_version.empty() ? std::string(kContainerServiceVersion)
                                            : change.api_version),
        is_cluster_(change.key.kind == kClusters) {}

  llvm::Error run() {
    switch (change_.action) {
      case Action::NoOp:
        return llvm::Error::success();
      case Action::Create:
        return create();
      case Action::Update:
      case Action::Adopt:
      case Action::Move:
        return update();
      case Action::Replace:
        if (llvm::Error error = remove()) return error;
        return submit(change_.body);
      case Action::Delete:
        return remove();
      case Action::Release:
        return release();
      case Action::Wait:
        return wait();
    }
    return llvm::Error::success();
  }

 private:
  std::string what(const std::string& verb) const { return verb + " " + nameOf(change_.key); }

  Waiting waiting(const std::string& verb, const std::string& shown, bool deleting = false) const {
    return {shown, what(verb), path_, version_, deleting, progress_, cancel_, &change_.body.tree()};
  }

  ArmCall callTo(const std::string& method, const std::string& verb) const {
    ArmCall call;
    call.method = method;
    call.path = path_;
    call.version = version_;
    call.what = what(verb);
    call.cancel = &cancel_;
    return call;
  }

  // A create that finds its own result is done; one that finds it half-made waits for it first.
  llvm::Error create() {
    llvm::Expected<ArmReply> found = session_.call(callTo("GET", "create"));
    if (!found) return createAfter(asApiError(found.takeError()));
    const bool goes = sameName(provisioningState(found->body), "Deleting");
    if (llvm::Error foreign = goes ? llvm::Error::success() : mustBeOurs(found->body, true))
      return foreign;
    if (!isFinal(provisioningState(found->body))) {
      if (llvm::Error error = awaitResource(session_, waiting("create", "Creating"))) {
        ApiError reason = asApiError(std::move(error));
        if (reason.kind == Kind::Cancelled || reason.kind == Kind::Unreachable)
          return failed(std::move(reason));
      }
      found = session_.call(callTo("GET", "create"));
      if (!found) return createAfter(asApiError(found.takeError()));
    }
    if (sameName(provisioningState(found->body), "Succeeded") &&
        covers(change_.key.kind, change_.body, found->body))
      return llvm::Error::success();
    return update();
  }

  // Somebody began it, and it is what the spec says: it only has to end well.
  llvm::Error wait() { return awaitResource(session_, waiting("wait for", "Waiting for Azure")); }

  llvm::Error createAfter(ApiError error) {
    if (error.kind != Kind::NotFound || sameName(error.code, "SubscriptionNotFound"))
      return failed(std::move(error));
    if (sameName(error.code, "ResourceGroupNotFound") && is_cluster_)
      if (llvm::Error made = makeGroup(session_, change_, progress_, cancel_)) return made;
    return submit(change_.body);
  }

  llvm::Error update() {
    Tree body = change_.body;
    if (is_cluster_)
      if (llvm::Error error = takePools(body)) return error;
    return submit(body);
  }

  // A cluster's body holds its pools: whatever is not in it would be changed, so an update sends
  // back what is there.
  llvm::Error takePools(Tree& body) {
    auto found = session_.find(callTo("GET", "update"));
    if (!found) return found.takeError();
    const Tree* properties = *found ? (*found)->body.find("properties") : nullptr;
    const Tree* pools = properties == nullptr ? nullptr : properties->find("agentPoolProfiles");
    if (pools == nullptr || !pools->isList() || pools->empty()) return llvm::Error::success();
    Tree kept = *pools;
    for (Tree& pool : kept.asList()) dropReadOnly(pool);
    makeLiteral(kept);
    body.setPath("properties.agentPoolProfiles", std::move(kept));
    return llvm::Error::success();
  }

  llvm::Error submit(const Tree& body) {
    const bool makes = change_.action == Action::Create || change_.action == Action::Replace;
    Deployment deployment{groupPath(change_.key, session_.subscription()),
                          deploymentName(change_.key), body};
    if (deployment.resource.find("apiVersion") == nullptr)
      deployment.resource.set("apiVersion", version_);
    const Waiting on_it = waiting(makes ? "create" : "update", makes ? "Creating" : "Updating");
    return whenFree([&] { return deploy(session_, deployment, on_it); });
  }

  llvm::Error remove() {
    auto found = session_.find(callTo("GET", "delete"));
    if (!found) return found.takeError();
    if (!*found) return llvm::Error::success();
    if (llvm::Error foreign = mustBeOurs((*found)->body, false)) return foreign;
    if (sameName(provisioningState((*found)->body), "Deleting")) {
      if (llvm::Error error = awaitResource(session_, waiting("delete", "Deleting", true))) {
        ApiError reason = asApiError(std::move(error));
        if (reason.kind == Kind::Cancelled || reason.kind == Kind::Unreachable)
          return failed(std::move(reason));
      }
    }
    return whenFree([&]() -> llvm::Error {
      auto reply = session_.find(callTo("DELETE", "delete"));
      if (!reply) return reply.takeError();
      if (!*reply || (*reply)->status == 204) return llvm::Error::success();
      return awaitOperation(session_, **reply, waiting("delete", "Deleting", true));
    });
  }

  // Takes our marks off and leaves the rest as it is.
  llvm::Error release() {
    return whenFree([&]() -> llvm::Error {
      auto found = session_.find(callTo("GET", "release"));
      if (!found) return found.takeError();
      if (!*found || !isOurs((*found)->body)) return llvm::Error::success();
      ArmCall call =
          is_cluster_ ? clusterWithoutMarks((*found)->body) : poolWithoutMarks((*found)->body);
      llvm::Expected<ArmReply> reply = session_.call(call);
      if (!reply) return reply.takeError();
      return awaitOperation(session_, *reply, waiting("release", "Releasing"));
    });
  }

  // PATCH of a cluster changes its tags and nothing else.
  ArmCall clusterWithoutMarks(const Tree& live) const {
    ArmCall call = callTo("PATCH", "release");
    const Tree* tags = live.find("tags");
    Tree kept = tags == nullptr ? Tree::map() : *tags;
    dropMarks(&kept);
    call.body = Tree::map();
    call.body->set("tags", std::move(kept));
    call.safe_to_repeat = true;
    return call;
  }

  // Pools know no PATCH: read, change, PUT.
  ArmCall poolWithoutMarks(const Tree& live) const {
    ArmCall call = callTo("PUT", "release");
    const Tree* properties = live.find("properties");
    Tree kept = properties == nullptr ? Tree::map() : *properties;
    if (const Tree* tag = kept.find("eTag"); tag != nullptr && tag->isString())
      call.if_match = tag->asString();
    dropReadOnly(kept);
    dropMarks(kept.find("tags"));
    call.body = Tree::map();
    call.body->set("properties", std::move(kept));
    return call;
  }

  bool isOurs(const Tree& live) const {
    const Tree* tags = tagsOf(change_.key.kind, live);
    if (scope_) return model::ownerOfTags(tags, *scope_).kind == model::OwnerKind::Us;
    return tags != nullptr && tags->find(model::kProjectTag) != nullptr;
  }

  llvm::Error mustBeOurs(const Tree& live, bool creating) const {
    if (!scope_ || isOurs(live)) return llvm::Error::success();
    const model::Owner owner = model::ownerOfTags(tagsOf(change_.key.kind, live), *scope_);
    const std::string whose =
        owner.text.empty() ? "carries no mark of this project" : "belongs to " + owner.text;
    return apiError(Kind::Conflict, 409, "",
                    what(creating ? "create" : "delete") + ": it exists and " + whose,
                    creating ? "plan again; gpuspec apply --adopt takes it over"
                             : "it is left alone; plan again");
  }

  // Again while the cluster is busy with something else, within a bound.
  llvm::Error whenFree(const std::function<llvm::Error()>& attempt) {
    const milliseconds began = session_.clock().now();
    milliseconds wait = kFirstBusyWait;
    while (true) {
      llvm::Error error = attempt();
      if (!error) return error;
      ApiError reason = asApiError(std::move(error));
      const milliseconds elapsed = session_.clock().now() - began;
      if ((reason.kind != Kind::Busy && reason.kind != Kind::Throttled) || elapsed > kBusyPatience)
        return failed(std::move(reason));
      if (progress_) progress_("Waiting until Azure has finished another operation");
      session_.clock().sleep(std::max(wait, milliseconds(reason.retry_after_ms)), cancel_);
      if (cancel_.cancelled())
        return apiError(Kind::Cancelled, 0, "", reason.message + "; interrupted while waiting", "");
      wait = std::min(wait * 2, kLongestBusyWait);
    }
  }

  Session& session_;
  const plan::Change& change_;
  const std::optional<model::Scope>& scope_;
  const apply::Progress& progress_;
  const http::CancelToken& cancel_;
  const std::string path_, version_;
  const bool is_cluster_;
};

}  // namespace

// A cluster brings its group, so that a first apply needs nothing made by hand. It carries our
// marks and stays when the cluster goes: others may have put something into it.
llvm::Error makeGroup(Session& session, const plan::Change& cluster,
                      const apply::Progress& progress, const http::CancelToken& cancel) {
  const Tree* location = cluster.body.find("location");
  ArmCall call;
  call.method = "PUT";
  call.path = groupPath(cluster.key, session.subscription());
  call.version = kDeploymentsVersion;
  call.what = "make the resource group of " + nameOf(cluster.key);
  call.cancel = &cancel;
  call.body = Tree::map();
  call.body->set("location", location == nullptr ? Tree() : *location);
  Tree tags = Tree::map();
  if (const Tree* marks = cluster.body.find("tags"))
    for (const std::string_view name : {model::kProjectTag, model::kEnvironmentTag})
      if (const Tree* value = marks->find(name)) tags.set(name, *value);
  call.body->set("tags", std::move(tags));
  if (progress) progress("Creating its resource group");
  llvm::Expected<ArmReply> reply = session.call(call);
  return reply ? llvm::Error::success() : reply.takeError();
}

std::string nameOf(const model::ResourceKey& key) {
  const std::size_t slash = key.name.find('/');
  if (slash == std::string::npos) return "cluster " + key.name;
  return "pool " + key.name.substr(slash + 1) + " of cluster " + key.name.substr(0, slash);
}

llvm::Error carryOut(Session& session, const plan::Change& change,
                     const std::optional<model::Scope>& scope, const apply::Progress& progress,
                     const http::CancelToken& cancel) {
  return Writer(session, change, scope, progress, cancel).run();
}

}  // namespace gpuspec::deploy::azure
