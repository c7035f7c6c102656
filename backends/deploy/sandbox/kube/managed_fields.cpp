#include "backends/deploy/sandbox/kube/managed_fields.h"

#include <tuple>

#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/status.h"
#include "backends/deploy/sandbox/kube/typed.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

// Appliers are told apart by name alone, updaters by the version that they wrote, too.
struct ManagerKey {
  std::string operation, manager, subresource, api_version;
  friend auto operator<=>(const ManagerKey&, const ManagerKey&) = default;
};

struct Owned {
  std::string api_version, time;
  FieldSet fields;
};

using Managers = std::map<ManagerKey, Owned>;

ManagerKey keyOf(const Writer& writer, bool applies) {
  return {applies ? "Apply" : "Update", writer.manager, writer.subresource,
          applies ? "" : writer.api_version};
}

Managers readManagers(const Tree& object) {
  Managers out;
  for (const Tree& entry : listAt(object, {"metadata", "managedFields"})) {
    const bool applies = textAt(entry, {"operation"}) == "Apply";
    const Writer writer{textAt(entry, {"manager"}), textAt(entry, {"apiVersion"}),
                        textAt(entry, {"subresource"})};
    const Tree* fields = entry.find("fieldsV1");
    if (fields == nullptr) continue;
    out[keyOf(writer, applies)] = {writer.api_version, textAt(entry, {"time"}),
                                   FieldSet::fromFieldsV1(*fields)};
  }
  return out;
}

// Appliers first, then by time: the order that the server writes them in.
Tree writeManagers(const Managers& managers) {
  std::map<std::tuple<std::string, std::string, ManagerKey>, const Owned*> order;
  for (const auto& [key, owned] : managers) order[{key.operation, owned.time, key}] = &owned;
  Tree out = Tree::list();
  for (const auto& [rank, owned] : order) {
    const ManagerKey& key = std::get<2>(rank);
    Tree entry = ir::mapOf("manager", key.manager, "operation", key.operation, "apiVersion",
                           owned->api_version);
    if (!owned->time.empty()) entry.set("time", owned->time);
    entry.set("fieldsType", "FieldsV1").set("fieldsV1", owned->fields.toFieldsV1());
    if (!key.subresource.empty()) entry.set("subresource", key.subresource);
    out.push(std::move(entry));
  }
  return out;
}

// Identity and what only the server sets belongs to nobody.
Tree ownable(const Tree& object) {
  Tree out = object;
  out.erase("apiVersion");
  out.erase("kind");
  if (Tree* metadata = out.find("metadata"); metadata != nullptr && metadata->isMap()) {
    for (std::string_view name :
         {"name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation",
          "managedFields", "resourceVersion"}) {
      metadata->erase(name);
    }
    if (metadata->asMap().empty()) out.erase("metadata");
  }
  return out;
}

std::string shownManager(const ManagerKey& key, const Owned& owned) {
  std::string out = "\"" + key.manager + "\"";
  if (!key.subresource.empty()) out += " with subresource \"" + key.subresource + "\"";
  if (key.operation != "Update") return out;
  out += " using " + owned.api_version;
  return owned.time.empty() ? out : out + " at " + owned.time;
}

using Conflicts = std::map<std::string, std::vector<std::string>>;  // manager -> paths

llvm::Error conflictError(const Conflicts& conflicts) {
  Causes causes;
  std::string list;
  for (const auto& [manager, paths] : conflicts) {
    list += (list.empty() ? "conflicts with " : "\nconflicts with ") + manager + ":";
    for (const std::string& path : paths) {
      list += "\n- " + path;
      causes.push_back({"FieldManagerConflict", "conflict with " + manager, path});
    }
  }
  if (causes.size() == 1) {
    return applyConflict(
        "Apply failed with 1 conflict: " + causes[0].message + ": " + causes[0].field, causes);
  }
  return applyConflict("Apply failed with " + std::to_string(causes.size()) + " conflicts: " + list,
                       causes);
}

void dropEmpty(Managers& managers) {
  std::erase_if(managers, [](const auto& entry) { return entry.second.fields.empty(); });
}

// Everybody but the writer loses what the write changes.
llvm::Error takeOver(Managers& managers, const ManagerKey& writer, const Comparison& change,
                     bool force) {
  const FieldSet written = change.modified.united(change.added);
  Conflicts conflicts;
  for (auto& [key, owned] : managers) {
    if (key == writer) continue;
    const FieldSet taken = owned.fields.intersected(written);
    if (!taken.empty() && !force) conflicts[shownManager(key, owned)] = taken.paths();
    owned.fields = owned.fields.without(taken).without(change.removed);
  }
  if (!conflicts.empty()) return conflictError(conflicts);
  dropEmpty(managers);
  return llvm::Error::success();
}

FieldSet ownedByAll(const Managers& managers) {
  FieldSet out;
  for (const auto& [key, owned] : managers) out = out.united(owned.fields);
  return out;
}

