#include "backends/deploy/plan/saved.h"

#include <optional>

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
    // Of a secret not even a digest is kept, which could be tried out; any change of its object
    // counts.
    if (field.sensitive) {
      text += change.revision;
      continue;
    }
    if (field.before) text += model::sha256Hex(ir::toJson(*field.before));
    text += ">";
    if (field.after) text += model::sha256Hex(ir::toJson(*field.after));
  }
  return text;
}

std::optional<Tree> valueAt(const Tree& field, std::string_view key) {
  const Tree* value = field.find(key);
  return value != nullptr && !value->isNull() ? std::optional(*value) : std::nullopt;
}

std::vector<FieldChange> fieldsOf(const Tree& change) {
  std::vector<FieldChange> fields;
  const Tree* list = change.find("fields");
  if (list == nullptr || !list->isList()) return fields;
  for (const Tree& field : list->asList()) {
    FieldChange read;
    read.path = textAt(field, "path");
    read.before = valueAt(field, "before");
    read.after = valueAt(field, "after");
    fields.push_back(std::move(read));
  }
  return fields;
}

// The plan that was shown stands beside the digests, in the same order.
llvm::Error addShown(const Tree* plan, std::vector<SavedChange>& changes) {
  const Tree* shown = plan != nullptr ? plan->find("changes") : nullptr;
  if (shown == nullptr || !shown->isList() || shown->asList().size() != changes.size())
    return damaged("it is cut off or was edited");
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const Tree& change = shown->asList()[i];
    if (textAt(change, "id") != changes[i].id || changes[i].id.empty() || changes[i].digest.empty())
      return damaged("it is cut off or was edited");
    changes[i].action = textAt(change, "action");
    changes[i].fields = fieldsOf(change);
  }
  return llvm::Error::success();
}

}  // namespace

std::string digestOf(const Change& change) {
  return model::sha256Hex(essence(change));
}

std::string writeSaved(const SavedPlan& saved) {
  Tree plugins = Tree::map(), clusters = Tree::map(), digests = Tree::list();
  for (const auto& [name, version] : saved.fingerprints.plugins) plugins.set(name, version);
  for (const auto& [name, uid] : saved.fingerprints.clusters) clusters.set(name, uid);
  for (const Change& change : saved.plan.changes)
    digests.push(mapOf("cluster", change.key.cluster, "id", change.key.id(), "title",
                       titleOf(change.key), "digest", digestOf(change)));
  const Tree tree =
      mapOf("schema", kSchema, "gpuspec", saved.fingerprints.tool_version, "spec",
            saved.fingerprints.spec, "plugins", std::move(plugins), "clusters", std::move(clusters),
            "live", saved.fingerprints.live, "arguments", Tree::strings(saved.arguments), "changes",
            std::move(digests), "plan", renderJson(saved.plan));
  return ir::toJson(tree) + "\n";
}

llvm::Expected<SavedPlan> readSaved(const std::string& text) {
  llvm::Expected<Tree> tree = ir::parseJson(text);
  if (!tree) return tree.takeError();
  if (const std::string schema = textAt(*tree, "schema"); schema != kSchema) {
    const std::string found = schema.empty() ? "it names no schema" : "its schema is " + schema;
    return damaged((found + ", not " + std::string(kSchema)).c_str());
  }
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
  if (const Tree* clusters = tree->find("clusters"); clusters != nullptr && clusters->isMap()) {
    for (const auto& [name, uid] : clusters->asMap())
      saved.fingerprints.clusters.emplace_back(name, uid.isString() ? uid.asString() : "");
  }
  for (const Tree& argument : arguments->asList()) {
    if (!argument.isString()) return damaged("an argument in it is no text");
    saved.arguments.push_back(argument.asString());
  }
  for (const Tree& change : changes->asList())
    saved.changes.push_back({textAt(change, "cluster"),
                             textAt(change, "id"),
                             textAt(change, "title"),
                             textAt(change, "digest"),
                             "",
                             {}});
  if (llvm::Error error = addShown(tree->find("plan"), saved.changes)) return error;
  return saved;
}

std::string liveFingerprint(const model::LiveSet& live) {
  std::string all;
  for (const model::Live& resource : live.resources)
    all += resource.key.cluster + "\n" + resource.key.id() + "\n" + resource.uid + "\n" +
           resource.revision + "\n";
  return model::sha256Hex(all);
}

}  // namespace gpuspec::deploy::plan
