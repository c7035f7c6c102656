#include "backends/deploy/sandbox/kube/scale.h"

#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/selectors.h"
#include "backends/deploy/sandbox/kube/status.h"
#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

// ".spec.replicas"; the paths of definitions hold no lists.
std::vector<std::string> parts(std::string_view path) {
  std::vector<std::string> out;
  while (!path.empty()) {
    if (path[0] == '.') path.remove_prefix(1);
    const std::size_t dot = std::min(path.find('.'), path.size());
    out.emplace_back(path.substr(0, dot));
    path.remove_prefix(dot);
  }
  return out;
}

const Tree* findPath(const Tree& object, std::string_view path) {
  const Tree* at = &object;
  for (const std::string& part : parts(path)) {
    at = at->find(part);
    if (at == nullptr) return nullptr;
  }
  return path.empty() ? nullptr : at;
}

std::string specPath(const ResourceInfo& resource) {
  return resource.custom ? resource.scale_spec_path : ".spec.replicas";
}

}  // namespace

Tree scaleOf(const ResourceInfo& resource, const Tree& object) {
  const Tree* wanted = findPath(object, specPath(resource));
  const Tree* there =
      findPath(object, resource.custom ? resource.scale_status_path : ".status.replicas");
  Tree metadata = Tree::map();
  for (std::string_view field :
       {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"}) {
    if (const Tree* value = findAt(object, {"metadata", field})) metadata.set(field, *value);
  }
  Tree spec = Tree::map();
  if (wanted != nullptr) spec.set("replicas", *wanted);
  Tree status = ir::mapOf("replicas", there == nullptr ? Tree(0) : *there);
  if (resource.custom) {
    if (const Tree* selector = findPath(object, resource.scale_selector_path))
      status.set("selector", *selector);
  } else if (const Tree* selector = findAt(object, {"spec", "selector"})) {
    status.set("selector", selectorText(*selector));
  }
  return ir::mapOf("kind", "Scale", "apiVersion", "autoscaling/v1", "metadata", std::move(metadata),
                   "spec", std::move(spec), "status", std::move(status));
}

llvm::Expected<Tree> withScale(const ResourceInfo& resource, const Tree& object,
                               const Tree& scale) {
  const Tree* replicas = findAt(scale, {"spec", "replicas"});
  if (replicas != nullptr && (!replicas->isInt() || replicas->asInt() < 0)) {
    return invalid(
        resource, nameOf(object),
        {invalidValue("spec.replicas", *replicas, "must be greater than or equal to 0")});
  }
  Tree out = object;
  Tree* at = &out;
  for (const std::string& part : parts(specPath(resource))) {
    if (!at->isMap()) *at = Tree::map();
    at = &at->at(part);
  }
  *at = replicas == nullptr ? Tree(0) : *replicas;
  const std::string& version = textAt(scale, {"metadata", "resourceVersion"});
  if (!version.empty()) setAt(out, {"metadata", "resourceVersion"}, version);
  return out;
}

}  // namespace gpuspec::deploy::sandbox::api
