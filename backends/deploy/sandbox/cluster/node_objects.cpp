#include "backends/deploy/sandbox/cluster/node_objects.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace gpuspec::deploy::sandbox::live {
namespace {

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string joined(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : ",") + item;
  return out;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t comma = std::min(text.find(',', from), text.size());
    out.emplace_back(text.substr(from, comma - from));
    from = comma + 1;
  }
  return out;
}

std::string taintName(const Tree& taint) {
  return textAt(taint, {"key"}) + ":" + textAt(taint, {"effect"});
}

// "sku=gpu:NoSchedule"
Tree taintOf(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const std::string pair = text.substr(0, colon);
  const std::size_t equals = pair.find('=');
  Tree out = Tree::map();
  out.set("key", pair.substr(0, equals));
  if (equals != std::string::npos && equals + 1 < pair.size())
    out.set("value", pair.substr(equals + 1));
  out.set("effect", colon == std::string::npos ? "NoSchedule" : text.substr(colon + 1));
  return out;
}

std::string zoneOf(const NodePool& pool, std::int64_t index, const std::string& region) {
  const auto zones = textsAt(pool.properties, {"availabilityZones"});
  if (zones.empty()) return "0";
  const std::string& zone = zones[static_cast<std::size_t>(index) % zones.size()];
  return region.empty() ? zone : region + "-" + zone;
}

Labels cloudLabels(const NodePool& pool, const NodeCapacity& facts, const std::string& name,
                   const World& world) {
  const Tree& properties = pool.properties;
  Labels out;
  const auto listed = facts.labels.find("topology.kubernetes.io/region");
  const std::string region = listed != facts.labels.end() ? listed->second : world.options().region;
  if (!region.empty()) out["topology.kubernetes.io/region"] = region;
  out["topology.kubernetes.io/zone"] = zoneOf(pool, nodeIndex(name), region);
  out["kubernetes.io/os"] = lower(textAt(properties, {"osType"}, "linux"));
  out["kubernetes.io/arch"] = "amd64";
  out["node.kubernetes.io/instance-type"] = textAt(properties, {"vmSize"});
  out["kubernetes.azure.com/agentpool"] = pool.name;
  out[std::string(kPoolLabel)] = pool.name;
  out["kubernetes.azure.com/mode"] = lower(textAt(properties, {"mode"}, "User"));
  out["kubernetes.azure.com/role"] = "agent";
  out["kubernetes.azure.com/os-sku"] = textAt(properties, {"osSKU"}, "Ubuntu");
  const bool spot = textAt(properties, {"scaleSetPriority"}) == "Spot";
  out["kubernetes.azure.com/priority"] = spot ? "spot" : "regular";
  if (spot) out["kubernetes.azure.com/scalesetpriority"] = "spot";
  return out;
}

Tree poolTaints(const NodePool& pool) {
  Tree out = Tree::list();
  bool names_spot = false;
  for (const std::string& text : textsAt(pool.properties, {"nodeTaints"})) {
    out.push(taintOf(text));
    names_spot |= text.rfind("kubernetes.azure.com/scalesetpriority=", 0) == 0;
  }
  if (textAt(pool.properties, {"scaleSetPriority"}) == "Spot" && !names_spot) {
    out.push(taintOf("kubernetes.azure.com/scalesetpriority=spot:NoSchedule"));
  }
  return out;
}

std::string versionOf(const NodePool& pool, const World& world) {
  std::string version = textAt(pool.properties, {"currentOrchestratorVersion"});
  if (version.empty()) version = textAt(pool.properties, {"orchestratorVersion"});
  if (version.empty()) version = world.options().kubernetes_version;
  return "v" + version + (std::count(version.begin(), version.end(), '.') < 2 ? ".0" : "");
}

Tree quantities(const std::map<std::string, std::string>& amounts, const NodePool& pool) {
  Tree out = Tree::map();
  for (const auto& [name, amount] : amounts) out.set(name, amount);
  if (!amounts.contains("pods")) {
    out.set("pods", std::to_string(intAt(pool.properties, {"maxPods"}, 110)));
  }
  return out;
}

Tree recorded(const NodeShape& shape) {
  std::vector<std::string> labels, taints;
  for (const auto& [key, value] : shape.labels) labels.push_back(key);
  for (const Tree& taint : shape.taints.asList()) taints.push_back(taintName(taint));
  Tree out = Tree::map();
  out.set(kPoolLabelsNote, joined(labels)).set(kPoolTaintsNote, joined(taints));
  out.set(kDriverNote, shape.driver.empty() ? Tree() : Tree(shape.driver));
  return out;
}

// `wanted` and, as null, the keys that are there and no longer wanted.
Tree replacing(const Tree* current, const Tree& wanted) {
  Tree out = wanted;
  if (current == nullptr) return out;
  for (const auto& [key, value] : mapAt(*current, {})) {
    if (out.find(key) == nullptr) out.set(key, Tree());
  }
  return out;
}

}  // namespace

std::string nodeName(const std::string& cluster, const std::string& pool, std::int64_t index) {
  std::string digits = std::to_string(hashOf(std::string_view(cluster)) % 100'000'000);
  digits.insert(0, 8 - digits.size(), '0');
  constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string number;
  for (int i = 0; i < 6; ++i, index /= 36) number.insert(number.begin(), kDigits[index % 36]);
  return "aks-" + pool + "-" + digits + "-vmss" + number;
}

