#include "backends/deploy/kube/others.h"

#include <algorithm>

#include "backends/deploy/kube/parts.h"

namespace gpuspec::deploy::kube {

namespace {

using apply::ApiError;

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

bool goesAnyway(const Tree& metadata) {
  return !textAt(metadata, "deletionTimestamp").empty() ||
         !itemsOf(metadata.find("ownerReferences")).empty();
}

// The Secret in which Helm keeps a release that carries our labels.
bool isOurRelease(const Tree& metadata, const model::Scope& scope) {
  const Tree* labels = metadata.find("labels");
  return textAt(labels, "owner") == "helm" && !scope.project.empty() &&
         textAt(labels, model::kProject) == scope.project &&
         textAt(labels, model::kEnvironment) == scope.environment;
}

std::string nameOf(const ApiResource& resource, const Tree& object) {
  const std::string where = metadataText(object, "namespace");
  return resource.kind + " " + (where.empty() ? "" : where + "/") + metadataText(object, "name");
}

// Nothing, and a sentence about it, where we have no right to list.
llvm::Expected<std::vector<Tree>> visible(KubeClient& client, const ApiResource& resource,
                                          const std::string& where, const std::string& selector,
                                          std::string& not_checked) {
  llvm::Expected<std::vector<Tree>> found = client.list(resource, where, selector, true);
  if (found) return found;
  llvm::Error error = found.takeError();
  if (kindOf(error) != ApiError::Kind::Forbidden) return error;
  llvm::consumeError(std::move(error));
  not_checked = "whether others have " + resource.plural +
                (where.empty() ? "" : " in namespace " + where) + ": no right to list them";
  return std::vector<Tree>();
}

// What Kubernetes and its providers bring along.
bool isOfSystem(const std::string& name) {
  static const std::set<std::string> kNames = {"default", "gatekeeper-system", "calico-system",
                                               "tigera-operator", "app-routing-system"};
  return kNames.contains(name) || name.starts_with("kube-") || name.starts_with("aks-") ||
         name.starts_with("azure-");
}

class Neighbours {
 public:
  Neighbours(KubeClient& client, const model::Scope& scope, model::LiveCluster& cluster)
      : client_(client), scope_(scope), cluster_(cluster) {}

  llvm::Error run() {
    if (llvm::Error error = readNamespaces()) return error;
    const ApiResource* maps = client_.find("", "ConfigMap");
    if (maps == nullptr) return llvm::Error::success();
    llvm::Expected<std::vector<Tree>> inventories = list(
        *maps, std::string(model::kRecordNamespace), std::string(model::kRecord) + "=inventory");
    if (!inventories) return inventories.takeError();
    for (const Tree& inventory : *inventories) {
      if (llvm::Error error = readProject(inventory)) return error;
    }
    return llvm::Error::success();
  }

 private:
  llvm::Expected<std::vector<Tree>> list(const ApiResource& resource, const std::string& where,
                                         const std::string& selector) {
    std::string not_checked;
    llvm::Expected<std::vector<Tree>> found =
        visible(client_, resource, where, selector, not_checked);
    if (!not_checked.empty()) cluster_.not_checked.push_back(not_checked);
    return found;
  }

  llvm::Error readNamespaces() {
    const ApiResource* namespaces = client_.find("", "Namespace");
    if (namespaces == nullptr) return llvm::Error::success();
    llvm::Expected<std::vector<Tree>> found = list(*namespaces, "", "");
    if (!found) return found.takeError();
    for (const Tree& one : *found) {
      const std::string name = metadataText(one, "name");
      const std::optional<model::Owner> owner = otherOwner(*namespaces, one, scope_);
      if (!owner || isOfSystem(name)) continue;
      if (owner->kind == model::OwnerKind::Project) {
        add(owner->text, "Namespace " + name);
      } else {
        cluster_.other_namespaces.push_back(name +
                                            (owner->text.empty() ? "" : " of " + owner->text));
      }
    }
    return llvm::Error::success();
  }

