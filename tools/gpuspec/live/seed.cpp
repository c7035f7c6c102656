#include "tools/gpuspec/live/seed.h"

#include <algorithm>

#include "backends/arm/api_version.h"
#include "backends/deploy/azure/azure_client.h"
#include "backends/deploy/http/curl.h"
#include "backends/deploy/kube/caller.h"
#include "compiler/driver/compilation.h"
#include "compiler/ir/make_tree.h"
#include "lang/source/check.h"
#include "tools/gpuspec/live/findings.h"
#include "tools/gpuspec/live/live_options.h"
#include "tools/gpuspec/live/session.h"
#include "tools/gpuspec/locations.h"

namespace gpuspec::cli {

namespace {

namespace azure = deploy::azure;
namespace kube = deploy::kube;
namespace model = deploy::model;
namespace plan = deploy::plan;
using ir::mapOf;
using ir::Tree;

// What a platform team would have made before: three small nodes for the system's own pods.
Tree systemPool() {
  return mapOf("name", "system", "mode", "System", "count", 3, "vmSize", "Standard_D4s_v5",
               "osType", "Linux", "type", "VirtualMachineScaleSets");
}

bool hasWindows(const ir::Spec& spec, ir::ClusterId id) {
  return std::ranges::any_of(spec.poolsOf(id), [&](ir::PoolId pool_id) {
    return spec[pool_id].os->starts_with("windows");
  });
}

// With what the spec says about it, and what its pools need of it.
Tree existingCluster(const ir::Spec& spec, ir::ClusterId id) {
  const ir::Cluster& cluster = spec[id];
  Tree body =
      mapOf("type", arm::kClusterType, "apiVersion", arm::kStableApiVersion, "name", cluster.name,
            "location", cluster.location->empty() ? std::string("eastus") : *cluster.location,
            "identity", mapOf("type", "SystemAssigned"), "properties",
            mapOf("dnsPrefix", "existing", "agentPoolProfiles", ir::listOf(systemPool())));
  for (const ir::Setting& setting : cluster.settings) body.setPath(setting.path, setting.value);
  // The policy engine says which data plane there is, where the spec does not.
  if (*cluster.network_policy == "cilium" && cluster.network_dataplane->empty())
    body.setPath("properties.networkProfile.networkDataplane", "cilium");
  if (hasWindows(spec, id))
    body.setPath("properties.windowsProfile", mapOf("adminUsername", "azureuser"));
  return body;
}

plan::Change creation(const Session& session, ir::ClusterId id) {
  const ir::Cluster& cluster = (*session.placement().spec)[id];
  plan::Change change;
  change.action = plan::Action::Create;
  change.address = cluster.address.str();
  change.key = {
      model::System::Azure,
      cluster.address.shortName(),
      "Microsoft.ContainerService",
      "managedClusters",
      "/subscriptions/" + session.subscription() + "/resourceGroups/" + cluster.resource_group,
      cluster.name};
  change.api_version = arm::kStableApiVersion;
  change.body = existingCluster(*session.placement().spec, id);
  return change;
}

// A node of a cluster that somebody else runs: what the spec takes for granted of it.
struct SeededNode {
  const model::PoolFacts& pool;
  const ir::PlacedPool& placed;
  std::string version;  // of its kubelet

  Tree object(std::int64_t index) const;
};

Tree taintsOf(const ir::PlacedPool& pool) {
  Tree taints = Tree::list();
  for (const ir::Taint& taint : pool.taints) {
    const std::string text = taint.str();
    taints.push(
        mapOf("key", taint.key, "value", taint.value, "effect", text.substr(text.rfind(':') + 1)));
  }
  return taints;
}

Tree SeededNode::object(std::int64_t index) const {
  const std::string name = pool.cluster + "-" + pool.name + "-" + std::to_string(index);
  Tree labels = mapOf("kubernetes.io/hostname", name, "kubernetes.io/os", "linux",
                      "kubernetes.io/arch", "amd64");
  for (const auto& [key, value] : placed.labels) labels.set(key, *value);
  for (const auto& [key, value] : pool.selector) labels.set(key, value);
  Tree resources = mapOf("cpu", "64", "memory", "512Gi", "pods", "110");
  for (const auto& [resource, amount] : pool.allocatable)
    resources.set(resource, std::to_string(amount));
  return mapOf(
      "apiVersion", "v1", "kind", "Node", "metadata",
      mapOf("name", name, "labels", std::move(labels)), "spec", mapOf("taints", taintsOf(placed)),
      "status",
      mapOf("nodeInfo", mapOf("kubeletVersion", version), "capacity", resources, "allocatable",
            resources, "conditions",
            ir::listOf(mapOf("type", "Ready", "status", "True", "reason", "KubeletReady"))));
}

class Seeding {
 public:
  Seeding(Session& session, Terminal& terminal) : session_(session), terminal_(terminal) {}