std::int64_t nodeIndex(const std::string& name) {
  std::int64_t out = 0;
  const std::size_t cut = name.rfind("-vmss");
  if (cut != std::string::npos)
    std::from_chars(name.data() + cut + 5, name.data() + name.size(), out, 36);
  return out;
}

NodeShape shapeOf(const NodePool& pool, const NodeCapacity& facts, const std::string& name,
                  const World& world) {
  NodeShape out;
  out.labels = cloudLabels(pool, facts, name, world);
  for (const auto& [key, value] : labelsAt(pool.properties, {"nodeLabels"}))
    out.labels[key] = value;
  for (const auto& [key, value] : facts.labels) out.labels[key] = value;
  out.labels["kubernetes.io/hostname"] = name;
  out.taints = poolTaints(pool);
  out.capacity = quantities(facts.capacity, pool);
  out.allocatable = facts.allocatable.empty() ? out.capacity : quantities(facts.allocatable, pool);
  out.version = versionOf(pool, world);
  if (!facts.driver_version.empty()) out.driver = facts.driver_mark + facts.driver_version;
  return out;
}

Tree newNode(const std::string& name, const NodePool& pool, const NodeShape& shape) {
  Tree taints = shape.taints;
  for (const std::string& text : textsAt(pool.properties, {"nodeInitializationTaints"})) {
    taints.push(taintOf(text));
  }
  taints.push(Tree::map().set("key", kNotReadyTaint).set("effect", "NoSchedule"));
  Tree metadata = Tree::map().set("name", name).set("labels", mapTree(shape.labels));
  Tree notes = recorded(shape);
  if (shape.driver.empty()) notes.erase(kDriverNote);
  metadata.set("annotations", std::move(notes));
  Tree spec = Tree::map().set("providerID", "azure:///virtualMachineScaleSets/" + name);
  spec.set("taints", std::move(taints));
  return Tree::map().set("metadata", std::move(metadata)).set("spec", std::move(spec));
}

Tree metadataPatch(const Tree& node, const NodeShape& shape) {
  Tree labels = mapTree(shape.labels);
  for (const std::string& key : split(annotationOf(node, kPoolLabelsNote))) {
    if (labels.find(key) == nullptr) labels.set(key, Tree());
  }
  const auto ours = split(annotationOf(node, kPoolTaintsNote));
  Tree taints = shape.taints;
  for (const Tree& taint : listAt(node, {"spec", "taints"})) {
    const bool was_ours = std::find(ours.begin(), ours.end(), taintName(taint)) != ours.end();
    if (!was_ours) taints.push(taint);
  }
  Tree patch = Tree::map();
  patch.set("metadata",
            Tree::map().set("labels", std::move(labels)).set("annotations", recorded(shape)));
  // An empty list and none are the same; the API keeps neither.
  patch.set("spec", Tree::map().set("taints", taints.empty() ? Tree() : std::move(taints)));
  return patch;
}

Tree capacityPatch(const Tree& node, const NodeShape& shape) {
  Tree out = Tree::map();
  out.set("capacity", replacing(findAt(node, {"status", "capacity"}), shape.capacity));
  out.set("allocatable", replacing(findAt(node, {"status", "allocatable"}), shape.allocatable));
  return out;
}

Tree startingStatus(const Tree& node, const NodeShape& shape, const std::string& now) {
  Tree out = capacityPatch(node, shape);
  Tree info = Tree::map();
  info.set("kubeletVersion", shape.version).set("kubeProxyVersion", shape.version);
  info.set("architecture", "amd64").set("operatingSystem", shape.labels.at("kubernetes.io/os"));
  info.set("osImage", "Ubuntu 24.04 LTS").set("kernelVersion", "6.8.0-azure");
  info.set("containerRuntimeVersion", "containerd://2.0.0");
  const std::string id = hashOf(Tree(nameOf(node)));
  info.set("machineID", id).set("systemUUID", id).set("bootID", id);
  out.set("nodeInfo", std::move(info));
  const std::uint64_t number = hashOf(std::string_view(nameOf(node)));
  const std::string address =
      "10.224." + std::to_string(number % 256) + "." + std::to_string(number / 256 % 254 + 1);
  Tree addresses = Tree::list();
  addresses.push(Tree::map().set("type", "InternalIP").set("address", address));
  addresses.push(Tree::map().set("type", "Hostname").set("address", nameOf(node)));
  out.set("addresses", std::move(addresses));
  Tree conditions = Tree::list();
  setCondition(conditions, "Ready", "False", "KubeletNotReady", "the node is starting", now);
  out.set("conditions", std::move(conditions));
  return out;
}

Tree readyConditions(const Tree& node, const std::string& now) {
  Tree out = Tree(listAt(node, {"status", "conditions"}));
  setCondition(out, "MemoryPressure", "False", "KubeletHasSufficientMemory", "", now);
  setCondition(out, "DiskPressure", "False", "KubeletHasNoDiskPressure", "", now);
  setCondition(out, "PIDPressure", "False", "KubeletHasSufficientPID", "", now);
  setCondition(out, "Ready", "True", "KubeletReady", "kubelet is posting ready status", now);
  return out;
}

bool isReady(const Tree& node) {
  return conditionStatus(node, "Ready") == "True";
}

bool isRemoving(const Tree& node) {
  return !annotationOf(node, kRemovingNote).empty();
}

}  // namespace gpuspec::deploy::sandbox::live
