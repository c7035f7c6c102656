#include "scenarios.h"

namespace gpuspec::testing {

namespace {

using ir::Direction;
using ir::listOf;
using ir::mapOf;
using ir::PeerKind;
using ir::Tree;
using ir::WorkloadKind;

void addSharedPools(World& world) {
  ir::Cluster& cluster = world.aks("shared");
  cluster.version = world.placed<std::string>("1.36");
  cluster.network_policy = world.placed<std::string>("cilium");
  cluster.tags = {{"cost-center", "4711"}, {"note", "[not an expression]"}};
  cluster.settings = {
      world.setting("properties.aadProfile.adminGroupObjectIDs",
                    Tree::strings({"6f2e0a1c-9d3b-4f57-8a61-0c2d4e8b7f10"})),
      world.setting("properties.aadProfile.enableAzureRBAC", true),
      world.setting("properties.aadProfile.managed", true),
      world.setting("properties.azureMonitorProfile.metrics.enabled", true),
      world.setting("properties.kubernetesVersion", "1.36"),
      world.setting("properties.networkProfile.networkDataplane", "cilium"),
      world.setting("properties.networkProfile.networkPlugin", "azure"),
      world.setting("properties.networkProfile.networkPluginMode", "overlay"),
      world.setting("properties.networkProfile.networkPolicy", "cilium"),
      world.setting("sku.name", "Base"),
      world.setting("sku.tier", "Standard"),
  };
  ir::Pool& h100 = world.autoscaledPool("h100", "Standard_ND96isr_H100_v5", 1, 2);
  h100.labels = {{"tier", world.placed<std::string>("training")}};
  h100.settings = {world.setting("properties.upgradeSettings.maxUnavailable", "1")};
  ir::Pool& system = world.pool("system", "Standard_D4s_v5", 3, ir::Mode::System);
  for (const char* zone : {"1", "2", "3"}) system.zones.push_back(world.placed<std::string>(zone));
  world.gpus("h100", 8).plan.properties = mapOf("gpuProfile", mapOf("driver", "None"));
}

void addSharedTeam(World& world, const std::string& name, const std::string& group) {
  ir::Team& team = world.team(name);
  team.namespaces = {world.placed("team-" + name + "-gpu")};
  team.labels = {{"team", world.placed(name)}};
  team.members = {{true, group, "edit", world.next()}};
  team.quota_at = world.next();
  team.pod_security = world.placed<std::string>("restricted");
  team.network.declared = team.network.default_deny = true;
  team.network.at = world.next();
  team.network.rules = {rule(world, Direction::Egress, PeerKind::Dns),
                        rule(world, Direction::Ingress, PeerKind::Self),
                        rule(world, Direction::Egress, PeerKind::Self),
                        rule(world, Direction::Egress, PeerKind::KubernetesApi),
                        rule(world, Direction::Egress, PeerKind::Fqdn, "*.example.com", {443}),
                        rule(world, Direction::Ingress, PeerKind::Namespace, "monitoring", {9400})};
  world.quota(
      name,
      {{"requests.nvidia.com/gpu", "8"}, {"requests.cpu", "88"}, {"requests.memory", "1600Gi"}});
}

void addServing(World& world) {
  ir::Workload& service = world.workload(WorkloadKind::Service, "triton", "vision");
  service.args = {"tritonserver", "--model-repository=/models"};
  service.cpu_m = 8000;
  service.memory = std::int64_t{64} << 30;
  service.shared_memory = std::int64_t{8} << 30;
  service.replicas_max = 4;
  service.scaled = true;
  service.ports = {{"http", 8000, world.next()}, {"metrics", 8002, world.next()}};
  service.probes = {{"readiness", "/v2/health/ready", 0, 10, 30, world.next()}};
  service.env = {{"LOG_LEVEL", "info", "", "", world.next()},
                 {"TOKEN", "", "hub-token", "token", world.next()}};
  ir::Volume models;
  models.name = "models";
  models.mount = "/models";
  models.kind = "claim";
  models.source = "models";
  models.read_only = true;
  models.at = world.next();
  service.volumes = {models};
  world.place("triton", {"h100"}, 1);
}

Tree operatorValues(World& world) {
  Tree toleration = mapOf("key", "nvidia.com/gpu", "operator", "Equal", "value", "present",
                          "effect", "NoSchedule");
  Tree values = mapOf("driver", mapOf("enabled", true), "daemonsets",
                      mapOf("tolerations", listOf(std::move(toleration))), "dcgmExporter",
                      mapOf("enabled", true));
  return std::move(values.from(world.next()));
}

}  // namespace

World sharedCluster() {
  World world;
  world.spec.environment = "prod";
  addSharedPools(world);
  world.accelerator("nvidia");
  addSharedTeam(world, "ml", "a3d7c1f8-4b52-4a60-9a0e-5d1f7c2b9e44");
  world.spec.teams[0].priority = world.placed<std::int64_t>(1000);
  addSharedTeam(world, "vision", "0b9e6d2a-7c18-4e35-b1f4-92a7d5c3e871");
  world.spec.teams[1].members.push_back({false, "kim@example.com", "view", world.next()});
  ir::Workload& smoke = world.workload(WorkloadKind::Smoke, "check", "ml");
  smoke.command = {"nvidia-smi"};
  smoke.deadline_s = 300;
  world.place("check", {"h100"}, 8);
  addServing(world);
  world.release("nvidia", {"gpu-operator",
                           "gpu-operator",
                           "https://helm.ngc.nvidia.com/nvidia",
                           "v26.7.0",
                           "gpu-operator",
                           10,
                           operatorValues(world),
                           {{"pod-security.kubernetes.io/enforce", "privileged"}}});
  Tree config = mapOf("apiVersion", "v1", "kind", "ConfigMap", "metadata",
                      mapOf("name", "site", "namespace", "team-ml-gpu"), "data",
                      mapOf("region", "swedencentral", "motd", "two\nlines\n"));
  world.spec.manifests.push_back(
      {world.next(), {"", "manifest", "site"}, ir::ClusterId{0}, std::move(config)});
  world.spec.releases.push_back({world.next(),
                                 {"", "release", "kueue"},
                                 ir::ClusterId{0},
                                 "kueue",
                                 "oci://registry.k8s.io/kueue/charts",
                                 "0.19.2",
                                 "kueue-system",
                                 mapOf("enableKueueViz", false)});
  return world;
}

namespace {

void addExistingPools(World& world) {
  world.aks("lab", true).network_plugin = world.placed<std::string>("azure_overlay");
  ir::Pool& batch = world.autoscaledPool("batch", "Standard_NC24ads_A100_v4", 0, 8);
  batch.spot = ir::Spot{"1.25", "Delete", world.next()};
  ir::Pool& mig = world.pool("mig", "Standard_ND96asr_v4", 1);
  mig.arm = mapOf("properties",
                  mapOf("messageOfTheDay", "[base64('Sliced: ask ml')]", "kubeletDiskType", "OS"));
  ir::Pool& t4 = world.pool("t4", "Standard_NC16as_T4_v3", 2);
  t4.taints = std::vector<ir::Taint>{{"sku", "gpu", ir::TaintEffect::NoSchedule, world.next()}};
  world.gpus("batch", 1);
  world.gpus("mig", 56, "nvidia.com/mig-1g.5gb").plan.properties =
      mapOf("gpuInstanceProfile", "MIG1g");
  ir::PoolPlan& managed = world.gpus("t4", 1).plan;
  managed.properties =
      mapOf("gpuProfile", mapOf("driver", "Install", "nvidia",
                                mapOf("managementMode", "Managed", "migStrategy", "None")));
  managed.preview_api = true;
}

ir::TeamNetwork everyRule(World& world) {
  ir::TeamNetwork network;
  network.declared = network.default_deny = true;
  network.at = world.next();
  network.rules = {rule(world, Direction::Egress, PeerKind::Dns),
                   rule(world, Direction::Ingress, PeerKind::Self),
                   rule(world, Direction::Egress, PeerKind::Internet, "", {443}),
                   rule(world, Direction::Egress, PeerKind::KubernetesApi),
                   rule(world, Direction::Ingress, PeerKind::Team),
                   rule(world, Direction::Ingress, PeerKind::Namespace, "ingress-nginx", {8000}),
                   rule(world, Direction::Ingress, PeerKind::Pods, "", {6006}),
                   rule(world, Direction::Egress, PeerKind::Cidr, "10.0.0.0/8", {443, 8443})};
  network.rules[4].team_id = world.teamId("notebooks");
  network.rules[6].labels = {{"app", "tensorboard"}};
  network.rules[7].except = {world.placed<std::string>("10.1.0.0/16")};
  network.rules[7].ports[1].last = 8450;
  return network;
}

void addResearch(World& world) {
  ir::Team& team = world.team("research");
  team.namespaces = {world.placed<std::string>("research"),
                     world.placed<std::string>("research-eval")};
  team.adopt = true;
  team.quota_at = world.next();
  team.limits.declared = true;
  team.limits.at = world.next();
  team.limits.default_memory = std::int64_t{4} << 30;
  team.limits.max_cpu_m = 32000;
  team.limits.max_gpus = 4;
  team.network = everyRule(world);
  world.quota("research", {{"requests.nvidia.com/gpu", "0"},
                           {"requests.nvidia.com/mig-1g.5gb", "14"},
                           {"pods", "200"}});
}

void addTraining(World& world) {
  ir::Workload& mnist = world.workload(WorkloadKind::Job, "mnist", "");
  mnist.args = {"--max_steps", "500"};
  world.place("mnist", {"t4"}, 1);
  ir::Workload& nightly = world.workload(WorkloadKind::Job, "nightly", "research");
  nightly.nodes = 2;
  nightly.schedule = world.placed<std::string>("30 2 * * *");
  world.place("nightly", {"batch", "t4"}, 1);
  ir::Workload& train = world.workload(WorkloadKind::Job, "train", "research");
  train.nodes = 4;
  train.retries = 2;
  train.deadline_s = 86400;
  train.labels = {{"app.kubernetes.io/name", "llm"}, {"run", "a1"}};
  train.annotations = {{"example.com/owner", "research"}};
  world.place("train", {"mig"}, 2, "nvidia.com/mig-1g.5gb");
}

}  // namespace

World existingCluster() {
  World world;
  addExistingPools(world);
  world.team("notebooks");
  addResearch(world);
  addTraining(world);
  return world;
}

World plainCluster() {
  World world;
  world.spec.project = {};
  ir::Cluster& cluster = world.kubernetes("onprem");
  cluster.network_policy = world.placed<std::string>("calico");
  ir::Pool& pool = world.pool("a100", "", 2);
  pool.selector = {{"gpu", "a100"}, {"rack", "7"}};
  world.gpus("a100", 8);
  world.accelerator("nvidia");
  ir::Team& team = world.team("ml");
  team.network.declared = team.network.default_deny = true;
  team.network.at = world.next();
  team.network.rules = {rule(world, Direction::Egress, PeerKind::Dns)};
  ir::Workload& job = world.workload(WorkloadKind::Job, "train", "ml");
  job.completions = 10;
  job.parallelism = 2;
  world.place("train", {"a100"}, 8);
  Tree metrics = mapOf("kind", "ConfigMap", "apiVersion", "v1", "metadata",
                       mapOf("name", "gpu-metrics", "namespace", "monitoring"), "data",
                       mapOf("counters.csv", "DCGM_FI_DEV_GPU_UTIL, gauge, GPU utilization\n"));
  Tree monitor =
      mapOf("apiVersion", "monitoring.coreos.com/v1", "kind", "PodMonitor", "metadata",
            mapOf("name", "gpu-metrics", "namespace", "monitoring", "labels",
                  mapOf("release", "prometheus")),
            "spec",
            mapOf("selector", mapOf("matchLabels", mapOf("app", "gpu-metrics")),
                  "podMetricsEndpoints", listOf(mapOf("port", "metrics", "interval", "15s"))));
  world.placement().stacks[0].plan.manifests = {std::move(metrics), std::move(monitor)};
  world.release("nvidia", {"nvidia-device-plugin",
                           "nvidia-device-plugin",
                           "https://nvidia.github.io/k8s-device-plugin",
                           "0.20.0",
                           "kube-system",
                           10,
                           mapOf("gfd", mapOf("enabled", true)),
                           {}});
  return world;
}

}  // namespace gpuspec::testing
