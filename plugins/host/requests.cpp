#include "plugins/host/requests.h"

#include <algorithm>

#include "compiler/ir/json.h"

namespace gpuspec::host {

namespace {

using ir::Tree;

const char* effectName(ir::TaintEffect effect) {
  switch (effect) {
    case ir::TaintEffect::NoSchedule:
      return "NoSchedule";
    case ir::TaintEffect::PreferNoSchedule:
      return "PreferNoSchedule";
    case ir::TaintEffect::NoExecute:
      return "NoExecute";
  }
  return "";
}

class Writer {
 public:
  Writer(const ir::VendorCluster& cluster, const std::vector<ir::SchemaRow>& rows, NodeIds& ids)
      : cluster_(cluster), spec_(*cluster.spec), rows_(rows), ids_(ids) {}

  Tree partition() {
    Tree document = Tree::map();
    document.set("schema", "gpuspec.partition/1");
    document.set("cluster", clusterTree(spec_[cluster_.cluster_id]));
    document.set("accelerator",
                 cluster_.accelerator_id ? accelerator(spec_[cluster_.accelerator_id]) : Tree());
    Tree pools = Tree::list();
    for (const ir::PoolId pool_id : cluster_.pool_ids) pools.push(pool(spec_[pool_id]));
    document.set("pools", std::move(pools));
    document.set("requests", requests());
    document.set("quotas", quotas());
    return document;
  }

  Tree taint(const ir::Taint& taint) {
    return Tree::map()
        .set("at", ids_.idOf(taint.at))
        .set("key", taint.key)
        .set("value", taint.value)
        .set("effect", effectName(taint.effect));
  }

 private:
  template <class T>
  Tree placed(const ir::Placed<T>& value) {
    return Tree::map().set("at", ids_.idOf(value.at)).set("value", Tree(value.value));
  }
  Tree placed(const Tree& value) {
    Tree inner = value;
    if (value.isList()) {
      inner = Tree::list();
      for (const Tree& item : value.asList()) inner.push(placed(item));
    }
    return Tree::map().set("at", ids_.idOf(value.location())).set("value", std::move(inner));
  }

  Tree clusterTree(const ir::Cluster& cluster) {
    return Tree::map()
        .set("at", ids_.idOf(cluster.at))
        .set("address", cluster.address.str())
        .set("name", cluster.name)
        .set("platform", cluster.platform == ir::Platform::Aks ? "aks" : "kubernetes")
        .set("existing", cluster.existing)
        .set("version", placed(cluster.version))
        .set("location", placed(cluster.location))
        .set("network_plugin", placed(cluster.network_plugin))
        .set("prometheus", cluster.prometheus);
  }

  Tree accelerator(const ir::Accelerator& accelerator) {
    return Tree::map()
        .set("at", ids_.idOf(accelerator.at))
        .set("address", accelerator.address.str())
        .set("stack", placed(accelerator.stack))
        .set("version", placed(accelerator.version))
        .set("metrics", placed(accelerator.metrics))
        .set("health", placed(accelerator.health))
        .set("discovery", placed(accelerator.discovery))
        .set("dra", placed(accelerator.dra))
        .set("values", accelerator.values);
  }

  Tree pool(const ir::Pool& pool) {
    Tree out = Tree::map()
                   .set("at", ids_.idOf(pool.at))
                   .set("address", pool.address.str())
                   .set("name", pool.address.name)
                   .set("model", pool.model())
                   .set("vm", pool.vm->empty() ? Tree() : placed(pool.vm));
    out.set("gpu_title", pool.size ? pool.size->gpu_title : "")
        .set("gpus_per_node", pool.gpusPerNode())
        .set("fractional", pool.size && pool.size->fractional)
        .set("driver_kind", pool.size ? pool.size->driver : "")
        .set("arch", pool.size ? pool.size->arch : "");
    out.set("nodes", nodes(pool.nodes))
        .set("mode", mode(pool.mode))
        .set("os", placed(pool.os))
        .set("driver", placed(pool.driver))
        .set("spot", pool.spot.has_value());
    out.set(
        "taints",
        pool.taints
            ? Tree::map().set("at", ids_.idOf(pool.taints_at)).set("items", taints(*pool.taints))
            : Tree());
    out.set("labels", labels(pool))
        .set("max_pods", pool.max_pods ? placed(*pool.max_pods) : Tree())
        .set("selector", selector(pool));
    Tree blocks = Tree::map();
    for (const ir::VendorBlock& block : pool.vendor_blocks) {
      blocks.set(block.name, blockTree("pool." + block.name, block.body, block.at));
    }
    return out.set("blocks", std::move(blocks));
  }

