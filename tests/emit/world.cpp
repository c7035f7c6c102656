#include "world.h"

#include <algorithm>
#include <tuple>

#include "backends/arm/arm.h"
#include "backends/helm/helm.h"
#include "backends/kubernetes/kubernetes.h"

namespace gpuspec::testing {

namespace {

constexpr std::uint32_t kLines = 4000;

template <class Table>
std::uint32_t indexOf(const Table& table, const std::string& name) {
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    if (table[i].address.name == name) return i;
  }
  std::abort();
}

ir::ClusterId lastCluster(const ir::Spec& spec) {
  return ir::ClusterId{static_cast<std::uint32_t>(spec.clusters.size() - 1)};
}

}  // namespace

World::World() {
  std::string text;
  for (std::uint32_t i = 0; i < kLines; ++i) text += "declaration\n";
  sources.add("main.gpuspec", text);
  spec.project = placed<std::string>("demo");
}

source::Location World::next() {
  const std::uint32_t start = line_++ * 12;
  return {{source::FileId{0}, start, start + 11}, source::TraceId::none()};
}

ir::Cluster& World::aks(const std::string& name, bool existing) {
  ir::Cluster cluster;
  cluster.at = next();
  cluster.address = {"", "cluster", name};
  cluster.name = name;
  cluster.existing = existing;
  cluster.resource_group = "rg-" + name;
  cluster.location = placed<std::string>("swedencentral");
  return spec.clusters.emplace_back(std::move(cluster));
}

ir::Cluster& World::kubernetes(const std::string& name) {
  ir::Cluster& cluster = aks(name, true);
  cluster.platform = ir::Platform::Kubernetes;
  cluster.context = name;
  return cluster;
}

ir::Pool& World::pool(const std::string& name, const std::string& vm, std::int64_t nodes,
                      ir::Mode mode) {
  ir::Pool pool;
  pool.at = next();
  pool.address = {"", "pool", name};
  pool.cluster_id = lastCluster(spec);
  pool.vm = placed(vm);
  pool.nodes = {nodes, nodes, false, false, next()};
  pool.mode = {mode, next()};
  pool.os = {"ubuntu", pool.at};
  return spec.pools.emplace_back(std::move(pool));
}

ir::Pool& World::autoscaledPool(const std::string& name, const std::string& vm, std::int64_t min,
                                std::int64_t max) {
  ir::Pool& made = pool(name, vm, min);
  made.nodes = {min, max, true, false, next()};
  return made;
}

ir::Accelerator& World::accelerator(const std::string& name) {
  ir::Accelerator accelerator;
  accelerator.at = next();
  accelerator.address = {"", "accelerator", name};
  accelerator.vendor = name;
  accelerator.cluster_id = lastCluster(spec);
  return spec.accelerators.emplace_back(std::move(accelerator));
}

ir::Team& World::team(const std::string& name) {
  ir::Team team;
  team.at = next();
  team.address = {"", "team", name};
  team.cluster_ids = {lastCluster(spec)};
  team.namespaces = {placed(name)};
  team.quota_at = team.at;
  return spec.teams.emplace_back(std::move(team));
}

ir::Workload& World::workload(ir::WorkloadKind kind, const std::string& name,
                              const std::string& team_name) {
  static constexpr const char* kKinds[] = {"job", "service", "model", "smoke"};
  ir::Workload workload;
  workload.kind = kind;
  workload.at = next();
  workload.address = {"", kKinds[static_cast<int>(kind)], name};
  if (!team_name.empty()) workload.team_id = teamId(team_name);
  workload.cluster_id = lastCluster(spec);
  workload.pool_at = next();
  workload.image = placed<std::string>("registry.example.com/" + name + ":1.0");
  workload.gpus.at = next();
  return spec.workloads.emplace_back(std::move(workload));
}

ir::Setting World::setting(const std::string& path, ir::Tree value) {
  return {path, std::move(value).from(next())};
}

ir::Placement& World::placement() {
  placement_.spec = &spec;
  for (std::size_t i = placement_.pools.size(); i < spec.pools.size(); ++i) {
    const ir::Pool& pool = spec.pools[i];
    ir::PlacedPool& placed_pool = placement_.pools.emplace_back();
    placed_pool.labels = pool.labels;
    if (pool.taints) placed_pool.taints = *pool.taints;
    if (spec[pool.cluster_id].platform == ir::Platform::Aks) {
      placed_pool.selectors = {{"kubernetes.azure.com/agentpool", pool.address.name}};
    } else {
      placed_pool.selectors.assign(pool.selector.begin(), pool.selector.end());
    }
    if (!placed_pool.selectors.empty()) placed_pool.selector = placed_pool.selectors.front();
  }
  for (std::size_t i = placement_.workloads.size(); i < spec.workloads.size(); ++i) {
    const ir::Workload& workload = spec.workloads[i];
    ir::PlacedWorkload& placed_workload = placement_.workloads.emplace_back();
    placed_workload.workload_namespace =
        workload.team_id ? *spec[workload.team_id].namespaces[0] : "default";
  }
  for (std::size_t i = placement_.stacks.size(); i < spec.accelerators.size(); ++i) {
    placement_.stacks.push_back({ir::AcceleratorId{static_cast<std::uint32_t>(i)}, {}});
  }
  return placement_;
}

