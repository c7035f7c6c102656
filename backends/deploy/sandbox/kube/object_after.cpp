// What follows from a write: the registry's custom resources, quota status, namespaces that end.

#include "backends/deploy/sandbox/kube/crd.h"
#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/objects.h"
#include "backends/deploy/sandbox/kube/status.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

bool is(const ResourceInfo& resource, std::string_view group, std::string_view name) {
  return resource.group == group && resource.resource == name;
}

}  // namespace

void ObjectLayer::afterWrite(const Call& call, const Tree* before, const Tree* after, bool quiet) {
  const ResourceInfo& resource = *call.resource;
  if (is(resource, "apiextensions.k8s.io", "customresourcedefinitions")) {
    if (after == nullptr) {
      registry_.forget(call.name);
    } else {
      registry_.define(call.name, resourcesOf(*after));
    }
  }
  if (is(resource, "", "namespaces")) afterNamespace(before, after);
  if (is(resource, "", "services") && after == nullptr) addresses_.release(*before);
  if (after == nullptr) usage_.note(resource, before, nullptr);
  if (!call.object_namespace.empty()) usage_.refreshQuotas(call.object_namespace);
  if (after != nullptr || quiet) return;
  if (resource.namespaced) finishNamespace(call.object_namespace);
  if (resource.custom) finishDefinition(resource);
}

// What kube-controller-manager makes in every new namespace; here it is there at once.
void ObjectLayer::fillNamespace(const std::string& name) {
  const auto make = [&](const char* resource, Tree object) {
    if (cluster_.store().get(cluster_.key("", resource, name, nameOf(object)))) return;
    WriteOptions options;
    options.field_manager = "kube-controller-manager";
    // A namespace that is deleted at the same moment needs none.
    auto made = create({"", "v1", resource}, name, std::move(object), options);
    if (!made) llvm::consumeError(made.takeError());
  };
  make("serviceaccounts", ir::mapOf("metadata", ir::mapOf("name", "default")));
  make("configmaps", ir::mapOf("metadata", ir::mapOf("name", "kube-root-ca.crt"), "data",
                               ir::mapOf("ca.crt", "")));
}

// What a server that was killed had begun.
void ObjectLayer::finishNamespaces() {
  for (const Object& found : cluster_.list("", "namespaces")) {
    if (isDeleting(*found)) {
      emptyNamespace(nameOf(*found));
    } else {
      fillNamespace(nameOf(*found));
    }
  }
}

void ObjectLayer::afterNamespace(const Tree* before, const Tree* after) {
  if (after == nullptr) return;
  if (before == nullptr) fillNamespace(nameOf(*after));
  if (isDeleting(*after) && !hasFinalizers(*after)) finishNamespace(nameOf(*after));
}

void ObjectLayer::emptyNamespace(const std::string& name) {
  for (const Resource& resource : registry_.all()) {
    if (!resource->namespaced || resource->review) continue;
    for (const Object& object : cluster_.list(resource->group, resource->resource, name)) {
      Call call;
      call.resource = resource;
      call.object_namespace = name;
      call.name = nameOf(*object);
      DeleteCall how;
      how.quiet = true;
      // Somebody else may have been faster.
      auto removed = removeObject(call, how);
      if (!removed) llvm::consumeError(removed.takeError());
    }
  }
  finishNamespace(name);
  noteRemaining(name);
}

void ObjectLayer::finishNamespace(const std::string& name) {
  Call call;
  call.resource = registry_.find("", "v1", "namespaces");
  call.name = name;
  const auto live = find(call);
  if (!live || !isDeleting(*live->object) || hasFinalizers(*live->object)) return;
  for (const Resource& resource : registry_.all()) {
    if (resource->namespaced && !resource->review &&
        cluster_.hasAny(resource->group, resource->resource, name)) {
      return;
    }
  }
  auto removed = removeNow(call, *live, true);
  if (!removed) llvm::consumeError(removed.takeError());
}

// Why the namespace is still there, as kubectl shows it.
void ObjectLayer::noteRemaining(const std::string& name) {
  Tree finalizers = Tree::map();
  for (const Resource& resource : registry_.all()) {
    if (!resource->namespaced || resource->review) continue;
    for (const Object& object : cluster_.list(resource->group, resource->resource, name)) {
      for (const Tree& each : listAt(*object, {"metadata", "finalizers"})) {
        Tree& count = finalizers.at(each.asString());
        count = (count.isInt() ? count.asInt() : 0) + 1;
      }
    }
  }
  if (finalizers.empty()) return;
  std::string message = "Some content in the namespace has finalizers remaining: ";
  bool first = true;
  for (const auto& [finalizer, count] : finalizers.asMap()) {
    message += (first ? "" : ", ") + finalizer + " in " + std::to_string(count.asInt()) +
               " resource instances";
    first = false;
  }
  Tree condition =
      ir::mapOf("type", "NamespaceFinalizersRemaining", "status", "True", "lastTransitionTime",
                timestamp(), "reason", "SomeFinalizersRemain", "message", message);
  Tree patch = ir::mapOf("status", ir::mapOf("conditions", Tree(Tree::List{std::move(condition)})));
  WriteOptions options;
  options.field_manager = "kube-controller-manager";
  options.subresource = "status";
  auto written = mergePatch({"", "v1", "namespaces"}, "", name, patch, options);
  if (!written) llvm::consumeError(written.takeError());
}

void ObjectLayer::removeInstances(const Tree& definition) {
  const std::string& group = textAt(definition, {"spec", "group"});
  const Resource resource =
      registry_.find(group, "", textAt(definition, {"spec", "names", "plural"}));
  if (resource == nullptr) return;
  for (const Object& object : cluster_.list(group, resource->resource)) {
    Call call;
    call.resource = resource;
    call.object_namespace = namespaceOf(*object);
    call.name = nameOf(*object);
    DeleteCall how;
    how.quiet = true;
    auto removed = removeObject(call, how);
    if (!removed) llvm::consumeError(removed.takeError());
  }
}

void ObjectLayer::finishDefinition(const ResourceInfo& custom) {
  Call call;
  call.resource = registry_.find("apiextensions.k8s.io", "v1", "customresourcedefinitions");
  call.name = custom.resource + "." + custom.group;
  const auto live = find(call);
  if (!live || !isDeleting(*live->object) || cluster_.hasAny(custom.group, custom.resource)) return;
  auto freed = patchObject(call, [](const Tree& definition) -> llvm::Expected<Tree> {
    Tree finalizers = Tree::list();
    for (const Tree& each : listAt(definition, {"metadata", "finalizers"})) {
      if (each != Tree("customresourcecleanup.apiextensions.k8s.io")) finalizers.push(each);
    }
    Tree out = definition;
    setAt(out, {"metadata", "finalizers"}, std::move(finalizers));
    return out;
  });
  if (!freed) llvm::consumeError(freed.takeError());
}

}  // namespace gpuspec::deploy::sandbox::api
