#include "backends/deploy/plan/saved.h"

#include <map>

#include "backends/deploy/model/digest.h"
#include "backends/deploy/plan/planner.h"
#include "backends/deploy/plan/render.h"
#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::plan {

namespace {

using ir::mapOf;

constexpr std::string_view kSchema = "gpuspec.saved-plan/1";

std::string textAt(const Tree& tree, std::string_view key) {
  const Tree* value = tree.find(key);
  return value != nullptr && value->isString() ? value->asString() : "";
}

llvm::Error damaged(const char* what) {
  return llvm::createStringError(std::errc::invalid_argument, "%s", what);
}

// What a change is, without what it looks like: two plans that agree on these would do the same.
std::string essence(const Change& change) {
  std::string text = std::string(str(change.action)) + "\n" + change.key.cluster + "\n" +
                     change.key.id() + "\n" + change.uid + "\n" + change.moved_from;
  for (const FieldChange& field : change.fields) {
    text += "\n" + field.path + "=";
    // A digest, so that the comparison needs no value.
    if (field.before) text += model::sha256Hex(ir::toJson(*field.before));
    text += ">";
    if (field.after) text += model::sha256Hex(ir::toJson(*field.after));
  }
  return text;
}

}  // namespace

std::string writeSaved(const SavedPlan& saved) {
  Tree plugins = Tree::map(), digests = Tree::list();
  for (const auto& [name, version] : saved.fingerprints.plugins) plugins.set(name, version);
  for (const Change& change : saved.plan.changes)
    digests.push(mapOf("cluster", change.key.cluster, "id", change.key.id(), "title",
                       titleOf(change.key), "digest", model::sha256Hex(essence(change))));
  const Tree tree = mapOf("schema", kSchema, "gpuspec", saved.fingerprints.tool_version, "spec",
                          saved.fingerprints.spec, "plugins", std::move(plugins), "live",
                          saved.fingerprints.live, "arguments", Tree::strings(saved.arguments),
                          "changes", std::move(digests), "plan", renderJson(saved.plan));
  return ir::toJson(tree) + "\n";
}

llvm::Expected<SavedPlan> readSaved(const std::string& text) {
  llvm::Expected<Tree> tree = ir::parseJson(text);
  if (!tree) return tree.takeError();
  if (textAt(*tree, "schema") != kSchema) return damaged("its schema is not gpuspec.saved-plan/1");
  SavedPlan saved;
  saved.fingerprints.tool_version = textAt(*tree, "gpuspec");
  saved.fingerprints.spec = textAt(*tree, "spec");
  saved.fingerprints.live = textAt(*tree, "live");
  const Tree* plugins = tree->find("plugins");
  const Tree* arguments = tree->find("arguments");
  const Tree* changes = tree->find("changes");
  if (plugins == nullptr || !plugins->isMap() || arguments == nullptr || !arguments->isList() ||
      changes == nullptr || !changes->isList())
    return damaged("it is cut off or was edited");
  for (const auto& [name, version] : plugins->asMap())
    saved.fingerprints.plugins.emplace_back(name, version.isString() ? version.asString() : "");
  for (const Tree& argument : arguments->asList()) {
    if (!argument.isString()) return damaged("an argument in it is no text");
    saved.arguments.push_back(argument.asString());
  }
  for (const Tree& change : changes->asList())
    saved.changes.push_back({textAt(change, "cluster"), textAt(change, "id"),
                             textAt(change, "title"), textAt(change, "digest")});
  return saved;
}

std::string liveFingerprint(const model::LiveSet& live) {
  std::string all;
  for (const model::Live& resource : live.resources)
    all += resource.key.cluster + "\n" + resource.key.id() + "\n" + resource.uid + "\n" +
           resource.revision + "\n";
  return model::sha256Hex(all);
}

std::vector<std::string> whatMoved(const SavedPlan& saved, const Plan& now) {
  std::map<std::pair<std::string, std::string>, const SavedChange*> before;
  for (const SavedChange& change : saved.changes) before[{change.cluster, change.id}] = &change;
  std::vector<std::string> moved;
  for (const Change& change : now.changes) {
    const auto found = before.find({change.key.cluster, change.key.id()});
    const std::string what = titleOf(change.key) + " in " + change.key.cluster;
    if (found == before.end()) {
      moved.push_back(what + " would " + std::string(str(change.action)) +
                      " now, which the saved plan does not hold");
      continue;
    }
    if (found->second->digest != model::sha256Hex(essence(change)))
      moved.push_back(what + " is not as it was when the plan was made");
    before.erase(found);
  }
  for (const auto& [key, change] : before)
    moved.push_back(change->title + " in " + change->cluster + " needs no change any more");
  for (const Conflict& conflict : now.conflicts)
    moved.push_back(titleOf(conflict.key) + " in " + conflict.key.cluster + " " + conflict.text);
  return moved;
}

}  // namespace gpuspec::deploy::plan
