#include "backends/deploy/sandbox/kube/typed.h"

#include <algorithm>
#include <map>
#include <set>

#include "backends/deploy/sandbox/kube/fields.h"
#include "compiler/ir/json.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

const Schema& childSchema(const Schema& schema, std::string_view name) {
  const Schema* child = schema.child(name);
  return child == nullptr ? opaqueSchema() : *child;
}

bool isGranularMap(const Schema& schema, const Tree& value) {
  if (schema.join != Join::Granular || !value.isMap()) return false;
  return schema.shape == Shape::Struct || schema.shape == Shape::Map || schema.shape == Shape::Any;
}

bool isJoinedList(const Schema& schema, const Tree& value) {
  return schema.shape == Shape::List && schema.join != Join::Atomic && value.isList();
}

Tree keyOf(const Schema& list, const Tree& item, const std::string& name) {
  if (const Tree* value = item.find(name)) return *value;
  const Field* field = list.items == nullptr ? nullptr : list.items->field(name);
  return field != nullptr && field->key_default != nullptr ? *field->key_default : Tree();
}

void addFields(const Tree& value, const Schema& schema, FieldSet& parent,
               const std::string& element) {
  if (isGranularMap(schema, value)) {
    for (const auto& [name, child] : value.asMap()) {
      FieldSet& here = element.empty() ? parent : parent.child(element);
      const std::string child_element = fieldElement(name);
      addFields(child, childSchema(schema, name), here, child_element);
      const bool named = schema.field(name) != nullptr;
      if (!named || child.isNull() || (child.isMap() && child.asMap().empty())) {
        here.insert(child_element);
      }
    }
    return;
  }
  if (isJoinedList(schema, value)) {
    for (const Tree& item : value.asList()) {
      FieldSet& here = parent.child(element);
      const std::string item_element = itemElement(schema, item);
      addFields(item, *schema.items, here, item_element);
      here.insert(item_element);
    }
    return;
  }
  const bool separable = schema.join != Join::Atomic && !schema.isLeaf();
  if (separable && value.isNull()) return;
  parent.insert(element);
}

Tree mergedLists(const Tree& live, const Tree& config, const Schema& schema) {
  std::map<std::string, const Tree*> by_element;
  std::vector<std::string> live_order;
  for (const Tree& item : live.asList()) {
    live_order.push_back(itemElement(schema, item));
    by_element.emplace(live_order.back(), &item);
  }
  std::set<std::string> in_config;
  for (const Tree& item : config.asList()) in_config.insert(itemElement(schema, item));
  // The order of `config`; what only `live` has stays behind its former predecessors.
  Tree::List out;
  std::set<std::string> taken;
  std::size_t next = 0;
  const auto takeConfig = [&] {
    const Tree& item = config.asList()[next++];
    const std::string element = itemElement(schema, item);
    const auto before = by_element.find(element);
    out.push_back(before == by_element.end() ? item : merged(*before->second, item, *schema.items));
    taken.insert(element);
  };
  for (std::size_t i = 0; i < live_order.size(); ++i) {
    if (!in_config.contains(live_order[i])) {
      out.push_back(live.asList()[i]);
      continue;
    }
    while (!taken.contains(live_order[i])) takeConfig();
  }
  while (next < config.asList().size()) takeConfig();
  return Tree(std::move(out));
}

void addAll(const Tree& value, const Schema& schema, FieldSet& set, const std::string& element);

void addChildren(const Tree& value, const Schema& schema, FieldSet& here) {
  if (value.isMap()) {
    for (const auto& [name, child] : value.asMap()) {
      addAll(child, childSchema(schema, name), here, fieldElement(name));
    }
  } else {
    for (const Tree& item : value.asList()) {
      addAll(item, *schema.items, here, itemElement(schema, item));
    }
  }
}

bool hasChildren(const Tree& value, const Schema& schema) {
  if (isGranularMap(schema, value)) return !value.asMap().empty();
  return isJoinedList(schema, value) && !value.asList().empty();
}

// A value that is there on one side only: it and everything below it.
void addAll(const Tree& value, const Schema& schema, FieldSet& set, const std::string& element) {
  if (hasChildren(value, schema)) addChildren(value, schema, set.child(element));
  set.insert(element);
}

class Comparer {
 public:
  explicit Comparer(Comparison& out) : out_(out) {}