  int run() {
    const ir::Spec& spec = *session_.placement().spec;
    if (session_.azure() != nullptr) {
      if (llvm::Error error = session_.azure()->read(session_.desired(), live_)) {
        terminal_.complain(llvm::toString(std::move(error)));
        return kWorldSaysNo;
      }
    }
    std::size_t made = 0;
    for (std::uint32_t i = 0; i < spec.clusters.size(); ++i) {
      const ir::ClusterId id{i};
      const ir::Cluster& cluster = spec[id];
      const bool on_kubernetes = cluster.platform == ir::Platform::Kubernetes;
      if (!on_kubernetes && !cluster.existing) continue;
      ++made;
      if (llvm::Error error = on_kubernetes ? addNodes(cluster) : addCluster(id))
        return reportFailure(std::move(error), terminal_);
    }
    if (made == 0)
      terminal_.err("The spec takes nothing for granted: no cluster has `existing = true`.\n");
    return kDone;
  }

 private:
  llvm::Error addCluster(ir::ClusterId id) {
    const ir::Cluster& cluster = (*session_.placement().spec)[id];
    if (isThere(cluster.address.shortName())) {
      terminal_.err("cluster " + cluster.name + " in " + cluster.resource_group +
                    " is there already\n");
      return llvm::Error::success();
    }
    const deploy::http::CancelToken never;
    llvm::Error error =
        session_.azure()->perform(creation(session_, id), [](const std::string&) {}, never);
    if (!error)
      terminal_.err("made cluster " + cluster.name + " in " + cluster.resource_group + "\n");
    return error;
  }

  bool isThere(const std::string& cluster) const {
    return std::ranges::any_of(live_.clusters, [&](const model::LiveCluster& one) {
      return one.cluster == cluster && one.exists;
    });
  }

  llvm::Error addNodes(const ir::Cluster& cluster) {
    const std::string name = cluster.address.shortName();
    llvm::Expected<kube::KubeClient*> client = session_.kube(name);
    if (!client) return client.takeError();
    if (llvm::Expected<const std::vector<kube::ApiResource>*> found = (*client)->discover(); !found)
      return found.takeError();
    const kube::ApiResource* nodes = (*client)->find("", "Node");
    if (nodes == nullptr)
      return llvm::createStringError(std::errc::not_supported, "the cluster serves no nodes");
    llvm::Expected<std::string> version = (*client)->version();
    if (!version) return version.takeError();
    std::int64_t count = 0;
    for (const model::PoolFacts& pool : session_.desired().pools) {
      if (pool.cluster != name) continue;
      const SeededNode node{pool, placed(pool), *version};
      for (std::int64_t i = 0; i < std::max<std::int64_t>(pool.min_nodes, 1); ++i, ++count) {
        if (llvm::Error error = addNode(**client, *nodes, node.object(i))) return error;
      }
    }
    terminal_.err("made " + std::to_string(count) + " nodes for cluster " + name + "\n");
    return llvm::Error::success();
  }

  const ir::PlacedPool& placed(const model::PoolFacts& pool) const {
    const ir::Placement& placement = session_.placement();
    for (std::uint32_t i = 0; i < placement.spec->pools.size(); ++i) {
      if (placement.spec->pools[i].address == pool.address) return placement.pools[i];
    }
    GPUSPEC_CHECK(false, "facts of a pool that is not in the spec");
  }

  // By create, as applying leaves out the status, which is the kubelet's.
  static llvm::Error addNode(kube::KubeClient& client, const kube::ApiResource& nodes,
                             const Tree& node) {
    llvm::Expected<Tree> made = client.create(nodes, node);
    if (made) return llvm::Error::success();
    llvm::Error error = made.takeError();
    if (kube::kindOf(error) != deploy::apply::ApiError::Kind::Conflict) return error;
    llvm::consumeError(std::move(error));  // it has been seeded before
    return llvm::Error::success();
  }

  Session& session_;
  Terminal& terminal_;
  model::LiveSet live_;  // of Azure
};

}  // namespace

int seedSandbox(const SeedOptions& options, const ir::VendorSet& vendors,
                const std::string& sandbox_folder, Terminal& terminal) {
  ProjectSettings project;
  project.path = options.path;
  project.quiet = true;
  project.compile.environment = options.environment;
  project.compile.stdlib = locations().stdlib;
  for (const std::string& given : options.parameters) {
    const std::size_t equals = std::min(given.find('='), given.size());
    const std::string value = equals < given.size() ? given.substr(equals + 1) : "";
    project.compile.parameters.push_back({given.substr(0, equals), value, "--param", true});
  }
  LiveSettings live;
  live.sandbox = true;
  live.sandbox_dir = sandbox_folder;
  Session session(std::move(project), std::move(live), vendors, terminal);
  if (const std::optional<int> stop = session.compile()) return *stop;
  if (const std::optional<int> stop = session.connect()) return *stop;
  return Seeding(session, terminal).run();
}

}  // namespace gpuspec::cli
