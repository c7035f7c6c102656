#pragma once

// What was declared, typed and resolved: names are ids, units are integers of one unit, defaults
// are filled in where the language has one. Immutable after `sema`. What a vendor or the planner
// decides is in placement.h.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/ir/tree.h"
#include "lang/source/id.h"
#include "lang/source/source_map.h"

namespace gpuspec::ir {

using source::Location;

using ClusterId = Id<struct ClusterTag>;
using PoolId = Id<struct PoolTag>;
using AcceleratorId = Id<struct AcceleratorTag>;
using TeamId = Id<struct TeamTag>;
using WorkloadId = Id<struct WorkloadTag>;

// A value and the place that wrote it; `at` is the declaration when a default stands.
template <class T>
struct Placed {
  T value{};
  Location at;
  const T& operator*() const { return value; }
  const T* operator->() const { return &value; }
};

// "module.kind.name" as printed: `pool.h100`, `eastus.pool.a100x0`. `name` alone inside out/
// folders: `eastus.gpu`.
struct Address {
  std::string module;             // "" for the entry module, "eastus" or "a.b" for instances
  std::string kind;               // "pool"
  std::string name;               // "h100"
  std::string str() const;        // "eastus.pool.h100"
  std::string shortName() const;  // "eastus.h100"
  friend auto operator<=>(const Address&, const Address&) = default;
};

// One attribute whose output is a plain property of an ARM resource: the schema table names the
// property.
struct Setting {
  std::string path;  // "properties.networkProfile.networkPolicy"
  Tree value;        // in the unit and spelling that the property wants
};

enum class Platform : std::uint8_t { Aks, Kubernetes };

struct Lifecycle {
  bool prevent_destroy = false;
  std::string replace;               // "blue_green", "in_place" or ""
  std::int64_t drain_timeout_s = 0;  // 0: not given
  std::vector<std::string> ignore;
  Location at;
};

struct Cluster {
  Location at;  // the label
  Address address;
  Platform platform = Platform::Aks;
  bool existing = false;
  std::string context;       // kubernetes: kubeconfig context
  std::string name;          // in Azure; the label by default
  std::string subscription;  // "" = the one apply is pointed at
  std::string resource_group;
  Placed<std::string> location;
  Placed<std::string> version;            // "1.36"; "" = Azure's default
  std::string tier;                       // free, standard, premium, ""
  Placed<std::string> network_plugin;     // azure_overlay, azure, kubenet, none, ""
  Placed<std::string> network_policy;     // cilium, calico, azure, none; "" not given
  Placed<std::string> network_dataplane;  // cilium, azure, ""
  bool prometheus = false;
  bool cost_analysis = false;
  std::map<std::string, Placed<Tree>> addons;  // keda -> true, kueue -> "0.19.2"
  std::map<std::string, std::string> tags;
  std::vector<Setting> settings;  // everything that is a plain property of managedClusters
  Tree arm;                       // escape hatch, merged last; null when absent
  Lifecycle lifecycle;
};

enum class Mode : std::uint8_t { User, System };
enum class TaintEffect : std::uint8_t { NoSchedule, PreferNoSchedule, NoExecute };

struct Taint {
  std::string key, value;
  TaintEffect effect = TaintEffect::NoSchedule;
  Location at;
  std::string str() const;  // "sku=gpu:NoSchedule"
  friend bool operator==(const Taint& a, const Taint& b) {
    return a.key == b.key && a.value == b.value && a.effect == b.effect;
  }
};

struct NodeCount {
  std::int64_t min = 0, max = 0;
  bool autoscaled = false;  // a range was written
  bool fit = false;         // fit(a..b): the planner fixes the count
  Location at;
};

// Facts of a VM size from the standard library's table; the table's own comments carry the sources.
struct VmSize {
  std::string name;         // "Standard_ND96isr_H100_v5"
  std::string vendor;       // plugin name, "" without GPU
  std::string model;        // the vendor's device key, "h100-80gb"
  std::string gpu_title;    // "H100 SXM5 80GB"
  std::int64_t gpus = 0;    // that the scheduler sees on a node
  bool fractional = false;  // each is a share of a physical GPU
  std::int64_t gpu_memory_gib = 0;
  std::int64_t vcpus = 0, memory_gib = 0;
  std::string arch;  // amd64, arm64
  std::vector<std::string>
      os;  // Ubuntu, Windows, AzureLinux3 as AKS lists them; empty = not listed
  std::vector<std::int64_t> generations;
  bool rdma = false;
  std::string driver;  // family of the driver that the platform installs, "none"
  std::string quota_family;
  std::string status;      // current, legacy, retired
  std::string retired_on;  // ISO date or year; "" = not
  std::string instead;     // what to use, "" = no advice
  std::string note;
};

struct Spot {
  std::string max_price;  // "-1" or a decimal with at most 5 places, as ARM wants it
  std::string eviction;   // Delete, Deallocate
  Location at;
};

// A block that a vendor plugin added to the language, evaluated: {attribute: value}; see
// plugins/abi for the shapes.
struct VendorBlock {
  std::string name;  // "mig"
  Location at;
  Tree body;
};

struct Pool {
  Location at;
  Address address;
  ClusterId cluster_id;
  Placed<std::string> vm;         // AKS
  std::optional<VmSize> size;     // absent: not in the table (reported) or plain Kubernetes
  Placed<std::string> device;     // Kubernetes: "vendor.model"
  std::int64_t device_count = 0;  // Kubernetes: GPUs of a node
  std::map<std::string, std::string> selector;  // Kubernetes: labels of the nodes
  NodeCount nodes;
  Placed<Mode> mode;
  Placed<std::string> os;  // ubuntu, azurelinux, windows2022 ...; ubuntu by default
  std::vector<Placed<std::string>> zones;
  std::optional<Spot> spot;
  Placed<std::string> driver;  // auto, none, or a family that the vendor knows
  std::vector<std::pair<std::string, Placed<std::string>>> labels;  // sorted by key
  std::optional<std::vector<Taint>> taints;                         // absent = the vendor's own
  Location taints_at;
  std::optional<Placed<std::int64_t>> max_pods;
  std::vector<TeamId> only_for;
  Location only_for_at;
  bool infiniband = false;
  std::vector<VendorBlock> vendor_blocks;
  std::vector<Setting> settings;  // plain properties of agentPools
  Tree arm;
  Lifecycle lifecycle;

