#include "backends/kubernetes/pod.h"

#include <algorithm>
#include <set>

#include "backends/kubernetes/names.h"
#include "backends/kubernetes/parts.h"
#include "backends/kubernetes/quantity.h"

namespace gpuspec::kubernetes {

namespace {

using ir::listOf;
using ir::mapOf;
using ir::Tree;
using ir::Workload;

const ir::Team* teamOf(const Scope& scope, const Workload& workload) {
  return workload.team_id ? &scope.spec()[workload.team_id] : nullptr;
}

// Pods carry no mark of ownership: their controllers own them, gpuspec must not find them again as
// its own.
Tree podLabels(const Scope& scope, const Workload& workload) {
  Tree labels = mapOf("app.kubernetes.io/name", workload.address.name);
  addLabels(labels, entries(workload.labels, workload.at));
  addLabels(labels, podSelectorLabels(workload).asMap());
  if (const ir::Team* team = teamOf(scope, workload)) {
    addLabels(labels, {{std::string(kTeamLabel), Tree(team->address.shortName()).from(team->at)}});
  }
  return labels;
}

// ---- where the pod may run

Tree isOneOf(const std::string& key, Tree values) {
  return mapOf("key", key, "operator", "In", "values", std::move(values));
}

// One expression over all pools where one label tells them apart, else one term for each pool.
Tree nodeSelectorTerms(const Scope& scope, const std::vector<ir::PoolId>& pool_ids,
                       const source::Location& at) {
  std::set<std::string> keys, values;
  bool single = true;
  for (ir::PoolId id : pool_ids) {
    const auto& labels = scope.placement[id].selectors;
    single = single && labels.size() == 1;
    for (const auto& [key, value] : labels) {
      keys.insert(key);
      values.insert(value);
    }
  }
  if (single && keys.size() == 1) {
    Tree expression = isOneOf(*keys.begin(), Tree::strings({values.begin(), values.end()}));
    return listOf(mapOf("matchExpressions", listOf(std::move(expression))).from(at));
  }
  Tree terms = Tree::list();
  for (ir::PoolId id : pool_ids) {
    Tree expressions = Tree::list();
    for (const auto& [key, value] : scope.placement[id].selectors)
      expressions.push(isOneOf(key, listOf(value)));
    terms.push(mapOf("matchExpressions", std::move(expressions)).from(at));
  }
  return terms;
}

Tree affinity(const Scope& scope, const Workload& workload, const ir::PlacedWorkload& placed,
              bool one_per_node) {
  Tree out = Tree::map();
  if (!placed.pool_ids.empty()) {
    Tree required =
        mapOf("nodeSelectorTerms", nodeSelectorTerms(scope, placed.pool_ids, workload.pool_at));
    out.set("nodeAffinity",
            mapOf("requiredDuringSchedulingIgnoredDuringExecution", std::move(required)));
  }
  if (one_per_node) {
    Tree term = mapOf("labelSelector", mapOf("matchLabels", podSelectorLabels(workload)),
                      "topologyKey", "kubernetes.io/hostname");
    out.set("podAntiAffinity",
            mapOf("requiredDuringSchedulingIgnoredDuringExecution", listOf(std::move(term))));
  }
  return out;
}

Tree toleration(const ir::Taint& taint) {
  static constexpr const char* kEffects[] = {"NoSchedule", "PreferNoSchedule", "NoExecute"};
  Tree out = mapOf("key", taint.key, "operator", taint.value.empty() ? "Exists" : "Equal");
  if (!taint.value.empty()) out.set("value", taint.value);
  out.set("effect", kEffects[static_cast<std::size_t>(taint.effect)]);
  return std::move(out.from(taint.at));
}

// ---- the container

Tree envVar(const ir::EnvVar& variable) {
  if (variable.secret_name.empty())
    return mapOf("name", variable.name, "value", variable.value).from(variable.at);
  Tree key = mapOf("name", variable.secret_name, "key", variable.secret_key);
  return mapOf("name", variable.name, "valueFrom", mapOf("secretKeyRef", std::move(key)))
      .from(variable.at);
}

Tree environment(const Workload& workload, std::vector<Tree> given) {
  Tree env = Tree::list();
  const auto isWritten = [&](const std::string& name) {
    return std::any_of(workload.env.begin(), workload.env.end(),
                       [&](const auto& own) { return own.name == name; });
  };
  for (Tree& variable : given) {
    if (!isWritten(variable.find("name")->asString())) env.push(std::move(variable));
  }
  for (const ir::EnvVar& variable : workload.env) env.push(envVar(variable));
  return env;
}

// GPUs are asked for by equal request and limit. Memory is both too: what a pod may use is what it
// was given.
Tree resources(const Workload& workload, const ir::PlacedWorkload& placed) {
  Tree requests = Tree::map(), limits = Tree::map();
  if (workload.cpu_m > 0) requests.set("cpu", cpuText(workload.cpu_m));
  if (workload.memory > 0) {
    requests.set("memory", bytesText(workload.memory));
    limits.set("memory", bytesText(workload.memory));
  }
  if (!placed.resource.empty() && placed.amount > 0) {
    const Tree amount = Tree(std::to_string(placed.amount)).from(workload.gpus.at);
    requests.set(placed.resource, amount);
    limits.set(placed.resource, amount);
  }
  Tree out = Tree::map();
  if (!requests.empty()) out.set("requests", std::move(requests));
  if (!limits.empty()) out.set("limits", std::move(limits));
  return out;
}

Tree ports(const Workload& workload) {
  Tree list = Tree::list();
  for (const ir::ContainerPort& port : workload.ports) {
    list.push(mapOf("name", port.name, "containerPort", port.port).from(port.at));
  }
  return list;
}

void setProbes(const Workload& workload, Tree& container) {
  for (const ir::Probe& probe : workload.probes) {
    const std::int64_t number =
        probe.port > 0 || workload.ports.empty() ? probe.port : workload.ports[0].port;
    Tree check = Tree::map();
    if (probe.http.empty()) {
      check.set("tcpSocket", mapOf("port", number));
    } else {
      check.set("httpGet", mapOf("path", probe.http, "port", number));
    }
    if (probe.initial_delay_s > 0) check.set("initialDelaySeconds", probe.initial_delay_s);
    if (probe.period_s > 0) check.set("periodSeconds", probe.period_s);
    container.set(probe.kind + "Probe", std::move(check.from(probe.at)));
  }
}

bool isRestricted(const ir::Team* team) {
  return team && *team->pod_security == "restricted";
}

Tree containerSecurity() {
  return mapOf("allowPrivilegeEscalation", false, "capabilities", mapOf("drop", listOf("ALL")));
}

// ---- volumes

Tree volumeSource(const ir::Volume& volume) {
  if (volume.kind == "claim") {
    Tree claim = mapOf("claimName", volume.source);
    if (volume.read_only) claim.set("readOnly", true);
    return mapOf("persistentVolumeClaim", std::move(claim));
  }
  if (volume.kind == "config") return mapOf("configMap", mapOf("name", volume.source));
  if (volume.kind == "secret") return mapOf("secret", mapOf("secretName", volume.source));
  Tree scratch = Tree::map();
  if (volume.memory) scratch.set("medium", "Memory");
  if (volume.size > 0) scratch.set("sizeLimit", bytesText(volume.size));
  return mapOf("emptyDir", std::move(scratch));
}

struct Mounts {
  Tree volumes = Tree::list();
  Tree mounts = Tree::list();
  std::set<std::string> names;
};

// The name is only known inside the pod, so it may be mended to what Kubernetes takes.
std::string volumeName(Mounts& mounts, const std::string& written) {
  constexpr std::size_t kLongest = 63;
  std::string name = slug(written);
  if (name.size() > kLongest || mounts.names.contains(name))
    name = slug(name.substr(0, 50)) + "-" + shortHash(written);
  mounts.names.insert(name);
  return name;
}

void mount(Mounts& mounts, const ir::Volume& volume) {
  const std::string name = volumeName(mounts, volume.name);
  Tree source = volumeSource(volume);
  source.asMap().emplace(source.asMap().begin(), "name", name);
  mounts.volumes.push(std::move(source.from(volume.at)));
  Tree where = mapOf("name", name, "mountPath", volume.mount);
  if (volume.read_only) where.set("readOnly", true);
  mounts.mounts.push(std::move(where.from(volume.at)));
}

Mounts mountsOf(const Workload& workload) {
  Mounts mounts;
  if (workload.shared_memory > 0) {
    ir::Volume shared;
    shared.name = "shared-memory";
    shared.mount = "/dev/shm";
    shared.memory = true;
    shared.size = workload.shared_memory;
    shared.at = workload.at;
    mount(mounts, shared);
  }
  for (const ir::Volume& volume : workload.volumes) mount(mounts, volume);
  return mounts;
}

void setUnlessEmpty(Tree& map, std::string_view key, Tree value) {
  if (!value.empty()) map.set(key, std::move(value));
}

Tree container(const Scope& scope, const Workload& workload, const ir::PlacedWorkload& placed,
               std::vector<Tree> env, Tree mounts) {
  Tree out = mapOf("name", slug(workload.address.name), "image",
                   Tree(*workload.image).from(workload.image.at));
  setUnlessEmpty(out, "command", Tree::strings(workload.command));
  setUnlessEmpty(out, "args", Tree::strings(workload.args));
  setUnlessEmpty(out, "env", environment(workload, std::move(env)));
  setUnlessEmpty(out, "ports", ports(workload));
  setUnlessEmpty(out, "resources", resources(workload, placed));
  setProbes(workload, out);
  if (isRestricted(teamOf(scope, workload))) out.set("securityContext", containerSecurity());
  setUnlessEmpty(out, "volumeMounts", std::move(mounts));
  return out;
}

}  // namespace

const char* kindName(ir::WorkloadKind kind) {
  static constexpr const char* kNames[] = {"job", "service", "model", "smoke"};
  return kNames[static_cast<std::size_t>(kind)];
}

Tree podSelectorLabels(const Workload& workload) {
  return mapOf(kWorkloadLabel, workload.address.name, kWorkloadKindLabel, kindName(workload.kind));
}

Tree workloadLabels(const Scope& scope, const Workload& workload) {
  Tree labels = podLabels(scope, workload);
  addLabels(labels, std::move(ownerLabels(scope.spec()).asMap()));
  return labels;
}

Tree annotations(const Workload& workload) {
  Tree out;
  for (const auto& [key, value] : workload.annotations) out.set(key, Tree(value).from(workload.at));
  return out;
}

Tree workloadObject(const Scope& scope, const Workload& workload, const ir::PlacedWorkload& placed,
                    std::string_view api_version, std::string_view kind) {
  Tree object = newObject(api_version, kind, workload.address.name, placed.workload_namespace,
                          workloadLabels(scope, workload), workload.at);
  setUnlessEmpty(object.at("metadata"), "annotations", annotations(workload));
  return object;
}

Tree podTemplate(const Scope& scope, ir::WorkloadId workload_id, PodOptions options) {
  const Workload& workload = scope.spec()[workload_id];
  const ir::PlacedWorkload& placed = scope.placement[workload_id];
  const ir::Team* team = teamOf(scope, workload);
  Mounts mounts = mountsOf(workload);
  Tree metadata = mapOf("labels", podLabels(scope, workload));
  setUnlessEmpty(metadata, "annotations", annotations(workload));
  Tree tolerations = Tree::list();
  for (const ir::Taint& taint : placed.tolerated) tolerations.push(toleration(taint));
  Tree spec = Tree::map();
  if (team && team->priority)
    spec.set("priorityClassName", Tree(priorityClassName(*team)).from(team->priority->at));
  setUnlessEmpty(spec, "restartPolicy", options.restart_policy);
  setUnlessEmpty(spec, "subdomain", options.subdomain);
  setUnlessEmpty(spec, "affinity", affinity(scope, workload, placed, options.one_per_node));
  setUnlessEmpty(spec, "tolerations", std::move(tolerations));
  if (isRestricted(team)) {
    spec.set("securityContext",
             mapOf("runAsNonRoot", true, "seccompProfile", mapOf("type", "RuntimeDefault")));
  }
  spec.set("containers", listOf(container(scope, workload, placed, std::move(options.env),
                                          std::move(mounts.mounts))
                                    .from(workload.at)));
  setUnlessEmpty(spec, "volumes", std::move(mounts.volumes));
  return mapOf("metadata", std::move(metadata), "spec", std::move(spec));
}

}  // namespace gpuspec::kubernetes
