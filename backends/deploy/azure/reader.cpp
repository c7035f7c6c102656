#include "backends/deploy/azure/reader.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <thread>

#include "backends/deploy/azure/arm_error.h"
#include "backends/deploy/azure/operation.h"
#include "backends/deploy/azure/paths.h"

namespace gpuspec::deploy::azure {
namespace {

using model::DesiredSet;
using model::Live;
using model::LiveCluster;
using model::LiveSet;
using model::ResourceKey;
using model::Target;

constexpr std::size_t kReaders = 8;       // requests side by side
constexpr std::size_t kPages = 1000;      // of one list; more is a server that goes in circles
constexpr std::size_t kStraysAsked = 20;  // clusters whose environment only a GET tells

std::string textAt(const Tree& tree, std::string_view key) {
  const Tree* value = tree.find(key);
  return value != nullptr && value->isString() ? value->asString() : "";
}

// Runs all, a few side by side; the first error by position is returned.
llvm::Error sideBySide(std::vector<std::function<llvm::Error()>> jobs) {
  std::vector<llvm::Error> errors;
  for (std::size_t i = 0; i < jobs.size(); ++i) errors.push_back(llvm::Error::success());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < jobs.size(); i = next++) {
      llvm::consumeError(std::move(errors[i]));
      errors[i] = jobs[i]();
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t t = 1; t < std::min(kReaders, jobs.size()); ++t) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  llvm::Error first = llvm::Error::success();
  for (llvm::Error& error : errors) {
    if (!first)
      first = std::move(error);
    else
      llvm::consumeError(std::move(error));
  }
  return first;
}

// One AKS cluster of the spec.
class TargetReader {
 public:
  TargetReader(Session& session, const DesiredSet& desired, const Target& target)
      : session_(session),
        desired_(desired),
        target_(target),
        scope_{desired.project, desired.environment},
        key_scope_(scopeOf(target, session.subscription())) {
    // The spec's own keys decide the spelling of the scope; another one would be another resource.
    for (const model::Desired& resource : desired.resources)
      if (resource.key.system == model::System::Azure && resource.key.cluster == target.cluster)
        key_scope_ = resource.key.scope;
  }

  llvm::Error read() {
    cluster_.cluster = target_.cluster;
    const std::string path = clusterPath(scopeOf(target_, session_.subscription()), target_.name);
    ArmCall call;
    call.path = path;
    call.version = versionFor(kClusters);
    call.what = "read cluster " + target_.cluster;
    auto found = session_.find(call);
    if (!found) return found.takeError();
    if (!*found) return llvm::Error::success();
    cluster_.exists = true;
    cluster_.state = provisioningState((*found)->body);
    // What the spec only builds on is neither made nor removed, whatever its tags say.
    if (!target_.existing) add(kClusters, target_.name, (*found)->body);
    return readPools(path);
  }

  const LiveCluster& cluster() const { return cluster_; }
  std::vector<Live>& resources() { return resources_; }

 private:
  llvm::Error readPools(const std::string& path) {
    ArmCall call;
    call.path = path + "/agentPools";
    call.version = versionFor(kPools);
    call.what = "list the pools of cluster " + target_.cluster;
    auto pools = listAll(session_, call);
    if (!pools) return pools.takeError();
    for (const Tree& pool : *pools) {
      const std::string name = textAt(pool, "name");
      // Lists name a child by its own name or by its full one.
      const std::size_t slash = name.rfind('/');
      add(kPools, target_.name + "/" + (slash == std::string::npos ? name : name.substr(slash + 1)),
          pool);
    }
    return llvm::Error::success();
  }

  // A preview, where one of the spec's resources needs it, knows all that the stable one knows.
  std::string versionFor(std::string_view kind) const {
    std::string version(kContainerServiceVersion);
    bool named = false;
    for (const model::Desired& resource : desired_.resources) {
      if (resource.key.system != model::System::Azure || resource.key.cluster != target_.cluster ||
          resource.key.kind != kind || resource.api_version.empty())
        continue;
      version = named ? std::max(version, resource.api_version) : resource.api_version;
      named = true;
    }
    return version;
  }

