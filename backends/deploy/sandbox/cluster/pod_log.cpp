#include <cstdio>

#include "backends/deploy/sandbox/cluster/kubelet.h"
#include "backends/deploy/sandbox/cluster/node_objects.h"
#include "backends/deploy/sandbox/cluster/pods.h"
#include "backends/deploy/sandbox/cluster/quantity.h"

namespace gpuspec::deploy::sandbox::live {
namespace {

const Tree* containerNamed(const Tree& pod, std::string_view name) {
  for (std::string_view field : {"containers", "initContainers"}) {
    for (const Tree& container : listAt(pod, {"spec", field})) {
      if (name.empty() || textAt(container, {"name"}) == name) return &container;
    }
  }
  return nullptr;
}

bool hasStarted(const Tree& pod, const std::string& container) {
  for (std::string_view field : {"containerStatuses", "initContainerStatuses"}) {
    for (const Tree& status : listAt(pod, {"status", field})) {
      if (textAt(status, {"name"}) != container) continue;
      return findAt(status, {"state", "running"}) != nullptr ||
             findAt(status, {"state", "terminated"}) != nullptr ||
             findAt(status, {"lastState", "terminated"}) != nullptr;
    }
  }
  return false;
}

// The same device has the same name wherever it is listed.
std::string deviceId(const std::string& node, const std::string& resource, std::int64_t index) {
  const std::string seed = node + "/" + resource + "/" + std::to_string(index);
  const std::uint64_t high = hashOf(std::string_view(seed));
  const std::uint64_t low = hashOf(std::string_view(seed + "/"));
  char text[48];
  std::snprintf(text, sizeof text, "GPU-%08x-%04x-%04x-%04x-%012llx",
                static_cast<unsigned>(high >> 32), static_cast<unsigned>(high >> 16 & 0xffff),
                static_cast<unsigned>(high & 0xffff), static_cast<unsigned>(low >> 48),
                static_cast<unsigned long long>(low & 0xffffffffffffULL));
  return text;
}

bool isExtended(const std::string& resource) {
  return resource.find('/') != std::string::npos && resource.rfind("kubernetes.io/", 0) != 0;
}

}  // namespace

std::optional<std::string> containerLog(const Tree& pod, const Tree* node,
                                        std::string_view container) {
  const Tree* found = containerNamed(pod, container);
  if (found == nullptr || !hasStarted(pod, textAt(*found, {"name"}))) return std::nullopt;
  std::string out = "Node: " + nodeOf(pod) + "\n";
  const std::string driver = node == nullptr ? "" : annotationOf(*node, kDriverNote);
  if (!driver.empty()) out += driver + "\n";
  std::string devices;
  std::int64_t next = 0;
  for (const auto& [resource, milli] : amountsOf(findAt(*found, {"resources", "limits"}))) {
    if (!isExtended(resource)) continue;
    out += resource + ": " + std::to_string(milli / 1000) + "\n";
    for (std::int64_t index = 0; index < milli / 1000; ++index) {
      devices += "GPU " + std::to_string(next++) + ": " + resource +
                 " (UUID: " + deviceId(nodeOf(pod), resource, index) + ")\n";
    }
  }
  return out + devices;
}

}  // namespace gpuspec::deploy::sandbox::live
