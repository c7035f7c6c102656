#include "tests/passes/world.h"

#include <algorithm>

#include "lang/source/check.h"

namespace gpuspec::passes {

namespace {

template <class Table>
std::size_t indexOf(const Table& table, const std::string& name) {
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const auto& row) { return row.address.name == name; });
  GPUSPEC_CHECK(found != table.end(), "the test names something that is not there");
  return static_cast<std::size_t>(found - table.begin());
}

}  // namespace

World::World() {
  file_id_ = sources.add("main.gpuspec", std::string(100'000, ' '));
  auto fake = std::make_unique<FakeVendor>();
  vendor = fake.get();
  vendors.add(std::move(fake));
}

source::Location World::at() {
  next_ += 2;
  return {{file_id_, next_, next_ + 1}, {}};
}

ir::ClusterId World::clusterId(const std::string& name) {
  return ir::ClusterId{static_cast<std::uint32_t>(indexOf(spec.clusters, name))};
}
ir::PoolId World::poolId(const std::string& name) {
  return ir::PoolId{static_cast<std::uint32_t>(indexOf(spec.pools, name))};
}
ir::TeamId World::teamId(const std::string& name) {
  return ir::TeamId{static_cast<std::uint32_t>(indexOf(spec.teams, name))};
}
ir::Cluster& World::cluster(const std::string& name) {
  return spec.clusters[clusterId(name).index];
}
ir::Pool& World::pool(const std::string& name) {
  return spec.pools[poolId(name).index];
}
ir::Team& World::team(const std::string& name) {
  return spec.teams[teamId(name).index];
}
ir::Workload& World::workload(const std::string& name) {
  return spec.workloads[indexOf(spec.workloads, name)];
}

ir::Cluster& World::addCluster(const std::string& name) {
  ir::Cluster cluster;
  cluster.at = at();
  cluster.address = {"", "cluster", name};
  cluster.name = name;
  cluster.resource_group = "rg";
  cluster.location = text("southcentralus");
  cluster.version = text("1.36");
  cluster.tier = "standard";
  cluster.network_plugin = text("azure_overlay");
  cluster.network_policy = text("cilium");
  cluster.network_dataplane = text("cilium");
  spec.clusters.push_back(std::move(cluster));
  return spec.clusters.back();
}

ir::Pool& World::addPool(const std::string& name, const std::string& cluster_name) {
  ir::Pool pool;
  pool.at = at();
  pool.address = {"", "pool", name};
  pool.cluster_id = clusterId(cluster_name);
  pool.vm = text("Standard_D4s_v5");
  pool.size.emplace();
  pool.size->name = *pool.vm;
  pool.size->vcpus = 4;
  pool.size->memory_gib = 16;
  pool.nodes = {3, 3, false, false, at()};
  pool.mode = placed(ir::Mode::User);
  pool.os = text("ubuntu");
  pool.driver = text("auto");
  pool.taints_at = pool.at;
  spec.pools.push_back(std::move(pool));
  return spec.pools.back();
}

ir::VmSize World::gpuSize() const {
  ir::VmSize size;
  size.name = "Standard_ND96isr_Fake_v1";
  size.vendor = "fake";
  size.model = "f1";
  size.gpu_title = "Fake F1";
  size.gpus = 8;
  size.gpu_memory_gib = 80;
  size.vcpus = 96;
  size.memory_gib = 1900;
  size.os = {"Ubuntu", "Windows", "AzureLinux3"};
  size.generations = {1, 2};
  size.status = "current";
  return size;
}

ir::Pool& World::addGpuPool(const std::string& name, const std::string& cluster_name) {
  ir::Pool& pool = addPool(name, cluster_name);
  pool.size = gpuSize();
  pool.vm.value = pool.size->name;
  pool.nodes = {1, 2, true, false, pool.nodes.at};
  return pool;
}

ir::NetworkRule& World::allow(const std::string& team_name, ir::Direction direction,
                              ir::PeerKind peer) {
  ir::NetworkRule rule;
  rule.direction = direction;
  rule.peer = peer;
  rule.at = at();
  rule.peer_at = at();
  auto& rules = team(team_name).network.rules;
  rules.push_back(std::move(rule));
  return rules.back();
}

ir::Team& World::addTeam(const std::string& name, const std::string& cluster_name) {
  ir::Team team;
  team.at = at();
  team.address = {"", "team", name};
  team.cluster_ids = {clusterId(cluster_name)};
  team.namespaces = {{name, team.at}};
  team.quota_at = team.at;
  team.limits.at = team.at;
  team.network.declared = team.network.default_deny = true;
  team.network.at = at();
  spec.teams.push_back(std::move(team));
  allow(name, ir::Direction::Egress, ir::PeerKind::Dns);
  return spec.teams.back();
}

ir::QuotaItem& World::addQuota(const std::string& team_name, const std::string& pool_name,
                               std::int64_t amount, const std::string& profile) {
  ir::Team& owner = team(team_name);
  if (owner.quota_at == owner.at) owner.quota_at = at();
  ir::QuotaItem item;
  item.kind = profile.empty() ? ir::QuotaKind::Gpu : ir::QuotaKind::Slice;
  item.pool_id = poolId(pool_name);
  item.profile = profile;
  item.amount = amount;
  item.at = at();
  item.pool_at = at();
  owner.quota.push_back(item);
  return owner.quota.back();
}

ir::Workload& World::addJob(const std::string& name, const std::string& pool_name,
                            std::int64_t gpus) {
  ir::Workload job;
  job.at = at();
  job.address = {"", "job", name};
  job.cluster_id = clusterId();
  job.pool_at = job.at;
  if (!pool_name.empty()) {
    job.pool_id = poolId(pool_name);
    job.pool_at = at();
    job.cluster_id = spec[job.pool_id].cluster_id;
  }
  job.team_id = spec.teams.empty() ? ir::TeamId{} : teamId(spec.teams.front().address.name);
  job.image = text("example.com:5000/train:1.4.2");
  job.gpus = {gpus, "", at()};
  spec.workloads.push_back(std::move(job));
  return spec.workloads.back();
}

ir::Workload& World::addService(const std::string& name, const std::string& pool_name,
                                std::int64_t port) {
  ir::Workload& service = addJob(name, pool_name, 1);
  service.kind = ir::WorkloadKind::Service;
  service.address.kind = "service";
  if (port > 0) service.ports = {{"http", port, at()}};
  return service;
}

void World::addAccelerator(const std::string& vendor_name, const std::string& cluster_name) {
  ir::Accelerator accelerator;
  accelerator.at = at();
  accelerator.address = {"", "accelerator", vendor_name};
  accelerator.vendor = vendor_name;
  accelerator.cluster_id = clusterId(cluster_name);
  spec.accelerators.push_back(std::move(accelerator));
}

source::Location World::set(std::vector<ir::Setting>& settings, const std::string& path,
                            ir::Tree value) {
  const source::Location place = at();
  settings.push_back({path, std::move(value).from(place)});
  return place;
}

void World::cut(ir::Pool& pool, const std::string& profile, std::int64_t each, bool mixed) {
  ir::Tree body = ir::Tree::map();
  body.set("profile", profile).set("each", each);
  if (mixed) body.set("mixed", true);
  pool.vendor_blocks.push_back({"cut", at(), std::move(body)});
}

void World::share(ir::Pool& pool, std::int64_t replicas) {
  pool.vendor_blocks.push_back({"share", at(), ir::Tree::map().set("replicas", replicas)});
}

World World::sound() {
  World world;
  world.addCluster("shared");
  world.addGpuPool("gpu");
  world.addPool("system").mode.value = ir::Mode::System;
  world.addAccelerator("fake");
  for (const char* name : {"blue", "green"}) {
    world.addTeam(name);
    world.addQuota(name, "gpu", 8);
  }
  return world;
}

std::vector<diag::Diagnostic> World::run(const std::string& as_of) {
  diag::Sink sink;
  placement = runPasses(spec, vendors, {as_of}, sink);
  return sink.finish(sources);
}

std::string print(const std::vector<diag::Diagnostic>& findings) {
  std::string text;
  for (const diag::Diagnostic& finding : findings) {
    text += diag::codeName(finding.info->code) + " at " + std::to_string(finding.at.range.begin) +
            ": " + finding.message + "\n";
  }
  return text.empty() ? "no findings" : text;
}

}  // namespace gpuspec::passes
