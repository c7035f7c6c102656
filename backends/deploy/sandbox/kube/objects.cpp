#include "backends/deploy/sandbox/kube/objects.h"

#include "backends/deploy/sandbox/kube/crd.h"
#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/patch.h"
#include "backends/deploy/sandbox/kube/status.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

Call callFor(Resource resource, std::string_view object_namespace, std::string_view name,
             const WriteOptions& options) {
  Call call;
  call.object_namespace = resource->namespaced ? std::string(object_namespace) : std::string();
  call.resource = std::move(resource);
  call.name = name;
  call.options = options;
  return call;
}

// A watch that never tells anything: of what is not served, or when the store has closed.
class SilentWatch final : public Watch {
 public:
  std::vector<Event> next(std::chrono::milliseconds) override { return {}; }
  bool closed() const override { return true; }
  void close() override {}
};

}  // namespace

ObjectLayer::ObjectLayer(Store& store, const std::string& cluster)
    : cluster_(store, cluster),
      addresses_(cluster_),
      usage_(cluster_, registry_),
      admission_(cluster_) {
  loadDefinitions();
  finishNamespaces();
}

void ObjectLayer::loadDefinitions() {
  for (const Object& definition :
       cluster_.list("apiextensions.k8s.io", "customresourcedefinitions")) {
    registry_.define(nameOf(*definition), resourcesOf(*definition));
  }
}

llvm::Expected<Resource> ObjectLayer::known(const ResourceId& id) const {
  if (Resource resource = registry_.find(id.group, id.version, id.resource)) return resource;
  return statusError(404, "NotFound", "the server could not find the requested resource");
}

std::string ObjectLayer::keyOf(const Call& call) const {
  return cluster_.key(call.resource->group, call.resource->resource, call.object_namespace,
                      call.name);
}

std::optional<ObjectLayer::Live> ObjectLayer::find(const Call& call) const {
  const auto entry = cluster_.store().get(keyOf(call));
  if (!entry) return std::nullopt;
  return Live{entry->value, entry->modified};
}

Tree ObjectLayer::shownAs(const ResourceInfo& resource, Tree object) {
  if (resource.custom && textAt(object, {"apiVersion"}) != resource.apiVersion()) {
    object.set("apiVersion", resource.apiVersion());
  }
  return object;
}

llvm::Expected<Tree> ObjectLayer::create(const ResourceId& id, std::string_view object_namespace,
                                         Tree object, const WriteOptions& options) {
  auto resource = known(id);
  if (!resource) return resource.takeError();
  return createObject(callFor(*resource, object_namespace, "", options), std::move(object));
}

llvm::Expected<Tree> ObjectLayer::update(const ResourceId& id, std::string_view object_namespace,
                                         Tree object, const WriteOptions& options) {
  auto resource = known(id);
  if (!resource) return resource.takeError();
  const std::string name = nameOf(object);
  return updateObject(callFor(*resource, object_namespace, name, options), std::move(object));
}

llvm::Expected<Tree> ObjectLayer::apply(const ResourceId& id, std::string_view object_namespace,
                                        std::string_view name, Tree object,
                                        const WriteOptions& options) {
  auto resource = known(id);
  if (!resource) return resource.takeError();
  return applyObject(callFor(*resource, object_namespace, name, options), std::move(object));
}

llvm::Expected<Tree> ObjectLayer::mergePatch(const ResourceId& id,
                                             std::string_view object_namespace,
                                             std::string_view name, const Tree& patch,
                                             const WriteOptions& options) {
  auto resource = known(id);
  if (!resource) return resource.takeError();
  return patchObject(callFor(*resource, object_namespace, name, options),
                     [&patch](const Tree& live) { return patchedByMerge(live, patch); });
}

llvm::Expected<Tree> ObjectLayer::remove(const ResourceId& id, std::string_view object_namespace,
                                         std::string_view name, std::string_view propagation) {
  auto resource = known(id);
  if (!resource) return resource.takeError();
  const Call call = callFor(*resource, object_namespace, name, {});
  DeleteCall how;
  how.propagation = propagation;
  // A second removal of a pod is the kubelet's, when its containers are gone.
  const auto live = find(call);
  if (live && isDeleting(*live->object)) how.grace_seconds = 0;
  return removeObject(call, how);
}

std::optional<Tree> ObjectLayer::get(const ResourceId& id, std::string_view object_namespace,
                                     std::string_view name) const {
  const Resource resource = registry_.find(id.group, id.version, id.resource);
  if (resource == nullptr) return std::nullopt;
  const auto live = find(callFor(resource, object_namespace, name, {}));
  if (!live) return std::nullopt;
  return shownAs(*resource, *live->object);
}

llvm::Expected<Tree> ObjectLayer::readObject(const Call& call) const {
  const auto live = find(call);
  if (!live) return notFound(*call.resource, call.name);
  return shownAs(*call.resource, *live->object);
}

std::vector<Tree> ObjectLayer::list(const ResourceId& id, std::string_view object_namespace) const {
  const Resource resource = registry_.find(id.group, id.version, id.resource);
  std::vector<Tree> out;
  if (resource == nullptr) return out;
  for (const Object& object : cluster_.list(id.group, id.resource, object_namespace)) {
    out.push_back(shownAs(*resource, *object));
  }
  return out;
}

std::unique_ptr<Watch> ObjectLayer::watch(const ResourceId& id) const {
  const std::string prefix =
      id.resource.empty() ? cluster_.root() : cluster_.prefix(id.group, id.resource);
  llvm::Expected<std::unique_ptr<Watch>> watch = cluster_.store().watch(prefix, 0);
  if (watch) return std::move(*watch);
  llvm::consumeError(watch.takeError());
  return std::make_unique<SilentWatch>();
}

}  // namespace gpuspec::deploy::sandbox::api
