#include <algorithm>
#include <cctype>

#include "backends/deploy/sandbox/arm/checks.h"
#include "backends/deploy/sandbox/arm/error.h"
#include "backends/deploy/sandbox/arm/kubernetes_versions.h"
#include "backends/deploy/sandbox/arm/text.h"

namespace gpuspec::deploy::sandbox::arm {

namespace {

bool isAlnum(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

bool consistsOf(std::string_view name, std::string_view others) {
  return std::ranges::all_of(
      name, [&](char c) { return isAlnum(c) || others.find(c) != std::string_view::npos; });
}

llvm::Error checkPlace(const Tree& cluster) {
  const std::string place = textAt(cluster, "location");
  if (!place.empty() && std::ranges::all_of(place, isAlnum)) return llvm::Error::success();
  return fail(400, "LocationNotAvailableForResourceType",
              "The provided location '" + place +
                  "' is not available for resource type "
                  "'Microsoft.ContainerService/managedClusters'.");
}

llvm::Error checkPrefix(const Tree& cluster) {
  const std::string prefix = textAt(cluster, "properties.dnsPrefix");
  if (prefix.empty() && textAt(cluster, "properties.fqdnSubdomain").empty())
    return fail(400, "InvalidParameter", "Required parameter dnsPrefix is missing (null).",
                "properties.dnsPrefix");
  const bool good = prefix.empty() || (prefix.size() <= 54 && consistsOf(prefix, "-") &&
                                       isAlnum(prefix.front()) && isAlnum(prefix.back()));
  if (good) return llvm::Error::success();
  return fail(400, "InvalidParameter",
              "The value of parameter properties.dnsPrefix is invalid: '" + prefix +
                  "' is not 1 to 54 letters, digits and hyphens with a letter or digit at both "
                  "ends.",
              "properties.dnsPrefix");
}

llvm::Error checkVersion(const Tree& cluster) {
  const std::string version = textAt(cluster, "properties.kubernetesVersion");
  if (version.empty() || installedVersion(version)) return llvm::Error::success();
  return fail(400, "K8sVersionNotSupported",
              "Managed cluster " + textAt(cluster, "name") + " is on version " + version +
                  ", which is not supported in this region.",
              "properties.kubernetesVersion");
}

llvm::Error checkNetwork(const Tree& cluster) {
  const auto value = [&](const char* field) {
    return textAt(cluster, std::string("properties.networkProfile.") + field);
  };
  const std::string dataplane = value("networkDataplane"), policy = value("networkPolicy");
  if (dataplane == "cilium" && !policy.empty() && policy != "cilium" && policy != "none")
    return fail(400, "InvalidParameter",
                "Network policy '" + policy + "' does not go with the network dataplane cilium.",
                "networkProfile.networkPolicy");
  if (policy == "cilium" && dataplane != "cilium")
    return fail(400, "InvalidParameter",
                "Network policy cilium needs the network dataplane cilium.",
                "networkProfile.networkPolicy");
  if (value("networkPluginMode") == "overlay" && value("networkPlugin") != "azure")
    return fail(400, "InvalidParameter",
                "Network plugin mode overlay needs the network plugin azure.",
                "networkProfile.networkPluginMode");
  return llvm::Error::success();
}

llvm::Error checkAccess(const Tree& cluster) {
  const Tree* directory = at(cluster, "properties.aadProfile");
  if (flagAt(cluster, "properties.disableLocalAccounts") &&
      (directory == nullptr || directory->empty()))
    return fail(400, "BadRequest", "Disabling local accounts needs the cluster's aadProfile.",
                "properties.disableLocalAccounts");
  if (flagAt(cluster, "properties.securityProfile.workloadIdentity.enabled") &&
      !flagAt(cluster, "properties.oidcIssuerProfile.enabled"))
    return fail(400, "InvalidParameter", "Workload identity needs the OIDC issuer.",
                "securityProfile.workloadIdentity");
  if (flagAt(cluster, "properties.metricsProfile.costAnalysis.enabled") &&
      textAt(cluster, "sku.tier") == "Free")
    return fail(400, "InvalidParameter", "Cost analysis needs the tier Standard or Premium.",
                "metricsProfile.costAnalysis.enabled");
  return llvm::Error::success();
}

}  // namespace

llvm::Error checkGroupName(std::string_view name) {
  if (!name.empty() && name.size() <= 90 && consistsOf(name, "_-.()") && !name.ends_with('.'))
    return llvm::Error::success();
  return fail(400, "InvalidResourceGroup",
              "The provided resource group name '" + std::string(name) + "' is not valid.");
}

llvm::Error checkDeploymentName(std::string_view name) {
  if (!name.empty() && name.size() <= 64 && consistsOf(name, "_-.()"))
    return llvm::Error::success();
  return fail(400, "InvalidDeploymentName",
              "The deployment name '" + std::string(name) + "' is not valid.");
}

llvm::Error checkClusterName(std::string_view name) {
  const bool good = !name.empty() && name.size() <= 63 && consistsOf(name, "_-") &&
                    isAlnum(name.front()) && isAlnum(name.back());
  if (good) return llvm::Error::success();
  return fail(400, "InvalidParameter",
              "The resource name '" + std::string(name) +
                  "' is invalid: 1 to 63 letters, digits, '_' and '-', with a letter or digit at "
                  "both ends.",
              "name");
}

llvm::Error checkCluster(const Tree& cluster) {
  if (llvm::Error error = checkPlace(cluster)) return error;
  if (llvm::Error error = checkPrefix(cluster)) return error;
  if (llvm::Error error = checkVersion(cluster)) return error;
  if (llvm::Error error = checkNetwork(cluster)) return error;
  return checkAccess(cluster);
}

}  // namespace gpuspec::deploy::sandbox::arm
