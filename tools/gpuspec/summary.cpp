#include "tools/gpuspec/summary.h"

#include <algorithm>
#include <map>
#include <set>

#include "compiler/ir/json.h"
#include "compiler/passes/paths.h"

namespace gpuspec::cli {

namespace {

using ir::PlacedPool;
using ir::Placement;
using ir::Pool;

constexpr std::size_t kMaxRows = 12;  // of pools or teams in one cluster; the rest is counted

using Row = std::vector<std::string>;

std::size_t widthOf(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

// Columns aligned, two blanks between; `head` stands before the first row.
std::string table(const std::string& head, const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], widthOf(row[i]));
  }
  std::string out;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::string line = "  " + (r == 0 ? head : std::string());
    line.resize(14, ' ');
    for (std::size_t i = 0; i < rows[r].size(); ++i) {
      line += rows[r][i];
      if (i + 1 < rows[r].size()) line += std::string(widths[i] - widthOf(rows[r][i]) + 3, ' ');
    }
    while (!line.empty() && line.back() == ' ') line.pop_back();
    out += line + "\n";
  }
  return out;
}

std::string rangeText(std::int64_t low, std::int64_t high) {
  return low == high ? std::to_string(low) : std::to_string(low) + ".." + std::to_string(high);
}

std::string plural(std::size_t count, const char* noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string allocatableText(const std::map<std::string, std::int64_t>& allocatable) {
  std::string out;
  for (const auto& [resource, amount] : allocatable)
    out += (out.empty() ? "" : ", ") + resource + " " + std::to_string(amount);
  return out.empty() ? "" : out + " a node";
}

Row poolRow(const Placement& placement, ir::PoolId pool_id) {
  const Pool& pool = (*placement.spec)[pool_id];
  const PlacedPool& placed = placement[pool_id];
  const std::string what = pool.vm->empty() ? *pool.device : *pool.vm;
  Row row = {pool.address.name, rangeText(pool.nodes.min, pool.nodes.max) + " x " + what};
  if (placed.max_gpus > 0) {
    row.push_back(rangeText(placed.min_gpus, placed.max_gpus) +
                  (placed.max_gpus == 1 ? " GPU" : " GPUs"));
    row.push_back(allocatableText(placed.plan.allocatable));
  }
  return row;
}

// What the cluster can hold of each resource at its largest, for "8 of 16".
std::map<std::string, std::int64_t> capacityOf(const Placement& placement,
                                               ir::ClusterId cluster_id) {
  std::map<std::string, std::int64_t> capacity;
  for (ir::PoolId pool_id : placement.spec->poolsOf(cluster_id)) {
    for (const auto& [resource, amount] : placement[pool_id].plan.allocatable)
      capacity[resource] += amount * (*placement.spec)[pool_id].nodes.max;
  }
  return capacity;
}

Row teamRow(const Placement& placement, const ir::PlacedQuota* quota, const ir::Team& team,
            const std::map<std::string, std::int64_t>& capacity) {
  Row row = {team.address.name};
  if (quota == nullptr || quota->hard.empty()) {
    row.push_back("no quota");
    return row;
  }
  (void)placement;
  for (const auto& [key, amount] : quota->hard) {
    const std::string resource = key.starts_with("requests.") ? key.substr(9) : key;
    const auto found = capacity.find(resource);
    if (found != capacity.end()) {
      if (*amount != "0")
        row.push_back(*amount + " of " + std::to_string(found->second) + " " + resource);
    } else if (key == "requests.cpu") {
      row.push_back(*amount + " CPU");
    } else if (key == "requests.memory") {
      row.push_back(*amount + "B memory");
    } else if (key == "pods") {
      row.push_back(*amount + " pods");
    }
  }
  return row;
}

std::string join(const std::set<std::string>& names) {
  std::string out;
  std::size_t shown = 0;
  for (const std::string& name : names) {
    if (shown++ == 6) return out + " and " + std::to_string(names.size() - 6) + " more";
    out += (out.empty() ? "" : ", ") + name;
  }
  return out;
}

std::vector<Row> isolationRows(const Placement& placement, ir::ClusterId cluster_id,
                               const SummaryStyle& style) {
  const ir::Spec& spec = *placement.spec;
  const ir::ClusterPaths& paths = placement.paths[cluster_id.index];
  if (paths.team_ids.size() < 2) return {};
  const std::size_t open = paths.openCount();
  if (open == 0) {
    std::set<std::string> teams;
    for (const ir::TeamId id : paths.team_ids) teams.insert(spec[id].address.name);
    return {{join(teams) + ": no path between them"}};
  }
  std::vector<Row> rows;
  constexpr std::size_t kMostPaths = 6;
  for (const ir::TeamPath& path : passes::openPaths(spec, paths, kMostPaths)) {
    rows.push_back({spec[path.from_id].address.name + (style.unicode ? " → " : " -> ") +
                        spec[path.to_id].address.name,
                    path.declared ? "allowed" : "open", path.reason});
  }
  if (open > rows.size())
    rows.push_back({"and " + std::to_string(open - rows.size()) + " more open paths"});
  return rows;
}

std::string headLine(const ir::Cluster& cluster) {
  std::string line = cluster.platform == ir::Platform::Aks ? "AKS" : "Kubernetes";
  if (cluster.existing) line += " (existing)";
  if (!cluster.location->empty()) line += ", " + *cluster.location;
  if (!cluster.context.empty()) line += ", context " + cluster.context;
  if (!cluster.version->empty()) line += ", Kubernetes " + *cluster.version;
  return line;
}

void cut(std::vector<Row>& rows, const char* noun) {
  if (rows.size() <= kMaxRows) return;
  const std::size_t more = rows.size() - (kMaxRows - 1);
  rows.resize(kMaxRows - 1);
  rows.push_back({"and " + plural(more, noun) + " more"});
}

std::string clusterText(const Placement& placement, const ClusterOutput& made,
                        const std::string& out, const SummaryStyle& style) {
  const ir::Spec& spec = *placement.spec;
  const std::string bold = style.color ? "\033[1m" : "", plain = style.color ? "\033[0m" : "";
  std::string text = bold + made.folder + plain + "   " + headLine(spec[made.cluster_id]) + "\n";
  std::vector<Row> pools;
  for (ir::PoolId pool_id : spec.poolsOf(made.cluster_id))
    pools.push_back(poolRow(placement, pool_id));
  cut(pools, "pool");
  text += table("pools", pools);
  const std::map<std::string, std::int64_t> capacity = capacityOf(placement, made.cluster_id);
  std::map<ir::TeamId, const ir::PlacedQuota*> quotas;
  for (const ir::PlacedQuota& quota : placement.quotas) {
    if (quota.cluster_id == made.cluster_id) quotas[quota.team_id] = &quota;
  }
  std::vector<Row> teams;
  for (ir::TeamId team_id : spec.teamsOf(made.cluster_id)) {
    const auto found = quotas.find(team_id);
    teams.push_back(teamRow(placement, found != quotas.end() ? found->second : nullptr,
                            spec[team_id], capacity));
  }
  cut(teams, "team");
  text +=
      table("teams", teams) + table("isolation", isolationRows(placement, made.cluster_id, style));
  std::vector<std::string> parts;
  if (made.arm_resources > 0) parts.push_back("ARM " + plural(made.arm_resources, "resource"));
  if (made.kubernetes_objects > 0)
    parts.push_back("Kubernetes " + plural(made.kubernetes_objects, "object") + " in " +
                    plural(made.kubernetes_files, "file"));
  if (made.releases > 0) parts.push_back("Helm " + plural(made.releases, "release"));
  Row wrote = {out.empty() ? made.folder : out + "/" + made.folder};
  wrote.insert(wrote.end(), parts.begin(), parts.end());
  return text + table("wrote", {wrote});
}

ir::Tree poolTree(const Placement& placement, ir::PoolId pool_id) {
  const Pool& pool = (*placement.spec)[pool_id];
  ir::Tree allocatable = ir::Tree::map();
  for (const auto& [resource, amount] : placement[pool_id].plan.allocatable)
    allocatable.set(resource, amount);
  return ir::Tree::map()
      .set("address", pool.address.str())
      .set("vendor", pool.vendor())
      .set("vm", *pool.vm)
      .set("nodes", ir::Tree::map().set("min", pool.nodes.min).set("max", pool.nodes.max))
      .set("gpus_per_node", pool.gpusPerNode())
      .set("allocatable", std::move(allocatable));
}

}  // namespace

