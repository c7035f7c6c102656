#include "tools/gpuspec/live/desired.h"

#include <algorithm>

#include "backends/arm/api_version.h"
#include "backends/arm/arm.h"
#include "backends/deploy/model/ownership.h"
#include "backends/helm/helm.h"
#include "backends/kubernetes/kubernetes.h"
#include "backends/kubernetes/object.h"
#include "compiler/schema/target.h"

namespace gpuspec::cli {

namespace {

namespace model = deploy::model;
using ir::Tree;
using model::Desired;
using model::ResourceKey;
using model::System;

std::string textOf(const Tree* tree) {
  return tree != nullptr && tree->isString() ? tree->asString() : std::string();
}

// Builds the resources of one cluster.
class ClusterResources {
 public:
  ClusterResources(const ir::Placement& placement, ir::ClusterId cluster_id,
                   const source::SourceMap& sources, const model::Target& target,
                   model::DesiredSet& out)
      : placement_(placement),
        spec_(*placement.spec),
        cluster_id_(cluster_id),
        cluster_(spec_[cluster_id]),
        sources_(sources),
        target_(target),
        scope_{out.project, out.environment},
        out_(out) {}

  void add() {
    addAzure();
    indexWorkloads();
    kubernetes::forEachComponent(placement_, cluster_id_, [this](kubernetes::Component component) {
      for (Tree& object : component.objects) addObject(component, std::move(object));
    });
    for (const helm::Release& release : helm::releases(placement_, cluster_id_))
      addRelease(release);
  }

 private:
  ResourceKey azureKey(std::string_view type, const std::string& name) const {
    const std::size_t slash = type.find('/');
    return {System::Azure,
            target_.cluster,
            std::string(type.substr(0, slash)),
            std::string(type.substr(slash + 1)),
            "/subscriptions/" + target_.subscription + "/resourceGroups/" + target_.resource_group,
            name};
  }
  ResourceKey clusterKey() const { return azureKey(arm::kClusterType, cluster_.name); }
  ResourceKey poolKey(ir::PoolId id) const {
    return azureKey(arm::kPoolType, cluster_.name + "/" + spec_[id].address.name);
  }
  bool madeHere() const { return cluster_.platform == ir::Platform::Aks && !cluster_.existing; }

  Desired newDesired(ResourceKey key, const ir::Address& address, const source::Location& at,
                     Tree body) const {
    Desired desired;
    desired.key = std::move(key);
    desired.address = address;
    desired.at = at;
    if (at.valid()) {
      desired.file = sources_.file(at.range.file_id).path();
      desired.line = sources_.begin(at.range).line;
    }
    desired.body = std::move(body);
    return desired;
  }

  void addAzure() {
    if (cluster_.platform != ir::Platform::Aks) return;
    for (Tree& resource : arm::resources(placement_, cluster_id_))
      addArm(std::move(resource), false);
    if (std::optional<Tree> pool = arm::bodyPoolResource(placement_, cluster_id_))
      addArm(std::move(*pool), true);
  }

  void addArm(Tree resource, bool made_with_cluster) {
    resource.erase("dependsOn");
    const std::string type = textOf(resource.find("type"));
    const std::string name = textOf(resource.find("name"));
    const bool is_cluster = type == arm::kClusterType;
    const ir::Pool* pool = is_cluster ? nullptr : findPool(name.substr(name.find('/') + 1));
    Desired desired =
        newDesired(azureKey(type, name), pool != nullptr ? pool->address : cluster_.address,
                   pool != nullptr ? pool->at : cluster_.at, std::move(resource));
    desired.api_version = textOf(desired.body.find("apiVersion"));
    desired.lifecycle = pool != nullptr ? pool->lifecycle : cluster_.lifecycle;
    desired.lifecycle.ignore.clear();
    static const schema::Table kTable;
    for (const std::string& attribute :
         (pool != nullptr ? pool->lifecycle : cluster_.lifecycle).ignore) {
      for (std::string& path :
           schema::armPathsOf(kTable, pool != nullptr ? "pool" : "cluster", attribute))
        desired.lifecycle.ignore.push_back(std::move(path));
    }
    desired.made_with_cluster = made_with_cluster;
    if (!is_cluster && !cluster_.existing) desired.needs.push_back(clusterKey());
    out_.resources.push_back(std::move(desired));
  }

  const ir::Pool* findPool(const std::string& name) const {
    for (ir::PoolId id : spec_.poolsOf(cluster_id_)) {
      if (spec_[id].address.name == name) return &spec_[id];
    }
    return nullptr;
  }

