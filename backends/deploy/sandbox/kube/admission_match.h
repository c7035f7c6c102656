#pragma once

// What is being done to an object, and which admission rules take it in.

#include <string>
#include <string_view>

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/kube/cel.h"
#include "backends/deploy/sandbox/kube/cluster_store.h"
#include "backends/deploy/sandbox/kube/registry.h"

namespace gpuspec::deploy::sandbox::api {

inline constexpr std::string_view kAdmissionGroup = "admissionregistration.k8s.io";

struct Attempt {
  const ClusterStore& cluster;
  const ResourceInfo& resource;
  std::string subresource;
  const Tree* object;  // null: it is deleted
  const Tree* live;    // null: it is new
  bool dry_run = false;

  // Whichever there is; the new one rather than the old.
  const Tree& either() const { return object != nullptr ? *object : *live; }
  std::string_view operation() const {
    if (object == nullptr) return "DELETE";
    return live == nullptr ? "CREATE" : "UPDATE";
  }
  // "pods", "pods/status"
  std::string target() const {
    return subresource.empty() ? resource.resource : resource.resource + "/" + subresource;
  }
  Object home() const;  // its namespace; null for what has none
};

// Whether one of the rules in `match`'s list `field` takes the attempt in.
bool anyRule(const Tree* match, std::string_view field, const Attempt& attempt);
// By objectSelector and namespaceSelector.
bool selectorsTakeIn(const Tree& match, const Attempt& attempt);

// object, oldObject, namespaceObject and request.
cel::Scope scopeFor(const Attempt& attempt);
llvm::Expected<cel::Value> compute(const std::string& expression, const cel::Scope& scope);
llvm::Expected<bool> holds(const std::string& expression, const cel::Scope& scope);
// Whether all of `matchConditions` hold.
llvm::Expected<bool> conditionsHold(const Tree::List& conditions, const cel::Scope& scope);

}  // namespace gpuspec::deploy::sandbox::api
