#include "backends/kubernetes/parts.h"
#include "backends/kubernetes/pod.h"

namespace gpuspec::kubernetes {

namespace {

using ir::mapOf;
using ir::Tree;
using ir::Workload;

Tree deployment(const Scope& scope, ir::WorkloadId workload_id) {
  const Workload& workload = scope.spec()[workload_id];
  Tree object =
      workloadObject(scope, workload, scope.placement[workload_id], "apps/v1", "Deployment");
  Tree spec = Tree::map();
  // A number here would be set back at every apply while the autoscaler moves it.
  if (!workload.scaled) spec.set("replicas", workload.replicas_min);
  spec.set("selector", mapOf("matchLabels", podSelectorLabels(workload)));
  spec.set("template", podTemplate(scope, workload_id, {}));
  object.set("spec", std::move(spec));
  return object;
}

Tree clusterService(const Scope& scope, const Workload& workload,
                    const ir::PlacedWorkload& placed) {
  Tree object = newObject("v1", "Service", workload.address.name, placed.workload_namespace,
                          workloadLabels(scope, workload), workload.at);
  Tree ports = Tree::list();
  for (const ir::ContainerPort& port : workload.ports) {
    ports.push(mapOf("name", port.name, "port", port.port, "targetPort", port.name).from(port.at));
  }
  object.set("spec", mapOf("selector", podSelectorLabels(workload), "ports", std::move(ports)));
  return object;
}

}  // namespace

void addService(const Scope& scope, ir::WorkloadId workload_id, Objects& objects) {
  const Workload& workload = scope.spec()[workload_id];
  objects.add(deployment(scope, workload_id));
  if (!workload.ports.empty())
    objects.add(clusterService(scope, workload, scope.placement[workload_id]));
}

}  // namespace gpuspec::kubernetes
