#include <map>

#include "backends/kubernetes/parts.h"

namespace gpuspec::kubernetes {

namespace {

using ir::mapOf;
using ir::Tree;

// The object as it is, with apiVersion, kind and metadata in front and the marks of ownership among
// its labels.
Tree marked(const Scope& scope, const Tree& object) {
  Tree out = mapOf("apiVersion", "", "kind", "", "metadata", Tree::map());
  out.from(object.location());
  for (const auto& [key, value] : object.asMap()) out.set(key, value);
  Tree& metadata = out.at("metadata");
  addLabels(metadata.at("labels"), std::move(ownerLabels(scope.spec()).asMap()));
  return out;
}

bool isList(const Tree& object) {
  const Tree* kind = object.find("kind");
  const Tree* items = object.find("items");
  return kind && kind->isString() && kind->asString() == "List" && items && items->isList();
}

// A List is no object of the API server's, only a way to write several down.
void addMarked(const Scope& scope, const Tree& object, const source::Location& at,
               Objects& objects) {
  if (isList(object)) {
    for (const Tree& item : object.find("items")->asList()) addMarked(scope, item, at, objects);
  } else if (object.isMap()) {
    Tree out = marked(scope, object);
    if (!out.location().valid()) out.from(at);
    objects.add(std::move(out));
  }
}

bool alwaysExists(const std::string& name) {
  return name == "default" || name == "kube-system" || name == "kube-public" ||
         name == "kube-node-lease";
}

}  // namespace

// Of the vendors' charts. What a `release` of the spec names may well be there already: Helm makes
// that one.
void addReleaseNamespaces(const Scope& scope, Objects& objects) {
  struct Needed {
    std::map<std::string, std::string> labels;
    source::Location at;
  };
  std::map<std::string, Needed> namespaces;
  for (const ir::PlacedStack& stack : scope.placement.stacks) {
    const ir::Accelerator& accelerator = scope.spec()[stack.accelerator_id];
    if (accelerator.cluster_id != scope.cluster_id) continue;
    for (const ir::ReleasePlan& release : stack.plan.releases) {
      if (alwaysExists(release.release_namespace)) continue;
      Needed& needed = namespaces[release.release_namespace];
      if (!needed.at.valid()) needed.at = accelerator.at;
      needed.labels.insert(release.namespace_labels.begin(), release.namespace_labels.end());
    }
  }
  for (const auto& [name, needed] : namespaces) {
    Tree labels = ownerLabels(scope.spec());
    addLabels(labels, entries({needed.labels.begin(), needed.labels.end()}, needed.at));
    objects.add(newObject("v1", "Namespace", name, "", std::move(labels), needed.at));
  }
}

void addStackObjects(const Scope& scope, const ir::PlacedStack& stack, Objects& objects) {
  const source::Location& at = scope.spec()[stack.accelerator_id].at;
  for (const Tree& object : stack.plan.manifests) addMarked(scope, object, at, objects);
}

void addManifests(const Scope& scope, Objects& objects) {
  for (const ir::Manifest& manifest : scope.spec().manifests) {
    if (manifest.cluster_id == scope.cluster_id)
      addMarked(scope, manifest.object, manifest.at, objects);
  }
}

}  // namespace gpuspec::kubernetes
