#include "compiler/ir/json.h"

#include <nlohmann/json.hpp>

namespace gpuspec::ir {

namespace {

using Json = nlohmann::ordered_json;

Tree fromJson(const Json& json) {
  switch (json.type()) {
    case Json::value_t::boolean:
      return json.get<bool>();
    case Json::value_t::number_integer:
      return json.get<std::int64_t>();
    case Json::value_t::number_unsigned: {
      const auto number = json.get<std::uint64_t>();
      if (number > static_cast<std::uint64_t>(INT64_MAX)) return static_cast<double>(number);
      return static_cast<std::int64_t>(number);
    }
    case Json::value_t::number_float:
      return json.get<double>();
    case Json::value_t::string:
      return json.get_ref<const std::string&>();
    case Json::value_t::array: {
      Tree list = Tree::list();
      for (const Json& item : json) list.push(fromJson(item));
      return list;
    }
    case Json::value_t::object: {
      Tree::Map map;
      map.reserve(json.size());
      for (const auto& [key, value] : json.items()) map.emplace_back(key, fromJson(value));
      return map;
    }
    default:
      return nullptr;
  }
}

Json toNlohmann(const Tree& tree) {
  if (tree.isBool()) return tree.asBool();
  if (tree.isInt()) return tree.asInt();
  if (tree.isDouble()) return tree.asDouble();
  if (tree.isString()) return tree.asString();
  if (tree.isList()) {
    Json list = Json::array();
    for (const Tree& item : tree.asList()) list.push_back(toNlohmann(item));
    return list;
  }
  if (tree.isMap()) {
    Json map = Json::object();
    for (const auto& [key, value] : tree.asMap()) map[key] = toNlohmann(value);
    return map;
  }
  return nullptr;
}

}  // namespace

llvm::Expected<Tree> parseJson(std::string_view text) {
  try {
    return fromJson(Json::parse(text));
  } catch (const Json::parse_error& error) {
    const std::string_view what(error.what());
    const std::size_t at = what.find("parse error");
    return llvm::createStringError(
        llvm::inconvertibleErrorCode(), "%s",
        std::string(at == std::string_view::npos ? what : what.substr(at)).c_str());
  }
}

std::string toJson(const Tree& tree) {
  return toNlohmann(tree).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace gpuspec::ir
