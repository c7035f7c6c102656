#pragma once

// What plan and apply speak about: keys of resources in Azure, Kubernetes and Helm, what is desired
// (made by the compiler), what is live (what the APIs answered), and who owns it.

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/deploy/model/shared_tree.h"
#include "compiler/ir/spec.h"
#include "compiler/ir/tree.h"

namespace gpuspec::deploy::model {

using ir::Tree;

enum class System : std::uint8_t { Azure, Kubernetes, Helm };

// One resource, in one of the spec's clusters.
//   Azure       group "Microsoft.ContainerService", kind "managedClusters" or
//   "managedClusters/agentPools",
//               scope "/subscriptions/S/resourceGroups/G", name "shared" or "shared/h100"
//   Kubernetes  group "apps" ("" = core), kind "Deployment", scope = namespace ("" =
//   cluster-scoped) Helm        group "", kind "Release", scope = namespace
struct ResourceKey {
  System system = System::Kubernetes;
  std::string cluster;  // the cluster's address without kind: "shared", "eastus.gpu"
  std::string group, kind, scope, name;

  // As the API's users name it: the ARM id; "group/kind/namespace/name" with "core" and "-" for
  // empty parts; "helm/namespace/name".
  std::string id() const;
  // The ARM type, "Microsoft.ContainerService/managedClusters"; elsewhere the kind.
  std::string kindName() const;
  friend auto operator<=>(const ResourceKey&, const ResourceKey&) = default;
};

struct Desired {
  ResourceKey key;
  std::string api_version;  // Kubernetes: "apps/v1"; Azure: "2026-05-01"
  ir::Address address;      // what in the spec makes it: team.vision
  source::Location at;
  std::string file;  // of `at`, relative to the project root
  std::uint32_t line = 0;
  // Kubernetes: the whole object with its marks. Azure: the template resource (type, apiVersion,
  // name, location, tags, properties ...) without dependsOn. There a string from `[` to `]` is an
  // expression, whose value nobody knows before it is deployed (not compared, said so), and one
  // that begins with `[[` means the same with one `[` less. Helm: {chart, repository, version,
  // values}.
  SharedTree body;
  ir::Lifecycle lifecycle;
  bool adopt = false;              // the spec says that it takes over what is there
  std::vector<ResourceKey> needs;  // made before it, removed after it
  // Azure: the pool that stands in its cluster's body. Where that cluster is created, the pool
  // comes with it and needs no change of its own; later it is a pool like any other, and the
  // cluster's body is compared without agentPoolProfiles.
  bool made_with_cluster = false;
};

// One cluster and how it is reached.
struct Target {
  std::string cluster;  // ResourceKey::cluster
  ir::Address address;
  ir::Platform platform = ir::Platform::Aks;
  bool existing = false;  // the spec builds on it and neither makes nor removes it
  std::string context;    // kubeconfig context: from the spec or --context; "" = what ARM hands out
  std::string subscription, resource_group, name, location;  // AKS
};

// The pools of a target, for GPU counts, effects and verify.
struct PoolFacts {
  std::string cluster, name;  // "h100"
  ir::Address address;
  std::vector<std::pair<std::string, std::string>> selector;      // labels of its nodes
  std::vector<std::pair<std::string, std::int64_t>> allocatable;  // extended resources of one node
  std::int64_t gpus_per_node = 0, min_nodes = 0, max_nodes = 0;
  std::string vendor, vm;
};

struct Removal {
  ir::Address what;
  bool destroy = false;  // false: left alone, its marks are taken off
};

struct Move {
  ir::Address from, to;
};

struct DesiredSet {
  std::string project, environment;
  std::vector<Target> targets;     // by cluster
  std::vector<Desired> resources;  // by key
  std::vector<PoolFacts> pools;    // by cluster, name
  std::vector<Move> moves;
  std::vector<Removal> removals;
};

enum class OwnerKind : std::uint8_t {
  Us,       // our project and environment
  Project,  // another project or environment of gpuspec
  Other,    // somebody else: text says who
  Nobody,   // no mark of anybody
};

struct Owner {
  OwnerKind kind = OwnerKind::Nobody;
  std::string
      text;  // "project shared-gpu, environment prod", "argocd", "Helm release x", "kubectl"
};

// A field's path: map keys, and list items by position or, in Kubernetes lists that are maps, by
// their keys.
struct PathStep {
  enum class Kind : std::uint8_t { Key, Index, Item, Value } kind = Kind::Key;
  std::string text;        // Key; Value: the scalar as JSON (sets)
  std::int64_t index = 0;  // Index
  Tree keys;               // Item: {"name": "x"}
};
using FieldPath = std::vector<PathStep>;
std::string str(const FieldPath& path);  // spec.containers[name=x].image

// Who set which fields: managedFields of one manager and operation.
struct FieldOwner {
  std::string manager, operation, subresource;
  std::vector<FieldPath> fields;  // leaves
  std::string api_version;        // of the paths
};

struct Live {
  ResourceKey key;
  std::string api_version;
  Tree body;  // as the API answered, without managedFields
  std::string uid;
  std::string revision;  // resourceVersion or etag; "" where the API has none
  Owner owner;
  std::vector<FieldOwner> field_owners;  // Kubernetes
  std::string address;                   // the mark gpuspec.dev/address, "" when absent
  // Kubernetes: another's object of which only the metadata was read (a name in the way).
  bool metadata_only = false;
  // As desired in every field: told while it was read, and then left without what it says so by.
  bool settled = false;
};

// What was read from one target.
struct LiveCluster {
  std::string cluster;
  bool exists = false;         // AKS: the cluster is there
  bool reachable = false;      // its API answered
  std::string server_version;  // "1.35.4"
  std::vector<Tree> nodes;     // as listed, when the plan needs them
  std::vector<Tree>
      pods;  // with a node or asking for an extended resource, when the plan needs them
  std::vector<std::string> unknown_kinds;  // "JobSet.jobset.x-k8s.io": desired, not served
  // Ours in ARM, but no longer in the spec's targets: full ids of clusters that the tag query
  // found.
  std::vector<std::string> strays;
  std::vector<std::string> not_checked;  // sentences: what could not be read and why
  std::string state = {};                // AKS: its provisioningState
  // What others have here, read only where a plan takes the place away. By namespace: "ConfigMap
  // ml/mine of kubectl-create".
  std::map<std::string, std::vector<std::string>> others;
  // By other project or environment of gpuspec: "Namespace audio".
  std::map<std::string, std::vector<std::string>> other_projects;
  std::vector<std::string> other_namespaces;  // of nobody, or of no project: "shop", "web of helm"
};

struct LiveSet {
  std::vector<Live> resources;        // by key; owned ones and those in the way
  std::vector<LiveCluster> clusters;  // by cluster
  std::int64_t azure_requests = 0, kubernetes_requests = 0;
};

// Adds what another reading found.
void merge(LiveSet&& part, LiveSet& into);

}  // namespace gpuspec::deploy::model
