#include <tuple>

#include "compiler/passes/checks.h"
#include "compiler/passes/names.h"
#include "compiler/passes/text.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::passes {

namespace {

using ir::Pool;

void checkName(const Pool& pool, diag::Sink& sink) {
  const bool windows = isWindows(pool);
  const std::string fault = poolNameFault(pool.address.name, windows);
  if (fault.empty()) return;
  auto report = sink.report(pool.at, diag::PoolNameInvalid, pool.address.name, fault);
  if (windows) report.note(pool.os.at, "Windows: at most 6 characters");
  const std::string legal = poolNameFrom(pool.address.name, windows);
  report.help("lower-case letters and digits, a letter first, at most " +
              std::string(windows ? "6" : "12") + (legal.empty() ? "" : ": `" + legal + "`"));
}

}  // namespace

void checkPoolNames(const ir::Spec& spec, diag::Sink& sink) {
  std::map<std::pair<ir::ClusterId, std::string>, const Pool*> seen;
  for (const Pool& pool : spec.pools) {
    if (!onAks(spec, pool)) continue;
    checkName(pool, sink);
    const auto [first, added] = seen.try_emplace({pool.cluster_id, pool.address.name}, &pool);
    if (added) continue;
    sink.report(pool.at, diag::PoolNameTaken, spec[pool.cluster_id].address.shortName(),
                pool.address.name)
        .note(first->second->at, "`" + first->second->address.str() + "`")
        .help("pools of different modules share the cluster's names: rename one");
  }
}

}  // namespace gpuspec::passes
