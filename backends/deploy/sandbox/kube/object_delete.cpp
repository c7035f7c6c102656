#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/objects.h"
#include "backends/deploy/sandbox/kube/status.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

constexpr int kTries = 200;
constexpr std::string_view kForeground = "foregroundDeletion";
constexpr std::string_view kOrphan = "orphan";

bool isPod(const ResourceInfo& resource) {
  return resource.group.empty() && resource.resource == "pods";
}

bool isNamespace(const ResourceInfo& resource) {
  return resource.group.empty() && resource.resource == "namespaces";
}

// Only pods that stand on a node have something to wind up.
std::int64_t graceOf(const ResourceInfo& resource, const Tree& object, const DeleteCall& how) {
  if (!isPod(resource)) return 0;
  const std::string& phase = textAt(object, {"status", "phase"});
  if (textAt(object, {"spec", "nodeName"}).empty() || phase == "Succeeded" || phase == "Failed")
    return 0;
  return how.grace_seconds.value_or(intAt(object, {"spec", "terminationGracePeriodSeconds"}, 30));
}

Tree withPropagation(const Tree& object, std::string_view propagation) {
  Tree finalizers = Tree::list();
  for (const Tree& each : listAt(object, {"metadata", "finalizers"})) {
    if (each != Tree(kForeground) && each != Tree(kOrphan)) finalizers.push(each);
  }
  if (propagation == "Foreground") finalizers.push(kForeground);
  if (propagation == "Orphan") finalizers.push(kOrphan);
  Tree out = object;
  if (finalizers.empty()) {
    eraseAt(out, {"metadata", "finalizers"});
  } else {
    setAt(out, {"metadata", "finalizers"}, std::move(finalizers));
  }
  return out;
}

llvm::Error checkPreconditions(const Call& call, const DeleteCall& how, const Tree& live) {
  if (!how.uid.empty() && how.uid != uidOf(live)) {
    return conflict(*call.resource, call.name,
                    "Precondition failed: UID in precondition: " + how.uid +
                        ", UID in object meta: " + uidOf(live));
  }
  const std::string& version = textAt(live, {"metadata", "resourceVersion"});
  if (!how.resource_version.empty() && how.resource_version != version) {
    return conflict(*call.resource, call.name,
                    "Precondition failed: ResourceVersion in precondition: " +
                        how.resource_version + ", ResourceVersion in object meta: " + version);
  }
  return llvm::Error::success();
}

}  // namespace

llvm::Expected<Tree> ObjectLayer::removeObject(const Call& call, const DeleteCall& how) {
  for (int attempt = 0; attempt < kTries; ++attempt) {
    const std::optional<Live> live = find(call);
    if (!live) return notFound(*call.resource, call.name);
    if (llvm::Error error = checkPreconditions(call, how, *live->object)) return error;
    llvm::Expected<Tree> removed = removeOnce(call, how, *live);
    if (removed) return removed;
    llvm::Error error = removed.takeError();
    if (!error.isA<RevisionConflict>()) return error;
    llvm::consumeError(std::move(error));
  }
  return serverTimeout();
}

llvm::Expected<Tree> ObjectLayer::removeOnce(const Call& call, const DeleteCall& how,
                                             const Live& live) {
  const ResourceInfo& resource = *call.resource;
  // What goes with its namespace or definition was asked for with that.
  if (!how.quiet) {
    if (llvm::Error error =
            admission_.validate(attempt(call, nullptr, live.object.get()), call.warnings))
      return error;
  }
  Tree next = withPropagation(*live.object, how.propagation);
  const std::int64_t grace = graceOf(resource, next, how);
  if (isNamespace(resource)) {
    if (call.name == "default" || call.name == "kube-system" || call.name == "kube-public") {
      return forbidden(resource, call.name, "this namespace may not be deleted");
    }
    setAt(next, {"status", "phase"}, "Terminating");
  }
  if (resource.resource == "customresourcedefinitions" && !call.options.dry_run)
    removeInstances(next);
  const bool instances =
      resource.resource == "customresourcedefinitions" &&
      cluster_.hasAny(textAt(next, {"spec", "group"}), textAt(next, {"spec", "names", "plural"}));
  if (instances && !hasFinalizer(next, "customresourcecleanup.apiextensions.k8s.io")) {
    if (findAt(next, {"metadata", "finalizers"}) == nullptr)
      setAt(next, {"metadata", "finalizers"}, Tree::list());
    findAt(next, {"metadata", "finalizers"})->push("customresourcecleanup.apiextensions.k8s.io");
  }
  const bool stays = hasFinalizers(next) || grace > 0 || isNamespace(resource);
  if (call.options.dry_run) {
    return stays ? std::move(next) : successStatus(resource, call.name, uidOf(next));
  }
  return stays ? markDeleted(call, how, live, std::move(next), grace)
               : removeNow(call, live, how.quiet);
}

llvm::Expected<Tree> ObjectLayer::markDeleted(const Call& call, const DeleteCall& how,
                                              const Live& live, Tree next, std::int64_t grace) {
  const Tree& before = *live.object;
  const bool again = isDeleting(before);
  const std::int64_t former = intAt(before, {"metadata", "deletionGracePeriodSeconds"});
  if (again && how.grace_seconds && *how.grace_seconds < former) {
    setAt(next, {"metadata", "deletionGracePeriodSeconds"}, *how.grace_seconds);
  }
  if (!again) {
    setAt(next, {"metadata", "deletionTimestamp"}, timestampAfter(grace));
    setAt(next, {"metadata", "deletionGracePeriodSeconds"}, grace);
    if (isNamespace(*call.resource)) eraseAt(next, {"metadata", "deletionGracePeriodSeconds"});
    const std::int64_t generation = intAt(before, {"metadata", "generation"});
    if (generation > 0) setAt(next, {"metadata", "generation"}, generation + 1);
  }
  if (!same(before, next)) {
    llvm::Expected<Entry> entry =
        cluster_.store().put(keyOf(call), withRevision(next), live.revision);
    if (!entry) return entry.takeError();
    next = *entry->value;
    afterWrite(call, &before, &next, how.quiet);
  }
  if (isNamespace(*call.resource)) emptyNamespace(call.name);
  return shownAs(*call.resource, std::move(next));
}

llvm::Expected<Tree> ObjectLayer::removeNow(const Call& call, const Live& live, bool quiet) {
  llvm::Expected<std::int64_t> revision = cluster_.store().remove(keyOf(call), live.revision);
  if (!revision) return revision.takeError();
  afterWrite(call, live.object.get(), nullptr, quiet);
  if (isPod(*call.resource)) return *live.object;
  return successStatus(*call.resource, call.name, uidOf(*live.object));
}

}  // namespace gpuspec::deploy::sandbox::api
