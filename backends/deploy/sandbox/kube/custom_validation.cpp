#include <algorithm>
#include <regex>
#include <set>

#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/validate.h"
#include "compiler/ir/json.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

std::string_view typeName(const Tree& value) {
  if (value.isString()) return "string";
  if (value.isBool()) return "boolean";
  if (value.isInt()) return "integer";
  if (value.isDouble()) return "number";
  if (value.isList()) return "array";
  return value.isMap() ? "object" : "null";
}

bool isOfType(const Tree& value, const std::string& type) {
  if (type.empty()) return true;
  if (type == "number") return value.isInt() || value.isDouble();
  return typeName(value) == type;
}

double numberOf(const Tree& value) {
  return value.isInt() ? static_cast<double>(value.asInt()) : value.asDouble();
}

std::size_t charactersOf(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

// Patterns that only Go understands are let through.
bool matchesPattern(const std::string& text, const std::string& pattern) {
  try {
    return std::regex_search(text, std::regex(pattern, std::regex::ECMAScript));
  } catch (const std::regex_error&) {
    return true;
  }
}

class Checker {
 public:
  explicit Checker(Causes& causes) : causes_(causes) {}

  void check(const Tree& value, const Tree& rules, const std::string& path) {
    if (value.isNull() && flagAt(rules, {"nullable"})) return;
    const bool int_or_string = flagAt(rules, {"x-kubernetes-int-or-string"});
    const std::string& type = textAt(rules, {"type"});
    if (int_or_string ? !value.isInt() && !value.isString() : !isOfType(value, type)) {
      const std::string expected = int_or_string ? "integer,string" : type;
      const std::string found(typeName(value));
      causes_.push_back({"FieldValueTypeInvalid",
                         "Invalid value: \"" + found + "\": " + path + " in body must be of type " +
                             expected + ": \"" + found + "\"",
                         path});
      return;
    }
    checkEnum(value, rules, path);
    if (value.isString()) checkText(value.asString(), rules, path);
    if (value.isInt() || value.isDouble()) checkNumber(value, rules, path);
    if (value.isList()) checkList(value, rules, path);
    if (value.isMap()) checkMap(value, rules, path);
    checkCombinations(value, rules, path);
  }

 private:
  void fail(const std::string& path, const Tree& value, const std::string& what) {
    causes_.push_back(invalidValue(path, value, path + " in body " + what));
  }

  void checkEnum(const Tree& value, const Tree& rules, const std::string& path) {
    const Tree::List& known = listAt(rules, {"enum"});
    if (known.empty()) return;
    std::vector<std::string> names;
    for (const Tree& each : known) {
      if (same(each, value)) return;
      names.push_back(each.isString() ? each.asString() : ir::toJson(each));
    }
    causes_.push_back(notSupported(path, value, names));
  }

  void checkText(const std::string& text, const Tree& rules, const std::string& path) {
    const std::int64_t length = static_cast<std::int64_t>(charactersOf(text));
    const Tree* least = rules.find("minLength");
    const Tree* most = rules.find("maxLength");
    if (least != nullptr && least->isInt() && length < least->asInt()) {
      fail(path, text, "should be at least " + std::to_string(least->asInt()) + " chars long");
    }
    if (most != nullptr && most->isInt() && length > most->asInt())
      causes_.push_back(tooLong(path, most->asInt()));
    const std::string& pattern = textAt(rules, {"pattern"});
    if (!pattern.empty() && !matchesPattern(text, pattern))
      fail(path, text, "should match '" + pattern + "'");
  }

  void checkNumber(const Tree& value, const Tree& rules, const std::string& path) {
    const double number = numberOf(value);
    const auto limit = [&rules](std::string_view name) {
      const Tree* found = rules.find(name);
      return found != nullptr && (found->isInt() || found->isDouble()) ? found : nullptr;
    };
    if (const Tree* least = limit("minimum")) {
      const bool open = flagAt(rules, {"exclusiveMinimum"});
      if (number < numberOf(*least) || (open && number == numberOf(*least))) {
        fail(path, value,
             std::string("should be greater than ") + (open ? "" : "or equal to ") +
                 ir::toJson(*least));
      }
    }
    if (const Tree* most = limit("maximum")) {
      const bool open = flagAt(rules, {"exclusiveMaximum"});
      if (number > numberOf(*most) || (open && number == numberOf(*most))) {
        fail(
            path, value,
            std::string("should be less than ") + (open ? "" : "or equal to ") + ir::toJson(*most));
      }
    }
  }

  void checkList(const Tree& value, const Tree& rules, const std::string& path) {
    const std::int64_t size = static_cast<std::int64_t>(value.asList().size());
    if (size < intAt(rules, {"minItems"})) {
      fail(path, size,
           "should have at least " + std::to_string(intAt(rules, {"minItems"})) + " items");
    }
    const Tree* most = rules.find("maxItems");
    if (most != nullptr && most->isInt() && size > most->asInt()) {
      causes_.push_back({"FieldValueTooMany",
                         "Too many: " + std::to_string(size) + ": must have at most " +
                             std::to_string(most->asInt()) + " items",
                         path});
    }
    checkDuplicates(value, rules, path);
    const Tree* items = rules.find("items");
    if (items == nullptr) return;
    for (std::size_t i = 0; i < value.asList().size(); ++i) {
      check(value.asList()[i], *items, path + "[" + std::to_string(i) + "]");
    }
  }

  void checkDuplicates(const Tree& value, const Tree& rules, const std::string& path) {
    const std::string& type = textAt(rules, {"x-kubernetes-list-type"});
    if (type != "set" && type != "map") return;
    std::set<std::string> seen;
    for (std::size_t i = 0; i < value.asList().size(); ++i) {
      const Tree& item = value.asList()[i];
      Tree key = item;
      if (type == "map") {
        key = Tree::map();
        for (const Tree& name : listAt(rules, {"x-kubernetes-list-map-keys"})) {
          if (const Tree* part = item.find(name.asString())) key.set(name.asString(), *part);
        }
      }
      if (!seen.insert(ir::toJson(key)).second) {
        causes_.push_back(duplicateValue(path + "[" + std::to_string(i) + "]", key));
      }
    }
  }

  void checkMap(const Tree& value, const Tree& rules, const std::string& path) {
    const std::string prefix = path.empty() ? "" : path + ".";
    for (const Tree& name : listAt(rules, {"required"})) {
      if (name.isString() && value.find(name.asString()) == nullptr) {
        causes_.push_back(required(prefix + name.asString()));
      }
    }
    const Tree* properties = rules.find("properties");
    const Tree* additional = rules.find("additionalProperties");
    for (const auto& [name, child] : value.asMap()) {
      const Tree* below = properties == nullptr ? nullptr : properties->find(name);
      if (below == nullptr && additional != nullptr && additional->isMap()) below = additional;
      const bool metadata = path.empty() && name == "metadata";
      if (below != nullptr && !metadata) check(child, *below, prefix + name);
    }
  }

  // How many of the alternatives hold.
  std::int64_t holding(const Tree& value, const Tree::List& alternatives, const std::string& path) {
    return std::count_if(alternatives.begin(), alternatives.end(), [&](const Tree& alternative) {
      Causes own;
      Checker(own).check(value, alternative, path);
      return own.empty();
    });
  }

  void checkCombinations(const Tree& value, const Tree& rules, const std::string& path) {
    for (const Tree& each : listAt(rules, {"allOf"})) check(value, each, path);
    const Tree::List& any = listAt(rules, {"anyOf"});
    const Tree::List& one = listAt(rules, {"oneOf"});
    const std::string shown = path.empty() ? "<nil>" : path;
    if (!any.empty() && holding(value, any, path) == 0) {
      fail(shown, value, "must validate at least one schema (anyOf)");
    }
    if (!one.empty() && holding(value, one, path) != 1) {
      fail(shown, value, "must validate one and only one schema (oneOf)");
    }
    const Tree* never = rules.find("not");
    if (never != nullptr && holding(value, {*never}, path) == 1) {
      fail(shown, value, "must not validate the schema (not)");
    }
  }

  Causes& causes_;
};

}  // namespace

void checkCustom(const Tree& value, const Schema& schema, const std::string& path, Causes& causes) {
  if (schema.rules != nullptr) Checker(causes).check(value, *schema.rules, path);
}

}  // namespace gpuspec::deploy::sandbox::api
