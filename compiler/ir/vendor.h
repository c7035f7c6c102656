#pragma once

// What the compiler asks of a GPU vendor. `plugins/host` implements it over the C ABI; tests may
// implement it directly. The core knows vendors only through this header.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <llvm/Support/Error.h>

#include "compiler/ir/spec.h"

namespace gpuspec::diag {
class Sink;
}

namespace gpuspec::ir {

// One row that a vendor adds to the schema table; fields as in compiler/schema/row.h.
struct SchemaRow {
  std::string path;  // "pool.mig.profile"; a block has a row of its own: "pool.mig"
  std::string form;  // attribute, block, call
  std::string
      type;  // the schema's type text: "enum(single, mixed)", "list(counted|profile)", "int(2..48)"
  std::string default_text;
  std::string doc;
  std::string since;   // gpuspec version
  std::string target;  // where it goes, for people
  std::string args;    // call: types of its arguments, "range|int"
};

struct DeviceModel {
  std::string key;    // "h100-80gb"; pools name it `vendor.h100-80gb`, VM sizes by the standard
                      // library's table
  std::string title;  // "H100 80 GB"
  std::int64_t memory_gib = 0;
  std::vector<std::string> profiles;  // partition profiles it can be cut into; empty = cannot
};

// What the cluster's scheduler sees of one partition kind: `1 x 1g.5gb` becomes `resource: 1`.
struct SliceResource {
  std::string profile;
  std::string resource;
  std::int64_t per_node = 0;
};

// How a pool's GPUs appear on each of its nodes.
struct PoolPlan {
  std::map<std::string, std::int64_t> allocatable;  // resource -> amount on one node
  std::string device_resource;  // what `gpus = 1` asks for; "" = only slices can be asked for
  std::vector<SliceResource> slices;
  std::vector<Taint> default_taints;               // when the pool gives none
  std::map<std::string, std::string> node_labels;  // that the stack needs on the nodes
  Tree properties;  // properties of the platform's pool resource (ARM agentPools), to be merged;
                    // null = none
  bool preview_api = false;  // `properties` has fields that only preview API versions know
  std::vector<std::string>
      preview_features;  // subscription features that have to be registered first
  bool shared = false;   // several pods share one device without a wall between them (time slicing)
  std::string summary;   // "8 x H100, each 7 x 1g.10gb"; for people
};

struct ReleasePlan {
  std::string name, chart, repository, version, release_namespace;
  std::int64_t order = 0;  // lower first
  Tree values;
  std::map<std::string, std::string>
      namespace_labels;  // the namespace needs, for instance pod security
};

// What a vendor's stack puts on a cluster.
struct StackPlan {
  std::vector<ReleasePlan> releases;
  std::vector<Tree> manifests;  // whole Kubernetes objects
  std::map<std::string, std::string>
      metrics;  // "gpu_utilization" -> PromQL over one workload's pods
};

// One cluster and one vendor: the vendor's pools there and how its software is to be put on. All
// ids are of `spec`.
struct VendorCluster {
  const Spec* spec = nullptr;
  ClusterId cluster_id;
  AcceleratorId accelerator_id;  // none: the spec has pools of this vendor and no `accelerator`
  std::vector<PoolId> pool_ids;
};

// A release that is on a cluster, as Helm recorded it.
struct InstalledRelease {
  std::string name, chart, version, release_namespace;
  Tree values;
};

// A pool as the cloud has it and what is installed on its cluster; nothing of it comes from a spec.
struct PoolObservation {
  std::string device;     // the vendor's key
  std::int64_t gpus = 0;  // on one node
  bool fractional = false;
  std::string
      driver;       // family that the platform installs, as the size table names it; "" = unknown
  Tree properties;  // of the platform's pool resource (ARM agentPools)
  std::vector<InstalledRelease> releases;  // empty: the stack counts as installed
};

// What a node of the pool reports once the stack runs.
struct NodeReport {
  std::map<std::string, std::int64_t> allocatable;  // extended resources
  std::map<std::string, std::string> labels;        // that the stack's discovery sets
  std::string driver_version;                       // "" = none
};

// A container that tries one device and lists it.
struct SmokeTest {
  std::string image;  // "" = the vendor names none
  std::vector<std::string> command;
  std::string driver_mark;  // what its log says before the driver's version
};

class Vendor {
 public:
  virtual ~Vendor() = default;
  virtual const std::string& name() const = 0;
  virtual const std::string& version() const = 0;
  virtual const std::vector<SchemaRow>& schemaRows() const = 0;
  virtual const std::vector<DeviceModel>& models() const = 0;
  virtual const std::vector<std::string>& stacks() const = 0;  // legal values of accelerator.stack
  // One plan for each of cluster.pool_ids, in that order. nullopt: reported.
  virtual std::optional<std::vector<PoolPlan>> partition(const VendorCluster& cluster,
                                                         diag::Sink& sink) const = 0;
  // `plans` as returned by partition; `taints` are the pools' final ones, parallel to pool_ids.
  virtual std::optional<StackPlan> emit(const VendorCluster& cluster,
                                        const std::vector<PoolPlan>& plans,
                                        const std::vector<std::vector<Taint>>& taints,
                                        diag::Sink& sink) const = 0;
  // Fails where the vendor does not offer it or cannot answer.
  virtual llvm::Expected<NodeReport> observe(const PoolObservation& pool) const;
  virtual SmokeTest smokeTest() const { return {}; }
};

// Sorted by name. Owns the vendors (and, in the host's case, their libraries).
class VendorSet {
 public:
  void add(std::unique_ptr<Vendor> vendor);
  const Vendor* find(std::string_view name) const;
  const std::vector<std::unique_ptr<Vendor>>& all() const { return vendors_; }

 private:
  std::vector<std::unique_ptr<Vendor>> vendors_;
};

}  // namespace gpuspec::ir
