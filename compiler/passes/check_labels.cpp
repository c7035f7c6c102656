#include "compiler/passes/checks.h"
#include "compiler/passes/names.h"
#include "compiler/passes/text.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::passes {

namespace {

// Whose label it is; "" = anybody's.
std::string ownerOf(const std::string& key) {
  if (key.starts_with("gpuspec.dev/") || key == "app.kubernetes.io/managed-by") return "gpuspec's";
  return key == "kubernetes.io/metadata.name" ? "Kubernetes'" : "";
}

void checkSyntax(const std::string& key, const std::string& value, const ir::Location& at,
                 diag::Sink& sink) {
  if (const std::string fault = labelKeyFault(key); !fault.empty()) {
    sink.report(at, diag::LabelInvalid, key, "key", fault)
        .help("letters, digits, `-`, `_` and `.`, at most 63; before a `/` may stand a domain");
  }
  if (const std::string fault = labelValueFault(value); !fault.empty()) {
    sink.report(at, diag::LabelInvalid, value, "value", fault)
        .help("letters, digits, `-`, `_` and `.`, at most 63");
  }
}

void reportReserved(const std::string& key, const ir::Location& at, const std::string& owner,
                    diag::Sink& sink) {
  sink.report(at, diag::LabelReserved, key, owner)
      .help("choose another key, for instance `example.com/" + key.substr(key.find('/') + 1) + "`");
}

void checkLabel(const std::string& key, const std::string& value, const ir::Location& at,
                diag::Sink& sink) {
  checkSyntax(key, value, at, sink);
  if (const std::string owner = ownerOf(key); !owner.empty()) reportReserved(key, at, owner, sink);
}

void checkPoolLabel(bool on_aks, const std::string& key, const ir::Placed<std::string>& value,
                    diag::Sink& sink) {
  checkLabel(key, *value, value.at, sink);
  const bool reserved =
      key.starts_with("kubernetes.azure.com/") || key.starts_with("kubernetes.io/");
  if (on_aks && reserved && ownerOf(key).empty()) reportReserved(key, value.at, "AKS's", sink);
}

void checkTeamLabel(const ir::Team& team, const std::string& key,
                    const ir::Placed<std::string>& value, diag::Sink& sink) {
  checkLabel(key, *value, value.at, sink);
  if (!key.starts_with("pod-security.kubernetes.io/") || team.pod_security->empty()) return;
  sink.report(value.at, diag::LabelReserved, key, "gpuspec's")
      .note(team.pod_security.at, "this sets it")
      .help("leave the label out, or leave `pod_security` out and set all three labels");
}

}  // namespace

void checkLabels(const ir::Spec& spec, diag::Sink& sink) {
  for (const ir::Pool& pool : spec.pools) {
    for (const auto& [key, value] : pool.labels)
      checkPoolLabel(onAks(spec, pool), key, value, sink);
    for (const auto& [key, value] : pool.selector) checkSyntax(key, value, pool.at, sink);
  }
  for (const ir::Team& team : spec.teams) {
    for (const auto& [key, value] : team.labels) checkTeamLabel(team, key, value, sink);
    for (const ir::NetworkRule& rule : team.network.rules) {
      for (const auto& [key, value] : rule.labels) checkSyntax(key, value, rule.peer_at, sink);
    }
  }
  for (const ir::Workload& workload : spec.workloads) {
    for (const auto& [key, value] : workload.labels) checkLabel(key, value, workload.at, sink);
  }
}

}  // namespace gpuspec::passes
