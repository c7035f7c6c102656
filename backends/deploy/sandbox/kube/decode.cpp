#include "backends/deploy/sandbox/kube/decode.h"

#include <algorithm>

#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/quantity.h"
#include "backends/deploy/sandbox/kube/status.h"
#include "compiler/ir/json.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

std::string_view jsonType(const Tree& value) {
  if (value.isString()) return "string";
  if (value.isBool()) return "bool";
  if (value.isInt() || value.isDouble()) return "number";
  return value.isList() ? "array" : "object";
}

std::string_view goTypeOf(const Schema& schema) {
  switch (schema.shape) {
    case Shape::String:
      return "string";
    case Shape::Int:
      return schema.bits == 32 ? "int32" : "int64";
    case Shape::Double:
      return "float64";
    case Shape::Bool:
      return "bool";
    case Shape::Bytes:
      return "[]uint8";
    case Shape::Time:
      return "v1.Time";
    case Shape::MicroTime:
      return "v1.MicroTime";
    case Shape::Quantity:
      return "resource.Quantity";
    case Shape::IntOrString:
      return "intstr.IntOrString";
    case Shape::List:
      return "[]"
             "interface {}";
    case Shape::Map:
      return "map[string]interface {}";
    case Shape::Struct:
      return schema.name;
    case Shape::Any:
      break;
  }
  return "interface {}";
}

bool hasRightType(const Tree& value, const Schema& schema) {
  switch (schema.shape) {
    case Shape::Any:
      return true;
    case Shape::Struct:
    case Shape::Map:
      return value.isMap();
    case Shape::List:
      return value.isList();
    case Shape::Int:
      return value.isInt() &&
             (schema.bits == 64 || (value.asInt() >= INT32_MIN && value.asInt() <= INT32_MAX));
    case Shape::Double:
      return value.isInt() || value.isDouble();
    case Shape::Bool:
      return value.isBool();
    case Shape::IntOrString:
      return value.isInt() || value.isString();
    case Shape::Quantity:
      return value.isInt() || value.isDouble() || value.isString();
    default:
      return value.isString();
  }
}

// A struct in the last part of its name: "core.v1.PodSpec" -> "PodSpec".
std::string shortName(const std::string& name) {
  return name.substr(name.rfind('.') + 1);
}

class Decoder {
 public:
  explicit Decoder(bool custom) : custom_(custom) {}

  std::vector<std::string> unknown;
  std::string type_error;

  void walk(Tree& value, const Schema& schema, const std::string& path, const std::string& owner) {
    if (!hasRightType(value, schema)) {
      if (!custom_ || path.starts_with("metadata")) wrongType(value, schema, path, owner);
      return;
    }
    switch (schema.shape) {
      case Shape::Struct:
        return walkStruct(value, schema, path);
      case Shape::Map:
        for (auto& [name, child] : value.asMap()) {
          if (!child.isNull()) walk(child, *schema.items, join(path, name), owner);
        }
        if (!custom_) dropNulls(value, schema);
        return;
      case Shape::List:
        for (std::size_t i = 0; i < value.asList().size(); ++i) {
          Tree& item = value.asList()[i];
          if (!item.isNull())
            walk(item, *schema.items, path + "[" + std::to_string(i) + "]", owner);
        }
        return;
      case Shape::Quantity:
        return canonical(value, path);
      default:
        return;
    }
  }

 private:
  static std::string join(const std::string& path, const std::string& name) {
    return path.empty() ? name : path + "." + name;
  }

  void wrongType(const Tree& value, const Schema& schema, const std::string& path,
                 const std::string& owner) {
    if (!type_error.empty()) return;
    std::string what(jsonType(value));
    if (value.isInt() || value.isDouble()) what += " " + ir::toJson(value);
    type_error = "json: cannot unmarshal " + what + " into Go struct field " + owner + "." + path +
                 " of type " + std::string(goTypeOf(schema));
  }

  void canonical(Tree& value, const std::string& path) {
    const auto quantity = parseQuantity(value);
    if (quantity) {
      value = quantity->str();
    } else if (type_error.empty() && !custom_) {
      type_error = path +
                   ": quantities must match the regular expression "
                   "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
    }
  }

  static void dropNulls(Tree& value, const Schema& schema) {
    // A null in a map of strings is an empty string, as encoding/json reads it.
    for (auto& [name, child] : value.asMap()) {
      if (child.isNull() && schema.items->shape == Shape::String) child = "";
    }
    std::erase_if(value.asMap(), [](const Tree::Entry& entry) { return entry.second.isNull(); });
  }

  void walkStruct(Tree& value, const Schema& schema, const std::string& path) {
    Tree::Map kept;
    kept.reserve(value.asMap().size());
    for (auto& [name, child] : value.asMap()) {
      const Schema* below = schema.child(name);
      const bool implied =
          schema.embedded && (name == "apiVersion" || name == "kind" || name == "metadata");
      if (below == nullptr && !implied) {
        unknown.push_back("unknown field \"" + join(path, name) + "\"");
        continue;
      }
      if (child.isNull() && !(custom_ && below != nullptr && below->nullable)) continue;
      if (below != nullptr) walk(child, *below, join(path, name), shortName(schema.name));
      kept.emplace_back(std::move(name), std::move(child));
    }
    value.asMap() = std::move(kept);
  }

  bool custom_;
};

}  // namespace

llvm::Expected<Decoded> decode(Tree object, const ResourceInfo& resource) {
  if (!object.isMap()) {
    return badRequest("couldn't get version/kind; json parse error: json: cannot unmarshal " +
                      std::string(jsonType(object)) +
                      " into Go value of type struct { APIVersion string; Kind string }");
  }
  Decoder decoder(resource.custom);
  decoder.walk(object, *resource.schema, "", resource.kind);
  if (!decoder.type_error.empty()) {
    return badRequest(resource.kind + " in version \"" + resource.version +
                      "\" cannot be handled as a " + resource.kind + ": " + decoder.type_error);
  }
  return Decoded{std::move(object), std::move(decoder.unknown)};
}

llvm::Error reportStrictness(const std::vector<std::string>& problems, std::string_view directive,
                             const ResourceInfo& resource, std::vector<std::string>* warnings) {
  if (problems.empty() || directive == "Ignore") return llvm::Error::success();
  if (directive != "Strict") {
    if (warnings != nullptr) warnings->insert(warnings->end(), problems.begin(), problems.end());
    return llvm::Error::success();
  }
  std::string all;
  for (const std::string& problem : problems) all += (all.empty() ? "" : ", ") + problem;
  return badRequest(resource.kind + " in version \"" + resource.version +
                    "\" cannot be handled as a " + resource.kind +
                    ": strict decoding error: " + all);
}

}  // namespace gpuspec::deploy::sandbox::api
