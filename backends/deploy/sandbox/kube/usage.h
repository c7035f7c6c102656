#pragma once

// What namespaces use of their ResourceQuotas. Counted once from the store, then kept by every
// write that goes through this process, so that a create is checked without listing. Thread-safe.

#include <map>
#include <mutex>
#include <string>

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/kube/cluster_store.h"
#include "backends/deploy/sandbox/kube/quantity.h"
#include "backends/deploy/sandbox/kube/registry.h"

namespace gpuspec::deploy::sandbox::api {

class Usage {
 public:
  Usage(const ClusterStore& cluster, const Registry& registry)
      : cluster_(cluster), registry_(registry) {}

  // Takes what the object (`live`: its state until now, null = new) will use, or fails with 403
  // `exceeded quota`. What was taken for a write that then failed is given back.
  llvm::Error reserve(const ResourceInfo& resource, const Tree& object, const Tree* live);
  void giveBack(const ResourceInfo& resource, const Tree& object, const Tree* live);
  // A write that was not reserved: status changes and removals.
  void note(const ResourceInfo& resource, const Tree* before, const Tree* after);
  // Writes status.used (and status.hard) of every quota of the namespace where it is not right.
  void refreshQuotas(const std::string& object_namespace);
  bool hasQuota(const std::string& object_namespace) const;

 private:
  std::vector<Object> quotasOf(const std::string& object_namespace) const;
  Amounts& ledgerFor(const Object& quota);
  Amounts count(const Tree& quota) const;

  const ClusterStore& cluster_;
  const Registry& registry_;
  mutable std::mutex mutex_;
  std::map<std::string, Amounts> used_;  // by the quota's uid
};

// What one object counts for: "pods", "requests.cpu", "count/jobs.batch" ...
Amounts usageOf(const ResourceInfo& resource, const Tree& object);
// Whether the quota's scopes take the object in.
bool quotaCovers(const Tree& quota, const ResourceInfo& resource, const Tree& object);
// A pod's requests or limits ("requests", "limits"): its containers' sum, its init containers'
// most.
Amounts podAmounts(const Tree& pod_spec, std::string_view which);

}  // namespace gpuspec::deploy::sandbox::api
