#include "backends/deploy/plan/diff.h"

#include <algorithm>
#include <set>

#include <llvm/Support/Base64.h>

#include "backends/deploy/model/arm_rules.h"
#include "backends/deploy/model/compare.h"

namespace gpuspec::deploy::plan {

namespace {

using model::System;

constexpr std::size_t kMostItems = 3;  // of a list whose items are shown one by one

std::string joined(const std::string& path, const std::string& key) {
  return path.empty() ? key : path + "." + key;
}

class Differ {
 public:
  Differ(const model::Desired& desired, const model::Live& live) : desired_(desired), live_(live) {}

  std::vector<FieldChange> run() {
    diffMap(desired_.body, live_.body, "", "");
    if (isPool()) diffEmptied();
    if (system() == System::Kubernetes) addRemovedFields(desired_, live_, changes_);
    return std::move(changes_);
  }

 private:
  System system() const { return desired_.key.system; }
  const std::string& kind() const { return desired_.key.kind; }
  bool isPool() const { return system() == System::Azure && kind() != "managedClusters"; }

  // What names a resource or belongs to the server is no field of it.
  bool isSkipped(const std::string& plain) const {
    static const std::set<std::string> kOfKubernetes = {
        "apiVersion",         "kind",   "metadata.name",
        "metadata.namespace", "status", "metadata.creationTimestamp"};
    static const std::set<std::string> kOfAzure = {"type", "apiVersion", "name", "dependsOn"};
    if (isIgnored(plain)) return true;
    if (system() == System::Kubernetes) return kOfKubernetes.contains(plain);
    if (kOfAzure.contains(plain)) return true;
    // Pools are resources of their own once the cluster is there.
    if (plain == "properties.agentPoolProfiles") return true;
    return plain == "properties.count" && isAutoscaled();
  }

  bool isIgnored(std::string_view plain) const { return plan::isIgnored(desired_, plain); }

  bool isAutoscaled() const {
    const Tree* properties = desired_.body.find("properties");
    const Tree* flag = properties != nullptr ? properties->find("enableAutoScaling") : nullptr;
    return flag != nullptr && *flag == Tree(true);
  }

  void add(const std::string& path, const Tree* before, const Tree* after) {
    FieldChange change;
    change.path = path;
    if (before != nullptr) change.before = *before;
    if (after != nullptr) change.after = *after;
    changes_.push_back(std::move(change));
  }

  bool isSameAsAbsent(const std::string& plain, const Tree& value) const {
    return model::isSameAsAbsent(system(), kind(), plain, value);
  }

  void diffValue(const Tree& wanted, const Tree* found, const std::string& path,
                 const std::string& plain) {
    if (isSkipped(plain)) return;
    if (system() == System::Azure && !expressionPaths(wanted).empty() && !wanted.isMap()) return;
    if (found == nullptr) {
      diffAbsent(wanted, path, plain);
    } else if (wanted.isMap() && found->isMap()) {
      diffMap(wanted, *found, path, plain);
    } else if (wanted.isList() && found->isList()) {
      diffList(wanted, *found, path, plain);
    } else if (!model::sameValue(system(), kind(), plain, literal(wanted), *found) &&
               !(isSameAsAbsent(plain, wanted) && isSameAsAbsent(plain, *found))) {
      add(path, found, &wanted);
    }
  }

  // Azure treats each property by itself; in Kubernetes a whole section reads better.
  void diffAbsent(const Tree& wanted, const std::string& path, const std::string& plain) {
    if (system() == System::Azure && wanted.isMap() && !wanted.asMap().empty()) {
      for (const auto& [key, value] : wanted.asMap())
        diffValue(value, nullptr, joined(path, key), joined(plain, key));
    } else if (!isSameAsAbsent(plain, wanted)) {
      add(path, nullptr, &wanted);
    }
  }

  // In a template `[[` stands for `[`.
  Tree literal(const Tree& value) const {
    if (system() != System::Azure) return value;
    if (value.isString() && value.asString().starts_with("[[")) return value.asString().substr(1);
    if (!value.isList()) return value;
    Tree list = Tree::list();
    for (const Tree& item : value.asList()) list.push(literal(item));
    return list;
  }

  void diffMap(const Tree& wanted, const Tree& found, const std::string& path,
               const std::string& plain) {
    for (const auto& [key, value] : wanted.asMap()) {
      if (key == "stringData" && path.empty() && kind() == "Secret") {
        diffStringData(value, found.find("data"));
        continue;
      }
      diffValue(value, found.find(key), joined(path, key), joined(plain, key));
    }
    for (const auto& [key, value] : found.asMap()) {
      if (wanted.find(key) == nullptr && countsAsDrift(key, value, wanted, found, plain))
        add(joined(path, key), &value, nullptr);
    }
  }

  // What others have added: it stands, except where it opens a door.
  bool countsAsDrift(const std::string& key, const Tree& value, const Tree& wanted,
                     const Tree& found, const std::string& plain) const {
    const std::string below = joined(plain, key);
    if (isPool()) return plain == "properties.nodeLabels" && !isOfAzure(key) && !isIgnored(below);
    if (system() != System::Kubernetes || !model::isGuarded(kind(), below) || isIgnored(below))
      return false;
    // The rules of an aggregated role are filled in by a controller.
    if (key == "rules" && plain.empty() && wanted.find("aggregationRule") != nullptr) return false;
    return !model::isServerDefault(kind(), below, value, found);
  }

