#pragma once

// The ARM side: tokens, subscriptions, resource groups, deployments, managedClusters, agentPools,
// long-running operations, Azure's error shapes. State is in the Store below "/arm/".

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/server/handler.h"
#include "backends/deploy/sandbox/store/store.h"

namespace gpuspec::deploy::sandbox {

// What happens in the data plane when the control plane says so; called from the operations'
// threads. `cluster` is the key of an AKS cluster: "<resource group>.<name>" in lower case.
class DataPlane {
 public:
  virtual ~DataPlane() = default;
  [[nodiscard]] virtual llvm::Error clusterReady(const std::string& cluster,
                                                 const Tree& managed_cluster) = 0;
  [[nodiscard]] virtual llvm::Error clusterRemoved(const std::string& cluster) = 0;
  // `properties` of agentPools; called for pools in the cluster's body, too.
  virtual void poolChanged(const std::string& cluster, const std::string& pool,
                           const Tree& properties) = 0;
  virtual void poolRemoved(const std::string& cluster, const std::string& pool) = 0;
  virtual bool poolReady(const std::string& cluster, const std::string& pool,
                         std::int64_t count) const = 0;
  // The kubeconfig that listClusterUserCredential hands out.
  virtual std::string kubeconfig(const std::string& cluster) = 0;
};

struct ArmOptions {
  std::string base_url;  // "https://127.0.0.1:8443"
  std::string tenant_id, subscription_id, client_id, client_secret;
  std::chrono::milliseconds operation_time{300};  // how long a cluster or pool takes
  std::chrono::seconds token_lifetime{3600};
  // Most vCPUs of one family in one region; a family is a VM size's name without the number of its
  // vCPUs: "NDisr_H100_v5".
  std::map<std::string, std::int64_t> vcpu_limits{};
  std::int64_t default_vcpu_limit = -1;  // of families that are not named; -1 = no limit
};

class ArmApi : public Handler {
 public:
  // Takes up the operations that a killed process left behind.
  virtual void start() = 0;
  virtual void stop() = 0;
};

std::unique_ptr<ArmApi> makeArmApi(Store& store, DataPlane& data_plane, ArmOptions options);

}  // namespace gpuspec::deploy::sandbox
