#include <algorithm>

#include "compiler/passes/checks.h"
#include "compiler/passes/names.h"
#include "compiler/passes/text.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::passes {

namespace {

using ir::Pool;
using ir::Taint;

constexpr const char* kSpotKey = "kubernetes.azure.com/scalesetpriority";

std::string faultOf(const Taint& taint, bool on_aks) {
  if (const std::string fault = labelKeyFault(taint.key); !fault.empty())
    return "its key cannot be one: " + fault;
  if (const std::string fault = labelValueFault(taint.value); !fault.empty())
    return "its value cannot be one: " + fault;
  const bool reserved =
      on_aks && taint.key.starts_with("kubernetes.azure.com/") && taint.key != kSpotKey;
  return reserved ? "keys with `kubernetes.azure.com/` are set by AKS alone" : "";
}

std::string effectOf(const Taint& taint) {
  const std::string text = taint.str();
  return text.substr(text.rfind(':') + 1);
}

void checkPool(const Pool& pool, bool on_aks, diag::Sink& sink) {
  std::map<std::pair<std::string, std::string>, const Taint*> seen;
  for (const Taint& taint : *pool.taints) {
    if (const std::string fault = faultOf(taint, on_aks); !fault.empty()) {
      sink.report(taint.at, diag::TaintInvalid, taint.str(), fault)
          .help("a taint is `key=value:Effect`; key and value follow the rules of labels");
    }
    const auto [first, added] = seen.try_emplace({taint.key, effectOf(taint)}, &taint);
    if (added) continue;
    sink.report(taint.at, diag::TaintTwice, pool.address.name, taint.key, effectOf(taint))
        .note(first->second->at, "the first one")
        .help("a node has one taint for each key and effect: keep one");
  }
}

// Keeps AKS's own pods away. They tolerate CriticalAddonsOnly.
bool repels(const Taint& taint) {
  return taint.effect != ir::TaintEffect::PreferNoSchedule &&
         taint.str() != "CriticalAddonsOnly=true:NoSchedule";
}

bool isClosed(const Pool& pool) {
  if (!pool.taints) return hasGpu(pool);  // the vendor's own
  return std::any_of(pool.taints->begin(), pool.taints->end(), repels);
}

void checkSystemPools(const ir::Spec& spec, ir::ClusterId id, diag::Sink& sink) {
  const Pool* closed = nullptr;
  for (ir::PoolId pool_id : spec.poolsOf(id)) {
    const Pool& pool = spec[pool_id];
    if (*pool.mode != ir::Mode::System) continue;
    if (!isClosed(pool)) return;
    if (!closed) closed = &pool;
  }
  if (!closed) return;
  sink.report(closed->taints ? closed->taints_at : closed->at, diag::AllPoolsTainted,
              spec[id].address.shortName())
      .note(spec[id].at, "AKS refuses it with `CanNotTaintAllAgentPools`")
      .help("leave one system pool free, or give it only `CriticalAddonsOnly=true:NoSchedule`");
}

}  // namespace

void checkTaints(const ir::Spec& spec, diag::Sink& sink) {
  for (const Pool& pool : spec.pools) {
    if (pool.taints) checkPool(pool, onAks(spec, pool), sink);
  }
  if (!spec.hasAll("pool")) return;
  for (std::uint32_t i = 0; i < spec.clusters.size(); ++i) {
    if (isNewAks(spec.clusters[i])) checkSystemPools(spec, ir::ClusterId{i}, sink);
  }
}

}  // namespace gpuspec::passes
