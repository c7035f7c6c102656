#include <algorithm>

#include "backends/deploy/model/ownership.h"
#include "backends/deploy/plan/pattern.h"
#include "backends/deploy/plan/planner.h"
#include "backends/deploy/plan/render_text.h"

namespace gpuspec::deploy::plan {

namespace {

using model::Live;
using model::OwnerKind;
using model::System;

const Tree* metadataOf(const Live& live) {
  return live.body.find("metadata");
}

// The lock, the journal and the inventory are not of the spec.
bool isRecord(const Live& live) {
  const Tree* metadata = metadataOf(live);
  const Tree* labels = metadata != nullptr ? metadata->find("labels") : nullptr;
  return labels != nullptr && labels->find(model::kRecord) != nullptr;
}

// Made by a controller from something of ours: it goes with that.
bool hasController(const Live& live) {
  const Tree* metadata = metadataOf(live);
  const Tree* owners = metadata != nullptr ? metadata->find("ownerReferences") : nullptr;
  return owners != nullptr && !owners->empty();
}

class Removing {
 public:
  explicit Removing(Planning& planning) : planning_(planning) {}

  void run() {
    for (const Live& live : planning_.live.resources) {
      const bool goes = isCandidate(live) && isChosen(live) && !isLetGo(live);
      if (goes && isCluster(live)) clusters_that_go_.insert(live.key.cluster);
      if (goes && isNamespace(live)) namespaces_that_go_.emplace(live.key.cluster, live.key.name);
      if (const std::string why = whyItStays(live); !why.empty())
        staying_[{live.key.cluster, live.key.scope}].push_back(titleOf(live.key) + why);
    }
    if (!planning_.options.destroy) {
      for (const auto& [key, desired] : planning_.desired_by_key)
        staying_[{key.cluster, key.scope}].push_back(titleOf(key) + " of the spec");
    }
    // By key, so that conflicts stand in an order, too.
    for (const auto* resources : {&planning_.live_by_key, &planning_.going}) {
      for (const auto& [key, live] : *resources) {
        if (isCandidate(*live)) remove(*live);
      }
    }
  }

 private:
  static bool isCluster(const Live& live) {
    return live.key.system == System::Azure && live.key.kind == "managedClusters";
  }

  static bool isNamespace(const Live& live) {
    return live.key.system == System::Kubernetes && live.key.kind == "Namespace";
  }

  bool isCandidate(const Live& live) const {
    if (live.owner.kind != OwnerKind::Us || isRecord(live) || hasController(live)) return false;
    const bool wanted = planning_.desired_by_key.contains(live.key);
    if (wanted && !planning_.options.destroy) return false;
    const model::Target* target = planning_.target(live.key.cluster);
    if (target == nullptr) return false;  // reported as a stray
    return !(target->existing && isCluster(live));
  }

  // What must not go with the namespace that it is in.
  std::string whyItStays(const Live& live) const {
    if (isGoing(live) || live.key.system == System::Azure) return {};
    if (live.owner.kind == OwnerKind::Project || live.owner.kind == OwnerKind::Other)
      return " of " + live.owner.text;
    if (!isCandidate(live)) return {};
    if (isLetGo(live)) return ", which `removed` lets go of";
    return isChosen(live) ? "" : ", which `--only` leaves out";
  }

  bool isLetGo(const Live& live) const {
    const std::string address = addressOf(live);
    const auto& removals = planning_.desired.removals;
    return std::any_of(removals.begin(), removals.end(), [&](const model::Removal& removal) {
      return removal.what.str() == address && !removal.destroy;
    });
  }

  bool isChosen(const Live& live) const {
    return isSelected(planning_.options.only, addressOf(live));
  }

  bool isGoing(const Live& live) const { return planning_.going.contains(live.key); }

  // What goes with its cluster needs no change of its own.
  bool goesWithCluster(const Live& live) const {
    return planning_.options.destroy && !isCluster(live) &&
           clusters_that_go_.contains(live.key.cluster);
  }

  // Walls, limits and rights stand until nobody is left behind them: no change of theirs may come
  // before the namespace's, which may yet be refused.
  bool goesWithNamespace(const Live& live) const {
    return live.key.system == System::Kubernetes && isPolicy(live.key.kind) && isChosen(live) &&
           !isLetGo(live) && namespaces_that_go_.contains({live.key.cluster, live.key.scope});
  }

