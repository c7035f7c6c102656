#include "backends/kubernetes/parts.h"
#include "backends/kubernetes/pod.h"

namespace gpuspec::kubernetes {

namespace {

using ir::listOf;
using ir::mapOf;
using ir::Tree;
using ir::Workload;

constexpr std::int64_t kRendezvousPort = 29500;

Tree fieldEnv(const char* name, const char* path) {
  return mapOf("name", name, "valueFrom", mapOf("fieldRef", mapOf("fieldPath", path)));
}

// Every pod knows how many there are, which one it is and where the first one listens. Pods of an
// Indexed Job are named <job>-<index>; a scheduled run has a name of its own, which the pod reads
// from its label.
std::vector<Tree> rendezvousEnv(const Workload& workload) {
  const std::string& name = workload.address.name;
  const bool scheduled = !workload.schedule->empty();
  std::vector<Tree> env;
  if (scheduled)
    env.push_back(fieldEnv("JOB_NAME", "metadata.labels['batch.kubernetes.io/job-name']"));
  const std::string first = scheduled ? "$(JOB_NAME)-0" : name + "-0";
  env.push_back(mapOf("name", "MASTER_ADDR", "value", first + "." + name));
  env.push_back(mapOf("name", "MASTER_PORT", "value", std::to_string(kRendezvousPort)));
  env.push_back(mapOf("name", "NNODES", "value", std::to_string(workload.nodes)));
  env.push_back(
      fieldEnv("NODE_RANK", "metadata.annotations['batch.kubernetes.io/job-completion-index']"));
  return env;
}

// Names of the pods resolve before they are ready: they wait for each other to become so.
Tree rendezvousService(const Scope& scope, const Workload& workload,
                       const ir::PlacedWorkload& placed) {
  Tree service = newObject("v1", "Service", workload.address.name, placed.workload_namespace,
                           workloadLabels(scope, workload), workload.at);
  Tree port = mapOf("name", "rendezvous", "port", kRendezvousPort);
  service.set("spec", mapOf("clusterIP", "None", "publishNotReadyAddresses", true, "selector",
                            podSelectorLabels(workload), "ports", listOf(std::move(port))));
  return service;
}

void setOptional(Tree& spec, const char* field, const std::optional<std::int64_t>& value) {
  if (value) spec.set(field, *value);
}

Tree jobSpec(const Scope& scope, ir::WorkloadId workload_id) {
  const Workload& workload = scope.spec()[workload_id];
  const bool multi_node = workload.nodes > 1;
  PodOptions options;
  options.restart_policy = "Never";
  Tree spec = Tree::map();
  if (multi_node) {
    spec.set("completionMode", "Indexed")
        .set("completions", workload.nodes)
        .set("parallelism", workload.nodes);
    options.subdomain = workload.address.name;
    options.env = rendezvousEnv(workload);
    options.one_per_node = true;
  } else {
    setOptional(spec, "completions", workload.completions);
    setOptional(spec, "parallelism", workload.parallelism);
  }
  setOptional(spec, "backoffLimit", workload.retries);
  // A check that passes at the second try has found something.
  if (workload.kind == ir::WorkloadKind::Smoke && !workload.retries) spec.set("backoffLimit", 0);
  setOptional(spec, "activeDeadlineSeconds", workload.deadline_s);
  spec.set("template", podTemplate(scope, workload_id, std::move(options)));
  return spec;
}

}  // namespace

void addJob(const Scope& scope, ir::WorkloadId workload_id, Objects& objects) {
  const Workload& workload = scope.spec()[workload_id];
  const ir::PlacedWorkload& placed = scope.placement[workload_id];
  if (workload.nodes > 1) objects.add(rendezvousService(scope, workload, placed));
  Tree spec = jobSpec(scope, workload_id);
  const bool scheduled = !workload.schedule->empty();
  Tree object = workloadObject(scope, workload, placed, "batch/v1", scheduled ? "CronJob" : "Job");
  if (scheduled) {
    object.set("spec",
               mapOf("schedule", Tree(*workload.schedule).from(workload.schedule.at),
                     "concurrencyPolicy", "Forbid", "jobTemplate", mapOf("spec", std::move(spec))));
  } else {
    object.set("spec", std::move(spec));
  }
  objects.add(std::move(object));
}

}  // namespace gpuspec::kubernetes
