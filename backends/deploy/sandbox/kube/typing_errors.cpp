#include <set>

#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/typed.h"
#include "compiler/ir/json.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

std::string shownElement(const Schema& list, const Tree& item) {
  std::vector<std::string> paths;
  FieldSet one;
  one.insert(itemElement(list, item));
  return one.paths().front();
}

// What the applied value is, as the server's own types are called.
std::string_view goType(const Tree& value) {
  if (value.isString()) return "string";
  if (value.isBool()) return "bool";
  if (value.isInt()) return "int64";
  if (value.isDouble()) return "float64";
  if (value.isList()) return "[]interface {}";
  return value.isMap() ? "map[string]interface {}" : "nil";
}

class Checker {
 public:
  std::vector<std::string> errors;

  void check(const Tree& value, const Schema& schema, const std::string& path) {
    if (value.isNull()) return;
    switch (schema.shape) {
      case Shape::Any:
        return;
      case Shape::Struct:
        return checkStruct(value, schema, path);
      case Shape::Map:
        return checkMap(value, schema, path);
      case Shape::List:
        return checkList(value, schema, path);
      case Shape::Int:
      case Shape::Double:
        return want(value.isInt() || value.isDouble(), path, "numeric (int or float)", value);
      case Shape::Bool:
        return want(value.isBool(), path, "boolean", value);
      case Shape::IntOrString:
      case Shape::Quantity:
        return want(!value.isMap() && !value.isList(), path, "scalar", value);
      default:
        return want(value.isString(), path, "string", value);
    }
  }

 private:
  void want(bool good, const std::string& path, std::string_view expected, const Tree& value) {
    if (good) return;
    errors.push_back(path + ": expected " + std::string(expected) +
                     ", got &value.valueUnstructured{" + ir::toJson(value) + "} of type " +
                     std::string(goType(value)));
  }

  void checkStruct(const Tree& value, const Schema& schema, const std::string& path) {
    if (!value.isMap()) return want(false, path, "map", value);
    for (const auto& [name, child] : value.asMap()) {
      const Schema* below = schema.child(name);
      const bool implied =
          schema.embedded && (name == "apiVersion" || name == "kind" || name == "metadata");
      if (below != nullptr) {
        check(child, *below, path + "." + name);
      } else if (!implied) {
        errors.push_back(path + "." + name + ": field not declared in schema");
      }
    }
  }

  void checkMap(const Tree& value, const Schema& schema, const std::string& path) {
    if (!value.isMap()) return want(false, path, "map", value);
    for (const auto& [name, child] : value.asMap()) check(child, *schema.items, path + "." + name);
  }

  void checkList(const Tree& value, const Schema& schema, const std::string& path) {
    if (!value.isList()) return want(false, path, "list", value);
    std::set<std::string> seen;
    for (std::size_t i = 0; i < value.asList().size(); ++i) {
      const Tree& item = value.asList()[i];
      if (schema.join == Join::Atomic) {
        check(item, *schema.items, path + "[" + std::to_string(i) + "]");
        continue;
      }
      if (schema.join == Join::ByKey && !checkKeys(item, schema, path, i)) continue;
      const std::string shown = shownElement(schema, item);
      if (!seen.insert(shown).second) {
        errors.push_back(path + ": duplicate entries for key " + shown);
      }
      check(item, *schema.items, path + shown);
    }
  }

  bool checkKeys(const Tree& item, const Schema& list, const std::string& path, std::size_t index) {
    const std::string at = path + ": element " + std::to_string(index);
    if (!item.isMap()) {
      errors.push_back(at + ": associative list with keys may not have non-map elements");
      return false;
    }
    for (const std::string& key : list.keys) {
      const Field* field = list.items->field(key);
      const bool defaulted = field != nullptr && field->key_default != nullptr;
      if (item.find(key) != nullptr || defaulted) return true;
    }
    std::string names;
    for (const std::string& key : list.keys) names += (names.empty() ? "\"" : ", \"") + key + "\"";
    errors.push_back(at + ": associative list with keys has an element that omits key field " +
                     names + " (and doesn't have default value)");
    return false;
  }
};

}  // namespace

std::vector<std::string> typingErrors(const Tree& config, const Schema& schema) {
  Checker checker;
  checker.check(config, schema, "");
  return std::move(checker.errors);
}

}  // namespace gpuspec::deploy::sandbox::api
