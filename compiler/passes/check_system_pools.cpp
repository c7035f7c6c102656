#include "compiler/passes/checks.h"
#include "compiler/passes/text.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::passes {

namespace {

using ir::Pool;

constexpr std::int64_t kLeastPods = 30;  // AKS, "Use system node pools"
constexpr std::int64_t kLeastCpus = 4;

bool isSystem(const Pool& pool) {
  return *pool.mode == ir::Mode::System;
}

void checkFit(const Pool& pool, diag::Sink& sink) {
  const std::string& name = pool.address.name;
  if (isWindows(pool)) {
    sink.report(pool.os.at, diag::SystemPoolUnfit, name, "runs Windows")
        .help("system pools run Linux: write `os = ubuntu`");
  }
  if (pool.spot) {
    sink.report(pool.spot->at, diag::SystemPoolUnfit, name,
                "is made of spare capacity, which Azure may take back")
        .help("keep `spot` for pools with `mode = user`");
  }
  if (pool.max_pods && **pool.max_pods < kLeastPods) {
    sink.report(pool.max_pods->at, diag::SystemPoolUnfit, name,
                "has room for " + std::to_string(**pool.max_pods) + " pods on a node")
        .help("write `max_pods = 30` or more");
  }
  if (const ir::Tree* missing =
          settingOf(pool.settings, "properties.upgradeSettings.maxUnavailable")) {
    const bool none =
        missing->isString() && (missing->asString() == "0" || missing->asString() == "0%");
    if (!none) {
      sink.report(placeOf(*missing, pool.at), diag::SystemPoolUnfit, name,
                  "may miss a node during an upgrade")
          .help("`max_unavailable` is for pools with `mode = user`; system pools take `max_surge`");
    }
  }
}

void checkSize(const Pool& pool, diag::Sink& sink) {
  const std::string& name = pool.address.name;
  if (hasGpu(pool)) {
    sink.report(pool.mode.at, diag::GpuPoolAsSystem, name)
        .note(pool.vm.at, "a node of this size, for pods that need no GPU")
        .help("make a small CPU pool the system pool, and leave `mode` out here");
  }
  if (!pool.size) return;
  if (pool.size->vcpus > 0 && pool.size->vcpus < kLeastCpus) {
    sink.report(pool.vm.at, diag::SystemPoolWeak, name,
                "has " + std::to_string(pool.size->vcpus) + " vCPUs on a node")
        .help("AKS asks for 4 vCPUs and 4 GB at least: `vm = \"Standard_D4s_v5\"`");
  }
  if (pool.size->name.starts_with("Standard_B")) {
    sink.report(pool.vm.at, diag::SystemPoolWeak, name,
                "has burstable nodes, which slow down when their credits are spent")
        .help("take a size of the D series: `vm = \"Standard_D4s_v5\"`");
  }
}

// AKS's own pods: with one node they all stop when that one is replaced.
void checkCluster(const ir::Spec& spec, ir::ClusterId id, diag::Sink& sink) {
  const Pool* first = nullptr;
  std::int64_t nodes = 0;
  for (ir::PoolId pool_id : spec.poolsOf(id)) {
    const Pool& pool = spec[pool_id];
    if (!isSystem(pool)) continue;
    if (!first) first = &pool;
    nodes += pool.nodes.min;
  }
  if (!first) {
    sink.report(spec[id].at, diag::SystemPoolMissing, spec[id].address.shortName())
        .help("add one: `pool system { cluster = " + spec[id].address.name +
              "  mode = system  vm = \"Standard_D4s_v5\"  nodes = 3 }`");
  } else if (nodes == 1) {
    sink.report(first->nodes.at, diag::SystemPoolWeak, first->address.name,
                "may be down to one node, on which the cluster's own pods run")
        .help("write `nodes = 3`: two are asked for production, three advised");
  }
}

}  // namespace

void checkSystemPools(const ir::Spec& spec, diag::Sink& sink) {
  for (const Pool& pool : spec.pools) {
    if (!isSystem(pool) || !onAks(spec, pool)) continue;
    checkFit(pool, sink);
    checkSize(pool, sink);
  }
  if (!spec.hasAll("pool")) return;
  for (std::uint32_t i = 0; i < spec.clusters.size(); ++i) {
    if (isNewAks(spec.clusters[i])) checkCluster(spec, ir::ClusterId{i}, sink);
  }
}

}  // namespace gpuspec::passes
