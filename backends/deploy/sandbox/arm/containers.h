#pragma once

// Microsoft.ContainerService: managedClusters and agentPools.

#include <optional>
#include <string>
#include <vector>

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/arm/arm_api.h"
#include "backends/deploy/sandbox/arm/operations.h"
#include "backends/deploy/sandbox/arm/quota.h"
#include "backends/deploy/sandbox/arm/state.h"

namespace gpuspec::deploy::sandbox::arm {

// What a write was answered with; `operation` "" = done at once.
struct Accepted {
  int status = 200;
  Tree resource;
  std::string operation, region;
};

struct PutOptions {
  std::string api_version;
  std::string if_match, if_none_match;
};

class Containers {
 public:
  Containers(State& state, Operations& operations, DataPlane& data_plane,
             const ArmOptions& options);

  // Resources as GET shows them. Fail with ResourceNotFound.
  [[nodiscard]] llvm::Expected<Tree> cluster(const std::string& group,
                                             const std::string& name) const;
  [[nodiscard]] llvm::Expected<Tree> pool(const std::string& group, const std::string& cluster,
                                          const std::string& name) const;
  // A cluster's record in the store as the resource that GET shows.
  Tree view(const Tree& record) const;

  // What a PUT would write: the resource as GET would show it then. `cluster` of a pool is taken
  // instead of what is stored, when given.
  [[nodiscard]] llvm::Expected<Tree> previewCluster(const std::string& group,
                                                    const std::string& name, const Tree& body,
                                                    const std::string& api_version) const;
  [[nodiscard]] llvm::Expected<Tree> previewPool(const std::string& group,
                                                 const std::string& cluster,
                                                 const std::string& name, const Tree& body,
                                                 const std::string& api_version,
                                                 const Tree* cluster_resource) const;

  [[nodiscard]] llvm::Expected<Accepted> putCluster(const std::string& group,
                                                    const std::string& name, const Tree& body,
                                                    const PutOptions& options);
  [[nodiscard]] llvm::Expected<Accepted> putPool(const std::string& group,
                                                 const std::string& cluster,
                                                 const std::string& name, const Tree& body,
                                                 const PutOptions& options);
  // Status 204: there was none.
  [[nodiscard]] llvm::Expected<Accepted> removeCluster(const std::string& group,
                                                       const std::string& name,
                                                       const PutOptions& options);
  [[nodiscard]] llvm::Expected<Accepted> removePool(const std::string& group,
                                                    const std::string& cluster,
                                                    const std::string& name,
                                                    const PutOptions& options);
  [[nodiscard]] llvm::Expected<Tree> patchTags(const std::string& group, const std::string& name,
                                               const Tree& body);
  [[nodiscard]] llvm::Expected<Tree> credentials(const std::string& group, const std::string& name,
                                                 bool admin);

  // Tells the data plane what there is.
  void announce();
  // The running operation of a cluster, "" = none.
  std::string running(const std::string& group, const std::string& name) const;

 private:
  struct PreparedPool {
    std::string name;
    Tree before;      // the resource, null when it is new
    Tree properties;  // with defaults
  };
  struct PreparedCluster {
    Tree before;                      // the record, null when it is new
    Tree resource;                    // without pools
    std::vector<PreparedPool> pools;  // in the body
  };
  [[nodiscard]] llvm::Expected<PreparedCluster> prepareCluster(
      const std::string& group, const std::string& name, const Tree& body,
      const std::string& api_version) const;
  [[nodiscard]] llvm::Error prepareBodyPools(const std::string& group, const Tree* profiles,
                                             PreparedCluster& prepared) const;
  [[nodiscard]] llvm::Expected<PreparedPool> preparePool(const std::string& group,
                                                         const std::string& cluster,
                                                         const std::string& name, Tree properties,
                                                         const Tree* cluster_resource) const;
  [[nodiscard]] llvm::Expected<PreparedPool> preparePoolBody(
      const std::string& group, const std::string& cluster, const std::string& name,
      const Tree& body, const std::string& api_version, const Tree* cluster_resource) const;
  [[nodiscard]] llvm::Error checkAllPools(const std::string& group, const std::string& cluster,
                                          const std::vector<PreparedPool>& changed) const;
  [[nodiscard]] llvm::Error checkQuota(const std::string& region,
                                       const std::vector<PreparedPool>& pools) const;
  [[nodiscard]] llvm::Error checkGroup(const std::string& group) const;
  [[nodiscard]] llvm::Error checkIdle(const Tree& record) const;

  [[nodiscard]] llvm::Error writePool(const std::string& cluster_id, const std::string& group,
                                      const std::string& cluster, const PreparedPool& pool);
  [[nodiscard]] llvm::Error lockCluster(const std::string& group, const std::string& cluster,
                                        const std::string& operation);

  // What the operations do.
  [[nodiscard]] llvm::Expected<Tree> runPut(const Tree& record);
  [[nodiscard]] llvm::Expected<Tree> runRemoveCluster(const Tree& record);
  [[nodiscard]] llvm::Expected<Tree> runRemovePool(const Tree& record);
  [[nodiscard]] llvm::Error bringUp(const Tree& record);
  [[nodiscard]] llvm::Error waitForPool(const std::string& cluster, const Tree& pool);
  [[nodiscard]] llvm::Error settle(const Tree& record, std::string_view provisioning_state);
  [[nodiscard]] llvm::Error checkOwner(const Tree& record) const;

  State& state_;
  Operations& operations_;
  DataPlane& data_plane_;
  const ArmOptions& options_;
  Quota quota_;
};

}  // namespace gpuspec::deploy::sandbox::arm
