#include "backends/deploy/sandbox/arm/defaults.h"

#include <algorithm>

#include "backends/deploy/sandbox/arm/kubernetes_versions.h"
#include "backends/deploy/sandbox/arm/text.h"
#include "backends/deploy/sandbox/arm/vm_size.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::arm {

namespace {

constexpr const char* kSpotLabel = "kubernetes.azure.com/scalesetpriority";
constexpr const char* kSpotTaint = "kubernetes.azure.com/scalesetpriority=spot:NoSchedule";

void byDefault(Tree& tree, std::string_view key, Tree value) {
  const Tree* found = tree.find(key);
  if (found == nullptr || found->isNull()) tree.set(key, std::move(value));
}

// Adds the defaults of an object, field by field.
void mergeDefaults(Tree& tree, std::string_view key, const Tree& defaults) {
  Tree& object = tree.at(key);
  if (!object.isMap()) object = Tree::map();
  for (const auto& [name, value] : defaults.asMap()) byDefault(object, name, value);
}

std::int64_t podsOf(const Tree& properties, const Tree* cluster) {
  if (!textAt(properties, "podSubnetID").empty()) return 110;
  const std::string plugin =
      cluster == nullptr ? "" : textAt(*cluster, "properties.networkProfile.networkPlugin");
  const std::string mode =
      cluster == nullptr ? "" : textAt(*cluster, "properties.networkProfile.networkPluginMode");
  if (plugin == "kubenet") return 110;
  return plugin == "azure" && mode != "overlay" ? 30 : 250;
}

void fillSpot(Tree& properties) {
  if (textAt(properties, "scaleSetPriority") != "Spot") return;
  byDefault(properties, "scaleSetEvictionPolicy", "Delete");
  byDefault(properties, "spotMaxPrice", -1);
  properties.at("nodeLabels").set(kSpotLabel, "spot");
  Tree& taints = properties.at("nodeTaints");
  if (!taints.isList()) taints = Tree::list();
  if (std::ranges::find(taints.asList(), Tree(kSpotTaint)) == taints.asList().end())
    taints.push(kSpotTaint);
}

void fillVersion(Tree& properties, const Tree* cluster) {
  const std::string of_cluster =
      cluster == nullptr ? "" : textAt(*cluster, "properties.kubernetesVersion");
  byDefault(properties, "orchestratorVersion",
            of_cluster.empty() ? std::string(kDefaultKubernetes) : of_cluster);
  const std::string version = textAt(properties, "orchestratorVersion");
  properties.set("currentOrchestratorVersion", installedVersion(version).value_or(version));
}

}  // namespace

void fillPool(Tree& properties, const Tree* cluster) {
  const bool windows = textAt(properties, "osType") == "Windows";
  byDefault(properties, "count", 1);
  byDefault(properties, "type", "VirtualMachineScaleSets");
  byDefault(properties, "osType", "Linux");
  byDefault(properties, "osSKU", windows ? "Windows2022" : "Ubuntu");
  byDefault(properties, "osDiskSizeGB", 128);
  byDefault(properties, "osDiskType", "Managed");
  byDefault(properties, "kubeletDiskType", "OS");
  byDefault(properties, "workloadRuntime", "OCIContainer");
  byDefault(properties, "maxPods", podsOf(properties, cluster));
  byDefault(properties, "scaleDownMode", "Delete");
  for (const char* flag : {"enableAutoScaling", "enableNodePublicIP", "enableEncryptionAtHost",
                           "enableUltraSSD", "enableFIPS"})
    byDefault(properties, flag, false);
  mergeDefaults(properties, "upgradeSettings", ir::mapOf("maxSurge", "10%", "maxUnavailable", "0"));
  mergeDefaults(
      properties, "securityProfile",
      ir::mapOf("enableSecureBoot", false, "enableVTPM", false, "sshAccess", "LocalUser"));
  mergeDefaults(properties, "powerState", ir::mapOf("code", "Running"));
  if (readVmSize(textAt(properties, "vmSize")).has_gpu && !windows)
    mergeDefaults(properties, "gpuProfile", ir::mapOf("driver", "Install"));
  fillSpot(properties);
  fillVersion(properties, cluster);
  byDefault(properties, "nodeImageVersion",
            windows ? "AKSWindows-2022-containerd-20348.4405.261101"
                    : "AKSUbuntu-2404gen2containerd-202611.01.0");
}

void fillCluster(Tree& cluster, std::string_view group, std::string_view tenant_id) {
  Tree& properties = cluster.at("properties");
  const std::string name = textAt(cluster, "name"), region = textAt(cluster, "location");
  mergeDefaults(cluster, "sku", ir::mapOf("name", "Base", "tier", "Free"));
  byDefault(properties, "kubernetesVersion", kDefaultKubernetes);
  const std::string version = textAt(properties, "kubernetesVersion");
  properties.set("currentKubernetesVersion", installedVersion(version).value_or(version));
  mergeDefaults(properties, "powerState", ir::mapOf("code", "Running"));
  byDefault(properties, "nodeResourceGroup",
            ("MC_" + std::string(group) + "_" + name + "_" + region).substr(0, 80));
  byDefault(properties, "enableRBAC", true);
  byDefault(properties, "supportPlan", "KubernetesOfficial");
  byDefault(properties, "maxAgentPools", 100);
  byDefault(properties, "disableLocalAccounts", false);
  byDefault(properties, "servicePrincipalProfile", ir::mapOf("clientId", "msi"));
  mergeDefaults(properties, "networkProfile",
                ir::mapOf("networkPlugin", "azure", "networkDataplane", "azure", "networkPolicy",
                          "none", "serviceCidr", "10.0.0.0/16", "dnsServiceIP", "10.0.0.10",
                          "loadBalancerSku", "standard", "outboundType", "loadBalancer"));
  if (textAt(properties, "networkProfile.networkPluginMode") == "overlay")
    byDefault(properties.at("networkProfile"), "podCidr", "10.244.0.0/16");
  mergeDefaults(properties, "oidcIssuerProfile", ir::mapOf("enabled", minorOf(version) >= 34));
  mergeDefaults(properties, "autoUpgradeProfile", ir::mapOf("nodeOSUpgradeChannel", "NodeImage"));
  mergeDefaults(properties, "nodeProvisioningProfile", ir::mapOf("mode", "Manual"));
  if (Tree* directory = properties.find("aadProfile"); directory != nullptr && directory->isMap())
    byDefault(*directory, "tenantID", tenant_id);
  const std::string prefix = textAt(properties, "dnsPrefix").empty()
                                 ? textAt(properties, "fqdnSubdomain")
                                 : textAt(properties, "dnsPrefix");
  byDefault(properties, "resourceUID", newId());
  byDefault(properties, "fqdn",
            prefix + "-" + textAt(properties, "resourceUID").substr(0, 8) + ".hcp." + region +
                ".azmk8s.io");
  if (textAt(cluster, "identity.type") == "SystemAssigned")
    mergeDefaults(cluster, "identity", ir::mapOf("principalId", newId(), "tenantId", tenant_id));
}

}  // namespace gpuspec::deploy::sandbox::arm