  void add(std::string_view kind, const std::string& name, const Tree& body) {
    Live live;
    live.key = {model::System::Azure, target_.cluster, std::string(kProvider),
                std::string(kind),    key_scope_,      name};
    live.owner = model::ownerOfTags(tagsOf(kind, body), scope_);
    if (!spelled(live.key) && live.owner.kind != model::OwnerKind::Us) return;
    live.api_version = versionFor(kind);
    live.body = body;
    const Tree* properties = body.find("properties");
    live.uid = properties == nullptr ? "" : textAt(*properties, "resourceUID");
    if (live.uid.empty()) live.uid = textAt(body, "id");
    live.revision = textAt(body, "eTag");
    if (live.revision.empty()) live.revision = textAt(body, "etag");
    if (live.revision.empty() && properties != nullptr) live.revision = textAt(*properties, "eTag");
    resources_.push_back(std::move(live));
  }

  // Takes over the spec's spelling of the name; false when the spec does not have it.
  bool spelled(ResourceKey& key) const {
    for (const model::Desired& resource : desired_.resources) {
      if (resource.key.system != key.system || resource.key.cluster != key.cluster ||
          resource.key.kind != key.kind || !sameName(resource.key.name, key.name))
        continue;
      key = resource.key;
      return true;
    }
    return false;
  }

  Session& session_;
  const DesiredSet& desired_;
  const Target& target_;
  const model::Scope scope_;
  std::string key_scope_;
  LiveCluster cluster_;
  std::vector<Live> resources_;
};

// One subscription's clusters that carry our tag and that the spec does not name.
class StrayReader {
 public:
  StrayReader(Session& session, const DesiredSet& desired, std::string subscription)
      : session_(session), desired_(desired), subscription_(std::move(subscription)) {}

  llvm::Error read() {
    std::string project = desired_.project;
    for (std::size_t at = project.find('\''); at != std::string::npos;
         at = project.find('\'', at + 2))
      project.insert(at, 1, '\'');
    ArmCall call;
    call.path = "/subscriptions/" + percentEncoded(subscription_) + "/resources";
    call.version = kResourceListVersion;
    call.query = "$filter=" + percentEncoded("tagName eq '" + std::string(model::kProjectTag) +
                                             "' and tagValue eq '" + project + "'");
    call.what = "look for clusters of project " + desired_.project;
    auto found = listAll(session_, call);
    if (!found) return notLooked(found.takeError());
    for (const Tree& resource : *found)
      if (llvm::Error error = consider(resource)) return error;
    std::sort(strays.begin(), strays.end());
    return llvm::Error::success();
  }

  std::vector<std::string> strays, not_checked;

 private:
  // Plans are made without this right, too; but they say so.
  llvm::Error notLooked(llvm::Error error) {
    ApiError reason = asApiError(std::move(error));
    if (reason.kind != ApiError::Kind::Forbidden) return failed(std::move(reason));
    not_checked.push_back("clusters that the spec no longer names in subscription " +
                          subscription_ + " (no right to list its resources)");
    return llvm::Error::success();
  }

  llvm::Error consider(const Tree& resource) {
    const std::string id = textAt(resource, "id");
    const std::string type = std::string(kProvider) + "/" + std::string(kClusters);
    if (!sameName(textAt(resource, "type"), type) || isTarget(id)) return llvm::Error::success();
    // Azure leaves the tags out of an answer that was filtered by a tag.
    if (const Tree* tags = resource.find("tags"); tags != nullptr && !tags->empty()) {
      note(id, tags);
      return llvm::Error::success();
    }
    return ask(id);
  }

  llvm::Error ask(const std::string& id) {
    if (asked_++ >= kStraysAsked) {
      not_checked.push_back("whether " + id +
                            " belongs to this environment (too many clusters of the project)");
      return llvm::Error::success();
    }
    ArmCall call;
    call.path = id;
    call.version = kContainerServiceVersion;
    call.what = "read " + id;
    auto found = session_.find(call);
    if (!found) return found.takeError();
    if (*found) note(id, (*found)->body.find("tags"));
    return llvm::Error::success();
  }

  void note(const std::string& id, const Tree* tags) {
    const model::Owner owner = model::ownerOfTags(tags, {desired_.project, desired_.environment});
    if (owner.kind == model::OwnerKind::Us) strays.push_back(id);
  }