  std::string vendor() const;  // plugin name; "" = no GPU
  std::string model() const;   // the vendor's device key
  std::int64_t gpusPerNode() const;
};

struct Accelerator {
  Location at;
  Address address;     // name = the vendor's label
  std::string vendor;  // plugin name
  ClusterId cluster_id;
  Placed<std::string> stack;    // device_plugin, gpu_operator, managed
  Placed<std::string> version;  // chart version; "" = the plugin's own
  Placed<bool> metrics, health, discovery, dra;
  Tree values;  // merged over the chart values that the plugin makes; null when absent
};

enum class QuotaKind : std::uint8_t { Gpu, Slice, Cpu, Memory, Pods, Storage };

struct QuotaItem {
  QuotaKind kind = QuotaKind::Gpu;
  PoolId pool_id;           // Gpu, Slice
  std::string profile;      // Slice: "1g.10gb"
  std::int64_t amount = 0;  // devices, slices, millicores, bytes, pods
  Location at;              // the amount
  Location pool_at;         // the pool's name, Gpu and Slice
};

enum class Direction : std::uint8_t { Ingress, Egress };
enum class PeerKind : std::uint8_t {
  Dns,
  Self,
  Internet,
  KubernetesApi,
  Team,
  Namespace,
  Pods,
  Cidr,
  Fqdn
};

struct PortRange {
  std::int64_t first = 0, last = 0;
  Location at;
};

struct NetworkRule {
  Direction direction = Direction::Ingress;
  PeerKind peer = PeerKind::Dns;
  TeamId team_id;                                           // Team
  std::string text;                                         // Namespace, Cidr, Fqdn
  std::vector<std::pair<std::string, std::string>> labels;  // Pods
  std::vector<Placed<std::string>> except;                  // Cidr
  std::vector<PortRange> ports;                             // empty = all
  Location at;                                              // the phrase
  Location peer_at;
};

struct TeamNetwork {
  bool declared = false;
  bool default_deny = false;
  Location at;
  std::vector<NetworkRule> rules;
};

struct Member {
  bool group = true;
  std::string subject;  // group object id or user name
  std::string role;     // view, edit, admin: gpuspec's own cluster roles
  Location at;
};

struct Limits {  // LimitRange of the namespace; 0 = not given
  std::int64_t default_cpu_m = 0, default_memory = 0, default_request_cpu_m = 0,
               default_request_memory = 0;
  std::int64_t max_cpu_m = 0, max_memory = 0, max_gpus = 0;
  bool declared = false;
  Location at;
};

struct Team {
  Location at;
  Address address;
  std::vector<ClusterId> cluster_ids;
  std::vector<Placed<std::string>> namespaces;  // at least one
  bool adopt = false;
  std::vector<std::pair<std::string, Placed<std::string>>> labels;  // sorted by key
  std::vector<Member> members;
  std::vector<QuotaItem> quota;
  Location quota_at;
  Limits limits;
  TeamNetwork network;
  Placed<std::string> pod_security;  // restricted, baseline, privileged, ""
  std::optional<Placed<std::int64_t>> priority;
};

enum class WorkloadKind : std::uint8_t { Job, Service, Model, Smoke };

struct GpuRequest {
  std::int64_t count = 0;  // 0 = none
  std::string profile;     // "" = whole devices (or whatever the pool hands out as one)
  Location at;
};

struct EnvVar {
  std::string name;
  std::string value;
  std::string secret_name, secret_key;  // a Kubernetes Secret; never a literal
  Location at;
};

struct Volume {
  std::string name, mount;
  std::string kind;       // empty_dir, claim, config, secret
  std::string source;     // claim, config or secret name
  std::int64_t size = 0;  // empty_dir: bytes, 0 = no limit
  bool memory = false;    // empty_dir in RAM
  bool read_only = false;
  Location at;
};

struct ContainerPort {
  std::string name;
  std::int64_t port = 0;
  Location at;
};

struct Probe {
  std::string kind;       // readiness, liveness, startup
  std::string http;       // path; "" = tcp
  std::int64_t port = 0;  // 0 = the service's first port
  std::int64_t period_s = 0, initial_delay_s = 0;
  Location at;
};

struct Workload {
  WorkloadKind kind = WorkloadKind::Job;
  Location at;
  Address address;
  TeamId team_id;        // none: no team, namespace `default`
  ClusterId cluster_id;  // resolved from cluster, pool or team
  PoolId pool_id;        // none: any pool that fits
  Location pool_at;
  Placed<std::string> image;
  std::vector<std::string> command, args;
  std::vector<EnvVar> env;
  GpuRequest gpus;
  std::int64_t cpu_m = 0, memory = 0;  // 0 = not given
  std::int64_t shared_memory = 0;
  std::vector<Volume> volumes;
  std::vector<std::pair<std::string, std::string>> labels, annotations;
  // job
  std::int64_t nodes = 1;
  std::optional<std::int64_t> completions, parallelism, retries, deadline_s;
  Placed<std::string> schedule;
  // service
  std::int64_t replicas_min = 1, replicas_max = 1;
  bool scaled = false;  // a range of replicas
  std::vector<ContainerPort> ports;
  std::vector<Probe> probes;
};

struct Manifest {
  Location at;
  Address address;
  ClusterId cluster_id;
  Tree object;
};

struct Release {
  Location at;
  Address address;
  ClusterId cluster_id;
  std::string chart, repository, version, release_namespace;
  Tree values;
};

struct Output {
  std::string name;
  Tree value;
  Location at;
};

struct Moved {
  Address from, to;
  Location at;
};

struct Removed {
  Address what;
  bool destroy = false;
  Location at;
};

// Ids index these; each table is sorted by address, so that order in files never shows.
struct Spec {
  Placed<std::string> project;  // "" when none was written
  std::string environment;      // --env, or ""
  std::vector<Cluster> clusters;
  std::vector<Pool> pools;
  std::vector<Accelerator> accelerators;
  std::vector<Team> teams;
  std::vector<Workload> workloads;
  std::vector<Manifest> manifests;
  std::vector<Release> releases;
  std::vector<Output> outputs;
  std::vector<Moved> moved;
  std::vector<Removed> removed;
  // Kinds, such as "pool", of which a declaration was left out because something is wrong with it:
  // that there is none, or too little of it, cannot be concluded.
  std::set<std::string> left_out;

  const Cluster& operator[](ClusterId id) const { return clusters[id.index]; }
  const Pool& operator[](PoolId id) const { return pools[id.index]; }
  const Accelerator& operator[](AcceleratorId id) const { return accelerators[id.index]; }
  const Team& operator[](TeamId id) const { return teams[id.index]; }
  const Workload& operator[](WorkloadId id) const { return workloads[id.index]; }
  bool hasAll(const std::string& kind) const { return !left_out.contains(kind); }
  std::vector<PoolId> poolsOf(ClusterId cluster_id) const;
  std::vector<TeamId> teamsOf(ClusterId cluster_id) const;
  std::vector<WorkloadId> workloadsOf(ClusterId cluster_id) const;
  std::vector<AcceleratorId> acceleratorsOf(ClusterId cluster_id) const;
};

}  // namespace gpuspec::ir
