#pragma once

// A spec and its placement by hand. Every declared thing gets the next line of one imagined file,
// so that a test can ask where a line of the output comes from. Tables are sorted by address, as
// sema leaves them: declare in that order.

#include <map>
#include <string>
#include <vector>

#include "backends/artifact/artifact.h"
#include "backends/kubernetes/parts.h"
#include "compiler/ir/make_tree.h"
#include "compiler/ir/placement.h"
#include "lang/diag/diagnostic.h"

namespace gpuspec::testing {

class World {
 public:
  World();

  ir::Spec spec;
  source::SourceMap sources;

  source::Location next();  // the next line
  template <class T>
  ir::Placed<T> placed(T value) {
    return {std::move(value), next()};
  }
  std::uint32_t lineOf(const source::Location& at) const { return sources.begin(at.range).line; }

  ir::Cluster& aks(const std::string& name, bool existing = false);
  ir::Cluster& kubernetes(const std::string& name);
  // Of the cluster declared last.
  ir::Pool& pool(const std::string& name, const std::string& vm, std::int64_t nodes,
                 ir::Mode mode = ir::Mode::User);
  ir::Pool& autoscaledPool(const std::string& name, const std::string& vm, std::int64_t min,
                           std::int64_t max);
  ir::Accelerator& accelerator(const std::string& name);
  ir::Team& team(const std::string& name);
  ir::Workload& workload(ir::WorkloadKind kind, const std::string& name, const std::string& team);
  ir::Setting setting(const std::string& path, ir::Tree value);

  // What the passes would decide; made on first use, once all pools are declared.
  ir::Placement& placement();
  // GPUs on the pool declared under `name`, with the vendor's taint.
  ir::PlacedPool& gpus(const std::string& name, std::int64_t count,
                       const std::string& resource = "nvidia.com/gpu");
  void quota(const std::string& team, std::vector<std::pair<std::string, std::string>> hard);
  // Runs on these pools, tolerates their taints, asks for `amount` of `resource`.
  void place(const std::string& workload, const std::vector<std::string>& pools,
             std::int64_t amount, const std::string& resource = "nvidia.com/gpu");
  ir::ReleasePlan& release(const std::string& accelerator, ir::ReleasePlan plan);

  ir::TeamId teamId(const std::string& name) const;
  ir::PoolId poolId(const std::string& name) const;

 private:
  ir::Placement placement_;
  std::uint32_t line_ = 0;
};

ir::NetworkRule rule(World& world, ir::Direction direction, ir::PeerKind peer,
                     const std::string& text = "", std::vector<std::int64_t> ports = {});

// Keeps the objects that it takes.
struct ObjectList final : kubernetes::Objects, std::vector<ir::Tree> {
  void add(ir::Tree object) override { push_back(std::move(object)); }
};

// Everything that the three backends write for the cluster, by path; and their findings.
struct Output {
  std::map<std::string, artifact::File> files;
  std::vector<diag::Diagnostic> findings;

  const std::string& operator[](const std::string& path) const;  // "" when there is no such file
  bool has(std::uint16_t code) const;
};
Output emitAll(World& world, std::uint32_t cluster = 0);

// The place of the first line that holds `text`; invalid when none does.
source::Location originOf(const artifact::File& file, const std::string& text);

}  // namespace gpuspec::testing
