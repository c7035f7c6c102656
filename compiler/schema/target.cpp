#include "compiler/schema/target.h"

#include "lang/source/check.h"

namespace gpuspec::schema {

namespace {

struct ConversionName {
  std::string_view name;
  Conversion conversion;
};

constexpr ConversionName kConversions[] = {
    {"minutes", Conversion::Minutes},
    {"minutes_text", Conversion::MinutesText},
    {"seconds_text", Conversion::SecondsText},
    {"seconds_unit", Conversion::SecondsUnit},
    {"millis_unit", Conversion::MillisUnit},
    {"gib", Conversion::Gib},
    {"mb", Conversion::Mb},
    {"text", Conversion::Text},
    {"percent_text", Conversion::PercentText},
    {"fraction", Conversion::Fraction},
    {"not", Conversion::Not},
    {"identity", Conversion::Identity},
};

struct Spelling {
  std::string_view path;
  std::string_view name;
  std::string_view spelled;  // empty: leave the property out
};

constexpr Spelling kSpellings[] = {
    {"sku.tier", "free", "Free"},
    {"sku.tier", "standard", "Standard"},
    {"sku.tier", "premium", "Premium"},
    {"properties.supportPlan", "standard", "KubernetesOfficial"},
    {"properties.supportPlan", "long_term", "AKSLongTermSupport"},
    {"properties.networkProfile.networkPlugin", "azure_overlay", "azure"},
    {"properties.networkProfile.networkPluginMode", "azure_overlay", "overlay"},
    {"properties.networkProfile.networkPluginMode", "azure", ""},
    {"properties.networkProfile.networkPluginMode", "kubenet", ""},
    {"properties.networkProfile.networkPluginMode", "none", ""},
    {"properties.networkProfile.outboundType", "load_balancer", "loadBalancer"},
    {"properties.networkProfile.outboundType", "user_defined_routing", "userDefinedRouting"},
    {"properties.networkProfile.outboundType", "managed_nat_gateway", "managedNATGateway"},
    {"properties.networkProfile.outboundType", "user_assigned_nat_gateway",
     "userAssignedNATGateway"},
    {"properties.networkProfile.advancedNetworking.security.advancedNetworkPolicies", "fqdn",
     "FQDN"},
    {"properties.networkProfile.advancedNetworking.security.advancedNetworkPolicies", "l7", "L7"},
    {"properties.autoUpgradeProfile.upgradeChannel", "node_image", "node-image"},
    {"properties.autoUpgradeProfile.nodeOSUpgradeChannel", "none", "None"},
    {"properties.autoUpgradeProfile.nodeOSUpgradeChannel", "unmanaged", "Unmanaged"},
    {"properties.autoUpgradeProfile.nodeOSUpgradeChannel", "security_patch", "SecurityPatch"},
    {"properties.autoUpgradeProfile.nodeOSUpgradeChannel", "weekly", "NodeImage"},
    {"properties.autoScalerProfile.expander", "least_waste", "least-waste"},
    {"properties.autoScalerProfile.expander", "most_pods", "most-pods"},
    {"properties.nodeProvisioningProfile.mode", "true", "Auto"},
    {"properties.nodeProvisioningProfile.mode", "false", "Manual"},
    {"properties.osSKU", "ubuntu", "Ubuntu"},
    {"properties.osSKU", "ubuntu2204", "Ubuntu2204"},
    {"properties.osSKU", "ubuntu2404", "Ubuntu2404"},
    {"properties.osSKU", "azurelinux", "AzureLinux"},
    {"properties.osSKU", "azurelinux3", "AzureLinux3"},
    {"properties.osSKU", "azure_container_linux", "AzureContainerLinux"},
    {"properties.osSKU", "windows2022", "Windows2022"},
    {"properties.osSKU", "windows2025", "Windows2025"},
    {"properties.osDiskType", "managed", "Managed"},
    {"properties.osDiskType", "ephemeral", "Ephemeral"},
    {"properties.scaleDownMode", "delete", "Delete"},
    {"properties.scaleDownMode", "deallocate", "Deallocate"},
    {"properties.upgradeSettings.undrainableNodeBehavior", "cordon", "Cordon"},
    {"properties.upgradeSettings.undrainableNodeBehavior", "schedule", "Schedule"},
    {"properties.kubeletConfig.topologyManagerPolicy", "best_effort", "best-effort"},
    {"properties.kubeletConfig.topologyManagerPolicy", "single_numa_node", "single-numa-node"},
    {"properties.linuxOSConfig.transparentHugePageDefrag", "defer_madvise", "defer+madvise"},
};

constexpr std::string_view kArm = "arm:";
constexpr std::string_view kPools = "pools:";

Conversion conversionOf(std::string_view name) {
  for (const ConversionName& entry : kConversions) {
    if (entry.name == name) return entry.conversion;
  }
  GPUSPEC_CHECK(false, "the schema table names a conversion that does not exist");
}

ArmTarget parseOne(std::string_view text, Scheme scheme) {
  ArmTarget target{scheme, text, Conversion::None, ""};
  if (const std::size_t bar = text.find('|'); bar != std::string_view::npos) {
    target.path = text.substr(0, bar);
    target.conversion = conversionOf(text.substr(bar + 1));
  } else if (const std::size_t equals = text.find('='); equals != std::string_view::npos) {
    target.path = text.substr(0, equals);
    target.constant = text.substr(equals + 1);
  }
  return target;
}

// "agentPools properties.count, minCount": what an emitter of its own writes. The first names the
// parent of all; "agentPools, any property" names none.
void addWritten(std::string_view text, std::vector<std::string>& paths) {
  const std::size_t space = text.find(' ');
  const std::string_view resource = text.substr(0, space);
  if (resource != "agentPools" && resource != "managedClusters") return;
  text.remove_prefix(space + 1);
  const std::size_t dot = text.find('.');
  const std::string parent(dot == std::string_view::npos ? "" : text.substr(0, dot + 1));
  constexpr std::string_view kSeparator = ", ";
  for (bool first = true;; first = false) {
    const std::size_t end = text.find(kSeparator);
    paths.push_back((first ? "" : parent) + std::string(text.substr(0, end)));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + kSeparator.size());
  }
}

void addPaths(const Table& table, const Row& row, std::vector<std::string>& paths) {
  const std::vector<ArmTarget> targets = armTargets(row);
  for (const ArmTarget& target : targets) {
    if (target.scheme == Scheme::Arm) paths.emplace_back(target.path);
  }
  if (targets.empty()) addWritten(row.target, paths);
  for (const Row* child : table.children(row.path)) addPaths(table, *child, paths);
}

}  // namespace

