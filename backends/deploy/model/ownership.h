#pragma once

// The marks of ownership, and the names of the bookkeeping objects in a cluster.

#include <string>
#include <string_view>
#include <vector>

#include "backends/deploy/model/resource.h"

namespace gpuspec::deploy::model {

inline constexpr std::string_view kFieldManager = "gpuspec";
inline constexpr std::string_view kManagedBy = "app.kubernetes.io/managed-by";
inline constexpr std::string_view kProject = "gpuspec.dev/project";
inline constexpr std::string_view kEnvironment = "gpuspec.dev/env";
inline constexpr std::string_view kRecord =
    "gpuspec.dev/record";  // label: lock, inventory, journal
inline constexpr std::string_view kAddress = "gpuspec.dev/address";  // annotation: team.vision
inline constexpr std::string_view kPartOf = "applyset.kubernetes.io/part-of";
inline constexpr std::string_view kProjectTag = "gpuspec-project";
inline constexpr std::string_view kEnvironmentTag = "gpuspec-env";
inline constexpr std::string_view kRecordNamespace = "kube-system";

struct Scope {
  std::string project, environment;  // environment may be ""
};

// "gpuspec-<project>[-<env>]-<hash>": the inventory, the journal (with "-journal") and the Lease.
std::string recordName(const Scope& scope);
// The ApplySet id of our inventory: "applyset-<base64url(sha256(name.namespace.kind.group))>-v1".
std::string applySetId(const Scope& scope);
// "gpuspec.dev/project=p,gpuspec.dev/env=e", or "...,!gpuspec.dev/env".
std::string labelSelector(const Scope& scope);

// From labels and annotations (Kubernetes: managed-by, Helm's and Argo CD's and Flux's marks) and,
// failing these, the managers in managedFields.
Owner ownerOfObject(const Tree& metadata, const Scope& scope);
Owner ownerOfTags(const Tree* tags, const Scope& scope);

// Adds what apply adds to each object beyond what compile writes: part-of and the address.
void mark(Desired& desired, const Scope& scope);

// The inventory (a ConfigMap with ApplySet labels and annotations) for these group kinds and
// namespaces.
Tree inventoryObject(const Scope& scope, const std::string& tool_version,
                     const std::vector<ResourceKey>& members);
struct Inventory {
  std::vector<std::pair<std::string, std::string>> group_kinds;  // group, kind
  std::vector<std::string> namespaces;
};
Inventory readInventory(const Tree& object);

}  // namespace gpuspec::deploy::model