  Tree nodes(const ir::NodeCount& nodes) {
    return Tree::map()
        .set("at", ids_.idOf(nodes.at))
        .set("min", nodes.min)
        .set("max", nodes.max)
        .set("autoscaled", nodes.autoscaled)
        .set("fit", nodes.fit);
  }

  Tree mode(const ir::Placed<ir::Mode>& mode) {
    return Tree::map()
        .set("at", ids_.idOf(mode.at))
        .set("value", *mode == ir::Mode::System ? "system" : "user");
  }

  Tree taints(const std::vector<ir::Taint>& items) {
    Tree out = Tree::list();
    for (const ir::Taint& item : items) out.push(taint(item));
    return out;
  }

  Tree labels(const ir::Pool& pool) {
    Tree out = Tree::list();
    for (const auto& [key, value] : pool.labels) {
      out.push(Tree::map().set("at", ids_.idOf(value.at)).set("key", key).set("value", *value));
    }
    return out;
  }

  // The labels that name the pool's nodes: AKS sets one by itself, elsewhere the spec says.
  Tree selector(const ir::Pool& pool) {
    Tree out = Tree::list();
    if (spec_[pool.cluster_id].platform == ir::Platform::Aks) {
      return out.push(
          Tree::map().set("key", "kubernetes.azure.com/agentpool").set("value", pool.address.name));
    }
    for (const auto& [key, value] : pool.selector)
      out.push(Tree::map().set("key", key).set("value", value));
    return out;
  }

  const std::string& formOf(const std::string& path) const {
    static const std::string kAttribute = "attribute";
    const auto row = std::find_if(rows_.begin(), rows_.end(),
                                  [&](const ir::SchemaRow& r) { return r.path == path; });
    return row == rows_.end() ? kAttribute : row->form;
  }

  Tree blockTree(const std::string& path, const Tree& body, const source::Location& at) {
    Tree attributes = Tree::map(), blocks = Tree::map(), calls = Tree::map();
    if (body.isMap()) {
      for (const auto& [name, value] : body.asMap()) {
        const std::string& form = formOf(path + "." + name);
        if (form == "block")
          blocks.set(name, blockTree(path + "." + name, value, value.location()));
        else if (form == "call")
          calls.set(name, callList(value));
        else
          attributes.set(name, placed(value));
      }
    }
    return Tree::map()
        .set("at", ids_.idOf(at))
        .set("attributes", std::move(attributes))
        .set("blocks", std::move(blocks))
        .set("calls", std::move(calls));
  }

  Tree callList(const Tree& calls) {
    Tree out = Tree::list();
    if (!calls.isList()) return out;
    for (const Tree& call : calls.asList()) {
      const Tree* args = call.find("args");
      const Tree* value = call.find("value");
      Tree placed_args = Tree::list();
      if (args != nullptr && args->isList()) {
        for (const Tree& arg : args->asList()) placed_args.push(placed(arg));
      }
      out.push(Tree::map()
                   .set("at", ids_.idOf(call.location()))
                   .set("args", std::move(placed_args))
                   .set("value", value != nullptr ? placed(*value) : placed(Tree())));
    }
    return out;
  }

  // -1: not one of this vendor's pools on this cluster.
  std::int64_t indexOf(ir::PoolId pool_id) const {
    const auto at = std::find(cluster_.pool_ids.begin(), cluster_.pool_ids.end(), pool_id);
    return at == cluster_.pool_ids.end() ? -1 : at - cluster_.pool_ids.begin();
  }

  // What pods ask for; a workload that names no pool goes along with `"pool": null`.
  Tree requests() {
    Tree out = Tree::list();
    for (const ir::WorkloadId workload_id : spec_.workloadsOf(cluster_.cluster_id)) {
      const ir::Workload& workload = spec_[workload_id];
      if (workload.gpus.count <= 0) continue;
      const std::int64_t index = workload.pool_id ? indexOf(workload.pool_id) : -1;
      if (workload.pool_id && index < 0) continue;
      out.push(Tree::map()
                   .set("at", ids_.idOf(workload.gpus.at))
                   .set("workload", workload.address.str())
                   .set("team", workload.team_id ? spec_[workload.team_id].address.str() : "")
                   .set("pool", index < 0 ? Tree() : Tree(index))
                   .set("count", workload.gpus.count)
                   .set("profile", workload.gpus.profile));
    }
    return out;
  }

