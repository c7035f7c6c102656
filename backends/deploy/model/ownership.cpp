#include "backends/deploy/model/ownership.h"

#include <algorithm>
#include <array>

#include "backends/deploy/model/digest.h"

namespace gpuspec::deploy::model {

namespace {

constexpr std::size_t kLongestName = 63;
constexpr std::size_t kHashDigits = 8;

std::string textAt(const Tree* map, std::string_view key) {
  const Tree* value = map != nullptr ? map->find(key) : nullptr;
  return value != nullptr && value->isString() ? value->asString() : "";
}

std::string named(const std::string& project, const std::string& environment) {
  return "project " + project + (environment.empty() ? "" : ", environment " + environment);
}

// Lower-case letters, digits and hyphens.
std::string slug(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    const bool upper = c >= 'A' && c <= 'Z';
    if (plain || upper) out += static_cast<char>(upper ? c - 'A' + 'a' : c);
    if (!plain && !upper && !out.empty() && out.back() != '-') out += '-';
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out;
}

// Marks that other tools leave, strongest first.
struct ForeignMark {
  bool annotation;
  const char* key;
  const char* tool;
};
constexpr std::array kForeignMarks = {
    ForeignMark{true, "meta.helm.sh/release-name", "Helm release"},
    ForeignMark{true, "argocd.argoproj.io/tracking-id", "Argo CD"},
    ForeignMark{false, "argocd.argoproj.io/instance", "Argo CD application"},
    ForeignMark{false, "kustomize.toolkit.fluxcd.io/name", "Flux kustomization"},
    ForeignMark{false, "helm.toolkit.fluxcd.io/name", "Flux Helm release"},
    ForeignMark{false, "applyset.kubernetes.io/part-of", "ApplySet"},
};

// The owner that manages it, or the first of those that it goes with.
const Tree* controllerOf(const Tree& metadata) {
  const Tree* owners = metadata.find("ownerReferences");
  if (owners == nullptr || !owners->isList() || owners->empty()) return nullptr;
  for (const Tree& reference : owners->asList()) {
    const Tree* manages = reference.find("controller");
    if (manages != nullptr && *manages == Tree(true)) return &reference;
  }
  return &owners->asList().front();
}

std::optional<Owner> foreignOwner(const Tree& metadata) {
  const Tree* labels = metadata.find("labels");
  const Tree* annotations = metadata.find("annotations");
  for (const ForeignMark& mark : kForeignMarks) {
    const std::string value = textAt(mark.annotation ? annotations : labels, mark.key);
    if (!value.empty()) return Owner{OwnerKind::Other, std::string(mark.tool) + " " + value};
  }
  if (const Tree* controller = controllerOf(metadata))
    return Owner{OwnerKind::Other, textAt(controller, "kind") + " " + textAt(controller, "name")};
  const std::string managed_by = textAt(labels, kManagedBy);
  if (!managed_by.empty() && managed_by != "gpuspec") return Owner{OwnerKind::Other, managed_by};
  return std::nullopt;
}

// Writes into what others have made: a scheduler names the node, a controller the finalizers.
bool isOfControlPlane(const std::string& manager) {
  static constexpr std::array<std::string_view, 4> kParts = {
      "kube-scheduler", "kube-controller-manager", "kube-apiserver", "kubelet"};
  return std::find(kParts.begin(), kParts.end(), manager) != kParts.end();
}

// Whoever wrote something else than the status first; a part of the control plane only where
// nobody else did.
std::string firstManager(const Tree& metadata) {
  const Tree* fields = metadata.find("managedFields");
  if (fields == nullptr || !fields->isList()) return "";
  std::string last_resort;
  for (const Tree& entry : fields->asList()) {
    const std::string manager = textAt(&entry, "manager");
    if (manager.empty() || manager == kFieldManager || !textAt(&entry, "subresource").empty())
      continue;
    if (!isOfControlPlane(manager)) return manager;
    if (last_resort.empty()) last_resort = manager;
  }
  return last_resort;
}

}  // namespace

std::string recordName(const Scope& scope) {
  const std::string key = scope.project + "/" + scope.environment;
  std::string name = "gpuspec-" + slug(scope.project);
  if (!scope.environment.empty()) name += "-" + slug(scope.environment);
  constexpr std::size_t kRoom =
      kLongestName - kHashDigits - 1 - std::string_view("-journal").size();
  if (name.size() > kRoom) name.resize(kRoom);
  while (name.back() == '-') name.pop_back();
  return name + "-" + sha256Hex(key).substr(0, kHashDigits);
}

std::string applySetId(const Scope& scope) {
  const std::string text = recordName(scope) + "." + std::string(kRecordNamespace) + ".ConfigMap.";
  return "applyset-" + base64Url(sha256Bytes(text)) + "-v1";
}

std::string labelSelector(const Scope& scope) {
  const std::string project = std::string(kProject) + "=" + scope.project + ",";
  if (scope.environment.empty()) return project + "!" + std::string(kEnvironment);
  return project + std::string(kEnvironment) + "=" + scope.environment;
}

Owner ownerOfObject(const Tree& metadata, const Scope& scope) {
  const Tree* labels = metadata.find("labels");
  const std::string project = textAt(labels, kProject);
  const std::string environment = textAt(labels, kEnvironment);
  if (!project.empty() && textAt(labels, kManagedBy) == "gpuspec") {
    const bool ours = project == scope.project && environment == scope.environment;
    return {ours ? OwnerKind::Us : OwnerKind::Project, named(project, environment)};
  }
  if (std::optional<Owner> owner = foreignOwner(metadata)) return *owner;
  const std::string manager = firstManager(metadata);
  if (!manager.empty()) return {OwnerKind::Other, manager};
  return {};
}

Owner ownerOfTags(const Tree* tags, const Scope& scope) {
  const std::string project = textAt(tags, kProjectTag);
  const std::string environment = textAt(tags, kEnvironmentTag);
  if (project.empty()) return {};
  const bool ours = project == scope.project && environment == scope.environment;
  return {ours ? OwnerKind::Us : OwnerKind::Project, named(project, environment)};
}

void mark(Desired& desired, const Scope& scope) {
  Tree& metadata = desired.body.at("metadata");
  metadata.at("labels").set(kPartOf, applySetId(scope));
  metadata.at("annotations").set(kAddress, desired.address.str());
}

}  // namespace gpuspec::deploy::model
