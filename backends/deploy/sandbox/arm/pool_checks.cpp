#include <algorithm>
#include <cctype>
#include <charconv>

#include "backends/deploy/sandbox/arm/checks.h"
#include "backends/deploy/sandbox/arm/error.h"
#include "backends/deploy/sandbox/arm/kubernetes_versions.h"
#include "backends/deploy/sandbox/arm/text.h"
#include "backends/deploy/sandbox/arm/vm_size.h"

namespace gpuspec::deploy::sandbox::arm {

namespace {

constexpr std::int64_t kMaxNodes = 1000;
constexpr std::string_view kReservedPrefixes[] = {"kubernetes.azure.com/", "kubernetes.io/"};
// The service sets this one itself and takes it back.
constexpr std::string_view kSpotKey = "kubernetes.azure.com/scalesetpriority";

llvm::Error invalid(std::string_view field, const std::string& text) {
  const std::string target = "agentPoolProfile." + std::string(field);
  return fail(400, "InvalidParameter", "The value of parameter " + target + " is invalid: " + text,
              target);
}

bool isLowerAlnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}
bool isAlnum(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

bool isWindows(const Tree& properties) {
  return textAt(properties, "osType") == "Windows";
}
bool isSystem(const Tree& properties) {
  return textAt(properties, "mode") == "System";
}
bool isSpot(const Tree& properties) {
  return textAt(properties, "scaleSetPriority") == "Spot";
}

llvm::Error checkName(std::string_view name, const Tree& properties) {
  const bool shaped = !name.empty() && name.size() <= 12 && name.front() >= 'a' &&
                      name.front() <= 'z' && std::ranges::all_of(name, isLowerAlnum);
  if (!shaped)
    return invalid("name",
                   "'" + std::string(name) +
                       "' is not 1 to 12 lower-case letters and digits that begin with a letter.");
  if (isWindows(properties) && name.size() > 6)
    return invalid("name", "'" + std::string(name) +
                               "' is longer than the 6 characters of a Windows pool's name.");
  return llvm::Error::success();
}

llvm::Error checkSize(const Tree& properties) {
  const std::string size = textAt(properties, "vmSize");
  const bool many = textAt(properties, "type") == "VirtualMachines" &&
                    properties.find("virtualMachinesProfile") != nullptr;
  if (size.empty() && many) return llvm::Error::success();
  if (size.empty())
    return fail(400, "InvalidParameter",
                "Required parameter agentPoolProfile.vmSize is missing (null).",
                "agentPoolProfile.vmSize");
  const VmSize facts = readVmSize(size);
  if (!facts.valid)
    return fail(400, "VMSizeNotSupported",
                "The VM size '" + size + "' is not a size of this service.",
                "agentPoolProfile.vmSize");
  const std::string profile = textAt(properties, "gpuInstanceProfile");
  if (!profile.empty() && !facts.can_partition)
    return invalid("gpuInstanceProfile", "the VM size '" + size + "' cannot be partitioned.");
  return llvm::Error::success();
}

llvm::Error checkSystem(const Tree& properties) {
  const std::string sku = textAt(properties, "osSKU");
  if (sku.empty() || sku.starts_with("Windows") == isWindows(properties))
    return llvm::Error::success();
  return invalid(
      "osSKU", "'" + sku + "' does not go with the osType '" + textAt(properties, "osType") + "'.");
}

llvm::Error checkMode(const Tree& properties) {
  const std::string mode = textAt(properties, "mode");
  if (mode.empty())
    return fail(400, "InvalidParameter",
                "Required parameter agentPoolProfile.mode is missing (null).",
                "agentPoolProfile.mode");
  if (!isSystem(properties)) return llvm::Error::success();
  if (isWindows(properties)) return invalid("mode", "a System pool has to be Linux.");
  if (isSpot(properties)) return invalid("mode", "a Spot pool has to be a User pool.");
  if (const Tree* unavailable = at(properties, "upgradeSettings.maxUnavailable");
      unavailable != nullptr && unavailable->isString() && unavailable->asString() != "0")
    return invalid("upgradeSettings.maxUnavailable", "a System pool does not have it.");
  return llvm::Error::success();
}

llvm::Error checkAutoscaling(const Tree& properties, std::int64_t count) {
  const auto least = numberAt(properties, "minCount"), most = numberAt(properties, "maxCount");
  if (!flagAt(properties, "enableAutoScaling")) {
    if (least || most) return invalid("minCount", "minCount and maxCount need enableAutoScaling.");
    return llvm::Error::success();
  }
  if (!least || !most) return invalid("minCount", "autoscaling needs minCount and maxCount.");
  if (*least < (isSystem(properties) ? 1 : 0) || *most > kMaxNodes || *most < 1)
    return invalid("minCount", "minCount and maxCount have to be within 0 (System: 1) and 1000.");
  if (*least > *most) return invalid("minCount", "minCount is higher than maxCount.");
  if (count < *least || count > *most)
    return invalid("count", "count is not within minCount and maxCount.");
  return llvm::Error::success();
}

llvm::Error checkCounts(const Tree& properties) {
  const std::int64_t count = numberAt(properties, "count").value_or(1);
  if (count < (isSystem(properties) ? 1 : 0) || count > kMaxNodes)
    return invalid("count", std::string("it has to be within ") +
                                (isSystem(properties) ? "1" : "0") + " and 1000.");
  if (llvm::Error error = checkAutoscaling(properties, count)) return error;
  const std::int64_t pods = numberAt(properties, "maxPods").value_or(30);
  const std::int64_t fewest = isSystem(properties) ? 30 : 10;
  if (pods < fewest || pods > 250)
    return invalid("maxPods", "it has to be within " + std::to_string(fewest) + " and 250.");
  return llvm::Error::success();
}

llvm::Error checkSpot(const Tree& properties) {
  if (isSpot(properties)) {
    if (textAt(properties, "type") != "VirtualMachineScaleSets")
      return invalid("scaleSetPriority", "Spot needs a pool of type VirtualMachineScaleSets.");
    const Tree* price = properties.find("spotMaxPrice");
    const double value = price == nullptr    ? -1
                         : price->isInt()    ? static_cast<double>(price->asInt())
                         : price->isDouble() ? price->asDouble()
                                             : -1;
    if (value != -1 && value <= 0)
      return invalid("spotMaxPrice", "it has to be -1 or more than 0.");
    return llvm::Error::success();
  }
  for (const char* field : {"scaleSetEvictionPolicy", "spotMaxPrice"}) {
    if (const Tree* value = properties.find(field); value != nullptr && !value->isNull())
      return invalid(field, "only a Spot pool has it.");
  }
  return llvm::Error::success();
}

bool isDnsName(std::string_view text) {
  return !text.empty() && text.size() <= 253 &&
         std::ranges::all_of(text, [](char c) { return isLowerAlnum(c) || c == '-' || c == '.'; });
}

bool isLabelText(std::string_view text) {
  return text.size() <= 63 && isAlnum(text.front()) && isAlnum(text.back()) &&
         std::ranges::all_of(text,
                             [](char c) { return isAlnum(c) || c == '-' || c == '_' || c == '.'; });
}

bool isLabelKey(std::string_view key) {
  const std::size_t slash = key.find('/');
  if (slash != std::string_view::npos && !isDnsName(key.substr(0, slash))) return false;
  const std::string_view name = slash == std::string_view::npos ? key : key.substr(slash + 1);
  return !name.empty() && isLabelText(name);
}

bool isReserved(std::string_view key) {
  return key != kSpotKey && std::ranges::any_of(kReservedPrefixes, [&](std::string_view prefix) {
           return key.starts_with(prefix);
         });
}

llvm::Error checkLabels(const Tree& properties) {
  const Tree* labels = properties.find("nodeLabels");
  if (labels == nullptr || !labels->isMap()) return llvm::Error::success();
  for (const auto& [key, value] : labels->asMap()) {
    if (!isLabelKey(key)) return invalid("nodeLabels", "'" + key + "' is no label key.");
    if (isReserved(key))
      return invalid("nodeLabels", "the prefix of '" + key + "' is reserved for the service.");
    if (value.isString() && !value.asString().empty() && !isLabelText(value.asString()))
      return invalid("nodeLabels", "'" + value.asString() + "' is no label value.");
  }
  return llvm::Error::success();
}

llvm::Error checkTaints(const Tree& properties) {
  const Tree* taints = properties.find("nodeTaints");
  if (taints == nullptr || !taints->isList()) return llvm::Error::success();
  for (const Tree& taint : taints->asList()) {
    const std::string& text = taint.asString();
    const std::size_t equals = text.find('='), colon = text.rfind(':');
    const std::string effect = colon == std::string::npos ? "" : text.substr(colon + 1);
    const bool shaped =
        equals != std::string::npos && colon != std::string::npos && equals < colon &&
        isLabelKey(text.substr(0, equals)) &&
        (effect == "NoSchedule" || effect == "PreferNoSchedule" || effect == "NoExecute");
    if (!shaped) return invalid("nodeTaints", "'" + text + "' is not key=value:Effect.");
  }
  return llvm::Error::success();
}

// "33%" or "2"; -1 = neither.
int amountOf(const std::string& text) {
  int value = -1;
  const std::size_t size = text.ends_with('%') ? text.size() - 1 : text.size();
  const auto [end, error] = std::from_chars(text.data(), text.data() + size, value);
  return error == std::errc() && end == text.data() + size ? value : -1;
}

llvm::Error checkUpgrade(const Tree& properties) {
  const std::string surge = textAt(properties, "upgradeSettings.maxSurge"),
                    unavailable = textAt(properties, "upgradeSettings.maxUnavailable");
  if (!surge.empty() && amountOf(surge) < 0)
    return invalid("upgradeSettings.maxSurge", "'" + surge + "' is no number or percentage.");
  if (!unavailable.empty() && amountOf(unavailable) < 0)
    return invalid("upgradeSettings.maxUnavailable",
                   "'" + unavailable + "' is no number or percentage.");
  if (!surge.empty() && amountOf(surge) == 0 && (unavailable.empty() || amountOf(unavailable) == 0))
    return invalid("upgradeSettings.maxSurge",
                   "one of maxSurge and maxUnavailable has to be more than 0.");
  return llvm::Error::success();
}

llvm::Error checkZones(const Tree& properties) {
  const Tree* zones = properties.find("availabilityZones");
  if (zones == nullptr || !zones->isList()) return llvm::Error::success();
  for (const Tree& zone : zones->asList()) {
    const std::string& text = zone.asString();
    if (text != "1" && text != "2" && text != "3" && text != "auto")
      return fail(400, "AvailabilityZoneNotSupported", "The zone '" + text + "' is not supported.",
                  "agentPoolProfile.availabilityZones");
  }
  return llvm::Error::success();
}

llvm::Error checkVersion(const Tree& properties, const Tree* cluster) {
  const std::string version = textAt(properties, "orchestratorVersion");
  if (version.empty()) return llvm::Error::success();
  if (!installedVersion(version))
    return fail(400, "K8sVersionNotSupported",
                "The version " + version + " is not supported in this region.",
                "orchestratorVersion");
  const std::string control_plane =
      cluster == nullptr ? "" : textAt(*cluster, "properties.kubernetesVersion");
  if (!control_plane.empty() &&
      (olderThan(control_plane, version) || minorOf(control_plane) - minorOf(version) > 3))
    return fail(400, "NodePoolMcVersionIncompatible",
                "Node pool version " + version + " and control plane version " + control_plane +
                    " are incompatible. A node pool is at most as new as the control plane, and at "
                    "most 3 minor versions older.",
                "orchestratorVersion");
  return llvm::Error::success();
}

llvm::Error checkAgainstCluster(const Tree& properties, const Tree* cluster) {
  if (cluster == nullptr || !isWindows(properties)) return llvm::Error::success();
  if (const Tree* windows = at(*cluster, "properties.windowsProfile");
      windows == nullptr || windows->empty())
    return invalid("osType",
                   "a Windows pool needs the cluster's windowsProfile, which is set when the "
                   "cluster is created.");
  if (textAt(*cluster, "properties.networkProfile.networkPlugin") != "azure")
    return invalid("osType", "a Windows pool needs the network plugin azure.");
  return llvm::Error::success();
}

}  // namespace

llvm::Error checkPool(std::string_view name, const Tree& properties, const Tree* cluster) {
  if (llvm::Error error = checkName(name, properties)) return error;
  using Check = llvm::Error (*)(const Tree&);
  for (const Check check : {checkSize, checkSystem, checkMode, checkCounts, checkSpot, checkLabels,
                            checkTaints, checkUpgrade, checkZones}) {
    if (llvm::Error error = check(properties)) return error;
  }
  if (llvm::Error error = checkVersion(properties, cluster)) return error;
  return checkAgainstCluster(properties, cluster);
}

llvm::Error checkPools(const std::vector<Tree>& profiles) {
  bool has_system = false, has_free = false;
  for (const Tree& profile : profiles) {
    has_system = has_system || isSystem(profile);
    const Tree* taints = profile.find("nodeTaints");
    has_free = has_free || (isSystem(profile) &&
                            (taints == nullptr || taints->empty() ||
                             *taints == Tree::strings({"CriticalAddonsOnly=true:NoSchedule"})));
  }
  if (!has_system)
    return fail(400, "InvalidParameter", "A cluster needs at least one agent pool of mode System.",
                "agentPoolProfiles");
  if (!has_free)
    return fail(
        400, "CanNotTaintAllAgentPools",
        "At least one System pool must have no taint, or only CriticalAddonsOnly=true:NoSchedule.",
        "agentPoolProfiles");
  return llvm::Error::success();
}

}  // namespace gpuspec::deploy::sandbox::arm
