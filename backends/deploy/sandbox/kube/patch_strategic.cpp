#include <algorithm>

#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/patch.h"
#include "backends/deploy/sandbox/kube/status.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

constexpr std::string_view kPatch = "$patch";
constexpr std::string_view kRetain = "$retainKeys";
constexpr std::string_view kDelete = "$deleteFromPrimitiveList/";
constexpr std::string_view kOrder = "$setElementOrder/";

void mergeMap(Tree& live, const Tree& patch, const Schema& schema);

bool isDirective(std::string_view key) {
  return key.starts_with("$");
}

// The patch's value where there is nothing to join it with: its directives mean nothing there.
Tree plain(const Tree& value) {
  if (value.isList()) {
    Tree out = Tree::list();
    for (const Tree& item : value.asList()) {
      if (textAt(item, {kPatch}) != "delete") out.push(plain(item));
    }
    return out;
  }
  if (!value.isMap()) return value;
  Tree out = Tree::map();
  for (const auto& [key, child] : value.asMap()) {
    if (!isDirective(key) && !child.isNull()) out.set(key, plain(child));
  }
  return out;
}

Tree* findItem(Tree::List& items, const std::string& key, const Tree& value) {
  for (Tree& item : items) {
    const Tree* there = item.find(key);
    if (there != nullptr && same(*there, value)) return &item;
  }
  return nullptr;
}

// `$patch: replace` as an item of its own: the list becomes the patch's other items.
bool replacesAll(const Tree::List& patch) {
  return std::any_of(patch.begin(), patch.end(),
                     [](const Tree& item) { return textAt(item, {kPatch}) == "replace"; });
}

void mergeItems(Tree& live, const Tree& patch, const Field& field) {
  Tree::List& items = live.asList();
  const Schema& item_schema =
      field.schema->items == nullptr ? opaqueSchema() : *field.schema->items;
  if (replacesAll(patch.asList())) {
    items.clear();
    for (const Tree& item : patch.asList()) {
      if (textAt(item, {kPatch}) != "replace") items.push_back(plain(item));
    }
    return;
  }
  for (const Tree& item : patch.asList()) {
    const Tree* key = item.find(field.patch_key);
    if (key == nullptr) {
      items.push_back(plain(item));
      continue;
    }
    Tree* there = findItem(items, field.patch_key, *key);
    if (textAt(item, {kPatch}) == "delete") {
      if (there != nullptr) items.erase(items.begin() + (there - items.data()));
    } else if (there != nullptr) {
      mergeMap(*there, item, item_schema);
    } else {
      items.push_back(plain(item));
    }
  }
}

void mergeSet(Tree& live, const Tree& patch) {
  for (const Tree& item : patch.asList()) {
    Tree::List& items = live.asList();
    if (std::find(items.begin(), items.end(), item) == items.end()) items.push_back(item);
  }
}

void deleteFrom(Tree* list, const Tree& values) {
  if (list == nullptr || !list->isList() || !values.isList()) return;
  std::erase_if(list->asList(), [&values](const Tree& item) {
    return std::find(values.asList().begin(), values.asList().end(), item) != values.asList().end();
  });
}

// Items in the order given; what it does not name keeps its place after its predecessor.
void reorder(Tree* list, const Tree& order, const std::string& key) {
  if (list == nullptr || !list->isList() || !order.isList()) return;
  const auto rank = [&](const Tree& item) -> std::ptrdiff_t {
    const auto found =
        std::find_if(order.asList().begin(), order.asList().end(), [&](const Tree& each) {
          if (key.empty()) return same(each, item);
          const Tree *a = each.find(key), *b = item.find(key);
          return a != nullptr && b != nullptr && same(*a, *b);
        });
    return found == order.asList().end() ? -1 : found - order.asList().begin();
  };
  std::vector<std::pair<std::ptrdiff_t, Tree>> ranked;
  std::ptrdiff_t last = -1;
  for (Tree& item : list->asList()) {
    const std::ptrdiff_t own = rank(item);
    if (own >= 0) last = own;
    ranked.emplace_back(last, std::move(item));
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  Tree::List out;
  for (auto& [position, item] : ranked) out.push_back(std::move(item));
  list->asList() = std::move(out);
}

void retainOnly(Tree& live, const Tree& keys) {
  if (!keys.isList()) return;
  std::erase_if(live.asMap(), [&keys](const Tree::Entry& entry) {
    return std::find(keys.asList().begin(), keys.asList().end(), Tree(entry.first)) ==
           keys.asList().end();
  });
}

void mergeChild(Tree& live, const std::string& key, const Tree& value, const Schema& schema) {
  const Field* field = schema.field(key);
  const Schema* below = schema.child(key);
  Tree* there = live.find(key);
  if (there != nullptr && there->isMap() && value.isMap()) {
    return mergeMap(*there, value, below == nullptr ? opaqueSchema() : *below);
  }
  const bool lists = there != nullptr && there->isList() && value.isList();
  if (lists && field != nullptr && field->patch_merges) {
    return field->patch_key.empty() ? mergeSet(*there, value) : mergeItems(*there, value, *field);
  }
  live.set(key, plain(value));
}

void mergeMap(Tree& live, const Tree& patch, const Schema& schema) {
  const std::string& directive = textAt(patch, {kPatch});
  if (directive == "replace" || directive == "delete") live = Tree::map();
  if (directive == "delete") return;
  for (const auto& [key, value] : patch.asMap()) {
    if (key.starts_with(kDelete)) deleteFrom(live.find(key.substr(kDelete.size())), value);
  }
  for (const auto& [key, value] : patch.asMap()) {
    if (isDirective(key)) continue;
    if (value.isNull()) {
      live.erase(key);
    } else {
      mergeChild(live, key, value, schema);
    }
  }
  for (const auto& [key, value] : patch.asMap()) {
    if (key == kRetain) retainOnly(live, value);
    if (!key.starts_with(kOrder)) continue;
    const std::string name = key.substr(kOrder.size());
    const Field* field = schema.field(name);
    reorder(live.find(name), value, field == nullptr ? "" : field->patch_key);
  }
}

}  // namespace

llvm::Expected<Tree> patchedByStrategy(const Tree& live, const Tree& patch, const Schema& schema) {
  if (!patch.isMap()) return badRequest("the strategic merge patch is no JSON object");
  Tree out = live;
  mergeMap(out, patch, schema);
  return out;
}

}  // namespace gpuspec::deploy::sandbox::api
