#include "backends/deploy/sandbox/kube/pod_qos.h"

#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/quantity.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

Int128 amountAt(const Tree& container, std::string_view which, std::string_view resource) {
  const Tree* value = findAt(container, {"resources", which, resource});
  const auto quantity = value == nullptr ? std::nullopt : parseQuantity(*value);
  return quantity ? quantity->nano : 0;
}

}  // namespace

std::string_view qosClassOf(const Tree& pod) {
  bool any = false, guaranteed = true;
  for (std::string_view field : {"containers", "initContainers"}) {
    for (const Tree& container : listAt(pod, {"spec", field})) {
      for (std::string_view resource : {"cpu", "memory"}) {
        const Int128 limit = amountAt(container, "limits", resource);
        const Int128 request = amountAt(container, "requests", resource);
        any |= limit != 0 || request != 0;
        guaranteed &= limit != 0 && (request == 0 || request == limit);
      }
    }
  }
  if (!any) return "BestEffort";
  return guaranteed ? "Guaranteed" : "Burstable";
}

}  // namespace gpuspec::deploy::sandbox::api
