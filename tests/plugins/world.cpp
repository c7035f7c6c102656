#include "tests/plugins/world.h"

namespace gpuspec::testing {

std::vector<std::string> Outcome::codes() const {
  std::vector<std::string> codes;
  for (const diag::Diagnostic& finding : findings)
    codes.push_back(diag::codeName(finding.info->code));
  return codes;
}

const diag::Diagnostic* Outcome::find(std::uint16_t code) const {
  for (const diag::Diagnostic& finding : findings) {
    if (finding.info->code == code) return &finding;
  }
  return nullptr;
}

source::Location World::at(const std::string& word) {
  const auto begin = static_cast<std::uint32_t>(text_.size());
  text_ += word + "\n";
  return {{source::FileId{0}, begin, begin + static_cast<std::uint32_t>(word.size())}, {}};
}

std::string World::wordAt(const source::Location& location) const {
  if (!location.valid()) return {};
  return text_.substr(location.range.begin, location.range.end - location.range.begin);
}

World& World::aks() {
  ir::Cluster cluster;
  cluster.at = at("cluster");
  cluster.address = {"", "cluster", "ml"};
  cluster.name = "ml";
  cluster.existing = true;
  spec_.clusters = {cluster};
  return *this;
}

World& World::kubernetes() {
  aks();
  spec_.clusters[0].platform = ir::Platform::Kubernetes;
  return *this;
}

ir::Accelerator& World::accelerator(const std::string& stack) {
  ir::Accelerator accelerator;
  accelerator.at = at("accelerator");
  accelerator.address = {"", "accelerator", vendor_};
  accelerator.vendor = vendor_;
  accelerator.cluster_id = {0};
  accelerator.stack = placed(stack, "stack");
  accelerator.version = {"", accelerator.at};
  accelerator.metrics = {false, accelerator.at};
  accelerator.health = {false, accelerator.at};
  accelerator.discovery = {false, accelerator.at};
  accelerator.dra = {false, accelerator.at};
  spec_.accelerators = {accelerator};
  return spec_.accelerators[0];
}

ir::Pool& World::pool(const std::string& name, const std::string& model, std::int64_t gpus,
                      std::int64_t nodes) {
  ir::Pool pool;
  pool.at = at(name);
  pool.address = {"", "pool", name};
  pool.cluster_id = {0};
  ir::VmSize size;
  size.name = "Standard_" + name;
  size.vendor = vendor_;
  size.model = model;
  size.gpu_title = model;
  size.gpus = gpus;
  size.arch = "amd64";
  size.driver = "cuda";
  if (cluster().platform == ir::Platform::Aks) {
    pool.size = size;
    pool.vm = placed(size.name, name + ".vm");
  } else {
    pool.device = placed(vendor_ + "." + model, name + ".device");
    pool.device_count = gpus;
    pool.selector = {{"node-group", name}};
  }
  pool.nodes = {nodes, nodes, false, false, at(name + ".nodes")};
  pool.mode = {ir::Mode::User, pool.at};
  pool.os = placed("ubuntu", name + ".os");
  pool.driver = placed("auto", name + ".driver");
  spec_.pools.push_back(pool);
  return spec_.pools.back();
}

ir::Pool& World::windowsPool(const std::string& name, const std::string& model) {
  ir::Pool& made = pool(name, model, 1);
  made.os.value = "windows2025";
  return made;
}

void World::autoscale(ir::Pool& pool, std::int64_t min, std::int64_t max) {
  pool.nodes.min = min;
  pool.nodes.max = max;
  pool.nodes.autoscaled = true;
}

ir::Tree World::placedTree(const ir::Tree& value, const std::string& word) {
  ir::Tree out = value;
  if (value.isList()) {
    out = ir::Tree::list();
    std::size_t index = 0;
    for (const ir::Tree& item : value.asList())
      out.push(placedTree(item, word + "[" + std::to_string(index++) + "]"));
  } else if (value.isMap() && value.find("count") == nullptr && value.find("first") == nullptr) {
    out = ir::Tree::map();
    for (const auto& [key, inner] : value.asMap())
      out.set(key, placedTree(inner, word + "." + key));
  }
  return out.from(at(word));
}

World& World::block(ir::Pool& pool, const std::string& name, ir::Tree::Map attributes) {
  const std::string word = pool.address.name + "." + name;
  pool.vendor_blocks.push_back({name, at(word), placedTree(ir::Tree(std::move(attributes)), word)});
  return *this;
}

ir::PoolId World::poolId(const std::string& name) const {
  for (std::uint32_t i = 0; i < spec_.pools.size(); ++i) {
    if (spec_.pools[i].address.name == name) return {i};
  }
  return {};
}

ir::TeamId World::team(const std::string& name) {
  for (std::uint32_t i = 0; i < spec_.teams.size(); ++i) {
    if (spec_.teams[i].address.name == name) return {i};
  }
  ir::Team made;
  made.at = at("team." + name);
  made.address = {"", "team", name};
  made.cluster_ids = {{0}};
  spec_.teams.push_back(made);
  return {static_cast<std::uint32_t>(spec_.teams.size() - 1)};
}

void World::job(const std::string& name, const std::string& pool, std::int64_t count,
                const std::string& profile, const std::string& team_name) {
  ir::Workload job;
  job.at = at(name);
  job.address = {"", "job", name};
  job.cluster_id = {0};
  job.pool_id = poolId(pool);
  job.gpus = {count, profile, at(name + ".gpus")};
  if (!team_name.empty()) job.team_id = team(team_name);
  spec_.workloads.push_back(job);
}

void World::quota(const std::string& team_name, const std::string& pool, std::int64_t gpus) {
  const ir::TeamId id = team(team_name);
  ir::QuotaItem item;
  item.kind = ir::QuotaKind::Gpu;
  item.pool_id = poolId(pool);
  item.amount = gpus;
  item.at = at(team_name + ".quota");
  spec_.teams[id.index].quota.push_back(item);
}

ir::VendorCluster World::vendorCluster() const {
  ir::VendorCluster out{&spec_, {0}, {}, {}};
  if (!spec_.accelerators.empty()) out.accelerator_id = {0};
  for (std::uint32_t i = 0; i < spec_.pools.size(); ++i) out.pool_ids.push_back({i});
  return out;
}

Outcome World::run(const ir::Vendor& vendor) const {
  source::SourceMap sources;
  sources.add("main.gpuspec", text_);
  diag::Sink sink;
  Outcome outcome;
  const ir::VendorCluster cluster = vendorCluster();
  outcome.plans = vendor.partition(cluster, sink);
  if (outcome.plans && cluster.accelerator_id) {
    std::vector<std::vector<ir::Taint>> taints;
    for (std::size_t i = 0; i < spec_.pools.size(); ++i) {
      taints.push_back(spec_.pools[i].taints ? *spec_.pools[i].taints
                                             : (*outcome.plans)[i].default_taints);
    }
    outcome.stack = vendor.emit(cluster, *outcome.plans, taints, sink);
  }
  outcome.findings = sink.finish(sources);
  return outcome;
}

ir::Tree slice(std::int64_t count, const std::string& profile) {
  return ir::Tree::map().set("count", count).set("profile", profile);
}

ir::Tree slices(std::vector<ir::Tree> items) {
  return ir::Tree(std::move(items));
}

ir::Tree indices(std::int64_t first, std::int64_t last) {
  return ir::Tree::map().set("first", first).set("last", last);
}

ir::Tree gpusCall(std::int64_t first, std::int64_t last, ir::Tree layout) {
  return ir::Tree::map()
      .set("args", slices({indices(first, last)}))
      .set("value", std::move(layout));
}

}  // namespace gpuspec::testing
