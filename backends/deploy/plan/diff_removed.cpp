#include <algorithm>
#include <set>

#include "backends/deploy/model/compare.h"
#include "backends/deploy/model/managed_fields.h"
#include "backends/deploy/model/ownership.h"
#include "backends/deploy/plan/diff.h"

namespace gpuspec::deploy::plan {

namespace {

using model::FieldOwner;
using model::FieldPath;
using model::PathStep;

class Removed {
 public:
  Removed(const model::Desired& desired, const model::Live& live, std::vector<FieldChange>& changes)
      : desired_(desired), live_(live), changes_(changes) {
    for (const FieldChange& change : changes) known_.insert(change.path);
  }

  void run() {
    for (const FieldOwner& owner : live_.field_owners) {
      if (!goes(owner)) continue;
      for (const FieldPath& path : owner.fields) {
        if (isOurs(owner) || isOfSpec(path)) remove(path);
      }
    }
  }

 private:
  static bool isOurs(const FieldOwner& owner) {
    return owner.manager == model::kFieldManager && owner.operation == "Apply" &&
           owner.subresource.empty();
  }

  // Whose fields are ours to take away: our own, and with an object those of its former owners.
  bool goes(const FieldOwner& owner) const {
    if (isOurs(owner)) return true;
    return live_.owner.kind != model::OwnerKind::Us && owner.api_version == desired_.api_version &&
           model::isFormerOwner(owner.manager, owner.operation, owner.subresource,
                                model::isGuardedKind(desired_.key.kind));
  }

  // Adopting leaves metadata to whoever wrote it, and the status is the server's.
  static bool isOfSpec(const FieldPath& path) {
    static const std::set<std::string> kOthers = {"metadata", "status", "kind", "apiVersion"};
    return !path.empty() && !kOthers.contains(path.front().text);
  }

  void remove(const FieldPath& leaf) {
    if (model::valueAt(desired_.body, leaf) != nullptr || isFromStringData(leaf)) return;
    FieldPath path = withWholeItem(leaf);
    const Tree* before = model::valueAt(live_.body, path);
    if (before == nullptr || isOthersToo(path)) return;
    const std::string shown = str(path);
    if (isKnown(path) || isIgnored(desired_, plainPath(shown))) return;
    known_.insert(shown);
    FieldChange change;
    change.path = shown;
    change.before = *before;
    changes_.push_back(std::move(change));
  }

  // An item of a list that nobody wants any more goes as a whole.
  FieldPath withWholeItem(const FieldPath& leaf) const {
    for (std::size_t size = 1; size < leaf.size(); ++size) {
      const FieldPath item(leaf.begin(), leaf.begin() + static_cast<std::ptrdiff_t>(size));
      if (item.back().kind == PathStep::Kind::Item &&
          model::valueAt(desired_.body, item) == nullptr && !isOthersToo(item))
        return item;
    }
    return leaf;
  }

  bool isOthersToo(const FieldPath& path) const {
    return std::any_of(
        live_.field_owners.begin(), live_.field_owners.end(), [&](const FieldOwner& owner) {
          return !goes(owner) && owner.subresource.empty() && model::owns(owner, path);
        });
  }

  // The path itself, or what it stands in.
  bool isKnown(const FieldPath& path) const {
    for (std::size_t size = 1; size <= path.size(); ++size) {
      const FieldPath part(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(size));
      if (known_.contains(str(part))) return true;
    }
    return false;
  }

  // The server turns stringData into data.
  bool isFromStringData(const FieldPath& path) const {
    if (desired_.key.kind != "Secret" || path.size() < 2 || path[0].text != "data") return false;
    const Tree* plain = desired_.body.find("stringData");
    return plain != nullptr && plain->find(path[1].text) != nullptr;
  }

  const model::Desired& desired_;
  const model::Live& live_;
  std::vector<FieldChange>& changes_;
  std::set<std::string> known_;
};

}  // namespace

void addRemovedFields(const model::Desired& desired, const model::Live& live,
                      std::vector<FieldChange>& changes) {
  Removed(desired, live, changes).run();
}

}  // namespace gpuspec::deploy::plan
