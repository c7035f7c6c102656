#include "backends/deploy/kube/lease.h"

#include <ctime>

#include "backends/deploy/apply/process_mark.h"
#include "backends/deploy/apply/utc_text.h"
#include "backends/deploy/kube/tree_text.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::kube {

namespace {

constexpr std::string_view kRun = "gpuspec.dev/run";
constexpr std::string_view kProcess = "gpuspec.dev/process";
// The server's clock is known to the second.
constexpr std::chrono::seconds kSlack{2};

// "2026-11-21T06:00:00.123456Z", as Lease's MicroTime wants it.
std::string microTime(TimePoint time) {
  const auto micros =
      std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count() %
      1'000'000;
  std::string text = apply::utcText(std::chrono::system_clock::to_time_t(time));
  text.pop_back();
  std::string digits = std::to_string(micros);
  digits.insert(0, 6 - digits.size(), '0');
  return text + "." + digits + "Z";
}

}  // namespace

Tree newLease(const model::Scope& scope) {
  Tree labels = ir::mapOf(model::kManagedBy, "gpuspec", model::kProject, scope.project,
                          model::kRecord, "lock");
  if (!scope.environment.empty()) labels.set(model::kEnvironment, scope.environment);
  return ir::mapOf("apiVersion", "coordination.k8s.io/v1", "kind", "Lease", "metadata",
                   ir::mapOf("name", model::recordName(scope), "namespace", model::kRecordNamespace,
                             "labels", std::move(labels)));
}

void hold(Tree& lease, const LockOptions& options, const std::string& run, TimePoint now) {
  lease.at("metadata").at("annotations").set(kRun, run).set(kProcess, apply::processMark());
  lease.at("spec")
      .set("holderIdentity", options.holder)
      .set("leaseDurationSeconds", static_cast<std::int64_t>(options.duration.count()))
      .set("acquireTime", microTime(now));
  renew(lease, now);
}

void renew(Tree& lease, TimePoint now) {
  lease.at("spec").set("renewTime", microTime(now));
}

bool isHeldBy(const Tree& lease, const std::string& run) {
  return textAt(below(lease, {"metadata", "annotations"}), kRun) == run;
}

bool isFree(const Tree& lease, TimePoint now) {
  const Tree* spec = lease.find("spec");
  if (textAt(spec, "holderIdentity").empty()) return true;
  const std::optional<TimePoint> renewed = apply::timeOf(textAt(spec, "renewTime"));
  return !renewed || now > *renewed + durationOf(lease) + kSlack;
}

bool isAbandoned(const Tree& lease) {
  return apply::isSurelyGone(textAt(below(lease, {"metadata", "annotations"}), kProcess));
}

std::string holderText(const Tree& lease) {
  const Tree* spec = lease.find("spec");
  const std::string since = textAt(spec, "acquireTime");
  return textAt(spec, "holderIdentity") +
         (since.size() < 19 ? "" : ", since " + since.substr(0, 19) + "Z");
}

std::string lockHolder(const Tree& lease, TimePoint now) {
  return isFree(lease, now) || isAbandoned(lease) ? "" : holderText(lease);
}

std::chrono::seconds durationOf(const Tree& lease) {
  const Tree* seconds = below(lease, {"spec", "leaseDurationSeconds"});
  return std::chrono::seconds(seconds != nullptr && seconds->isInt() ? seconds->asInt() : 0);
}

}  // namespace gpuspec::deploy::kube
