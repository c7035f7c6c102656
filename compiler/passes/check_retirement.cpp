#include "compiler/passes/checks.h"
#include "compiler/passes/facts.h"
#include "compiler/passes/text.h"
#include "compiler/passes/versions.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::passes {

namespace {

constexpr int kSizeNoticeMonths = 12;
constexpr int kVersionNoticeMonths = 2;

void checkSize(const ir::Pool& pool, const std::string& as_of, diag::Sink& sink) {
  if (!pool.size || pool.size->retired_on.empty()) return;
  const ir::VmSize& size = *pool.size;
  const std::string day = lastDay(size.retired_on);
  const bool gone = day <= as_of;
  if (!gone && monthsBetween(as_of, day) > kSizeNoticeMonths) return;
  const bool whole_date = size.retired_on.size() == std::string_view("2026-09-30").size();
  const std::string when = (whole_date ? "on " : "in ") + size.retired_on;
  auto report = gone ? sink.report(pool.vm.at, diag::VmSizeRetired, size.name, when)
                     : sink.report(pool.vm.at, diag::VmSizeRetiring, size.name, when);
  report.help(size.instead.empty() ? "choose a current size: no node of this one can be made"
                                   : "take `" + size.instead + "` instead");
}

bool longTerm(const ir::Cluster& cluster) {
  const ir::Tree* plan = settingOf(cluster.settings, "properties.supportPlan");
  return plan && plan->isString() && plan->asString() == "AKSLongTermSupport";
}

void checkSupport(const ir::Cluster& cluster, const KubernetesSupport& support,
                  const std::string& as_of, diag::Sink& sink) {
  const bool long_term = longTerm(cluster) && !support.long_term.empty();
  const std::string ends(long_term ? support.long_term : support.ends);
  const std::string newest = "1." + std::to_string(kubernetesSupport().back().minor);
  const bool ended = ends < as_of;
  if (!ended && monthsBetween(as_of, ends) >= kVersionNoticeMonths) return;
  auto report =
      ended ? sink.report(cluster.version.at, diag::KubernetesEnded, *cluster.version, "on " + ends)
            : sink.report(cluster.version.at, diag::KubernetesEnding, *cluster.version, ends);
  report.help("the newest version that AKS has is " + newest);
  if (!support.long_term.empty() && !longTerm(cluster)) {
    report.help("or `tier = premium  support = long_term`, to " + std::string(support.long_term));
  }
}

void checkVersion(const ir::Cluster& cluster, const std::string& as_of, diag::Sink& sink) {
  const auto version = parseVersion(*cluster.version);
  if (!version || version->major != 1 || !isNewAks(cluster)) return;
  const auto known = kubernetesSupport();
  if (version->minor > known.back().minor) {
    sink.report(cluster.version.at, diag::KubernetesUnknown, *cluster.version,
                "1." + std::to_string(known.back().minor))
        .help("whether AKS has it can be asked: `az aks get-versions --location REGION`");
  } else if (version->minor < known.front().minor) {
    sink.report(cluster.version.at, diag::KubernetesEnded, *cluster.version,
                "before " + std::string(known.front().ends))
        .help("the newest version that AKS has is 1." + std::to_string(known.back().minor));
  }
  for (const KubernetesSupport& support : known) {
    if (support.minor == version->minor) checkSupport(cluster, support, as_of, sink);
  }
}

bool hasWindows(const ir::Spec& spec, ir::ClusterId id) {
  for (ir::PoolId pool_id : spec.poolsOf(id)) {
    if (isWindows(spec[pool_id])) return true;
  }
  return false;
}

void checkNetwork(const ir::Spec& spec, ir::ClusterId id, diag::Sink& sink) {
  const ir::Cluster& cluster = spec[id];
  if (*cluster.network_policy == "azure") {
    const std::string_view ends = hasWindows(spec, id) ? kAzurePolicyWindowsEnds : kAzurePolicyEnds;
    sink.report(cluster.network_policy.at, diag::NetworkRetiring, "policy = azure",
                std::string(ends))
        .help(hasWindows(spec, id) ? "write `policy = calico`"
                                   : "write `dataplane = cilium  policy = cilium`");
  }
  if (*cluster.network_plugin == "kubenet") {
    sink.report(cluster.network_plugin.at, diag::NetworkRetiring, "plugin = kubenet",
                std::string(kKubenetEnds))
        .help("write `plugin = azure_overlay`: pods keep a range of their own");
  }
}

}  // namespace

void checkRetirement(const ir::Spec& spec, const std::string& as_of, diag::Sink& sink) {
  for (const ir::Pool& pool : spec.pools) checkSize(pool, as_of, sink);
  for (std::uint32_t i = 0; i < spec.clusters.size(); ++i) {
    if (spec.clusters[i].platform != ir::Platform::Aks) continue;
    checkVersion(spec.clusters[i], as_of, sink);
    checkNetwork(spec, ir::ClusterId{i}, sink);
  }
}

}  // namespace gpuspec::passes