// Takes out what the applier wrote last time, does not write now, and nobody else owns.
Tree prune(const Tree& joined, const Managers& managers, const FieldSet& last,
           const Schema& schema) {
  if (last.empty()) return joined;
  const FieldSet named_last = last.withNamedFields(&schema);
  const FieldSet all = fieldsOf(joined, schema).withNamedFields(&schema);
  const auto rest = [&schema](const Tree& object) {
    return fieldsOf(object, schema).withNamedFields(&schema);
  };
  Tree pruned = withoutFields(joined, named_last, schema);
  const FieldSet owned = ownedByAll(managers).withNamedFields(&schema);
  pruned = withoutFields(joined, all.without(rest(pruned).united(owned)), schema);
  return withoutFields(joined, all.without(rest(pruned)).intersected(named_last), schema);
}

void setManagers(Tree& object, const Managers& managers) {
  if (managers.empty()) return eraseAt(object, {"metadata", "managedFields"});
  setAt(object, {"metadata", "managedFields"}, writeManagers(managers));
}

// The object was written by somebody who was not tracked: those fields need an owner before the
// first apply can conflict with one.
void giveUntracked(Managers& managers, const Tree& live, const ResourceInfo& resource) {
  if (!managers.empty()) return;
  Owned owned{resource.apiVersion(), timestamp(), fieldsOf(ownable(live), *resource.schema)};
  managers[{"Update", "before-first-apply", "", resource.apiVersion()}] = std::move(owned);
}

Tree withIdentity(Tree object, const Tree& from) {
  Tree out = Tree::map();
  for (std::string_view key : {"apiVersion", "kind"}) {
    if (const Tree* value = from.find(key)) out.set(key, *value);
  }
  Tree& metadata = out.at("metadata");
  metadata = Tree::map();
  for (const auto& [key, value] : mapAt(from, {"metadata"})) {
    if (key != "labels" && key != "annotations" && key != "finalizers" &&
        key != "ownerReferences") {
      metadata.set(key, value);
    }
  }
  for (const auto& [key, value] : mapAt(object, {"metadata"})) metadata.set(key, value);
  for (auto& [key, value] : object.asMap()) {
    if (key != "metadata") out.set(key, std::move(value));
  }
  return out;
}

bool tracked(const Tree& object) {
  const Tree::List& entries = listAt(object, {"metadata", "managedFields"});
  // [{}] is how a client says that it wants no record kept.
  return !(entries.size() == 1 && entries[0].empty());
}

}  // namespace

Tree trackUpdate(const Tree* live, Tree after, const ResourceInfo& resource, const Writer& writer) {
  if (!tracked(after)) {
    eraseAt(after, {"metadata", "managedFields"});
    return after;
  }
  // A client may send a record of its own, as kubectl does when it turns to server-side apply.
  Managers managers = live == nullptr ? Managers{} : readManagers(after);
  if (live != nullptr && managers.empty()) managers = readManagers(*live);
  if (live != nullptr && managers.empty()) {
    eraseAt(after, {"metadata", "managedFields"});
    return after;
  }
  const Comparison change =
      compare(live == nullptr ? Tree::map() : ownable(*live), ownable(after), *resource.schema);
  if (!change.empty()) {
    const ManagerKey key = keyOf(writer, false);
    llvm::cantFail(takeOver(managers, key, change, true));
    Owned& mine = managers[key];
    const FieldSet fields =
        mine.fields.without(change.removed).united(change.modified).united(change.added);
    mine = {writer.api_version, timestamp(), fields};
    dropEmpty(managers);
  }
  setManagers(after, managers);
  return after;
}

llvm::Expected<Tree> applyConfig(const Tree* live, const Tree& config, const ResourceInfo& resource,
                                 const Writer& writer, bool force, const FieldSet& ignored) {
  const Schema& schema = *resource.schema;
  const Tree before = live == nullptr ? Tree::map() : ownable(*live);
  Tree wanted = withoutFields(ownable(config), ignored, schema);
  if (wanted.isNull()) wanted = Tree::map();
  Managers managers = live == nullptr ? Managers{} : readManagers(*live);
  if (live != nullptr) giveUntracked(managers, *live, resource);
  const ManagerKey key = keyOf(writer, true);
  const bool was_there = managers.contains(key);
  Owned& mine = managers[key];
  const FieldSet last = mine.fields;
  mine.api_version = writer.api_version;
  mine.fields = fieldsOf(wanted, schema);
  Tree joined = prune(merged(before, wanted, schema), managers, last, schema);
  if (joined.isNull()) joined = Tree::map();
  const Comparison change = compare(before, joined, schema);
  if (!change.empty() || !was_there || mine.fields != last) mine.time = timestamp();
  if (llvm::Error error = takeOver(managers, key, change, force)) return error;
  Tree out = withIdentity(std::move(joined), live == nullptr ? config : *live);
  setManagers(out, managers);
  return out;
}

bool sameButTimes(const Tree& a, const Tree& b) {
  const auto timeless = [](const Tree& object) {
    Managers managers = readManagers(object);
    for (auto& [key, owned] : managers) owned.time.clear();
    Tree out = object;
    setManagers(out, managers);
    return out;
  };
  return same(timeless(a), timeless(b));
}

}  // namespace gpuspec::deploy::sandbox::api
