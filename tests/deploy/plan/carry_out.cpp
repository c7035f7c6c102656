#include <algorithm>

#include "backends/deploy/model/compare.h"
#include "backends/deploy/model/managed_fields.h"
#include "tests/deploy/plan/fixture.h"

// What the APIs make of a plan.

namespace gpuspec::deploy::plan {

namespace {

// Server-side apply: what was ours and is not written any more goes, unless it is somebody else's
// too; what is written stands.
class Applying {
 public:
  Applying(const Change& change, Live& live) : change_(change), live_(live) {}

  void run() {
    if (change_.forced || model::isGuardedKind(change_.key.kind)) takeOver();
    for (const model::FieldOwner& owner : live_.field_owners) {
      if (owner.manager != model::kFieldManager) continue;
      for (const model::FieldPath& path : owner.fields) remove(path);
    }
    merge(live_.body, change_.body, "");
    std::erase_if(live_.field_owners,
                  [](const auto& owner) { return owner.manager == model::kFieldManager; });
    live_.field_owners.push_back({std::string(model::kFieldManager), "Apply", "",
                                  model::leavesOf(change_.key.kind, change_.body),
                                  change_.api_version});
  }

 private:
  void takeOver() {
    for (model::FieldOwner& owner : live_.field_owners) {
      if (model::isFormerOwner(owner.manager, owner.operation, owner.subresource,
                               model::isGuardedKind(change_.key.kind)))
        owner.manager = model::kFieldManager;
    }
  }

  bool isOthers(const model::FieldPath& path) const {
    return std::any_of(live_.field_owners.begin(), live_.field_owners.end(),
                       [&](const auto& owner) {
                         return owner.manager != model::kFieldManager && model::owns(owner, path);
                       });
  }

  // The shortest part of the path that is an item of a list, or the whole of it.
  void remove(const model::FieldPath& path) {
    for (auto end = path.begin() + 1; end <= path.end(); ++end) {
      const model::FieldPath part(path.begin(), end);
      const bool is_item = part.back().kind == model::PathStep::Kind::Item;
      if (!is_item && end != path.end()) continue;
      if (model::valueAt(change_.body, part) != nullptr || isOthers(part)) continue;
      return erase(part);
    }
  }

  void erase(const model::FieldPath& path) {
    const model::FieldPath parent(path.begin(), path.end() - 1);
    auto* tree = const_cast<Tree*>(model::valueAt(live_.body, parent));
    if (tree == nullptr) return;
    const model::PathStep& last = path.back();
    if (last.kind == model::PathStep::Kind::Key) tree->erase(last.text);
    if (last.kind == model::PathStep::Kind::Item && tree->isList())
      std::erase_if(tree->asList(),
                    [&](const Tree& item) { return model::hasListKeys(item, last.keys); });
  }

  void merge(Tree& to, const Tree& from, const std::string& plain) {
    if (from.isMap() && to.isMap()) {
      for (const auto& [key, value] : from.asMap())
        merge(to.at(key), value, plain.empty() ? key : plain + "." + key);
      return;
    }
    const auto keys = model::listKeys(System::Kubernetes, change_.key.kind, plain);
    if (!from.isList() || !to.isList() || keys.empty()) {
      to = from;
      return;
    }
    for (const Tree& item : from.asList()) {
      Tree& list = to;
      const auto there =
          std::find_if(list.asList().begin(), list.asList().end(), [&](const Tree& known) {
            return model::hasListKeys(known, model::listKeysOf(item, keys));
          });
      if (there == list.asList().end()) {
        list.push(item);
      } else {
        merge(*there, item, plain);
      }
    }
  }

  const Change& change_;
  Live& live_;
};

}  // namespace

void World::carryOut(const Plan& plan) {
  for (const Change& change : plan.changes) {
    const auto there = std::find_if(live.resources.begin(), live.resources.end(),
                                    [&](const Live& known) { return known.key == change.key; });
    const bool exists = there != live.resources.end();
    const bool fresh = change.action == Action::Create || change.action == Action::Replace;
    if (fresh || change.action == Action::Delete) takeAway(change.key);
    if (change.action == Action::Delete) continue;
    if (!exists && change.action != Action::Create) {
      ADD_FAILURE() << change.key.id() << " is not there any more: " << actions(plan);
      continue;
    }
    if (change.action == Action::Release) {
      there->owner = {};
      there->address.clear();
      continue;
    }
    Live& resource = fresh || !exists ? add({}) : *there;
    resource.key = change.key;
    resource.api_version = change.api_version;
    resource.revision = std::to_string(++revision_);
    resource.owner = {OwnerKind::Us, ""};
    if (change.key.system == System::Kubernetes) {
      if (fresh) resource.body = Tree::map();
      Applying(change, resource).run();
      const Tree* mark = resource.body.find("metadata")->find("annotations")->find(model::kAddress);
      resource.address = mark->asString();
    } else {
      resource.body = change.body;
    }
  }
}

// A namespace takes along what is in it.
void World::takeAway(const ResourceKey& key) {
  std::erase_if(live.resources, [&](const Live& known) {
    const bool inside = key.kind == "Namespace" && known.key.system != System::Azure &&
                        known.key.cluster == key.cluster && known.key.scope == key.name;
    return known.key == key || inside;
  });
}

}  // namespace gpuspec::deploy::plan
