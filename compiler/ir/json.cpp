#include "compiler/ir/json.h"

#include <nlohmann/json.hpp>

namespace gpuspec::ir {

namespace {

using Json = nlohmann::ordered_json;

// Trees are walked by recursion everywhere: what would end the process is refused here.
constexpr std::size_t kDeepest = 2000;

bool isTooDeep(std::string_view text) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '[' || c == '{')) {
      if (++depth > kDeepest) return true;
    } else if (!quoted && (c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return false;
}

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
  if (isTooDeep(text))
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "it nests deeper than %zu lists and objects", kDeepest);
  try {
    return fromJson(Json::parse(text));
  } catch (const Json::exception& error) {  // also of a number that no double holds
    const std::string_view what(error.what());
    const std::size_t kind_end = what.find("] ");  // "[json.exception.parse_error.101] "
    return llvm::createStringError(
        llvm::inconvertibleErrorCode(), "%s",
        std::string(kind_end == std::string_view::npos ? what : what.substr(kind_end + 2)).c_str());
  }
}

std::string toJson(const Tree& tree) {
  return toNlohmann(tree).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace gpuspec::ir
