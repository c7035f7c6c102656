#pragma once

// The Kubernetes clusters of a sandbox: `sandbox`, which always exists, and one for each AKS
// cluster.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "backends/deploy/sandbox/arm/arm_api.h"
#include "backends/deploy/sandbox/cluster/cluster.h"
#include "backends/deploy/sandbox/host/sandbox.h"

namespace gpuspec::deploy::sandbox {

// Implements what ARM asks of the data plane. Which clusters there are is in the store, so that a
// killed sandbox comes back with all of them.
class Clusters : public DataPlane {
 public:
  using MakeKubeconfig = std::function<std::string(const std::string& cluster)>;

  // All references outlive it.
  Clusters(Store& store, const NodeFacts& facts, std::string token, MakeKubeconfig make_kubeconfig);
  ~Clusters() override;

  // Called, without a lock held, after a cluster came or went.
  void onChange(std::function<void()> listener) { changed_ = std::move(listener); }
  [[nodiscard]] llvm::Error startStored();
  void stopAll();
  // Forgets every cluster and all their objects; `sandbox` begins anew. No request may be under way
  // and no operation run. When the store cannot forget, everything stays, and runs again.
  [[nodiscard]] llvm::Error reset();
  std::vector<std::string> names() const;  // `sandbox` first, then sorted
  // Null when there is none of that name.
  std::shared_ptr<KubeApi> api(const std::string& cluster) const;

  llvm::Error clusterReady(const std::string& cluster, const Tree& managed_cluster) override;
  llvm::Error clusterRemoved(const std::string& cluster) override;
  void poolChanged(const std::string& cluster, const std::string& pool,
                   const Tree& properties) override;
  void poolRemoved(const std::string& cluster, const std::string& pool) override;
  bool poolReady(const std::string& cluster, const std::string& pool,
                 std::int64_t count) const override;
  std::string kubeconfig(const std::string& cluster) override;

 private:
  // Members in the order of their making: the API uses the cluster's logs, so goes first.
  struct Running {
    std::unique_ptr<Cluster> cluster;
    std::unique_ptr<KubeApi> api;
    ~Running();
  };
  std::shared_ptr<Running> find(const std::string& name) const;
  [[nodiscard]] llvm::Error forget(const std::string& cluster);
  std::shared_ptr<Running> start(const std::string& name);

  Store& store_;
  const NodeFacts& facts_;
  std::string token_;
  MakeKubeconfig make_kubeconfig_;
  std::function<void()> changed_ = [] {};
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Running>> running_;
};

}  // namespace gpuspec::deploy::sandbox
