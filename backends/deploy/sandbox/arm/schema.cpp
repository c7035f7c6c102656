#include "backends/deploy/sandbox/arm/schema.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <optional>
#include <vector>

#include "backends/deploy/sandbox/arm/api_versions.h"
#include "backends/deploy/sandbox/arm/error.h"
#include "backends/deploy/sandbox/arm/text.h"
#include "lang/source/check.h"

namespace gpuspec::deploy::sandbox::arm {

namespace {

struct Property {
  std::string_view name, value;
  bool read_only = false, required = false, preview = false, write_only = false;
  std::string_view stable_since;  // of what previews had before
};
using Properties = std::vector<Property>;

const std::map<std::string_view, Properties, std::less<>>& types() {
  static const auto kTypes = [] {
    std::map<std::string_view, Properties, std::less<>> made;
    const auto add = [&](std::string_view type, std::string_view name, std::string_view value,
                         std::string_view flags) {
      const std::size_t date = flags.find(">=");
      made[type].push_back(
          {name, value, flags.find('r') != std::string_view::npos,
           flags.find('!') != std::string_view::npos, flags.find('p') != std::string_view::npos,
           flags.find('w') != std::string_view::npos,
           date == std::string_view::npos ? std::string_view() : flags.substr(date + 2)});
    };
#define ARM_PROPERTY(type, name, value, flags) add(type, name, value, flags);
#include "backends/deploy/sandbox/arm/properties.def"
#undef ARM_PROPERTY
    return made;
  }();
  return kTypes;
}

const Properties& propertiesOf(std::string_view type) {
  const auto found = types().find(type);
  GPUSPEC_CHECK(found != types().end(), "every type that a row names has rows");
  return found->second;
}

const Property* findProperty(const Properties& properties, std::string_view name) {
  const Property* any = nullptr;
  for (const Property& property : properties) {
    if (property.name == name) return &property;
    if (property.name == "*") any = &property;
  }
  return any;
}

std::string_view shape(const Tree& tree) {
  if (tree.isMap()) return "object";
  if (tree.isList()) return "array";
  if (tree.isString()) return "string";
  return tree.isBool() ? "bool" : "number";
}

std::string below(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + "." + std::string(name);
}

llvm::Error unmarshalError(const std::string& text) {
  return fail(400, "UnmarshalError", "UnmarshalEntity encountered error: json: " + text + ".");
}

llvm::Error wrongType(const std::string& path, const Tree& tree, std::string_view wanted) {
  return unmarshalError("cannot unmarshal " + std::string(shape(tree)) + " into Go struct field " +
                        path + " of type " + std::string(wanted));
}

llvm::Error invalidValue(const std::string& path, const std::string& text) {
  return fail(400, "InvalidParameter",
              "The value of parameter " + path + " is invalid: " + text + ".", path);
}

struct Range {
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
};

// "integer 0..30": what stands behind the type.
Range rangeOf(std::string_view value) {
  Range range;
  const std::size_t space = value.find(' '), dots = value.find("..");
  if (space == std::string_view::npos || dots == std::string_view::npos) return range;
  const std::string_view least = value.substr(space + 1, dots - space - 1),
                         most = value.substr(dots + 2);
  std::from_chars(least.data(), least.data() + least.size(), range.least);
  std::from_chars(most.data(), most.data() + most.size(), range.most);
  return range;
}

bool isKnown(const Property& property, std::string_view api_version) {
  return !property.preview || isPreview(api_version) ||
         (!property.stable_since.empty() && api_version >= property.stable_since);
}

// Walks `tree` along a value's description.
class Checker {
 public:
  explicit Checker(std::string_view api_version) : api_version_(api_version) {}

  llvm::Error check(std::string_view value, const Tree& tree, const std::string& path) const {
    if (tree.isNull() || value == "any") return llvm::Error::success();
    if (value.starts_with("@")) return checkObject(value.substr(1), tree, path);
    if (value.starts_with("[]")) return checkList(value.substr(2), tree, path);
    if (value.starts_with("{}")) return checkMap(value.substr(2), tree, path);
    if (value == "boolean")
      return tree.isBool() ? llvm::Error::success() : wrongType(path, tree, "bool");
    if (value.starts_with("integer") || value.starts_with("number"))
      return checkNumber(value, tree, path);
    return checkText(value, tree, path);
  }

  llvm::Error checkObject(std::string_view type, const Tree& tree, const std::string& path) const {
    if (!tree.isMap()) return wrongType(path, tree, "object");
    const Properties& properties = propertiesOf(type);
    for (const auto& [name, child] : tree.asMap()) {
      const Property* property = findProperty(properties, name);
      if (property == nullptr || !isKnown(*property, api_version_))
        return unmarshalError("unknown field \"" + name + "\"" +
                              (path.empty() ? "" : " in " + path));
      if (property->read_only) continue;
      if (llvm::Error error = check(property->value, child, below(path, name))) return error;
    }
    for (const Property& property : properties) {
      const Tree* child = tree.find(property.name);
      if (property.required && !property.read_only && (child == nullptr || child->isNull()))
        return fail(400, "InvalidParameter",
                    "Required parameter " + below(path, property.name) + " is missing (null).",
                    below(path, property.name));
    }
    return llvm::Error::success();
  }

