#include <algorithm>
#include <optional>

#include "backends/deploy/model/managed_fields.h"
#include "backends/deploy/model/ownership.h"
#include "backends/deploy/plan/diff.h"

namespace gpuspec::deploy::plan {

namespace {

using model::PathStep;
using model::System;

// The keys that lead to a dotted path; keys may hold dots themselves.
std::optional<model::FieldPath> find(const Tree& tree, std::string_view path) {
  if (!tree.isMap()) return std::nullopt;
  for (const auto& [key, value] : tree.asMap()) {
    if (path == key) return model::FieldPath{{PathStep::Kind::Key, key, 0, {}}};
    if (!path.starts_with(key + ".")) continue;
    if (std::optional<model::FieldPath> below = find(value, path.substr(key.size() + 1))) {
      below->insert(below->begin(), {PathStep::Kind::Key, key, 0, {}});
      return below;
    }
  }
  return std::nullopt;
}

Tree& makeAt(Tree& body, const model::FieldPath& path) {
  Tree* at = &body;
  for (const PathStep& step : path) at = &at->at(step.text);
  return *at;
}

void eraseAt(Tree& body, const model::FieldPath& path) {
  Tree* at = &body;
  for (std::size_t i = 0; i + 1 < path.size() && at != nullptr; ++i) at = at->find(path[i].text);
  if (at != nullptr) at->erase(path.back().text);
}

// Kubernetes keeps what we do not send, unless it was us who set it.
bool isKeptByItself(const model::Live& live, const model::FieldPath& path) {
  return live.key.system == System::Kubernetes &&
         std::none_of(live.field_owners.begin(), live.field_owners.end(),
                      [&](const model::FieldOwner& owner) {
                        return owner.manager == model::kFieldManager && model::owns(owner, path);
                      });
}

void leaveAlone(Tree& body, const model::Live& live, const std::string& ignored) {
  const std::optional<model::FieldPath> there = find(live.body, ignored);
  if (there && !isKeptByItself(live, *there)) {
    makeAt(body, *there) = *model::valueAt(live.body, *there);
  } else if (const std::optional<model::FieldPath> wanted = find(body, ignored)) {
    eraseAt(body, *wanted);
  }
}

std::optional<std::int64_t> intAt(const Tree& map, std::string_view key) {
  const Tree* value = map.find(key);
  return value != nullptr && value->isInt() ? std::optional(value->asInt()) : std::nullopt;
}

// The autoscaler's count stands, within the new bounds.
void keepCount(Tree& wanted, const Tree& found) {
  const Tree* scales = wanted.find("enableAutoScaling");
  if (scales == nullptr || !(*scales == Tree(true))) return;
  const auto least = intAt(wanted, "minCount"), most = intAt(wanted, "maxCount");
  const auto now = intAt(found, "count");
  if (least && most && now && *least <= *most) wanted.set("count", std::clamp(*now, *least, *most));
}

// A PUT takes away what it does not name: tags of others go back as they were found, labels and
// taints that the spec no longer has are named as none.
void completePut(Tree& wanted, const Tree& found, bool is_pool) {
  Tree* tags = wanted.find("tags");
  if (const Tree* live = found.find("tags"); live != nullptr && live->isMap()) {
    for (const auto& [key, value] : live->asMap()) {
      if (tags == nullptr) tags = &wanted.at("tags");
      const bool ours = key == model::kProjectTag || key == model::kEnvironmentTag;
      if (!ours && tags->find(key) == nullptr) tags->set(key, value);
    }
  }
  if (!is_pool) return;
  if (found.find("nodeLabels") != nullptr && wanted.find("nodeLabels") == nullptr)
    wanted.set("nodeLabels", Tree::map());
  if (found.find("nodeTaints") != nullptr && wanted.find("nodeTaints") == nullptr)
    wanted.set("nodeTaints", Tree::list());
}

void completeAzure(Tree& body, const model::Live& live) {
  if (live.key.kind == "managedClusters") return completePut(body, live.body, false);
  Tree* wanted = body.find("properties");
  const Tree* found = live.body.find("properties");
  if (wanted == nullptr || found == nullptr) return;
  completePut(*wanted, *found, true);
  keepCount(*wanted, *found);
}

}  // namespace

model::SharedTree bodyToSend(const model::Desired& desired, const model::Live* live) {
  const bool as_it_is = desired.key.system != System::Azure && desired.lifecycle.ignore.empty();
  if (live == nullptr || live->metadata_only || as_it_is) return desired.body;
  Tree body = desired.body;
  if (desired.key.system == System::Azure) completeAzure(body, *live);
  for (const std::string& path : desired.lifecycle.ignore) leaveAlone(body, *live, path);
  return body;
}

}  // namespace gpuspec::deploy::plan