  bool isTarget(const std::string& id) const {
    return std::any_of(desired_.targets.begin(), desired_.targets.end(), [&](const Target& target) {
      return sameName(id, clusterPath(scopeOf(target, session_.subscription()), target.name));
    });
  }

  Session& session_;
  const DesiredSet& desired_;
  std::string subscription_;
  std::size_t asked_ = 0;
};

bool isAks(const Target& target) {
  return target.platform == ir::Platform::Aks;
}

llvm::Error noSubscription(const Target& target) {
  return apiError(ApiError::Kind::Invalid, 0, "",
                  "cluster " + target.cluster + " names no subscription",
                  "set AZURE_SUBSCRIPTION_ID, or write `subscription` in the cluster");
}

LiveCluster& entryFor(LiveSet& live, const std::string& cluster) {
  const auto at = std::lower_bound(
      live.clusters.begin(), live.clusters.end(), cluster,
      [](const LiveCluster& one, const std::string& name) { return one.cluster < name; });
  if (at != live.clusters.end() && at->cluster == cluster) return *at;
  LiveCluster entry;
  entry.cluster = cluster;
  return *live.clusters.insert(at, std::move(entry));
}

void append(std::vector<std::string>& to, const std::vector<std::string>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

const Tree* tagsOf(std::string_view kind, const Tree& resource) {
  if (kind == kClusters) return resource.find("tags");
  const Tree* properties = resource.find("properties");
  return properties == nullptr ? nullptr : properties->find("tags");
}

llvm::Expected<std::vector<Tree>> listAll(Session& session, ArmCall call) {
  std::vector<Tree> all;
  for (std::size_t page = 0; page < kPages; ++page) {
    llvm::Expected<ArmReply> reply = session.call(call);
    if (!reply) return reply.takeError();
    if (Tree* items = reply->body.find("value"); items != nullptr && items->isList())
      std::move(items->asList().begin(), items->asList().end(), std::back_inserter(all));
    const std::string next = textAt(reply->body, "nextLink");
    if (next.empty()) return all;
    if (next == call.path) break;
    call.path = next;
    call.version.clear();
    call.query.clear();
  }
  return apiError(ApiError::Kind::Server, 0, "", call.what + ": the list has no end", "");
}

llvm::Error readLive(Session& session, const DesiredSet& desired, LiveSet& live) {
  std::vector<TargetReader> targets;
  std::map<std::string, StrayReader> subscriptions;
  std::map<std::string, std::string> first_target;  // by subscription
  for (const Target& target : desired.targets) {
    if (!isAks(target)) continue;
    const std::string subscription =
        target.subscription.empty() ? session.subscription() : target.subscription;
    if (subscription.empty()) return noSubscription(target);
    targets.emplace_back(session, desired, target);
    subscriptions.try_emplace(subscription, session, desired, subscription);
    first_target.try_emplace(subscription, target.cluster);
  }
  const std::int64_t before = session.requestCount();
  std::vector<std::function<llvm::Error()>> jobs;
  for (TargetReader& target : targets) jobs.emplace_back([&target] { return target.read(); });
  for (auto& [name, reader] : subscriptions)
    jobs.emplace_back([&stray = reader] { return stray.read(); });
  if (llvm::Error error = sideBySide(std::move(jobs))) return error;
  for (TargetReader& target : targets) {
    LiveCluster& entry = entryFor(live, target.cluster().cluster);
    entry.exists = target.cluster().exists;
    entry.state = target.cluster().state;
    std::move(target.resources().begin(), target.resources().end(),
              std::back_inserter(live.resources));
  }
  for (const auto& [name, reader] : subscriptions) {
    LiveCluster& entry = entryFor(live, first_target[name]);
    append(entry.strays, reader.strays);
    append(entry.not_checked, reader.not_checked);
  }
  std::sort(live.resources.begin(), live.resources.end(),
            [](const Live& a, const Live& b) { return a.key < b.key; });
  live.azure_requests += session.requestCount() - before;
  return llvm::Error::success();
}

}  // namespace gpuspec::deploy::azure
