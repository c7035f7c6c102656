#include "tests/passes/fake_vendor.h"

namespace gpuspec::passes {

namespace {

const ir::VendorBlock* blockOf(const ir::Pool& pool, std::string_view name) {
  for (const ir::VendorBlock& block : pool.vendor_blocks) {
    if (block.name == name) return &block;
  }
  return nullptr;
}

void cut(const ir::Pool& pool, const ir::Tree& body, const std::string& device,
         ir::PoolPlan& plan) {
  const std::string profile = body.find("profile")->asString();
  const bool mixed = body.find("mixed") != nullptr;
  const std::string resource =
      mixed ? device.substr(0, device.find('/')) + "/slice-" + profile : device;
  plan.slices = {{profile, resource, pool.gpusPerNode() * body.find("each")->asInt()}};
  plan.allocatable = {{resource, plan.slices[0].per_node}};
  if (mixed) plan.device_resource.clear();
}

}  // namespace

std::optional<std::vector<ir::PoolPlan>> FakeVendor::partition(const ir::VendorCluster& cluster,
                                                               diag::Sink&) const {
  if (refuses) return std::nullopt;
  std::vector<ir::PoolPlan> plans;
  for (ir::PoolId id : cluster.pool_ids) {
    const ir::Pool& pool = (*cluster.spec)[id];
    ir::PoolPlan plan;
    plan.device_resource = name_ + "/gpu";
    plan.allocatable = {{plan.device_resource, pool.gpusPerNode()}};
    plan.default_taints = {{name_ + "/gpu", "present", ir::TaintEffect::NoSchedule, {}}};
    plan.node_labels = node_labels;
    if (const ir::VendorBlock* block = blockOf(pool, "cut"))
      cut(pool, block->body, plan.device_resource, plan);
    if (const ir::VendorBlock* block = blockOf(pool, "share")) {
      plan.shared = true;
      plan.allocatable[plan.device_resource] *= block->body.find("replicas")->asInt();
    }
    plans.push_back(std::move(plan));
  }
  return plans;
}

std::optional<ir::StackPlan> FakeVendor::emit(const ir::VendorCluster& cluster,
                                              const std::vector<ir::PoolPlan>& plans,
                                              const std::vector<std::vector<ir::Taint>>& taints,
                                              diag::Sink&) const {
  ir::StackPlan stack;
  ir::ReleasePlan release;
  release.name = name_ + "-plugin";
  release.values.set("pools", static_cast<std::int64_t>(plans.size()));
  release.values.set("accelerator", (*cluster.spec)[cluster.accelerator_id].vendor);
  ir::Tree tolerated = ir::Tree::list();
  for (const auto& of_pool : taints) {
    for (const ir::Taint& taint : of_pool) tolerated.push(taint.str());
  }
  release.values.set("tolerated", std::move(tolerated));
  stack.releases.push_back(std::move(release));
  return stack;
}

}  // namespace gpuspec::passes