  static bool isOfAzure(std::string_view label) {
    return label.starts_with("kubernetes.azure.com/");
  }

  // Labels and taints of a pool are the pool's alone: without any in the spec there are none.
  void diffEmptied() {
    const Tree* wanted = desired_.body.find("properties");
    const Tree* found = live_.body.find("properties");
    if (wanted == nullptr || found == nullptr) return;
    for (const char* key : {"nodeLabels", "nodeTaints"}) {
      const Tree* live = found->find(key);
      if (live == nullptr || wanted->find(key) != nullptr) continue;
      const std::string path = joined("properties", key);
      if (live->isMap()) diffValue(Tree::map(), live, path, path);
      if (live->isList()) diffValue(Tree::list(), live, path, path);
    }
  }

  // The server turns stringData into data.
  void diffStringData(const Tree& wanted, const Tree* found) {
    if (!wanted.isMap()) return;
    for (const auto& [key, value] : wanted.asMap()) {
      const Tree* live = found != nullptr ? found->find(key) : nullptr;
      const Tree encoded(llvm::encodeBase64(value.isString() ? value.asString() : ""));
      if (live == nullptr || !(*live == encoded)) add("data." + key, live, &encoded);
    }
  }

  void diffList(const Tree& wanted, const Tree& found, const std::string& path,
                const std::string& plain) {
    const std::vector<std::string> keys = model::listKeys(system(), kind(), plain);
    if (!keys.empty()) return diffKeyed(wanted, found, keys, path, plain);
    const Tree live = plain == "properties.nodeTaints" ? withoutAzures(wanted, found) : found;
    if (model::sameValue(system(), kind(), plain, literal(wanted), live)) return;
    if (wanted.asList().size() != live.asList().size() || model::isSet(system(), plain))
      return add(path, &live, &wanted);
    const std::size_t before = changes_.size();
    for (std::size_t i = 0; i < wanted.asList().size(); ++i)
      diffValue(wanted.asList()[i], &live.asList()[i], path + "[" + std::to_string(i) + "]", plain);
    if (changes_.size() - before > kMostItems) {
      changes_.resize(before);
      add(path, &live, &wanted);
    }
  }

  // AKS adds taints of its own to some pools.
  static Tree withoutAzures(const Tree& wanted, const Tree& found) {
    Tree kept = Tree::list();
    for (const Tree& taint : found.asList()) {
      const bool asked =
          std::find(wanted.asList().begin(), wanted.asList().end(), taint) != wanted.asList().end();
      if (asked || !taint.isString() || !isOfAzure(taint.asString())) kept.push(taint);
    }
    return kept;
  }

  void diffKeyed(const Tree& wanted, const Tree& found, const std::vector<std::string>& keys,
                 const std::string& path, const std::string& plain) {
    for (const Tree& item : wanted.asList()) {
      const Tree identity = model::listKeysOf(item, keys);
      diffValue(item, itemWith(found, identity), pathOfItem(path, item, keys), plain);
    }
    if (!model::isGuarded(kind(), plain)) return;
    for (const Tree& item : found.asList()) {
      if (itemWith(wanted, model::listKeysOf(item, keys)) == nullptr)
        add(pathOfItem(path, item, keys), &item, nullptr);
    }
  }

  static const Tree* itemWith(const Tree& list, const Tree& identity) {
    for (const Tree& item : list.asList()) {
      if (model::hasListKeys(item, identity)) return &item;
    }
    return nullptr;
  }

  static std::string pathOfItem(const std::string& path, const Tree& item,
                                const std::vector<std::string>& keys) {
    return path + str(model::FieldPath{
                      {model::PathStep::Kind::Item, "", 0, model::listKeysOf(item, keys)}});
  }

  const model::Desired& desired_;
  const model::Live& live_;
  std::vector<FieldChange> changes_;
};

// A ConfigMap or Secret that says `immutable` takes no other content.
bool isFrozen(const model::Live& live, std::string_view plain) {
  const Tree* immutable = live.body.find("immutable");
  return immutable != nullptr && *immutable == Tree(true) && !isBelow(plain, "metadata");
}

void judge(const model::Desired& desired, const model::Live& live, FieldChange& change) {
  const std::string plain = plainPath(change.path);
  change.sensitive = isOfSecretVariable(desired.key, change.path) ||
                     (change.before && holdsSensitive(desired.key, plain, *change.before)) ||
                     (change.after && holdsSensitive(desired.key, plain, *change.after));
  if (desired.key.system == System::Azure) {
    const model::Change rule =
        model::armChange(desired.key.kind, plain, change.before ? &*change.before : nullptr,
                         change.after ? &*change.after : nullptr);
    change.forces_replacement =
        rule == model::Change::Immutable || rule == model::Change::CreateOnly;
  } else if (desired.key.system == System::Kubernetes) {
    change.forces_replacement =
        model::isImmutable(desired.key.kind, plain) || isFrozen(live, plain);
  }
}

}  // namespace

std::vector<FieldChange> diffFields(const model::Desired& desired, const model::Live& live) {
  if (live.settled) return {};
  std::vector<FieldChange> changes =
      desired.key.system == System::Helm ? diffRelease(desired, live) : Differ(desired, live).run();
  for (FieldChange& change : changes) judge(desired, live, change);
  std::sort(changes.begin(), changes.end(),
            [](const FieldChange& a, const FieldChange& b) { return a.path < b.path; });
  return changes;
}

}  // namespace gpuspec::deploy::plan
