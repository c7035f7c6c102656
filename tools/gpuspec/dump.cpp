#include "tools/gpuspec/dump.h"

#include <algorithm>

#include "compiler/eval/program.h"
#include "compiler/ir/json.h"
#include "compiler/passes/paths.h"
#include "lang/syntax/tree.h"

namespace gpuspec::cli {

namespace {

std::string valueText(const eval::Program& program, const eval::Value& value) {
  if (!value.is(eval::ValueKind::Ref)) return value.str();
  const eval::Block& block = program[value.asRef()];
  return (block.module.empty() ? "" : block.module + ".") + block.kind + "." + block.label;
}

std::string valuesText(const eval::Program& program, const std::vector<eval::Value>& values) {
  std::string out;
  for (const eval::Value& value : values)
    out += (out.empty() ? "" : ", ") + valueText(program, value);
  return out;
}

void dumpBlock(const eval::Program& program, const eval::Block& block, std::size_t depth,
               std::string& out) {
  const std::string indent(depth * 2, ' ');
  out += indent + (block.module.empty() || depth > 0 ? "" : block.module + ".") + block.kind +
         (block.label.empty() ? "" : " " + block.label) + "\n";
  for (const eval::Attribute& attribute : block.attributes) {
    out += indent + "  " + attribute.name;
    if (!attribute.label.empty()) out += " \"" + attribute.label + "\"";
    if (!attribute.args.empty()) out += "(" + valuesText(program, attribute.args) + ")";
    const bool list = attribute.value.is(eval::ValueKind::List);
    out += " = " +
           (list ? "[" + valuesText(program, attribute.value.asList()) + "]"
                 : valueText(program, attribute.value)) +
           "\n";
  }
  for (const eval::Phrase& phrase : block.phrases) {
    out += indent + "  " + phrase.word + " " + phrase.direction + " " + phrase.peer;
    if (!phrase.target.isNull()) out += " " + valueText(program, phrase.target);
    if (!phrase.except.isNull()) out += " except " + phrase.except.str();
    if (!phrase.port.isNull()) out += " port " + phrase.port.str();
    out += "\n";
  }
  for (const eval::Block& inner : block.blocks) dumpBlock(program, inner, depth + 1, out);
}

std::string dumpProgram(const eval::Program& program) {
  std::vector<const eval::Block*> blocks;
  for (const eval::Block& block : program.blocks) blocks.push_back(&block);
  std::sort(blocks.begin(), blocks.end(), [](const eval::Block* a, const eval::Block* b) {
    return std::tie(a->module, a->kind, a->label, a->at.range) <
           std::tie(b->module, b->kind, b->label, b->at.range);
  });
  std::string out;
  if (!program.project.empty()) out += "project " + program.project + "\n";
  for (const eval::Block* block : blocks) dumpBlock(program, *block, 0, out);
  for (const eval::NamedValue& output : program.outputs)
    out += "output " + output.name + " = " + output.value.str() + "\n";
  return out;
}

std::string settingsText(const std::vector<ir::Setting>& settings) {
  std::string out;
  for (const ir::Setting& setting : settings)
    out += "  " + setting.path + " = " + ir::toJson(setting.value) + "\n";
  return out;
}

std::string dumpSpec(const ir::Spec& spec) {
  std::string out;
  for (const ir::Cluster& cluster : spec.clusters)
    out += cluster.address.str() + "\n" + settingsText(cluster.settings);
  for (const ir::Pool& pool : spec.pools) {
    out += pool.address.str() + "\n";
    // A wrong spec may name no cluster that exists.
    if (pool.cluster_id.valid()) out += "  on " + spec[pool.cluster_id].address.str() + "\n";
    out +=
        "  nodes " + std::to_string(pool.nodes.min) + ".." + std::to_string(pool.nodes.max) + "\n";
    if (!pool.vendor().empty())
      out += "  " + std::to_string(pool.gpusPerNode()) + " x " + pool.vendor() + "." +
             pool.model() + "\n";
    for (const ir::VendorBlock& block : pool.vendor_blocks)
      out += "  " + block.name + " " + ir::toJson(block.body) + "\n";
    out += settingsText(pool.settings);
  }
  for (const ir::Team& team : spec.teams) {
    out += team.address.str() + "\n";
    for (const auto& name : team.namespaces) out += "  namespace " + *name + "\n";
  }
  for (const ir::Workload& workload : spec.workloads) out += workload.address.str() + "\n";
  return out;
}

std::string dumpPlacement(const ir::Placement& placement) {
  const ir::Spec& spec = *placement.spec;
  std::string out;
  for (std::size_t i = 0; i < spec.pools.size(); ++i) {
    const ir::PlacedPool& pool = placement.pools[i];
    out += spec.pools[i].address.str() + "\n";
    for (const auto& [resource, amount] : pool.plan.allocatable)
      out += "  allocatable " + resource + " = " + std::to_string(amount) + "\n";
    for (const ir::Taint& taint : pool.taints) out += "  taint " + taint.str() + "\n";
    for (const auto& [key, value] : pool.labels) out += "  label " + key + " = " + *value + "\n";
    if (!pool.plan.properties.empty())
      out += "  properties " + ir::toJson(pool.plan.properties) + "\n";
  }
  for (std::size_t i = 0; i < spec.workloads.size(); ++i) {
    const ir::PlacedWorkload& workload = placement.workloads[i];
    out += spec.workloads[i].address.str() + "\n  in " + workload.workload_namespace + "\n";
    if (!workload.resource.empty())
      out += "  asks " + workload.resource + " = " + std::to_string(workload.amount) + "\n";
    for (const ir::PoolId pool_id : workload.pool_ids)
      out += "  may run on " + spec[pool_id].address.str() + "\n";
  }
  for (const ir::PlacedQuota& quota : placement.quotas) {
    out += spec[quota.team_id].address.str() + " on " + spec[quota.cluster_id].address.str() + "\n";
    for (const auto& [key, amount] : quota.hard) out += "  " + key + " = " + *amount + "\n";
  }
  for (const ir::PlacedStack& stack : placement.stacks) {
    out += spec[stack.accelerator_id].address.str() + " on " +
           spec[spec[stack.accelerator_id].cluster_id].address.str() + "\n";
    for (const ir::ReleasePlan& release : stack.plan.releases)
      out += "  release " + release.name + " " + release.version + "\n";
  }
  for (const ir::ClusterPaths& paths : placement.paths) {
    for (const ir::TeamPath& path : passes::allPaths(spec, paths)) {
      out += spec[path.from_id].address.str() + " to " + spec[path.to_id].address.str() + ": " +
             (path.open ? "open" : "closed") + ", " + path.reason + "\n";
    }
  }
  return out;
}

}  // namespace

std::string dumpText(const driver::Compilation& compilation) {
  if (compilation.placement() != nullptr) return dumpPlacement(*compilation.placement());
  if (compilation.spec() != nullptr) return dumpSpec(*compilation.spec());
  if (compilation.program() != nullptr) return dumpProgram(*compilation.program());
  std::string out;
  for (const syntax::Tree* tree : compilation.projectTrees()) {
    out += "// " + compilation.sources().file(tree->fileId()).path() + "\n" + syntax::dump(*tree);
  }
  return out;
}

}  // namespace gpuspec::cli
