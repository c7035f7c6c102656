#include "backends/deploy/kube/parts.h"
#include "backends/deploy/model/managed_fields.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::kube {

namespace {

bool isFormer(const Tree& entry, Inherit from) {
  return model::isFormerOwner(textAt(entry, "manager"), textAt(entry, "operation"),
                              textAt(entry, "subresource"), from == Inherit::Everybody);
}

bool isOurs(const Tree& entry) {
  return textAt(entry, "manager") == model::kFieldManager &&
         textAt(entry, "operation") == "Apply" && textAt(entry, "subresource").empty();
}

// fieldsV1: an empty map is a leaf; "." says that a node with children is owned itself, too.
void unite(Tree& to, const Tree& from) {
  for (const auto& [key, value] : from.asMap()) {
    Tree* there = to.find(key);
    if (there == nullptr) {
      to.set(key, value);
      continue;
    }
    if (!there->isMap() || !value.isMap()) continue;
    if (there->empty() != value.empty()) there->set(".", Tree::map());
    unite(*there, value);
  }
}

// Metadata stays with whoever wrote it; the rest is cut out and handed over.
Tree takeSpec(Tree& fields) {
  Tree taken = Tree::map();
  if (!fields.isMap()) return taken;
  for (const auto& [key, value] : fields.asMap()) {
    if (key != "f:metadata" && key != "f:kind" && key != "f:apiVersion" && key != ".")
      taken.set(key, value);
  }
  for (const auto& [key, value] : taken.asMap()) fields.erase(key);
  return taken;
}

}  // namespace

std::optional<Tree> inheritedFields(const Tree& managed_fields, const std::string& api_version,
                                    Inherit from) {
  Tree ours = ir::mapOf("manager", model::kFieldManager, "operation", "Apply", "apiVersion",
                        api_version, "fieldsType", "FieldsV1", "fieldsV1", Tree::map());
  Tree others = Tree::list();
  for (const Tree& entry : itemsOf(&managed_fields)) {
    if (isOurs(entry)) ours = entry;
  }
  bool any = false;
  for (const Tree& entry : itemsOf(&managed_fields)) {
    if (isOurs(entry)) continue;
    Tree left = entry;
    // Paths of another version of the kind may mean something else.
    const bool same = textAt(entry, "apiVersion") == textAt(ours, "apiVersion");
    if (same && isFormer(entry, from) && left.find("fieldsV1") != nullptr) {
      const Tree taken = takeSpec(left.at("fieldsV1"));
      any = any || !taken.empty();
      unite(ours.at("fieldsV1"), taken);
      if (left.at("fieldsV1").empty()) continue;
    }
    others.push(std::move(left));
  }
  if (!any) return std::nullopt;
  others.push(std::move(ours));
  return others;
}

}  // namespace gpuspec::deploy::kube