std::string summaryOf(const Placement& placement, const Output& output, const std::string& out,
                      const SummaryStyle& style) {
  std::string text;
  for (const ClusterOutput& cluster : output.clusters)
    text += clusterText(placement, cluster, out, style) + "\n";
  if (!placement.spec->outputs.empty()) {
    std::vector<Row> rows;
    for (const ir::Output& named : placement.spec->outputs)
      rows.push_back(
          {named.name, named.value.isString() ? named.value.asString() : ir::toJson(named.value)});
    text += table("outputs", rows) + "\n";
  }
  return text;
}

ir::Tree clustersTree(const Placement& placement, const Output& output) {
  ir::Tree list = ir::Tree::list();
  for (const ClusterOutput& made : output.clusters) {
    const ir::Cluster& cluster = (*placement.spec)[made.cluster_id];
    ir::Tree pools = ir::Tree::list(), teams = ir::Tree::list();
    for (ir::PoolId pool_id : placement.spec->poolsOf(made.cluster_id))
      pools.push(poolTree(placement, pool_id));
    for (ir::TeamId team_id : placement.spec->teamsOf(made.cluster_id))
      teams.push((*placement.spec)[team_id].address.str());
    list.push(ir::Tree::map()
                  .set("address", cluster.address.str())
                  .set("platform", cluster.platform == ir::Platform::Aks ? "aks" : "kubernetes")
                  .set("files", ir::Tree::strings(made.files))
                  .set("arm_resources", static_cast<std::int64_t>(made.arm_resources))
                  .set("kubernetes_objects", static_cast<std::int64_t>(made.kubernetes_objects))
                  .set("releases", static_cast<std::int64_t>(made.releases))
                  .set("pools", std::move(pools))
                  .set("teams", std::move(teams)));
  }
  return list;
}

ir::Tree movesTree(const ir::Spec& spec) {
  ir::Tree list = ir::Tree::list();
  for (const ir::Moved& moved : spec.moved) {
    list.push(ir::Tree::map().set("from", moved.from.str()).set("to", moved.to.str()));
  }
  return list;
}

ir::Tree removalsTree(const ir::Spec& spec) {
  ir::Tree list = ir::Tree::list();
  for (const ir::Removed& removed : spec.removed) {
    list.push(ir::Tree::map().set("what", removed.what.str()).set("destroy", removed.destroy));
  }
  return list;
}

ir::Tree outputsTree(const ir::Spec& spec) {
  ir::Tree map = ir::Tree::map();
  for (const ir::Output& output : spec.outputs) map.set(output.name, output.value);
  return map;
}

}  // namespace gpuspec::cli
