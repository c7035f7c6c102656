#include <algorithm>

#include "backends/deploy/sandbox/cluster/housekeeping.h"
#include "backends/deploy/sandbox/cluster/pods.h"

namespace gpuspec::deploy::sandbox::live {
namespace {

constexpr std::string_view kManager = "kube-controller-manager";
constexpr std::string_view kOrphan = "orphan";
constexpr std::string_view kForeground = "foregroundDeletion";

class GarbageCollector : public Controller {
 public:
  using Controller::Controller;

  void observe(const Change& change) override {
    if (change.after != nullptr) {
      const bool has_owner = !listAt(*change.after, {"metadata", "ownerReferences"}).empty();
      if (has_owner || isDeleting(*change.after)) enqueue(change.key);
      return;
    }
    for (const ObjectKey& key : world_.cache().dependentsOf(uidOf(*change.before))) enqueue(key);
    for (const Tree& owner : listAt(*change.before, {"metadata", "ownerReferences"})) {
      if (const ObjectKey* key = world_.cache().keyOfUid(textAt(owner, {"uid"}))) enqueue(*key);
    }
  }

 protected:
  llvm::Error reconcile(const ObjectKey& key) override {
    const Object object = world_.cache().get(key);
    if (object == nullptr) return llvm::Error::success();
    if (!isDeleting(*object)) return checkOwners(key, *object);
    if (hasFinalizer(*object, kOrphan)) return orphanDependents(key, *object);
    if (hasFinalizer(*object, kForeground)) return removeDependents(key, *object);
    return llvm::Error::success();
  }

 private:
  // An owner of a kind that is not watched counts as there: better too much than too little.
  bool isThere(const Tree& owner) const {
    return world_.cache().keyOfUid(textAt(owner, {"uid"})) != nullptr ||
           !world_.knowsKind(textAt(owner, {"apiVersion"}), textAt(owner, {"kind"}));
  }

  llvm::Error checkOwners(const ObjectKey& key, const Tree& object) {
    const Tree::List& owners = listAt(object, {"metadata", "ownerReferences"});
    Tree left = Tree::list();
    for (const Tree& owner : owners) {
      if (isThere(owner)) left.push(owner);
    }
    if (left.asList().size() == owners.size()) return llvm::Error::success();
    if (left.empty()) return world_.remove(key);
    return setMetadata(key, "ownerReferences", std::move(left));
  }

  llvm::Error orphanDependents(const ObjectKey& key, const Tree& object) {
    for (const ObjectKey& dependent : world_.cache().dependentsOf(uidOf(object))) {
      Tree owners = Tree(listAt(*world_.cache().get(dependent), {"metadata", "ownerReferences"}));
      std::erase_if(owners.asList(), [&object](const Tree& owner) {
        return textAt(owner, {"uid"}) == uidOf(object);
      });
      if (llvm::Error error = setMetadata(dependent, "ownerReferences", std::move(owners)))
        return error;
    }
    return dropFinalizer(key, object, kOrphan);
  }

  llvm::Error removeDependents(const ObjectKey& key, const Tree& object) {
    bool blocked = false;
    for (const ObjectKey& dependent : world_.cache().dependentsOf(uidOf(object))) {
      const Object there = world_.cache().get(dependent);
      if (there == nullptr) continue;
      const bool blocks = blocksOwner(*there, uidOf(object));
      if (!isDeleting(*there)) {
        const bool has_own = !world_.cache().dependentsOf(uidOf(*there)).empty();
        if (llvm::Error error = world_.remove(dependent, has_own ? "Foreground" : "Background"))
          return error;
      }
      blocked |= blocks && world_.cache().get(dependent) != nullptr;
    }
    return blocked ? llvm::Error::success() : dropFinalizer(key, object, kForeground);
  }

  static bool blocksOwner(const Tree& dependent, const std::string& owner_uid) {
    const Tree::List& owners = listAt(dependent, {"metadata", "ownerReferences"});
    return std::any_of(owners.begin(), owners.end(), [&owner_uid](const Tree& owner) {
      return textAt(owner, {"uid"}) == owner_uid && flagAt(owner, {"blockOwnerDeletion"});
    });
  }

  llvm::Error setMetadata(const ObjectKey& key, std::string_view field, Tree list) {
    Tree patch = Tree::map();
    setAt(patch, {"metadata", field}, list.empty() ? Tree() : std::move(list));
    return world_.patchAsSeen(key, std::move(patch), kManager);
  }

  llvm::Error dropFinalizer(const ObjectKey& key, const Tree& object, std::string_view finalizer) {
    Tree left = Tree(listAt(object, {"metadata", "finalizers"}));
    std::erase_if(left.asList(), [finalizer](const Tree& each) {
      return each.isString() && each.asString() == finalizer;
    });
    return setMetadata(key, "finalizers", std::move(left));
  }
};

// The API empties a namespace that is deleted and lets it go with its last object. This takes up
// what a killed process left half done, and what was made in it since.
class Namespaces : public Controller {
 public:
  using Controller::Controller;

  void observe(const Change& change) override {
    enqueueOwn(change, kNamespace);
    if (change.key.object_namespace.empty() || change.after == nullptr) return;
    const ObjectKey key = ObjectKey::of(kNamespace, "", change.key.object_namespace);
    if (const Object space = world_.cache().get(key); space != nullptr && isDeleting(*space))
      enqueue(key);
  }

 protected:
  llvm::Error reconcile(const ObjectKey& key) override {
    const Object space = world_.cache().get(key);
    if (space == nullptr || !isDeleting(*space)) return llvm::Error::success();
    std::int64_t removed = 0;
    bool empty = true;
    for (const ObjectKey& each : world_.cache().keys(key.name)) {
      empty = false;
      if (isDeleting(*world_.cache().get(each))) continue;
      if (removed++ == 25) {
        enqueue(key);
        return llvm::Error::success();
      }
      if (llvm::Error error = world_.remove(each)) return error;
    }
    return empty || world_.cache().keys(key.name).empty() ? world_.remove(key)
                                                          : llvm::Error::success();
  }
};

}  // namespace

std::unique_ptr<Controller> makeGarbageCollector(World& world) {
  return std::make_unique<GarbageCollector>(world);
}

std::unique_ptr<Controller> makeNamespaces(World& world) {
  return std::make_unique<Namespaces>(world);
}

}  // namespace gpuspec::deploy::sandbox::live
