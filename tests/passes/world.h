#pragma once

// Hand-built specs for tests of the passes. `World::sound()` has nothing to complain about: an AKS
// cluster with a policy engine, a system pool, one pool of 8 GPUs a node, and two teams with quotas
// and closed networks. Every place in it is a different one, so that a finding's place can be told.

#include <string>
#include <vector>

#include "compiler/ir/placement.h"
#include "compiler/passes/passes.h"
#include "compiler/passes/paths.h"
#include "lang/diag/catalogue.h"
#include "tests/passes/fake_vendor.h"

namespace gpuspec::passes {

struct World {
  World();
  static World sound();

  source::Location at();  // a new place
  template <class T>
  ir::Placed<T> placed(T value) {
    return {std::move(value), at()};
  }
  ir::Placed<std::string> text(const char* value) { return placed<std::string>(value); }

  // Each sorts the tables anew, as sema does; references into them do not survive. Names come from
  // `spec`.
  ir::Cluster& cluster(const std::string& name = "shared");
  ir::Pool& pool(const std::string& name);
  ir::Team& team(const std::string& name);
  ir::Workload& workload(const std::string& name);
  ir::ClusterId clusterId(const std::string& name = "shared");
  ir::PoolId poolId(const std::string& name);
  ir::TeamId teamId(const std::string& name);

  ir::Cluster& addCluster(const std::string& name);
  ir::Pool& addPool(const std::string& name,
                    const std::string& cluster_name = "shared");  // CPU nodes
  ir::Pool& addGpuPool(const std::string& name, const std::string& cluster_name = "shared");
  ir::Team& addTeam(const std::string& name,
                    const std::string& cluster_name = "shared");  // closed, DNS, no quota
  ir::Workload& addJob(const std::string& name, const std::string& pool_name, std::int64_t gpus);
  ir::Workload& addService(const std::string& name, const std::string& pool_name,
                           std::int64_t port);
  void addAccelerator(const std::string& vendor, const std::string& cluster_name = "shared");

  ir::QuotaItem& addQuota(const std::string& team_name, const std::string& pool_name,
                          std::int64_t amount, const std::string& profile = "");
  ir::NetworkRule& allow(const std::string& team_name, ir::Direction direction, ir::PeerKind peer);
  source::Location set(std::vector<ir::Setting>& settings, const std::string& path, ir::Tree value);
  void cut(ir::Pool& pool, const std::string& profile, std::int64_t each, bool mixed);
  void share(ir::Pool& pool, std::int64_t replicas);
  ir::VmSize gpuSize() const;

  std::vector<diag::Diagnostic> run(const std::string& as_of = "");
  std::optional<ir::Placement> placement;  // of the last run

  source::SourceMap sources;
  ir::Spec spec;
  ir::VendorSet vendors;
  FakeVendor* vendor = nullptr;

 private:
  source::FileId file_id_;
  std::uint32_t next_ = 0;
};

std::string print(
    const std::vector<diag::Diagnostic>& findings);  // one line each, for messages of failed tests

// Every ordered pair of teams that share a cluster.
inline std::vector<ir::TeamPath> pathsOf(const World& world) {
  std::vector<ir::TeamPath> all;
  for (const ir::ClusterPaths& paths : world.placement->paths) {
    for (ir::TeamPath& path : allPaths(world.spec, paths)) all.push_back(std::move(path));
  }
  return all;
}

}  // namespace gpuspec::passes
