#include "backends/deploy/plan/names.h"

#include <algorithm>
#include <map>

#include "backends/deploy/model/ownership.h"
#include "backends/deploy/plan/render_text.h"

namespace gpuspec::deploy::plan {

namespace {

using model::System;

struct Name {
  std::string_view api, people;
};

// In the order in which they are listed.
constexpr Name kKinds[] = {
    {"Namespace", "namespace"},
    {"ResourceQuota", "quota"},
    {"LimitRange", "limits"},
    {"ServiceAccount", "service account"},
    {"Role", "role"},
    {"RoleBinding", "role binding"},
    {"ClusterRole", "cluster role"},
    {"ClusterRoleBinding", "cluster role binding"},
    {"NetworkPolicy", "network policy"},
    {"ValidatingAdmissionPolicy", "admission policy"},
    {"ValidatingAdmissionPolicyBinding", "admission policy binding"},
    {"CustomResourceDefinition", "definition"},
    {"PersistentVolumeClaim", "volume claim"},
    {"HorizontalPodAutoscaler", "autoscaler"},
};

constexpr Name kOfPools[] = {
    {"count", "nodes"},
    {"minCount", "nodes.min"},
    {"maxCount", "nodes.max"},
    {"vmSize", "vm"},
    {"mode", "mode"},
    {"availabilityZones", "zones"},
    {"nodeLabels", "labels"},
    {"nodeTaints", "taints"},
    {"maxPods", "max_pods"},
    {"orchestratorVersion", "version"},
    {"vnetSubnetID", "subnet"},
    {"podSubnetID", "pod_subnet"},
    {"upgradeSettings.maxSurge", "upgrade.max_surge"},
    {"upgradeSettings.maxUnavailable", "upgrade.max_unavailable"},
};

constexpr Name kOfClusters[] = {
    {"kubernetesVersion", "version"},
    {"sku.tier", "tier"},
    {"supportPlan", "support"},
    {"dnsPrefix", "dns_prefix"},
    {"nodeResourceGroup", "node_resource_group"},
    {"oidcIssuerProfile.enabled", "oidc_issuer"},
    {"securityProfile.workloadIdentity.enabled", "workload_identity"},
    {"networkProfile.networkPlugin", "network.plugin"},
    {"networkProfile.networkPolicy", "network.policy"},
    {"networkProfile.networkDataplane", "network.dataplane"},
    {"networkProfile.podCidr", "network.pod_cidr"},
    {"networkProfile.serviceCidr", "network.service_cidr"},
    {"networkProfile.dnsServiceIP", "network.dns_service_ip"},
    {"networkProfile.outboundType", "network.outbound"},
    {"aadProfile.adminGroupObjectIDs", "access.admin_groups"},
    {"aadProfile.enableAzureRBAC", "access.azure_rbac"},
    {"apiServerAccessProfile.authorizedIPRanges", "access.authorized_ip_ranges"},
    {"apiServerAccessProfile.enablePrivateCluster", "access.private"},
    {"autoUpgradeProfile.upgradeChannel", "upgrades.kubernetes"},
    {"autoUpgradeProfile.nodeOSUpgradeChannel", "upgrades.node_image"},
    {"autoScalerProfile", "autoscaler"},
};

std::string words(const std::string& kind) {
  std::string out;
  for (std::size_t i = 0; i < kind.size(); ++i) {
    const bool upper = kind[i] >= 'A' && kind[i] <= 'Z';
    const bool begins = upper && i > 0 && !(kind[i - 1] >= 'A' && kind[i - 1] <= 'Z');
    if (begins) out += ' ';
    out += upper ? static_cast<char>(kind[i] + 32) : kind[i];
  }
  return out;
}

std::size_t placeOf(const std::string& kind) {
  const auto* found = std::find_if(std::begin(kKinds), std::end(kKinds),
                                   [&](const Name& name) { return name.api == kind; });
  return static_cast<std::size_t>(found - std::begin(kKinds));
}

// The name, and what stands below it in the path.
template <std::size_t Size>
std::string translated(const Name (&names)[Size], const std::string& path) {
  for (const Name& name : names) {
    if (!path.starts_with(name.api)) continue;
    const std::string rest = path.substr(name.api.size());
    if (rest.empty() || rest[0] == '.' || rest[0] == '[') return std::string(name.people) + rest;
  }
  return path;
}

std::string without(const std::string& path, std::string_view prefix) {
  return path.starts_with(prefix) ? path.substr(prefix.size()) : path;
}

std::string ofAzure(const model::ResourceKey& key, const std::string& path) {
  const std::string plain = without(path, "properties.");
  return key.kind == "managedClusters" ? translated(kOfClusters, plain)
                                       : translated(kOfPools, plain);
}

std::string ofKubernetes(const model::ResourceKey& key, const std::string& path) {
  if (path == "metadata.labels" || path == "metadata.annotations")
    return without(path, "metadata.");
  if (path.starts_with("metadata.labels.")) return "label " + without(path, "metadata.labels.");
  if (path.starts_with("metadata.annotations."))
    return "annotation " + without(path, "metadata.annotations.");
  if (key.kind == "ResourceQuota" && path.starts_with("spec.hard."))
    return "quota " + without(without(path, "spec.hard."), "requests.");
  if (key.kind == "LimitRange" && path.starts_with("spec.limits[")) {
    const std::size_t end = path.find("].");
    if (end != std::string::npos) return "limits " + path.substr(end + 2);
  }
  // Of a pod that something else makes: "containers[main].image".
  std::string name = without(without(path, "spec."), "template.spec.");
  constexpr std::string_view kByName = "[name=";
  for (std::size_t at = name.find(kByName); at != std::string::npos; at = name.find(kByName))
    name.replace(at, kByName.size(), "[");
  return name;
}

bool isMark(std::string_view key) {
  return key.starts_with("gpuspec.dev/") || key == model::kManagedBy || key == model::kPartOf;
}

// A mark of ours, or a map of such alone.
bool isMark(const FieldChange& field) {
  for (const std::string_view map : {"metadata.labels", "metadata.annotations"}) {
    if (!field.path.starts_with(map)) continue;
    const std::string key = field.path.substr(map.size());
    if (!key.empty()) return isMark(std::string_view(key).substr(1));
    return !field.before && field.after && field.after->isMap() &&
           std::all_of(field.after->asMap().begin(), field.after->asMap().end(),
                       [](const Tree::Entry& entry) { return isMark(entry.first); });
  }
  return false;
}

}  // namespace

std::vector<const FieldChange*> shownFields(const Change& change) {
  std::vector<const FieldChange*> shown;
  for (const FieldChange& field : change.fields) {
    if (change.action != Action::Adopt || !isMark(field)) shown.push_back(&field);
  }
  std::stable_partition(shown.begin(), shown.end(), [](const FieldChange* field) {
    return !field->path.starts_with("metadata.");
  });
  return shown;
}

std::string kindName(const std::string& kind) {
  const std::size_t place = placeOf(kind);
  return place < std::size(kKinds) ? std::string(kKinds[place].people) : words(kind);
}

std::string kindsText(const std::vector<const Change*>& changes) {
  std::vector<std::string> kinds;
  for (const Change* change : changes) kinds.push_back(change->key.kind);
  return kindsText(kinds);
}

std::string kindsText(const std::vector<std::string>& kinds) {
  std::map<std::pair<std::size_t, std::string>, std::size_t> counts;
  for (const std::string& kind : kinds) ++counts[{placeOf(kind), kindName(kind)}];
  std::string text;
  for (const auto& [kind, count] : counts)
    text += (text.empty() ? "" : ", ") + (count == 1 ? kind.second : countText(count, kind.second));
  return text;
}

std::string fieldName(const model::ResourceKey& key, const std::string& path) {
  switch (key.system) {
    case System::Azure:
      return ofAzure(key, path);
    case System::Kubernetes:
      return ofKubernetes(key, path);
    case System::Helm:
      return path;
  }
  return path;
}

bool namesItsKind(const model::ResourceKey& key, const std::string& path) {
  const std::string name = fieldName(key, path);
  return key.system != System::Kubernetes || name.starts_with(kindName(key.kind) + " ");
}

std::string spokenAddress(const std::string& address) {
  const std::size_t name = address.rfind('.');
  if (name == std::string::npos || name == 0) return address;
  const std::size_t kind = address.rfind('.', name - 1);
  if (kind == std::string::npos) return address.substr(0, name) + " " + address.substr(name + 1);
  return address.substr(kind + 1, name - kind - 1) + " " + address.substr(0, kind) + "." +
         address.substr(name + 1);
}

}  // namespace gpuspec::deploy::plan