  void children(const Tree& before, const Tree& after, const Schema& schema) {
    if (after.isMap()) return maps(before, after, schema);
    lists(before, after, schema);
  }

 private:
  using Route = std::vector<std::string>;

  FieldSet& at(FieldSet& root) const {
    FieldSet* here = &root;
    for (const std::string& element : route_) here = &here->child(element);
    return *here;
  }

  void maps(const Tree& before, const Tree& after, const Schema& schema) {
    for (const auto& [name, child] : before.asMap()) {
      pair(&child, after.find(name), childSchema(schema, name), fieldElement(name));
    }
    for (const auto& [name, child] : after.asMap()) {
      if (before.find(name) == nullptr) {
        pair(nullptr, &child, childSchema(schema, name), fieldElement(name));
      }
    }
  }

  void lists(const Tree& before, const Tree& after, const Schema& schema) {
    std::map<std::string, std::pair<const Tree*, const Tree*>> items;
    for (const Tree& item : before.asList()) items[itemElement(schema, item)].first = &item;
    for (const Tree& item : after.asList()) items[itemElement(schema, item)].second = &item;
    for (const auto& [element, both] : items) pair(both.first, both.second, *schema.items, element);
  }

  void pair(const Tree* before, const Tree* after, const Schema& schema,
            const std::string& element) {
    if (before == nullptr) return addAll(*after, schema, at(out_.added), element);
    if (after == nullptr) return addAll(*before, schema, at(out_.removed), element);
    const bool maps = isGranularMap(schema, *before) && isGranularMap(schema, *after);
    const bool lists = isJoinedList(schema, *before) && isJoinedList(schema, *after);
    if ((maps || lists) && (hasChildren(*before, schema) || hasChildren(*after, schema))) {
      route_.push_back(element);
      children(*before, *after, schema);
      route_.pop_back();
      return;
    }
    if (!same(*before, *after)) at(out_.modified).insert(element);
  }

  Comparison& out_;
  Route route_;
};

}  // namespace

std::string itemElement(const Schema& list, const Tree& item) {
  if (list.join == Join::Set) return "v:" + ir::toJson(item);
  std::vector<std::string> names = list.keys;
  std::sort(names.begin(), names.end());
  Tree key = Tree::map();
  for (const std::string& name : names) {
    Tree value = keyOf(list, item, name);
    if (!value.isNull()) key.set(name, std::move(value));
  }
  return "k:" + ir::toJson(key);
}

FieldSet fieldsOf(const Tree& object, const Schema& schema) {
  FieldSet out;
  addFields(object, schema, out, "");
  return out;
}

Tree merged(const Tree& live, const Tree& config, const Schema& schema) {
  if (isGranularMap(schema, live) && isGranularMap(schema, config)) {
    Tree out = live;
    for (const auto& [name, child] : config.asMap()) {
      Tree& there = out.at(name);
      there = there.isNull() ? child : merged(there, child, childSchema(schema, name));
    }
    return out;
  }
  if (isJoinedList(schema, live) && isJoinedList(schema, config)) {
    return mergedLists(live, config, schema);
  }
  return config;
}

Tree withoutFields(const Tree& object, const FieldSet& remove, const Schema& schema) {
  if (isGranularMap(schema, object)) {
    Tree::Map out;
    for (const auto& [name, child] : object.asMap()) {
      const std::string element = fieldElement(name);
      if (remove.has(element)) continue;
      const FieldSet* below = remove.find(element);
      if (below == nullptr || below->empty()) {
        out.emplace_back(name, child);
        continue;
      }
      Tree rest = withoutFields(child, *below, childSchema(schema, name));
      if (!rest.isNull()) out.emplace_back(name, std::move(rest));
    }
    return out.empty() && !object.asMap().empty() ? Tree() : Tree(std::move(out));
  }
  if (isJoinedList(schema, object)) {
    Tree::List out;
    for (const Tree& item : object.asList()) {
      const std::string element = itemElement(schema, item);
      if (remove.has(element)) continue;
      const FieldSet* below = remove.find(element);
      out.push_back(
          below == nullptr || below->empty() ? item : withoutFields(item, *below, *schema.items));
    }
    return out.empty() && !object.asList().empty() ? Tree() : Tree(std::move(out));
  }
  return object;
}

Comparison compare(const Tree& before, const Tree& after, const Schema& schema) {
  Comparison out;
  Comparer(out).children(before, after, schema);
  return out;
}

}  // namespace gpuspec::deploy::sandbox::api
