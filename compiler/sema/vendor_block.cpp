#include "compiler/sema/analysis.h"
#include "compiler/sema/convert.h"

namespace gpuspec::sema {

namespace {

// What the pool's nodes are, for the note: where it was written and in words.
struct Nodes {
  source::Location at;
  std::string words;
};

Nodes describe(const ir::Pool& pool) {
  if (!pool.device->empty()) return {pool.device.at, "has GPUs of `" + pool.vendor() + "`"};
  if (pool.vendor().empty()) return {pool.vm.at, "has no GPU"};
  return {pool.vm.at, "has " + std::to_string(pool.gpusPerNode()) + " x " + pool.size->gpu_title +
                          " of `" + pool.vendor() + "`"};
}

void checkVendor(Analysis& analysis, const eval::Block& child, const std::string& vendor,
                 const ir::Pool& pool) {
  if (!nodesAreKnown(analysis, pool) || pool.vendor() == vendor) return;
  const Nodes nodes = describe(pool);
  const std::string found = pool.vendor().empty() ? "no GPU" : "GPUs of `" + pool.vendor() + "`";
  auto report =
      analysis.sink.report(child.kind_at, diag::VendorBlockElsewhere, child.kind, vendor, found);
  if (nodes.at != pool.at) report.note(nodes.at, nodes.words);
  std::string own;
  for (const schema::Row* row : analysis.context.table.children("pool")) {
    if (*row->vendor && pool.vendor() == row->vendor)
      own += (own.empty() ? "`" : ", `") + std::string(row->path).substr(5) + "`";
  }
  if (!own.empty()) report.help("for GPUs of `" + pool.vendor() + "` there is " + own);
}

}  // namespace

std::vector<ir::VendorBlock> vendorBlocksFrom(Analysis& analysis, const eval::Block& block,
                                              const ir::Pool& pool) {
  std::vector<ir::VendorBlock> blocks;
  for (const eval::Block& child : block.blocks) {
    const schema::Row* row = analysis.context.table.find("pool." + child.kind);
    if (!row || !*row->vendor) continue;
    checkVendor(analysis, child, row->vendor, pool);
    blocks.push_back({child.kind, child.kind_at, toTree(analysis, child, Units::Base)});
  }
  return blocks;
}

}  // namespace gpuspec::sema
