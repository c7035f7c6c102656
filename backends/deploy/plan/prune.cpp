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
      if (isCandidate(live)) remove(live);
    }
  }

 private:
  bool isCandidate(const Live& live) const {
    if (live.owner.kind != OwnerKind::Us || isRecord(live) || hasController(live)) return false;
    const bool wanted = planning_.desired_by_key.contains(live.key);
    if (wanted && !planning_.options.destroy) return false;
    const model::Target* target = planning_.target(live.key.cluster);
    if (target == nullptr) return false;  // reported as a stray
    return !(target->existing && live.key.system == System::Azure &&
             live.key.kind == "managedClusters");
  }

  // What goes with its cluster needs no change of its own.
  bool goesWithCluster(const Live& live) const {
    if (live.key.system == System::Azure && live.key.kind == "managedClusters") return false;
    return std::any_of(
        planning_.live.resources.begin(), planning_.live.resources.end(), [&](const Live& other) {
          return other.key.system == System::Azure && other.key.kind == "managedClusters" &&
                 other.key.cluster == live.key.cluster && isCandidate(other);
        });
  }

  void remove(const Live& live) {
    if (planning_.options.destroy && goesWithCluster(live)) return;
    const std::string address = addressOf(live);
    if (!isSelected(planning_.options.only, address)) {
      planning_.left_out_addresses.insert(address.empty() ? live.key.id() : address);
      return;
    }
    for (const model::Removal& removal : planning_.desired.removals) {
      if (removal.what.str() == address && !removal.destroy) {
        planning_.add(Action::Release, live.key, "`removed` lets go of it").address = address;
        return;
      }
    }
    Change& change = planning_.add(Action::Delete, live.key, reason(address));
    change.address = address;
    guard(live, change);
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
    const auto wanted = planning_.desired_by_key.find(live.key);
    if (wanted != planning_.desired_by_key.end() && wanted->second->lifecycle.prevent_destroy) {
      planning_.conflict(Conflict::Kind::PreventDestroy, change,
                         "would be deleted, and `prevent_destroy` stands",
                         "take `prevent_destroy` out of its `lifecycle` block");
    }
    if (live.key.system == System::Kubernetes && live.key.kind == "Namespace")
      guardNamespace(live, change);
  }

  // Objects of others that were seen in it; what was not read, apply finds before it deletes.
  void guardNamespace(const Live& live, const Change& change) {
    std::vector<std::string> others;
    for (const Live& inside : planning_.live.resources) {
      const bool of_others =
          inside.owner.kind == OwnerKind::Project || inside.owner.kind == OwnerKind::Other;
      if (inside.key.cluster == live.key.cluster && inside.key.scope == live.key.name &&
          inside.key.system != System::Azure && of_others)
        others.push_back(titleOf(inside.key) + " of " + inside.owner.text);
    }
    if (others.empty()) return;
    planning_.conflict(
        Conflict::Kind::NamespaceShared, change, "would be deleted with objects of others in it",
        "move these away, or keep the namespace: `removed { what = " + change.address +
            "  destroy = false }`");
    planning_.plan.conflicts.back().details = std::move(others);
  }

  Planning& planning_;
};

}  // namespace

void planRemovals(Planning& planning) {
  Removing(planning).run();
}

}  // namespace gpuspec::deploy::plan
