#include "backends/deploy/sandbox/kube/crd.h"

#include "backends/deploy/sandbox/kube/fields.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

std::vector<std::string> texts(const Tree& tree, Path path) {
  std::vector<std::string> out;
  for (const Tree& each : listAt(tree, path)) {
    if (each.isString()) out.push_back(each.asString());
  }
  return out;
}

std::vector<PrinterColumn> columnsOf(const Tree& version) {
  std::vector<PrinterColumn> out;
  for (const Tree& column : listAt(version, {"additionalPrinterColumns"})) {
    out.push_back({textAt(column, {"name"}), textAt(column, {"type"}), textAt(column, {"format"}),
                   textAt(column, {"description"}), textAt(column, {"jsonPath"}),
                   intAt(column, {"priority"})});
  }
  if (out.empty()) {
    out.push_back({"Age", "date", "",
                   "CreationTimestamp is a timestamp representing the server time when this object "
                   "was created.",
                   ".metadata.creationTimestamp", 0});
  }
  return out;
}

Resource resourceOf(const Tree& definition, const Tree& version) {
  auto out = std::make_shared<ResourceInfo>();
  out->group = textAt(definition, {"spec", "group"});
  out->version = textAt(version, {"name"});
  out->resource = textAt(definition, {"spec", "names", "plural"});
  out->singular = textAt(definition, {"spec", "names", "singular"});
  out->kind = textAt(definition, {"spec", "names", "kind"});
  out->list_kind = textAt(definition, {"spec", "names", "listKind"});
  out->short_names = texts(definition, {"spec", "names", "shortNames"});
  out->categories = texts(definition, {"spec", "names", "categories"});
  out->namespaced = textAt(definition, {"spec", "scope"}) == "Namespaced";
  out->generations = true;
  out->custom = true;
  out->columns = columnsOf(version);
  if (findAt(version, {"subresources", "status"}) != nullptr) {
    out->has_status = true;
    out->subresources.push_back("status");
  }
  if (const Tree* scale = findAt(version, {"subresources", "scale"})) {
    out->subresources.push_back("scale");
    out->scale_spec_path = textAt(*scale, {"specReplicasPath"});
    out->scale_status_path = textAt(*scale, {"statusReplicasPath"});
    out->scale_selector_path = textAt(*scale, {"labelSelectorPath"});
  }
  const Tree* schema = findAt(version, {"schema", "openAPIV3Schema"});
  const CompiledSchema compiled = compileSchema(schema == nullptr ? Tree::map() : *schema);
  out->types = compiled.owner;
  out->schema = compiled.root;
  return out;
}

Tree condition(const Tree& definition, std::string_view type, std::string_view reason,
               std::string_view message) {
  std::string since = timestamp();
  for (const Tree& each : listAt(definition, {"status", "conditions"})) {
    if (textAt(each, {"type"}) == type) since = textAt(each, {"lastTransitionTime"});
  }
  return ir::mapOf("type", type, "status", "True", "lastTransitionTime", since, "reason", reason,
                   "message", message);
}

}  // namespace

std::vector<Resource> resourcesOf(const Tree& definition) {
  std::vector<Resource> out;
  for (const Tree& version : listAt(definition, {"spec", "versions"})) {
    if (flagAt(version, {"served"})) out.push_back(resourceOf(definition, version));
  }
  return out;
}

void establish(Tree& definition) {
  Tree conditions = Tree::list();
  conditions.push(condition(definition, "NamesAccepted", "NoConflicts", "no conflicts found"));
  conditions.push(condition(definition, "Established", "InitialNamesAccepted",
                            "the initial names have been accepted"));
  if (isDeleting(definition)) {
    conditions.push(condition(definition, "Terminating", "InstanceDeletionInProgress",
                              "CustomResource deletion is in progress"));
  }
  Tree stored = Tree(listAt(definition, {"status", "storedVersions"}));
  for (const Tree& version : listAt(definition, {"spec", "versions"})) {
    const std::string& name = textAt(version, {"name"});
    bool known = false;
    for (const Tree& each : stored.asList()) known |= each == Tree(name);
    if (flagAt(version, {"storage"}) && !known) stored.push(name);
  }
  const Tree* names = findAt(definition, {"spec", "names"});
  definition.set("status", ir::mapOf("conditions", std::move(conditions), "acceptedNames",
                                     names == nullptr ? Tree::map() : *names, "storedVersions",
                                     std::move(stored)));
}

}  // namespace gpuspec::deploy::sandbox::api
