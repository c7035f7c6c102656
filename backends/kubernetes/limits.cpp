#include "backends/kubernetes/kubernetes.h"
#include "backends/kubernetes/object.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::kubernetes {

namespace {

constexpr std::size_t kLongestLabelValue = 63;

void checkManifest(const ir::Manifest& manifest, diag::Sink& sink) {
  const ir::Tree* metadata = manifest.object.find("metadata");
  const ir::Tree* labels = metadata ? metadata->find("labels") : nullptr;
  if (!labels || !labels->isMap()) return;
  for (const auto& [key, value] : labels->asMap()) {
    if (!isOwnLabel(key)) continue;
    sink.report(value.location().valid() ? value.location() : manifest.at, diag::OwnerMarkTaken,
                "label", key)
        .help("leave it out: it is set for you");
  }
}

// The team's name, with its module's, is the value of a label.
void checkTeam(const ir::Team& team, diag::Sink& sink) {
  const std::string name = team.address.shortName();
  if (name.size() <= kLongestLabelValue) return;
  sink.report(team.at, diag::ObjectNameTooLong, name, static_cast<std::int64_t>(name.size()),
              "team", static_cast<std::int64_t>(kLongestLabelValue));
}

void checkProbes(const ir::Workload& workload, diag::Sink& sink) {
  for (const ir::Probe& probe : workload.probes) {
    if (probe.port > 0 || !workload.ports.empty()) continue;
    sink.report(probe.at, diag::ProbeWithoutPort, probe.kind, workload.address.name)
        .help("write `port = ...` in the probe, or give the service one");
  }
}

}  // namespace

void checkLimits(const ir::Placement& placement, diag::Sink& sink) {
  const ir::Spec& spec = *placement.spec;
  for (const ir::Team& team : spec.teams) checkTeam(team, sink);
  for (const ir::Workload& workload : spec.workloads) checkProbes(workload, sink);
  for (const ir::Manifest& manifest : spec.manifests) checkManifest(manifest, sink);
}

}  // namespace gpuspec::kubernetes
