#include <algorithm>
#include <map>
#include <set>

#include "backends/deploy/kube/parts.h"
#include "backends/deploy/kube/running_work.h"
#include "backends/deploy/model/managed_fields.h"
#include "backends/deploy/plan/plan.h"

// What a plan needs of one cluster, with one paged LIST for each kind.

namespace gpuspec::deploy::kube {

namespace {

using model::Live;
using model::ResourceKey;
using model::System;

using GroupKind = std::pair<std::string, std::string>;

constexpr std::size_t kFewObjects = 4;  // read one by one; more of them by another list

constexpr int kLongPage = 5000;  // of names alone

struct Kind {
  ApiResource resource;
  std::vector<const model::Desired*> desired;
  std::vector<Live> live;
  std::map<ResourceKey, const model::Desired*> open;  // desired, and not yet found
};

bool isNamespaces(const ApiResource& resource) {
  return resource.group.empty() && resource.kind == "Namespace";
}

class Reading {
 public:
  Reading(KubeClient& client, Caller& caller, const model::DesiredSet& desired, std::string cluster)
      : client_(client),
        caller_(caller),
        desired_(desired),
        cluster_(std::move(cluster)),
        scope_{desired.project, desired.environment} {}

  llvm::Error run(model::LiveSet& live) {
    found_.cluster = cluster_;
    collectKinds();
    llvm::Error error =
        sideBySide(2, [this](std::size_t i) { return i == 0 ? readVersion() : learnKinds(); });
    if (error) return error;
    found_.exists = found_.reachable = true;
    resolveKinds();
    if (llvm::Error late = readAll()) return late;
    model::LiveSet part;
    std::size_t all = 0;
    for (const Kind& kind : kinds_) all += kind.live.size();
    part.resources.reserve(all);
    for (Kind& kind : kinds_) {
      std::move(kind.live.begin(), kind.live.end(), std::back_inserter(part.resources));
      kind.live = {};
    }
    part.clusters.push_back(std::move(found_));
    model::merge(std::move(part), live);
    return llvm::Error::success();
  }

 private:
  void collectKinds() {
    for (const model::Desired& desired : desired_.resources) {
      if (desired.key.system != System::Kubernetes || desired.key.cluster != cluster_) continue;
      wanted_[{desired.key.group, desired.key.kind}].push_back(&desired);
    }
  }

  llvm::Error readVersion() {
    llvm::Expected<std::string> version = client_.version();
    if (!version) return version.takeError();
    found_.server_version = std::move(*version);
    return llvm::Error::success();
  }

  llvm::Error learnKinds() {
    if (llvm::Expected<const std::vector<ApiResource>*> known = client_.discover(); !known)
      return known.takeError();
    return addInventoryKinds();
  }

  // Kinds that an earlier spec had; this one may have none of them.
  llvm::Error addInventoryKinds() {
    const ApiResource* maps = client_.find("", "ConfigMap");
    if (maps == nullptr) return llvm::Error::success();
    llvm::Expected<Tree> inventory =
        client_.get(*maps, std::string(model::kRecordNamespace), model::recordName(scope_));
    if (!inventory) {
      llvm::Error error = inventory.takeError();
      if (kindOf(error) != apply::ApiError::Kind::NotFound) return error;
      llvm::consumeError(std::move(error));
      return llvm::Error::success();
    }
    for (const GroupKind& kind : model::readInventory(*inventory).group_kinds)
      wanted_.try_emplace(kind);
    return llvm::Error::success();
  }

  void resolveKinds() {
    for (const auto& [kind, desired] : wanted_) {
      const ApiResource* served = client_.find(kind.first, kind.second);
      const std::string name = kind.second + (kind.first.empty() ? "" : "." + kind.first);
      if (served == nullptr) {
        if (!desired.empty()) found_.unknown_kinds.push_back(name);
        continue;
      }
      const std::string version = desired.empty() ? "" : desired.front()->api_version;
      std::optional<ApiResource> resource = inVersion(*served, version);
      // What is there is worth knowing in any version.
      if (!resource) found_.unknown_kinds.push_back(name + " in version " + version);
      kinds_.push_back({resource ? std::move(*resource) : *served, desired, {}, {}});
    }
  }

  // Kinds, nodes and pods side by side; then what has the names of what is not there.
  llvm::Error readAll() {
    const bool any_pool = std::any_of(desired_.pools.begin(), desired_.pools.end(),
                                      [&](const auto& pool) { return pool.cluster == cluster_; });
    llvm::Error error = sideBySide(kinds_.size() + (any_pool ? 1 : 0), [&](std::size_t i) {
      return i < kinds_.size() ? readOurs(kinds_[i]) : readRunningWork(client_, caller_, found_);
    });
    if (error) return error;
    if (llvm::Error late = readNamesInTheWay(false)) return late;
    closeNewNamespaces();
    return readNamesInTheWay(true);
  }