ir::PlacedPool& World::gpus(const std::string& name, std::int64_t count,
                            const std::string& resource) {
  ir::PlacedPool& placed_pool = placement().pools[poolId(name).index];
  placed_pool.plan.allocatable[resource] = count;
  placed_pool.plan.device_resource = resource;
  const ir::Pool& pool = spec[poolId(name)];
  if (!pool.taints)
    placed_pool.taints = {{"nvidia.com/gpu", "present", ir::TaintEffect::NoSchedule, pool.at}};
  return placed_pool;
}

void World::quota(const std::string& team, std::vector<std::pair<std::string, std::string>> hard) {
  ir::PlacedQuota quota{teamId(team), spec[teamId(team)].cluster_ids[0], {}};
  std::sort(hard.begin(), hard.end());
  for (auto& [key, amount] : hard) quota.hard.emplace_back(key, placed(amount));
  std::vector<ir::PlacedQuota>& quotas = placement().quotas;
  quotas.push_back(std::move(quota));
  std::sort(quotas.begin(), quotas.end(), [](const auto& a, const auto& b) {
    return std::tie(a.cluster_id, a.team_id) < std::tie(b.cluster_id, b.team_id);
  });
}

void World::place(const std::string& workload, const std::vector<std::string>& pools,
                  std::int64_t amount, const std::string& resource) {
  ir::PlacedWorkload& placed_workload = placement().workloads[indexOf(spec.workloads, workload)];
  if (amount > 0) placed_workload.resource = resource;
  placed_workload.amount = amount;
  for (const std::string& name : pools) {
    placed_workload.pool_ids.push_back(poolId(name));
    for (const ir::Taint& taint : placement().pools[poolId(name).index].taints) {
      auto& tolerated = placed_workload.tolerated;
      if (std::find(tolerated.begin(), tolerated.end(), taint) == tolerated.end())
        tolerated.push_back(taint);
    }
  }
}

ir::ReleasePlan& World::release(const std::string& accelerator, ir::ReleasePlan plan) {
  return placement().stacks[indexOf(spec.accelerators, accelerator)].plan.releases.emplace_back(
      std::move(plan));
}

ir::TeamId World::teamId(const std::string& name) const {
  return ir::TeamId{indexOf(spec.teams, name)};
}
ir::PoolId World::poolId(const std::string& name) const {
  return ir::PoolId{indexOf(spec.pools, name)};
}

ir::NetworkRule rule(World& world, ir::Direction direction, ir::PeerKind peer,
                     const std::string& text, std::vector<std::int64_t> ports) {
  ir::NetworkRule rule;
  rule.direction = direction;
  rule.peer = peer;
  rule.text = text;
  for (std::int64_t port : ports) rule.ports.push_back({port, port, world.next()});
  rule.at = world.next();
  rule.peer_at = rule.at;
  return rule;
}

const std::string& Output::operator[](const std::string& path) const {
  static const std::string kNone;
  const auto found = files.find(path);
  return found == files.end() ? kNone : found->second.bytes;
}

bool Output::has(std::uint16_t code) const {
  return std::any_of(findings.begin(), findings.end(),
                     [&](const auto& finding) { return finding.info->code == code; });
}

Output emitAll(World& world, std::uint32_t cluster) {
  const ir::Placement& placement = world.placement();
  const ir::ClusterId cluster_id{cluster};
  diag::Sink sink;
  arm::checkLimits(placement, sink);
  kubernetes::checkLimits(placement, sink);
  helm::checkLimits(placement, sink);
  Output output;
  const auto add = [&](std::vector<artifact::File> files) {
    for (artifact::File& file : files) output.files.emplace(file.path, std::move(file));
  };
  add(arm::emit(placement, cluster_id, world.sources, sink));
  add(kubernetes::emit(placement, cluster_id, world.sources, sink));
  add(helm::emit(placement, cluster_id, world.sources));
  output.findings = sink.finish(world.sources);
  return output;
}

source::Location originOf(const artifact::File& file, const std::string& text) {
  const std::size_t found = file.bytes.find(text);
  if (found == std::string::npos) return {};
  const auto line = static_cast<std::uint32_t>(
      std::count(file.bytes.begin(), file.bytes.begin() + static_cast<std::ptrdiff_t>(found),
                 '\n') +
      1);
  source::Location at;
  for (const artifact::LineOrigin& origin : file.origins) {
    if (origin.line <= line) at = origin.at;
  }
  return at;
}

}  // namespace gpuspec::testing
