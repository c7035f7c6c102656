#include <algorithm>
#include <tuple>

#include "compiler/sema/analysis.h"
#include "compiler/sema/convert.h"

namespace gpuspec::sema {

namespace {

const ir::Vendor* vendorNamed(Analysis& analysis, const eval::Block& block) {
  const ir::Vendor* vendor = analysis.context.vendors.find(block.label);
  if (vendor) return vendor;
  std::vector<std::string> known;
  for (const auto& other : analysis.context.vendors.all()) known.push_back(other->name());
  auto report = analysis.sink.report(block.at, diag::VendorUnknown, block.label);
  report.fact(known.empty() ? "no vendor's plugin is loaded" : "known: " + quoted(known));
  const auto near = diag::nearest(block.label, known);
  const std::size_t width = block.at.range.end - block.at.range.begin;
  if (!near.empty() && width == block.label.size()) {
    report.fix("did you mean `" + near[0] + "`?", {{block.at.range, near[0]}}, false);
  } else {
    report.help("`gpuspec plugins` lists the vendors and where their plugins are looked for");
  }
  return nullptr;
}

ir::Placed<std::string> readStack(Analysis& analysis, const eval::Block& block,
                                  const ir::Vendor& vendor) {
  const std::vector<std::string>& stacks = vendor.stacks();
  ir::Placed<std::string> stack = placedText(block, "stack", stacks.empty() ? "" : stacks.front());
  const eval::Value* value = block.value("stack");
  if (!value || std::find(stacks.begin(), stacks.end(), *stack) != stacks.end()) return stack;
  auto report = analysis.sink.report(value->at(), diag::StackUnknown, *stack, vendor.name());
  report.fact("it has: " + quoted(stacks));
  const auto near = diag::nearest(*stack, stacks);
  if (!near.empty() && isPlainAt(*value)) {
    report.fix("did you mean `" + near[0] + "`?", {replaceText(*value, near[0])}, false);
  }
  return stack;
}

}  // namespace

std::vector<ir::Accelerator> acceleratorsFrom(Analysis& analysis, const eval::Block& block) {
  ir::Accelerator accelerator;
  accelerator.at = block.at;
  accelerator.address = addressOf(block);
  accelerator.vendor = block.label;
  accelerator.stack = placedText(block, "stack");
  if (const ir::Vendor* vendor = vendorNamed(analysis, block))
    accelerator.stack = readStack(analysis, block, *vendor);
  accelerator.version = placedText(block, "version");
  accelerator.metrics = placedBool(block, "metrics");
  accelerator.health = placedBool(block, "health");
  accelerator.discovery = placedBool(block, "discovery");
  accelerator.dra = placedBool(block, "dra");
  if (const eval::Block* values = block.child("values")) {
    accelerator.values = toTree(analysis, *values, Units::Kubernetes);
  }
  std::vector<ir::Accelerator> one_each;
  for (const eval::Value* cluster : itemsOf(block.value("cluster"))) {
    accelerator.cluster_id = analysis.clusterOf(*cluster);
    one_each.push_back(accelerator);
  }
  return one_each;
}

// Two stacks of one vendor on a cluster would both claim the same GPUs.
void checkAccelerators(Analysis& analysis) {
  auto& all = analysis.spec.accelerators;
  const auto key = [](const ir::Accelerator& a) { return std::tie(a.address, a.cluster_id); };
  std::sort(all.begin(), all.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (all[i].vendor != all[j].vendor || all[i].cluster_id != all[j].cluster_id) continue;
      const std::string& cluster = analysis.spec[all[i].cluster_id].address.name;
      auto report = analysis.sink.report(all[i].at, diag::AcceleratorTwice, cluster, all[i].vendor);
      if (all[j].at != all[i].at) report.note(all[j].at, "the first one");
      report.help("keep one: two stacks would both claim the same GPUs");
      break;
    }
  }
}

}  // namespace gpuspec::sema
