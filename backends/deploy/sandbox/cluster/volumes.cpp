#include "backends/deploy/sandbox/cluster/housekeeping.h"
#include "backends/deploy/sandbox/cluster/pods.h"

namespace gpuspec::deploy::sandbox::live {
namespace {

constexpr Kind kVolume{"", "v1", "persistentvolumes", "PersistentVolume"};
constexpr std::string_view kManager = "kube-controller-manager";

// Claims get a volume as soon as they are there; a made volume goes with its claim. There is
// nothing behind it.
class Volumes : public Controller {
 public:
  using Controller::Controller;

  void observe(const Change& change) override {
    enqueueOwn(change, kClaim);
    enqueueOwn(change, kVolume);
    if (change.key.is(kPod) && change.after == nullptr) {
      for (const Tree& volume : listAt(*change.before, {"spec", "volumes"})) {
        enqueue(ObjectKey::of(kClaim, change.key.object_namespace,
                              textAt(volume, {"persistentVolumeClaim", "claimName"})));
      }
    }
    if (change.key.is(kClaim) && change.after == nullptr) {
      enqueue(ObjectKey::of(kVolume, "", volumeFor(*change.before)));
    }
  }

 protected:
  llvm::Error reconcile(const ObjectKey& key) override {
    if (key.is(kVolume)) return release(key);
    const Object claim = world_.cache().get(key);
    if (claim == nullptr) return llvm::Error::success();
    if (isDeleting(*claim)) {
      return isUsed(*claim) ? llvm::Error::success()
                            : unprotect(key, *claim, "kubernetes.io/pvc-protection");
    }
    if (textAt(*claim, {"status", "phase"}) == "Bound") return llvm::Error::success();
    std::string volume = textAt(*claim, {"spec", "volumeName"});
    if (volume.empty()) {
      volume = volumeFor(*claim);
      if (llvm::Error error = makeVolume(*claim, volume)) return error;
      Tree patch = Tree::map();
      setAt(patch, {"spec", "volumeName"}, volume);
      if (llvm::Error error = world_.patch(key, patch, kManager)) return error;
    }
    Tree status = Tree::map().set("phase", "Bound");
    status.set("accessModes", Tree(listAt(*claim, {"spec", "accessModes"})));
    if (const Tree* amount = findAt(*claim, {"spec", "resources", "requests"})) {
      status.set("capacity", *amount);
    }
    return world_.patchStatus(key, std::move(status), kManager);
  }

 private:
  static std::string volumeFor(const Tree& claim) {
    return textAt(claim, {"spec", "volumeName"}, "pvc-" + uidOf(claim));
  }

  llvm::Error makeVolume(const Tree& claim, const std::string& name) {
    if (world_.cache().get(kVolume, "", name) != nullptr) return llvm::Error::success();
    Tree object = Tree::map();
    setAt(object, {"metadata", "name"}, name);
    Tree spec = Tree::map().set("accessModes", Tree(listAt(claim, {"spec", "accessModes"})));
    if (const Tree* amount = findAt(claim, {"spec", "resources", "requests"})) {
      spec.set("capacity", *amount);
    }
    const std::string storage_class = textAt(claim, {"spec", "storageClassName"});
    if (!storage_class.empty()) spec.set("storageClassName", storage_class);
    spec.set("persistentVolumeReclaimPolicy", "Delete");
    Tree reference = Tree::map().set("apiVersion", "v1").set("kind", kClaim.kind);
    reference.set("namespace", namespaceOf(claim))
        .set("name", nameOf(claim))
        .set("uid", uidOf(claim));
    spec.set("claimRef", std::move(reference));
    Tree source = Tree::map().set("driver", "sandbox.gpuspec.dev").set("volumeHandle", name);
    object.set("spec", spec.set("csi", std::move(source)));
    auto made = world_.create(kVolume, std::move(object), kManager);
    if (!made) return made.takeError();
    return world_.patchStatus(keyOf(kVolume, **made), Tree::map().set("phase", "Bound"), kManager);
  }

  bool isUsed(const Tree& claim) const {
    for (const Object& pod : world_.cache().list(kPod, namespaceOf(claim))) {
      for (const Tree& volume : listAt(*pod, {"spec", "volumes"})) {
        if (textAt(volume, {"persistentVolumeClaim", "claimName"}) == nameOf(claim)) return true;
      }
    }
    return false;
  }

  llvm::Error unprotect(const ObjectKey& key, const Tree& object, std::string_view finalizer) {
    if (!hasFinalizer(object, finalizer)) return llvm::Error::success();
    Tree left = Tree(listAt(object, {"metadata", "finalizers"}));
    std::erase_if(left.asList(), [finalizer](const Tree& each) {
      return each.isString() && each.asString() == finalizer;
    });
    Tree patch = Tree::map();
    setAt(patch, {"metadata", "finalizers"}, left.empty() ? Tree() : std::move(left));
    return world_.patchAsSeen(key, std::move(patch), kManager);
  }

  // The claim is gone: so goes what was made for it.
  llvm::Error release(const ObjectKey& key) {
    const Object volume = world_.cache().get(key);
    if (volume != nullptr && isDeleting(*volume)) {
      return unprotect(key, *volume, "kubernetes.io/pv-protection");
    }
    const std::string claim = volume == nullptr ? "" : textAt(*volume, {"spec", "claimRef", "uid"});
    if (claim.empty()) return llvm::Error::success();
    if (world_.cache().keyOfUid(claim) != nullptr) return llvm::Error::success();
    const bool ours =
        volume != nullptr && textAt(*volume, {"spec", "csi", "driver"}) == "sandbox.gpuspec.dev";
    return ours ? world_.remove(key) : llvm::Error::success();
  }
};

}  // namespace

std::unique_ptr<Controller> makeVolumes(World& world) {
  return std::make_unique<Volumes>(world);
}

}  // namespace gpuspec::deploy::sandbox::live