  void indexWorkloads() {
    for (ir::TeamId id : spec_.teamsOf(cluster_id_)) teams_[spec_[id].address.shortName()] = id;
    for (ir::WorkloadId id : spec_.workloadsOf(cluster_id_))
      workloads_[placement_[id].workload_namespace + "/" + spec_[id].address.name] = id;
  }

  struct Origin {
    ir::Address address;
    source::Location at;
    const ir::Team* team = nullptr;
    const ir::Workload* workload = nullptr;
    std::size_t workload_index = 0;
  };

  // The declaration behind an object: by its labels, else by its component.
  Origin originOf(const kubernetes::Component& component, const Tree& object) const {
    const Tree* metadata = object.find("metadata");
    const Tree* labels = metadata != nullptr ? metadata->find("labels") : nullptr;
    const std::string workload = labels ? textOf(labels->find(kubernetes::kWorkloadLabel)) : "";
    const std::string team = labels ? textOf(labels->find(kubernetes::kTeamLabel)) : "";
    if (const auto found = workloads_.find(
            textOf(metadata ? metadata->find("namespace") : nullptr) + "/" + workload);
        !workload.empty() && found != workloads_.end()) {
      const ir::Workload& made_by = spec_[found->second];
      return {made_by.address, made_by.at, nullptr, &made_by, found->second.index};
    }
    if (const auto found = teams_.find(team); !team.empty() && found != teams_.end())
      return {spec_[found->second].address, spec_[found->second].at, &spec_[found->second]};
    return componentOrigin(component, object);
  }

  Origin componentOrigin(const kubernetes::Component& component, const Tree& object) const {
    if (component.file == "manifests.yaml") {
      for (const ir::Manifest& manifest : spec_.manifests) {
        if (manifest.cluster_id == cluster_id_ && isFrom(object, manifest))
          return {manifest.address, manifest.at};
      }
    }
    for (const ir::Accelerator& accelerator : spec_.accelerators) {
      if (accelerator.cluster_id == cluster_id_ &&
          std::find(component.declared_at.begin(), component.declared_at.end(), accelerator.at) !=
              component.declared_at.end())
        return {accelerator.address, accelerator.at};
    }
    return {cluster_.address,
            component.declared_at.empty() ? cluster_.at : component.declared_at.front()};
  }

  static bool isFrom(const Tree& object, const ir::Manifest& manifest) {
    const auto nameOf = [](const Tree& tree) {
      const Tree* metadata = tree.find("metadata");
      return textOf(tree.find("kind")) + "/" +
             textOf(metadata != nullptr ? metadata->find("namespace") : nullptr) + "/" +
             textOf(metadata != nullptr ? metadata->find("name") : nullptr);
    };
    const std::string wanted = nameOf(object);
    if (nameOf(manifest.object) == wanted) return true;
    const Tree* items = manifest.object.find("items");
    return items != nullptr && items->isList() &&
           std::any_of(items->asList().begin(), items->asList().end(),
                       [&](const Tree& item) { return nameOf(item) == wanted; });
  }

  void addObject(const kubernetes::Component& component, Tree object) {
    const Tree* metadata = object.find("metadata");
    const std::string api_version = textOf(object.find("apiVersion"));
    const std::size_t slash = api_version.find('/');
    ResourceKey key{System::Kubernetes,
                    target_.cluster,
                    slash == std::string::npos ? "" : api_version.substr(0, slash),
                    textOf(object.find("kind")),
                    textOf(metadata != nullptr ? metadata->find("namespace") : nullptr),
                    textOf(metadata != nullptr ? metadata->find("name") : nullptr)};
    const Origin origin = originOf(component, object);
    Desired desired = newDesired(std::move(key), origin.address, origin.at, std::move(object));
    desired.api_version = api_version;
    desired.adopt = origin.team != nullptr && origin.team->adopt && desired.key.kind == "Namespace";
    if (madeHere()) desired.needs.push_back(clusterKey());
    if (origin.workload != nullptr) addPoolNeeds(origin.workload_index, desired);
    model::mark(desired, scope_);
    // Once more in its size: what grew while it was made has room to spare, and there are many.
    desired.body = Tree(desired.body.tree());
    out_.resources.push_back(std::move(desired));
  }

  // A workload waits for the pools it may run on; nothing else of a team does.
  void addPoolNeeds(std::size_t workload_index, Desired& desired) const {
    if (cluster_.platform != ir::Platform::Aks) return;
    for (ir::PoolId id : placement_.workloads[workload_index].pool_ids)
      desired.needs.push_back(poolKey(id));
  }