  void remove(const Live& live) {
    if (!goesWith(planning_, live).empty()) return;
    if (goesWithCluster(live)) return guardDestroy(live, "would go with its cluster");
    if (goesWithNamespace(live)) {
      planning_.gone_along[{live.key.cluster, live.key.scope}].push_back(live.key.kind);
      return guardDestroy(live, "would go with its namespace");
    }
    const std::string address = addressOf(live);
    if (!isChosen(live)) {
      planning_.left_out_addresses.insert(address.empty() ? live.key.id() : address);
      return;
    }
    if (isLetGo(live)) {
      if (isGoing(live)) return;  // there is nothing left to let go of
      planning_.add(Action::Release, live.key, &live, "`removed` lets go of it").address = address;
      return;
    }
    Change& change =
        planning_.add(Action::Delete, live.key, &live,
                      reason(live, address) + (isGoing(live) ? "; being deleted already" : ""));
    change.address = address;
    if (!isGoing(live)) guard(live, change);
  }

  std::string reason(const Live& live, const std::string& address) const {
    if (planning_.options.destroy) return "everything of the project goes";
    for (const model::Move& move : planning_.desired.moves) {
      if (move.from.str() == address) return movedReason(live, move);
    }
    return "no longer in the spec";
  }

  // `moved` keeps what keeps its name, as neither API can rename anything.
  static std::string movedReason(const Live& live, const model::Move& move) {
    const std::string to = "moved to " + move.to.str();
    if (live.key.system == System::Azure)
      return to +
             ", but Azure cannot rename a pool: this one goes, and a new one is made; "
             "it stays as it is only under its name, " +
             move.from.name;
    if (isNamespace(live) && move.to.kind == "team")
      return to +
             ", but Kubernetes cannot rename a namespace: this one goes, and a new one is made; "
             "`namespaces = [\"" +
             live.key.name + "\"]` in " + move.to.str() + " keeps it";
    return to + ", which has nothing of this name";
  }

  void guard(const Live& live, const Change& change) {
    guardDestroy(live, "would be deleted");
    if (isNamespace(live)) guardNamespace(live, change);
    if (isCluster(live)) guardCluster(change);
  }

  void guardDestroy(const Live& live, const std::string& what) {
    const auto wanted = planning_.desired_by_key.find(live.key);
    if (wanted == planning_.desired_by_key.end() || !wanted->second->lifecycle.prevent_destroy)
      return;
    Change about;
    about.key = live.key;
    about.address = wanted->second->address.str();
    about.file = wanted->second->file;
    about.line = wanted->second->line;
    planning_.conflict(Conflict::Kind::PreventDestroy, about,
                       what + ", and `prevent_destroy` stands",
                       "take `prevent_destroy` out of its `lifecycle` block");
  }

  // What comes later, apply finds before it deletes.
  void guardNamespace(const Live& live, const Change& change) {
    std::set<std::string> found;
    if (const auto seen = staying_.find({live.key.cluster, live.key.name}); seen != staying_.end())
      found.insert(seen->second.begin(), seen->second.end());
    if (const model::LiveCluster* cluster = planning_.cluster(live.key.cluster)) {
      const auto inside = cluster->others.find(live.key.name);
      if (inside != cluster->others.end())
        found.insert(inside->second.begin(), inside->second.end());
    }
    if (found.empty()) return;
    planning_.conflict(Conflict::Kind::NamespaceShared, change,
                       "would be deleted with objects in it that have to stay",
                       "move these away, or keep the namespace: `removed { what = " +
                           change.address + "  destroy = false }`");
    planning_.plan.conflicts.back().details.assign(found.begin(), found.end());
  }

  void guardCluster(const Change& change) {
    const model::LiveCluster* cluster = planning_.cluster(change.key.cluster);
    if (cluster == nullptr || cluster->other_projects.empty()) return;
    std::string names;
    std::vector<std::string> details;
    for (const auto& [project, things] : cluster->other_projects) {
      names += (names.empty() ? "" : "; ") + project;
      for (const std::string& thing : firstOf(things)) details.push_back(project + ": " + thing);
    }
    planning_.conflict(
        Conflict::Kind::ClusterShared, change,
        "would be deleted with all that others have in it: " + names,
        "`gpuspec destroy` with that project's spec first; or leave the cluster, and "
        "take away what is ours in it: `gpuspec destroy --only 'team.*'`");
    planning_.plan.conflicts.back().details = std::move(details);
  }

  Planning& planning_;
  std::set<std::string> clusters_that_go_;
  std::set<std::pair<std::string, std::string>> namespaces_that_go_;  // cluster, name
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> staying_;
};

}  // namespace

void planRemovals(Planning& planning) {
  Removing(planning).run();
}

}  // namespace gpuspec::deploy::plan
