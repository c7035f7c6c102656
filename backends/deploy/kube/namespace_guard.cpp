#include <algorithm>
#include <set>

#include "backends/deploy/kube/parts.h"

namespace gpuspec::deploy::kube {

namespace {

using apply::ApiError;

constexpr std::size_t kMostNamed = 10;

bool has(const std::vector<std::string>& items, std::string_view item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

// What controllers keep in a namespace without saying whose it is.
bool isOfSystem(const ApiResource& resource, const Tree& object) {
  static const std::set<std::string> kKinds = {"Event", "Endpoints", "EndpointSlice", "Lease"};
  if (kKinds.contains(resource.kind)) return true;
  const std::string name = metadataText(object, "name");
  if (resource.kind == "ConfigMap") return name == "kube-root-ca.crt";
  if (resource.kind == "ServiceAccount") return name == "default";
  const Tree* annotations = below(object, {"metadata", "annotations"});
  return resource.kind == "Secret" &&
         !textAt(annotations, "kubernetes.io/service-account.name").empty();
}

class Guarding {
 public:
  Guarding(const Writer& writer, const Tree& found) : writer_(writer), found_(found) {
    const Tree* labels = below(found, {"metadata", "labels"});
    scope_ = {textAt(labels, model::kProject), textAt(labels, model::kEnvironment)};
  }

  llvm::Error run() {
    llvm::Expected<const std::vector<ApiResource>*> known = writer_.directory.all();
    if (!known) return known.takeError();
    std::vector<const ApiResource*> kinds;
    for (const ApiResource& resource : **known) {
      if (resource.namespaced && has(resource.verbs, "list") && has(resource.verbs, "delete"))
        kinds.push_back(&resource);
    }
    std::vector<std::set<std::string>> others(kinds.size());
    if (llvm::Error error =
            sideBySide(kinds.size(), [&](std::size_t i) { return look(*kinds[i], others[i]); }))
      return error;
    std::set<std::string> names;
    for (const auto& part : others) names.insert(part.begin(), part.end());
    return names.empty() ? llvm::Error::success() : refuse(names);
  }

 private:
  llvm::Error look(const ApiResource& resource, std::set<std::string>& others) const {
    ListQuery query;
    query.object_namespace = metadataText(found_, "name");
    query.metadata_only = true;
    llvm::Expected<std::vector<Tree>> objects = listAll(writer_.caller, resource, query);
    if (!objects) return objects.takeError();
    for (const Tree& object : *objects) {
      const Tree* metadata = object.find("metadata");
      if (metadata == nullptr || goesAnyway(*metadata) || isOfSystem(resource, object)) continue;
      const model::Owner owner = model::ownerOfObject(*metadata, scope_);
      if (owner.kind == model::OwnerKind::Us || isOurRelease(*metadata)) continue;
      others.insert(resource.kind + " " + metadataText(object, "name") +
                    (owner.text.empty() ? "" : " (" + owner.text + ")"));
    }
    return llvm::Error::success();
  }

  static bool goesAnyway(const Tree& metadata) {
    return !textAt(metadata, "deletionTimestamp").empty() ||
           !itemsOf(metadata.find("ownerReferences")).empty();
  }

  // The Secret in which Helm keeps a release that carries our labels.
  bool isOurRelease(const Tree& metadata) const {
    const Tree* labels = metadata.find("labels");
    return textAt(labels, "owner") == "helm" && !scope_.project.empty() &&
           textAt(labels, model::kProject) == scope_.project &&
           textAt(labels, model::kEnvironment) == scope_.environment;
  }

  llvm::Error refuse(const std::set<std::string>& names) const {
    std::string list;
    std::size_t named = 0;
    for (const std::string& name : names) {
      if (named++ == kMostNamed) break;
      list += (list.empty() ? "" : ", ") + name;
    }
    if (names.size() > kMostNamed)
      list += " and " + std::to_string(names.size() - kMostNamed) + " more";
    ApiError error(
        ApiError::Kind::Conflict, 409, "NamespaceShared",
        "namespace " + metadataText(found_, "name") + " holds what others have made: " + list);
    error.way_out =
        "move these away, or keep the namespace: `removed { what = ...  destroy = false }`";
    return llvm::make_error<ApiError>(std::move(error));
  }

  const Writer& writer_;
  const Tree& found_;
  model::Scope scope_;
};

}  // namespace

llvm::Error refuseShared(const Writer& writer, const Tree& found) {
  return Guarding(writer, found).run();
}

}  // namespace gpuspec::deploy::kube
