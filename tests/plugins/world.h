#pragma once

// A small spec by hand: one cluster, its accelerator, pools, teams and jobs. Every place is a word
// of its own in one imagined file, so that a test can ask which word a finding marks:
// "h100.mig.layout".

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/ir/vendor.h"
#include "lang/diag/diagnostic.h"

namespace gpuspec::testing {

struct Outcome {
  std::optional<std::vector<ir::PoolPlan>> plans;
  std::optional<ir::StackPlan> stack;
  std::vector<diag::Diagnostic> findings;

  std::vector<std::string> codes() const;  // "GS3202", in the findings' order
  bool has(std::uint16_t code) const { return find(code) != nullptr; }
  const diag::Diagnostic* find(std::uint16_t code) const;
};

class World {
 public:
  explicit World(std::string vendor = "nvidia") : vendor_(std::move(vendor)) {}

  World& aks();
  World& kubernetes();
  ir::Cluster& cluster() { return spec_.clusters[0]; }
  ir::Accelerator& accelerator(const std::string& stack);
  ir::Pool& pool(const std::string& name, const std::string& model, std::int64_t gpus,
                 std::int64_t nodes = 2);
  ir::Pool& windowsPool(const std::string& name, const std::string& model);
  void autoscale(ir::Pool& pool, std::int64_t min, std::int64_t max);
  // Attributes of pool.mig / pool.sharing; each value gets the place "<pool>.<block>.<attribute>".
  World& block(ir::Pool& pool, const std::string& name, ir::Tree::Map attributes);
  void job(const std::string& name, const std::string& pool, std::int64_t count,
           const std::string& profile = "", const std::string& team = "");
  void quota(const std::string& team, const std::string& pool, std::int64_t gpus);

  ir::Placed<std::string> placed(const std::string& value, const std::string& word) {
    return {value, at(word)};
  }
  source::Location at(const std::string& word);
  std::string wordAt(const source::Location& location) const;

  ir::VendorCluster vendorCluster() const;
  Outcome run(const ir::Vendor& vendor) const;
  const ir::Spec& spec() const { return spec_; }
  ir::Spec& spec() { return spec_; }

 private:
  ir::TeamId team(const std::string& name);
  ir::PoolId poolId(const std::string& name) const;
  ir::Tree placedTree(const ir::Tree& value, const std::string& word);

  std::string vendor_;
  std::string text_;
  ir::Spec spec_;
};

ir::Tree slice(std::int64_t count, const std::string& profile);
ir::Tree slices(std::vector<ir::Tree> items);
ir::Tree indices(std::int64_t first, std::int64_t last);
// gpus(first..last) = [...]
ir::Tree gpusCall(std::int64_t first, std::int64_t last, ir::Tree layout);

}  // namespace gpuspec::testing
