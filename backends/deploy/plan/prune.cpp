#include <algorithm>

#include "backends/deploy/model/ownership.h"
#include "backends/deploy/plan/pattern.h"
#include "backends/deploy/plan/planner.h"

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

// "pool.h100" for what carries no address of its own.
std::string addressOf(const Live& live) {
  if (!live.address.empty()) return live.address;
  if (live.key.system != System::Azure) return {};
  const std::size_t slash = live.key.name.find('/');
  return slash == std::string::npos ? "cluster." + live.key.cluster
                                    : "pool." + live.key.name.substr(slash + 1);
}

class Removing {
 public:
  explicit Removing(Planning& planning) : planning_(planning) {}

  void run() {
    for (const Live& live : planning_.live.resources) {
      if (isCluster(live) && isCandidate(live) && isChosen(live) && !isLetGo(live))
        clusters_that_go_.insert(live.key.cluster);
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
    return isCandidate(live) && isLetGo(live) ? ", which `removed` lets go of" : "";
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

  void remove(const Live& live) {
    if (!goesWith(planning_, live).empty()) return;
    if (goesWithCluster(live)) return guardDestroy(live, "would go with its cluster");
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
                      reason(address) + (isGoing(live) ? "; being deleted already" : ""));
    change.address = address;
    if (!isGoing(live)) guard(live, change);
  }

  std::string reason(const std::string& address) const {
    if (planning_.options.destroy) return "everything of the project goes";
    for (const model::Move& move : planning_.desired.moves) {
      if (move.from.str() == address)
        return "moved to " + move.to.str() + ", which has another name";
    }
    return "no longer in the spec";
  }

  void guard(const Live& live, const Change& change) {
    guardDestroy(live, "would be deleted");
    if (live.key.system == System::Kubernetes && live.key.kind == "Namespace")
      guardNamespace(live, change);
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

  // As far as they were seen; what was not read, apply finds before it deletes.
  void guardNamespace(const Live& live, const Change& change) {
    const auto found = staying_.find({live.key.cluster, live.key.name});
    if (found == staying_.end()) return;
    std::vector<std::string> others = found->second;
    std::sort(others.begin(), others.end());
    planning_.conflict(Conflict::Kind::NamespaceShared, change,
                       "would be deleted with objects in it that have to stay",
                       "move these away, or keep the namespace: `removed { what = " +
                           change.address + "  destroy = false }`");
    planning_.plan.conflicts.back().details = std::move(others);
  }

  Planning& planning_;
  std::set<std::string> clusters_that_go_;
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> staying_;
};

}  // namespace

void planRemovals(Planning& planning) {
  Removing(planning).run();
}

}  // namespace gpuspec::deploy::plan