 private:
  llvm::Error checkList(std::string_view item, const Tree& tree, const std::string& path) const {
    if (!tree.isList()) return wrongType(path, tree, "array");
    for (const Tree& child : tree.asList()) {
      if (child.isNull()) return invalidValue(path, "an item is null");
      if (llvm::Error error = check(item, child, path)) return error;
    }
    return llvm::Error::success();
  }

  llvm::Error checkMap(std::string_view item, const Tree& tree, const std::string& path) const {
    if (!tree.isMap()) return wrongType(path, tree, "object");
    for (const auto& [name, child] : tree.asMap()) {
      if (llvm::Error error = check(item, child, below(path, name))) return error;
    }
    return llvm::Error::success();
  }

  static llvm::Error checkNumber(std::string_view value, const Tree& tree,
                                 const std::string& path) {
    const bool whole = value.starts_with("integer");
    if (!tree.isInt() && (whole || !tree.isDouble()))
      return wrongType(path, tree, whole ? "int32" : "float64");
    const double number = tree.isInt() ? static_cast<double>(tree.asInt()) : tree.asDouble();
    const Range range = rangeOf(value);
    if (number >= range.least && number <= range.most) return llvm::Error::success();
    return invalidValue(path, "it has to be in " + std::string(value.substr(value.find(' ') + 1)));
  }

  static llvm::Error checkText(std::string_view value, const Tree& tree, const std::string& path) {
    if (!tree.isString()) return wrongType(path, tree, "string");
    if (value == "string") return llvm::Error::success();
    const std::vector<std::string> words = split(value, '|');
    const bool known = std::ranges::any_of(
        words, [&](const std::string& word) { return sameName(word, tree.asString()); });
    if (known) return llvm::Error::success();
    return invalidValue(path, "'" + tree.asString() + "' is none of " + join(words, ", "));
  }

  std::string_view api_version_;
};

// Calls visit(value description, tree) for every property's value, from the inside out.
template <class Visit>
void walk(std::string_view value, Tree& tree, const Visit& visit) {
  if (value.starts_with("@") && tree.isMap()) {
    const Properties& properties = propertiesOf(value.substr(1));
    for (auto& [name, child] : tree.asMap()) {
      if (const Property* property = findProperty(properties, name))
        walk(property->value, child, visit);
    }
  } else if (value.starts_with("[]") && tree.isList()) {
    for (Tree& child : tree.asList()) walk(value.substr(2), child, visit);
  } else if (value.starts_with("{}") && tree.isMap()) {
    for (auto& [name, child] : tree.asMap()) walk(value.substr(2), child, visit);
  }
  visit(value, tree);
}

}  // namespace

llvm::Error checkBody(std::string_view kind, const Tree& body, std::string_view api_version) {
  if (!body.isMap())
    return fail(400, "InvalidRequestContent",
                "The request content was invalid: an object is needed.");
  return Checker(api_version).checkObject(kind, body, "");
}

void eraseReadOnly(std::string_view kind, Tree& body) {
  walk("@" + std::string(kind), body, [](std::string_view value, Tree& tree) {
    if (!tree.isMap()) return;
    const bool object = value.starts_with("@");
    std::erase_if(tree.asMap(), [&](const Tree::Entry& entry) {
      const Property* property =
          object ? findProperty(propertiesOf(value.substr(1)), entry.first) : nullptr;
      return entry.second.isNull() || (property != nullptr && property->read_only);
    });
  });
}

void eraseSecrets(std::string_view kind, Tree& body) {
  walk("@" + std::string(kind), body, [](std::string_view value, Tree& tree) {
    if (!tree.isMap() || !value.starts_with("@")) return;
    std::erase_if(tree.asMap(), [&](const Tree::Entry& entry) {
      const Property* property = findProperty(propertiesOf(value.substr(1)), entry.first);
      return property != nullptr && property->write_only;
    });
  });
}

void eraseUnknown(std::string_view kind, std::string_view api_version, Tree& resource) {
  walk("@" + std::string(kind), resource, [&](std::string_view value, Tree& tree) {
    if (!tree.isMap() || !value.starts_with("@")) return;
    std::erase_if(tree.asMap(), [&](const Tree::Entry& entry) {
      const Property* property = findProperty(propertiesOf(value.substr(1)), entry.first);
      return property != nullptr && !isKnown(*property, api_version);
    });
  });
}

void spellWords(std::string_view kind, Tree& body) {
  walk("@" + std::string(kind), body, [](std::string_view value, Tree& tree) {
    if (!tree.isString() || value.find('|') == std::string_view::npos) return;
    for (const std::string& word : split(value, '|')) {
      if (sameName(word, tree.asString())) tree = Tree(word);
    }
  });
}

}  // namespace gpuspec::deploy::sandbox::arm
