#pragma once

// The types of Kubernetes objects as far as the server needs them: which fields there are, how
// lists and maps are joined by server-side apply and by strategic merge patches. Built in from
// types.inc, or made from a CustomResourceDefinition.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ir/tree.h"

namespace gpuspec::deploy::sandbox::api {

using ir::Tree;

enum class Shape : std::uint8_t {
  Any,
  Struct,
  Map,
  List,
  String,
  Int,
  Double,
  Bool,
  IntOrString,
  Quantity,
  Time,
  MicroTime,
  Bytes
};

enum class Join : std::uint8_t {
  Atomic,    // one writer owns it as a whole
  Granular,  // maps and structs: key by key
  Set,       // lists: the items are their own keys
  ByKey,     // lists of structs that `keys` tell apart
};

struct Schema;

struct Field {
  std::string name;
  const Schema* schema = nullptr;
  bool required = false;
  std::shared_ptr<const Tree> key_default;  // what a list-map key means when it is absent
  bool patch_merges = false;                // strategic merge: by patch_key, or as a set
  bool patch_retains_keys = false;
  std::string patch_key;
};

struct Schema {
  Shape shape = Shape::Any;
  Join join = Join::Atomic;
  std::uint8_t bits = 64;  // of Int
  bool preserves_unknown = false;
  bool embedded = false;  // a whole object: apiVersion, kind and metadata are known
  bool nullable = false;
  std::string name;               // of a built-in struct: "core.v1.Container"
  std::vector<Field> fields;      // by name
  const Schema* items = nullptr;  // of List and Map
  std::vector<std::string> keys;
  std::shared_ptr<const Tree> rules;  // of custom resources: the node's JSONSchemaProps

  const Field* field(std::string_view field_name) const;
  // What a child is typed as; nullptr = no such field.
  const Schema* child(std::string_view field_name) const;
  bool isLeaf() const;
};

// What anything is where nothing is known: maps key by key, lists as a whole.
const Schema& deducedSchema();
// Any value, owned as a whole.
const Schema& opaqueSchema();

// "core.v1.Pod"; nullptr = not in types.inc.
const Schema* builtInType(std::string_view name);
std::vector<const Schema*> builtInTypes();

}  // namespace gpuspec::deploy::sandbox::api
