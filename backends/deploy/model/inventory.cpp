#include <algorithm>
#include <set>

#include "backends/deploy/model/ownership.h"
#include "compiler/ir/make_tree.h"

// The inventory in the form of an ApplySet's parent (Kubernetes KEP-3659): where to look, never
// what is there.

namespace gpuspec::deploy::model {

namespace {

using ir::mapOf;

constexpr std::string_view kId = "applyset.kubernetes.io/id";
constexpr std::string_view kTooling = "applyset.kubernetes.io/tooling";
constexpr std::string_view kGroupKinds = "applyset.kubernetes.io/contains-group-kinds";
constexpr std::string_view kNamespaces = "applyset.kubernetes.io/additional-namespaces";

std::string joined(const std::set<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : ",") + item;
  return out;
}

std::vector<std::string> split(const Tree* list) {
  std::vector<std::string> out;
  if (list == nullptr || !list->isString()) return out;
  const std::string& text = list->asString();
  constexpr const char* kBetween = ", ";
  for (std::size_t begin = text.find_first_not_of(kBetween); begin < text.size();) {
    const std::size_t end = std::min(text.find_first_of(kBetween, begin), text.size());
    out.push_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(kBetween, end);
  }
  return out;
}

}  // namespace

Tree inventoryObject(const Scope& scope, const std::string& tool_version,
                     const std::vector<ResourceKey>& members) {
  std::set<std::string> kinds, namespaces;
  for (const ResourceKey& key : members) {
    if (key.system != System::Kubernetes) continue;
    kinds.insert(key.kind + (key.group.empty() ? "" : "." + key.group));
    if (!key.scope.empty() && key.scope != kRecordNamespace) namespaces.insert(key.scope);
  }
  Tree labels = mapOf(kManagedBy, "gpuspec", kId, applySetId(scope), kProject, scope.project,
                      kRecord, "inventory");
  if (!scope.environment.empty()) labels.set(kEnvironment, scope.environment);
  Tree annotations = mapOf(kTooling, "gpuspec/" + tool_version, kGroupKinds, joined(kinds));
  if (!namespaces.empty()) annotations.set(kNamespaces, joined(namespaces));
  return mapOf("apiVersion", "v1", "kind", "ConfigMap", "metadata",
               mapOf("name", recordName(scope), "namespace", kRecordNamespace, "labels",
                     std::move(labels), "annotations", std::move(annotations)));
}

Inventory readInventory(const Tree& object) {
  Inventory inventory;
  const Tree* metadata = object.find("metadata");
  const Tree* annotations = metadata != nullptr ? metadata->find("annotations") : nullptr;
  if (annotations == nullptr) return inventory;
  for (const std::string& group_kind : split(annotations->find(kGroupKinds))) {
    const std::size_t dot = std::min(group_kind.find('.'), group_kind.size());
    if (dot == 0) continue;
    inventory.group_kinds.emplace_back(dot < group_kind.size() ? group_kind.substr(dot + 1) : "",
                                       group_kind.substr(0, dot));
  }
  inventory.namespaces = split(annotations->find(kNamespaces));
  return inventory;
}

}  // namespace gpuspec::deploy::model
