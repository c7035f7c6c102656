#pragma once

// A vendor for tests of the passes: GPUs are `fake/gpu`; a pool may cut or share them.
//   block "cut"   {profile, each: slices of one GPU, mixed: bool} -> `fake/gpu` or
//   `fake/slice-<profile>` block "share" {replicas}                                      -> several
//   pods on each GPU

#include "compiler/ir/vendor.h"

namespace gpuspec::passes {

class FakeVendor : public ir::Vendor {
 public:
  explicit FakeVendor(std::string name = "fake") : name_(std::move(name)) {}

  const std::string& name() const override { return name_; }
  const std::string& version() const override { return name_; }
  const std::vector<ir::SchemaRow>& schemaRows() const override { return rows_; }
  const std::vector<ir::DeviceModel>& models() const override { return models_; }
  const std::vector<std::string>& stacks() const override { return stacks_; }
  std::optional<std::vector<ir::PoolPlan>> partition(const ir::VendorCluster& cluster,
                                                     diag::Sink& sink) const override;
  std::optional<ir::StackPlan> emit(const ir::VendorCluster& cluster,
                                    const std::vector<ir::PoolPlan>& plans,
                                    const std::vector<std::vector<ir::Taint>>& taints,
                                    diag::Sink& sink) const override;

  bool refuses = false;
  std::map<std::string, std::string> node_labels;

 private:
  std::string name_;
  std::vector<ir::SchemaRow> rows_;
  std::vector<ir::DeviceModel> models_;
  std::vector<std::string> stacks_ = {"plain"};
};

}  // namespace gpuspec::passes
