#include <map>

#include "backends/deploy/plan/render.h"
#include "backends/deploy/plan/render_text.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::plan {

namespace {

using ir::mapOf;

Tree shown(const FieldChange& field, const std::optional<Tree>& value) {
  if (!value) return {};
  return field.sensitive ? Tree("(sensitive)") : *value;
}

Tree fieldTree(const FieldChange& field) {
  return mapOf("path", field.path, "before", shown(field, field.before), "after",
               shown(field, field.after), "forces_replacement", field.forces_replacement);
}

Tree strings(const std::vector<std::string>& items) {
  return Tree::strings(items);
}

Tree numbers(const std::vector<std::size_t>& items) {
  Tree list = Tree::list();
  for (const std::size_t item : items) list.push(static_cast<std::int64_t>(item));
  return list;
}

Tree gpuTree(const GpuTotals& gpus) {
  return mapOf("before",
               mapOf("min", gpus.min_before, "max", gpus.max_before, "known", gpus.before_known),
               "after", mapOf("min", gpus.min_after, "max", gpus.max_after));
}

Tree changeTree(const Change& change, std::size_t step) {
  Tree fields = Tree::list();
  for (const FieldChange& field : change.fields) fields.push(fieldTree(field));
  Tree tree = mapOf("address", change.address, "kind", change.key.kindName(), "id", change.key.id(),
                    "cluster", change.key.cluster, "file", change.file, "line",
                    static_cast<std::int64_t>(change.line), "action", str(change.action), "reason",
                    change.reason, "fields", std::move(fields), "effects", strings(change.effects),
                    "after", numbers(change.after), "step", static_cast<std::int64_t>(step));
  if (change.gpus) tree.set("gpus", gpuTree(*change.gpus));
  if (!change.gates.empty()) tree.set("gates", numbers(change.gates));
  if (!change.moved_from.empty()) tree.set("moved_from", change.moved_from);
  return tree;
}

Tree conflictTree(const Conflict& conflict) {
  static const std::map<Conflict::Kind, const char*> kKinds = {
      {Conflict::Kind::Foreign, "foreign"},
      {Conflict::Kind::PreventDestroy, "prevent_destroy"},
      {Conflict::Kind::NeedsReplace, "needs_replace"},
      {Conflict::Kind::NamespaceShared, "namespace_shared"},
      {Conflict::Kind::ClusterShared, "cluster_shared"},
      {Conflict::Kind::NotReachable, "not_reachable"}};
  return mapOf("kind", kKinds.at(conflict.kind), "id", conflict.key.id(), "cluster",
               conflict.key.cluster, "address", conflict.address, "file", conflict.file, "line",
               static_cast<std::int64_t>(conflict.line), "text", conflict.text, "way_out",
               conflict.way_out, "details", strings(conflict.details));
}

}  // namespace

Tree renderJson(const Plan& plan) {
  Tree changes = Tree::list(), gates = Tree::list(), conflicts = Tree::list(),
       summary = Tree::map();
  for (const Gate& gate : plan.gates) gates.push(mapOf("after", numbers(gate.after)));
  for (const Action action : {Action::Create, Action::Update, Action::Replace, Action::Delete,
                              Action::Adopt, Action::Move, Action::Release, Action::Wait})
    summary.set(str(action), std::int64_t{0});
  const std::vector<std::size_t> steps = stepsOf(plan);
  for (const Change& change : plan.changes) {
    changes.push(changeTree(change, steps[change.id]));
    Tree& count = summary.at(str(change.action));
    count = Tree(count.asInt() + 1);
  }
  summary.set(str(Action::NoOp), plan.unchanged);
  for (const Conflict& conflict : plan.conflicts) conflicts.push(conflictTree(conflict));
  return mapOf("schema", "gpuspec.plan/1", "project", plan.project, "environment", plan.environment,
               "changes", std::move(changes), "gates", std::move(gates), "summary",
               std::move(summary), "conflicts", std::move(conflicts), "gpus", gpuTree(plan.gpus),
               "left_out", strings(plan.left_out), "not_checked", strings(plan.not_checked),
               "strays", strings(plan.strays), "requests",
               mapOf("azure", plan.azure_requests, "kubernetes", plan.kubernetes_requests));
}

}  // namespace gpuspec::deploy::plan
