#include <algorithm>
#include <deque>

#include "backends/deploy/sandbox/kube/crd.h"
#include "backends/deploy/sandbox/kube/fields.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

struct Arena {
  Tree source;
  std::deque<Schema> schemas;  // a deque keeps references as it grows
};

class Compiler {
 public:
  explicit Compiler(std::shared_ptr<Arena> arena) : arena_(std::move(arena)) {}

  const Schema* root() {
    Schema* schema = compile(arena_->source);
    schema->shape = Shape::Struct;
    schema->join = Join::Granular;
    std::erase_if(schema->fields, [](const Field& field) {
      return field.name == "apiVersion" || field.name == "kind" || field.name == "metadata";
    });
    const Schema* object = builtInType("core.v1.ConfigMap");
    for (std::string_view name : {"apiVersion", "kind", "metadata"}) {
      schema->fields.push_back(*object->field(name));
    }
    sortFields(*schema);
    return schema;
  }

 private:
  static void sortFields(Schema& schema) {
    std::sort(schema.fields.begin(), schema.fields.end(),
              [](const Field& a, const Field& b) { return a.name < b.name; });
  }

  Schema* compile(const Tree& node) {
    Schema& out = arena_->schemas.emplace_back();
    out.rules = std::shared_ptr<const Tree>(arena_, &node);
    out.nullable = flagAt(node, {"nullable"});
    out.embedded = flagAt(node, {"x-kubernetes-embedded-resource"});
    out.preserves_unknown = flagAt(node, {"x-kubernetes-preserve-unknown-fields"});
    const std::string& type = textAt(node, {"type"});
    if (flagAt(node, {"x-kubernetes-int-or-string"})) {
      out.shape = Shape::IntOrString;
    } else if (type == "object") {
      compileObject(node, out);
    } else if (type == "array") {
      compileList(node, out);
    } else if (type == "string") {
      out.shape = Shape::String;
    } else if (type == "integer") {
      out.shape = Shape::Int;
    } else if (type == "number") {
      out.shape = Shape::Double;
    } else if (type == "boolean") {
      out.shape = Shape::Bool;
    } else {
      out.shape = Shape::Any;
      out.join = out.preserves_unknown ? Join::Granular : Join::Atomic;
    }
    return &out;
  }

  void compileObject(const Tree& node, Schema& out) {
    out.join = textAt(node, {"x-kubernetes-map-type"}) == "atomic" ? Join::Atomic : Join::Granular;
    out.shape = Shape::Struct;
    for (const auto& [name, child] : mapAt(node, {"properties"})) {
      Field field;
      field.name = name;
      field.schema = compile(child);
      if (const Tree* value = child.find("default"))
        field.key_default = std::make_shared<const Tree>(*value);
      out.fields.push_back(std::move(field));
    }
    sortFields(out);
    const Tree* additional = node.find("additionalProperties");
    if (additional == nullptr) return;
    if (additional->isMap()) {
      out.items = compile(*additional);
      if (out.fields.empty()) out.shape = Shape::Map;
    } else if (*additional == Tree(true)) {
      out.preserves_unknown = true;
    }
  }

  void compileList(const Tree& node, Schema& out) {
    out.shape = Shape::List;
    const std::string& type = textAt(node, {"x-kubernetes-list-type"});
    if (type == "set") out.join = Join::Set;
    if (type == "map") out.join = Join::ByKey;
    for (const Tree& key : listAt(node, {"x-kubernetes-list-map-keys"})) {
      if (key.isString()) out.keys.push_back(key.asString());
    }
    const Tree* items = node.find("items");
    out.items = items != nullptr && items->isMap() ? compile(*items) : &opaqueSchema();
  }

  std::shared_ptr<Arena> arena_;
};

}  // namespace

CompiledSchema compileSchema(const Tree& open_api_schema) {
  auto arena = std::make_shared<Arena>();
  arena->source = open_api_schema;
  const Schema* root = Compiler(arena).root();
  // The schemas point at their own arena: held by the resource alone, they must not hold it too.
  std::shared_ptr<const Arena> owner = arena;
  for (Schema& schema : arena->schemas) {
    if (schema.rules != nullptr) {
      schema.rules = std::shared_ptr<const Tree>(std::shared_ptr<const Tree>(), schema.rules.get());
    }
  }
  return {owner, root};
}

void fillCustomDefaults(Tree& object, const Schema& schema) {
  if (object.isList()) {
    if (schema.items == nullptr) return;
    for (Tree& item : object.asList()) fillCustomDefaults(item, *schema.items);
    return;
  }
  if (!object.isMap()) return;
  for (const Field& field : schema.fields) {
    const Tree* value =
        field.schema->rules == nullptr ? nullptr : field.schema->rules->find("default");
    const Tree* there = object.find(field.name);
    const bool unwanted_null = there != nullptr && there->isNull() && !field.schema->nullable;
    if (value != nullptr && (there == nullptr || unwanted_null)) object.set(field.name, *value);
  }
  for (auto& [name, child] : object.asMap()) {
    if (const Schema* below = schema.child(name)) fillCustomDefaults(child, *below);
  }
}

}  // namespace gpuspec::deploy::sandbox::api