  Tree quotas() {
    Tree out = Tree::list();
    for (const ir::TeamId team_id : spec_.teamsOf(cluster_.cluster_id)) {
      const ir::Team& team = spec_[team_id];
      for (const ir::QuotaItem& item : team.quota) {
        const bool devices = item.kind == ir::QuotaKind::Gpu || item.kind == ir::QuotaKind::Slice;
        const std::int64_t index = devices ? indexOf(item.pool_id) : -1;
        if (index < 0) continue;
        out.push(Tree::map()
                     .set("at", ids_.idOf(item.at))
                     .set("team", team.address.str())
                     .set("pool", index)
                     .set("kind", item.kind == ir::QuotaKind::Gpu ? "gpu" : "slice")
                     .set("amount", item.amount)
                     .set("profile", item.profile));
      }
    }
    return out;
  }

  const ir::VendorCluster& cluster_;
  const ir::Spec& spec_;
  const std::vector<ir::SchemaRow>& rows_;
  NodeIds& ids_;
};

Tree textMap(const std::map<std::string, std::string>& entries) {
  Tree out = Tree::map();
  for (const auto& [key, value] : entries) out.set(key, Tree::map().set("value", value));
  return out;
}

Tree planTree(const ir::PoolPlan& plan) {
  Tree allocatable = Tree::map();
  for (const auto& [resource, amount] : plan.allocatable)
    allocatable.set(resource, Tree::map().set("amount", amount));
  Tree slices = Tree::list();
  for (const ir::SliceResource& slice : plan.slices) {
    slices.push(Tree::map()
                    .set("profile", slice.profile)
                    .set("resource", slice.resource)
                    .set("per_node", slice.per_node));
  }
  return Tree::map()
      .set("allocatable", std::move(allocatable))
      .set("device_resource", plan.device_resource)
      .set("slices", std::move(slices))
      .set("node_labels", textMap(plan.node_labels))
      .set("properties", plan.properties)
      .set("shared", plan.shared)
      .set("summary", plan.summary);
}

}  // namespace

std::string partitionRequest(const ir::VendorCluster& cluster,
                             const std::vector<ir::SchemaRow>& rows, NodeIds& ids) {
  return ir::toJson(Writer(cluster, rows, ids).partition());
}

std::string emitRequest(const ir::VendorCluster& cluster, const std::vector<ir::PoolPlan>& plans,
                        const std::vector<std::vector<ir::Taint>>& taints,
                        const std::vector<ir::SchemaRow>& rows, NodeIds& ids) {
  Writer writer(cluster, rows, ids);
  Tree document = writer.partition();
  document.set("schema", "gpuspec.emit/1");
  Tree::List& pools = document.find("pools")->asList();
  for (std::size_t i = 0; i < pools.size(); ++i) {
    pools[i].set("plan", planTree(plans[i]));
    Tree final_taints = Tree::list();
    for (const ir::Taint& taint : taints[i]) final_taints.push(writer.taint(taint));
    pools[i].set("final_taints", std::move(final_taints));
  }
  return ir::toJson(document);
}

std::string observeRequest(const ir::PoolObservation& pool) {
  Tree releases = Tree::list();
  for (const ir::InstalledRelease& release : pool.releases) {
    releases.push(Tree::map()
                      .set("name", release.name)
                      .set("chart", release.chart)
                      .set("version", release.version)
                      .set("namespace", release.release_namespace)
                      .set("values", release.values.isMap() ? release.values : Tree::map()));
  }
  return ir::toJson(Tree::map()
                        .set("schema", "gpuspec.observe/1")
                        .set("device", pool.device)
                        .set("gpus", pool.gpus)
                        .set("fractional", pool.fractional)
                        .set("driver", pool.driver)
                        .set("properties", pool.properties.isMap() ? pool.properties : Tree::map())
                        .set("releases", std::move(releases)));
}

}  // namespace gpuspec::host