  llvm::Error readOurs(Kind& kind) const {
    ListQuery query;
    query.label_selector = model::labelSelector(scope_);
    const Listed listed{[&] {
                          kind.live.clear();
                          for (const model::Desired* wanted : kind.desired)
                            kind.open.emplace(wanted->key, wanted);
                        },
                        [&](Tree object) {
                          kind.live.push_back(liveOf(kind.resource, std::move(object)));
                          const auto wanted = kind.open.find(kind.live.back().key);
                          if (wanted == kind.open.end()) return;
                          plan::settle(*wanted->second, kind.live.back());
                          kind.open.erase(wanted);
                        }};
    return listEach(caller_, kind.resource, query, listed);
  }

  llvm::Error readNamesInTheWay(bool namespaced) {
    std::vector<Kind*> kinds;
    for (Kind& kind : kinds_) {
      if (kind.resource.namespaced == namespaced && !kind.open.empty()) kinds.push_back(&kind);
    }
    return sideBySide(kinds.size(), [&](std::size_t i) { return addNamesInTheWay(*kinds[i]); });
  }

  // What is not there has nothing in it: new teams in a large cluster cost no look at all of it.
  void closeNewNamespaces() {
    std::set<std::string> absent;
    for (const Kind& kind : kinds_) {
      if (!isNamespaces(kind.resource)) continue;
      for (const auto& [key, wanted] : kind.open) absent.insert(key.name);
      for (const Live& live : kind.live) absent.erase(live.key.name);
    }
    for (Kind& kind : kinds_) {
      if (!kind.resource.namespaced) continue;
      std::erase_if(kind.open,
                    [&](const auto& entry) { return absent.contains(entry.first.scope); });
    }
  }

  // One more LIST finds every object of another that has a name we want; only those are read whole.
  llvm::Error addNamesInTheWay(Kind& kind) const {
    std::set<ResourceKey> missing;
    std::set<std::string> namespaces;
    for (const auto& [key, wanted] : kind.open) {
      missing.insert(key);
      namespaces.insert(key.scope);
    }
    const std::string where = namespaces.size() == 1 ? *namespaces.begin() : "";
    llvm::Expected<std::vector<Live>> taken = listed(kind.resource, where, missing, true);
    if (!taken) return taken.takeError();
    if (taken->size() <= kFewObjects) {
      for (Live& live : *taken) readWhole(kind.resource, live);
    } else {
      llvm::Expected<std::vector<Live>> whole = listed(kind.resource, where, missing, false);
      if (!whole) return whole.takeError();
      taken = std::move(whole);
    }
    std::move(taken->begin(), taken->end(), std::back_inserter(kind.live));
    return llvm::Error::success();
  }

  llvm::Expected<std::vector<Live>> listed(const ApiResource& resource, const std::string& where,
                                           const std::set<ResourceKey>& wanted,
                                           bool metadata_only) const {
    ListQuery query;
    query.object_namespace = where;
    query.metadata_only = metadata_only;
    if (metadata_only) query.page = kLongPage;
    std::vector<Live> found;
    const Listed listed{[&found] { found.clear(); },
                        [&](Tree object) {
                          if (!wanted.contains(keyOf(resource, object))) return;
                          found.push_back(liveOf(resource, std::move(object)));
                          found.back().metadata_only = metadata_only;
                        }};
    if (llvm::Error error = listEach(caller_, resource, query, listed)) return error;
    return found;
  }

  // Gone in between, or not for us to read: its metadata says enough for a conflict.
  void readWhole(const ApiResource& resource, Live& live) const {
    llvm::Expected<Tree> whole = client_.get(resource, live.key.scope, live.key.name);
    if (whole) {
      live = liveOf(resource, std::move(*whole));
    } else {
      llvm::consumeError(whole.takeError());
    }
  }

  ResourceKey keyOf(const ApiResource& resource, const Tree& object) const {
    return {System::Kubernetes,
            cluster_,
            resource.group,
            resource.kind,
            metadataText(object, "namespace"),
            metadataText(object, "name")};
  }

  Live liveOf(const ApiResource& resource, Tree object) const {
    Live live;
    live.key = keyOf(resource, object);
    live.api_version = apiVersionOf(resource);
    live.uid = metadataText(object, "uid");
    live.revision = metadataText(object, "resourceVersion");
    Tree& metadata = object.at("metadata");
    live.owner = model::ownerOfObject(metadata, scope_);
    live.address = textAt(metadata.find("annotations"), model::kAddress);
    if (const Tree* fields = metadata.find("managedFields"))
      live.field_owners = model::fieldOwners(*fields);
    metadata.erase("managedFields");
    live.body = std::move(object);
    return live;
  }

  KubeClient& client_;
  Caller& caller_;
  const model::DesiredSet& desired_;
  std::string cluster_;
  model::Scope scope_;
  std::map<GroupKind, std::vector<const model::Desired*>> wanted_;
  std::vector<Kind> kinds_;
  model::LiveCluster found_;
};

}  // namespace

llvm::Error readCluster(KubeClient& client, Caller& caller, const model::DesiredSet& desired,
                        const std::string& cluster, model::LiveSet& live) {
  return Reading(client, caller, desired, cluster).run(live);
}

}  // namespace gpuspec::deploy::kube