  // An inventory says where to look; whether anything is left there, the API says.
  llvm::Error readProject(const Tree& inventory) {
    const Tree* metadata = inventory.find("metadata");
    const Tree* labels = metadata != nullptr ? metadata->find("labels") : nullptr;
    const model::Scope theirs{textAt(labels, model::kProject), textAt(labels, model::kEnvironment)};
    const bool ours = theirs.project == scope_.project && theirs.environment == scope_.environment;
    if (ours || theirs.project.empty()) return llvm::Error::success();
    for (const auto& [group, kind] : model::readInventory(inventory).group_kinds) {
      const ApiResource* resource = client_.find(group, kind);
      if (resource == nullptr || kind == "Namespace") continue;
      llvm::Expected<std::vector<Tree>> found = list(*resource, "", model::labelSelector(theirs));
      if (!found) return found.takeError();
      for (const Tree& object : *found) {
        if (below(object, {"metadata", "labels", model::kRecord}) == nullptr)
          add(model::ownerOfObject(*metadata, scope_).text, nameOf(*resource, object));
      }
    }
    return llvm::Error::success();
  }

  void add(const std::string& project, std::string what) {
    cluster_.other_projects[project].push_back(std::move(what));
  }

  KubeClient& client_;
  const model::Scope& scope_;
  model::LiveCluster& cluster_;
};

}  // namespace

bool standsInNamespaces(const ApiResource& resource) {
  return resource.namespaced && has(resource.verbs, "list") && has(resource.verbs, "delete");
}

std::optional<model::Owner> otherOwner(const ApiResource& resource, const Tree& object,
                                       const model::Scope& scope) {
  const Tree* metadata = object.find("metadata");
  if (metadata == nullptr || goesAnyway(*metadata) || isOfSystem(resource, object))
    return std::nullopt;
  model::Owner owner = model::ownerOfObject(*metadata, scope);
  if (owner.kind == model::OwnerKind::Us || isOurRelease(*metadata, scope)) return std::nullopt;
  return owner;
}

llvm::Error readOthersIn(KubeClient& client, const model::Scope& scope,
                         const std::set<std::string>& namespaces, model::LiveCluster& cluster) {
  llvm::Expected<const std::vector<ApiResource>*> known = client.discover();
  if (!known) return known.takeError();
  std::vector<const ApiResource*> kinds;
  for (const ApiResource& resource : **known) {
    if (standsInNamespaces(resource)) kinds.push_back(&resource);
  }
  // Of several namespaces at once, so that the requests do not grow with them.
  const std::string where = namespaces.size() == 1 ? *namespaces.begin() : "";
  std::vector<std::vector<std::pair<std::string, std::string>>> found(kinds.size());
  std::vector<std::string> not_checked(kinds.size());
  if (llvm::Error error = sideBySide(kinds.size(), [&](std::size_t i) -> llvm::Error {
        llvm::Expected<std::vector<Tree>> objects =
            visible(client, *kinds[i], where, "", not_checked[i]);
        if (!objects) return objects.takeError();
        for (const Tree& object : *objects) {
          const std::string name = metadataText(object, "namespace");
          if (!namespaces.contains(name)) continue;
          const std::optional<model::Owner> owner = otherOwner(*kinds[i], object, scope);
          if (owner)
            found[i].emplace_back(name, nameOf(*kinds[i], object) +
                                            (owner->text.empty() ? "" : " of " + owner->text));
        }
        return llvm::Error::success();
      }))
    return error;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    for (auto& [name, text] : found[i]) cluster.others[name].push_back(std::move(text));
    if (!not_checked[i].empty()) cluster.not_checked.push_back(std::move(not_checked[i]));
  }
  return llvm::Error::success();
}

llvm::Error readNeighbours(KubeClient& client, const model::Scope& scope,
                           model::LiveCluster& cluster) {
  return Neighbours(client, scope, cluster).run();
}

}  // namespace gpuspec::deploy::kube
