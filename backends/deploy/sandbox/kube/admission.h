#pragma once

// What may be refused or changed on the way to the store, after the object itself is known to be
// valid in form: namespaces, limit ranges, priority classes, pod security, admission policies,
// webhooks.

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/kube/admission_match.h"

namespace gpuspec::deploy::sandbox::api {

class Admission {
 public:
  explicit Admission(const ClusterStore& cluster) : cluster_(cluster) {}

  // Changes the object: priorities, limit ranges, service accounts, tolerations.
  llvm::Error mutateCreate(const ResourceInfo& resource, Tree& object) const;
  // Refuses with 403 or, for policies, with what they say.
  llvm::Error validate(const Attempt& attempt, std::vector<std::string>* warnings) const;
  // Whether anything may be made in the namespace.
  llvm::Error checkNamespace(const ResourceInfo& resource, const std::string& object_namespace,
                             const std::string& name) const;

 private:
  const ClusterStore& cluster_;
};

// spec.priority, priorityClassName and preemptionPolicy of a pod.
llvm::Error resolvePriority(const ClusterStore& cluster, const ResourceInfo& pods, Tree& pod);
// limit_range.cpp
llvm::Error applyLimitRanges(const ClusterStore& cluster, const ResourceInfo& resource,
                             Tree& object);
// admission_security.cpp: what a pod (or a workload's template) breaks of a pod security level;
// empty = nothing.
std::vector<std::string> securityViolations(const Tree& pod_spec, std::string_view level);
llvm::Error checkPodSecurity(const ClusterStore& cluster, const ResourceInfo& resource,
                             const Tree& object, std::vector<std::string>* warnings);

// Where a workload keeps its pod: {spec} of a Pod, spec.template of a Deployment ...; nullptr =
// none.
const Tree* podTemplateOf(const ResourceInfo& resource, const Tree& object);

}  // namespace gpuspec::deploy::sandbox::api