  void addRelease(const helm::Release& release) {
    const std::size_t space = release.owner.find(' ');
    const std::string kind = release.owner.substr(0, space);
    const std::string name = release.owner.substr(space + 1);
    ir::Address address{"", kind, name};
    if (const std::size_t dot = name.rfind('.'); dot != std::string::npos)
      address = {name.substr(0, dot), kind, name.substr(dot + 1)};
    Desired desired = newDesired(
        {System::Helm, target_.cluster, "", "Release", release.release_namespace, release.name},
        address, release.at,
        ir::mapOf("chart", release.chart, "repository", release.repository, "version",
                  release.version, "order", release.order, "values", release.values));
    if (madeHere()) desired.needs.push_back(clusterKey());
    if (cluster_.platform == ir::Platform::Aks && kind == "accelerator") {
      for (ir::PoolId id : spec_.poolsOf(cluster_id_)) {
        if (spec_[id].vendor() == address.name) desired.needs.push_back(poolKey(id));
      }
    }
    for (const ResourceKey& before : releases_before_) desired.needs.push_back(before);
    releases_before_.push_back(desired.key);
    out_.resources.push_back(std::move(desired));
  }

  const ir::Placement& placement_;
  const ir::Spec& spec_;
  ir::ClusterId cluster_id_;
  const ir::Cluster& cluster_;
  const source::SourceMap& sources_;
  const model::Target& target_;
  model::Scope scope_;
  model::DesiredSet& out_;
  std::map<std::string, ir::TeamId> teams_;          // by the label's value
  std::map<std::string, ir::WorkloadId> workloads_;  // by namespace/name
  std::vector<ResourceKey> releases_before_;         // releases are installed one after the other
};

std::string contextOf(const DesiredOptions& options, const std::string& cluster,
                      const std::string& declared) {
  for (const std::string& key : {cluster, std::string()}) {
    if (const auto found = options.contexts.find(key); found != options.contexts.end())
      return found->second;
  }
  return declared;
}

model::Target targetOf(const ir::Cluster& cluster, const DesiredOptions& options) {
  model::Target target;
  target.cluster = cluster.address.shortName();
  target.address = cluster.address;
  target.platform = cluster.platform;
  target.existing = cluster.existing || cluster.platform == ir::Platform::Kubernetes;
  target.context = contextOf(options, target.cluster, cluster.context);
  const bool here = options.one_subscription || cluster.subscription.empty();
  target.subscription = here ? options.subscription : cluster.subscription;
  target.resource_group = cluster.resource_group;
  target.name = cluster.name;
  target.location = *cluster.location;
  return target;
}

model::PoolFacts factsOf(const ir::Placement& placement, ir::PoolId id) {
  const ir::Pool& pool = (*placement.spec)[id];
  const ir::PlacedPool& placed = placement[id];
  model::PoolFacts facts;
  facts.cluster = (*placement.spec)[pool.cluster_id].address.shortName();
  facts.name = pool.address.name;
  facts.address = pool.address;
  facts.selector = placed.selectors;
  if (facts.selector.empty() && !placed.selector.first.empty())
    facts.selector.push_back(placed.selector);
  facts.allocatable.assign(placed.plan.allocatable.begin(), placed.plan.allocatable.end());
  facts.gpus_per_node = pool.gpusPerNode();
  facts.min_nodes = pool.nodes.min;
  facts.max_nodes = pool.nodes.max;
  facts.vendor = pool.vendor();
  facts.vm = *pool.vm;
  return facts;
}

}  // namespace

model::DesiredSet desiredSet(const ir::Placement& placement, const source::SourceMap& sources,
                             const DesiredOptions& options) {
  const ir::Spec& spec = *placement.spec;
  model::DesiredSet set;
  set.project = *spec.project;
  set.environment = spec.environment;
  for (const ir::Cluster& cluster : spec.clusters)
    set.targets.push_back(targetOf(cluster, options));
  for (std::uint32_t i = 0; i < spec.clusters.size(); ++i)
    ClusterResources(placement, ir::ClusterId{i}, sources, set.targets[i], set).add();
  for (std::uint32_t i = 0; i < spec.pools.size(); ++i)
    set.pools.push_back(factsOf(placement, ir::PoolId{i}));
  for (const ir::Moved& move : spec.moved) set.moves.push_back({move.from, move.to});
  for (const ir::Removed& removed : spec.removed)
    set.removals.push_back({removed.what, removed.destroy});
  std::sort(set.resources.begin(), set.resources.end(),
            [](const Desired& a, const Desired& b) { return a.key < b.key; });
  std::sort(set.pools.begin(), set.pools.end(), [](const auto& a, const auto& b) {
    return std::tie(a.cluster, a.name) < std::tie(b.cluster, b.name);
  });
  return set;
}

}  // namespace gpuspec::cli
