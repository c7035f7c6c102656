#include "backends/deploy/apply/journal.h"

#include <cstdlib>

#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::apply {

namespace {

using ir::mapOf;

std::string textAt(const Tree* tree, std::string_view key) {
  const Tree* value = tree != nullptr ? tree->find(key) : nullptr;
  return value != nullptr && value->isString() ? value->asString() : "";
}

}  // namespace

Tree journalObject(const model::Scope& scope, const Journal& journal) {
  Tree labels = mapOf(model::kManagedBy, "gpuspec", model::kProject, scope.project, model::kRecord,
                      "journal");
  if (!scope.environment.empty()) labels.set(model::kEnvironment, scope.environment);
  Tree data = mapOf("run", journal.run_id, "holder", journal.holder, "started", journal.started,
                    "finished", journal.finished, "state", journal.state, "gpuspec",
                    journal.gpuspec_version, "spec", journal.spec_digest, "changes",
                    std::to_string(journal.changes), "done", std::to_string(journal.done), "failed",
                    std::to_string(journal.failed), "skipped", std::to_string(journal.skipped));
  return mapOf("apiVersion", "v1", "kind", "ConfigMap", "metadata",
               mapOf("name", model::recordName(scope) + "-journal", "namespace",
                     model::kRecordNamespace, "labels", std::move(labels)),
               "data", std::move(data));
}

Journal readJournal(const Tree& object) {
  const Tree* data = object.find("data");
  const auto number = [&](const char* key) { return std::atoll(textAt(data, key).c_str()); };
  Journal journal;
  journal.run_id = textAt(data, "run");
  journal.holder = textAt(data, "holder");
  journal.started = textAt(data, "started");
  journal.finished = textAt(data, "finished");
  journal.state = textAt(data, "state");
  journal.gpuspec_version = textAt(data, "gpuspec");
  journal.spec_digest = textAt(data, "spec");
  journal.changes = number("changes");
  journal.done = number("done");
  journal.failed = number("failed");
  journal.skipped = number("skipped");
  return journal;
}

void countInto(const Result& result, Journal& journal) {
  journal.done = static_cast<std::int64_t>(result.count(State::Done));
  journal.failed = static_cast<std::int64_t>(result.count(State::Failed));
  journal.skipped = static_cast<std::int64_t>(result.count(State::Skipped));
  journal.state = result.interrupted || result.count(State::Interrupted) > 0 ? "interrupted"
                  : journal.failed + journal.skipped > 0                     ? "failed"
                                                                             : "done";
}

}  // namespace gpuspec::deploy::apply