std::vector<ArmTarget> armTargets(const Row& row) {
  std::string_view text = row.target;
  const Scheme scheme = text.starts_with(kPools) ? Scheme::Pools : Scheme::Arm;
  const std::string_view prefix = scheme == Scheme::Pools ? kPools : kArm;
  if (!text.starts_with(prefix)) return {};
  text.remove_prefix(prefix.size());
  std::vector<ArmTarget> targets;
  constexpr std::string_view kSeparator = " + ";
  for (std::size_t plus = text.find(kSeparator); plus != std::string_view::npos;
       plus = text.find(kSeparator)) {
    targets.push_back(parseOne(text.substr(0, plus), scheme));
    text.remove_prefix(plus + kSeparator.size());
  }
  targets.push_back(parseOne(text, scheme));
  return targets;
}

std::vector<std::string> armPathsOf(const Table& table, const std::string& kind,
                                    const std::string& attribute) {
  std::vector<std::string> paths;
  const std::string path = kind + "." + attribute;
  if (const Row* row = table.find(path)) addPaths(table, *row, paths);
  return paths;
}

std::optional<std::string_view> armSpelling(std::string_view path, std::string_view name) {
  for (const Spelling& entry : kSpellings) {
    if (entry.path != path || entry.name != name) continue;
    if (entry.spelled.empty()) return std::nullopt;
    return entry.spelled;
  }
  return name;
}

}  // namespace gpuspec::schema
