// The functions of template expressions.

#include <algorithm>
#include <charconv>
#include <map>

#include "backends/deploy/sandbox/arm/error.h"
#include "backends/deploy/sandbox/arm/expressions.h"
#include "backends/deploy/sandbox/arm/text.h"
#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::arm {

namespace {

using Arguments = std::vector<Tree>;

llvm::Error badArguments(const char* name) {
  return invalidTemplate(std::string("The template function '") + name +
                         "' does not take these arguments.");
}

std::string textOf(const Tree& value) {
  return value.isString() ? value.asString() : ir::toJson(value);
}

bool allText(const Arguments& arguments) {
  return std::ranges::all_of(arguments, &Tree::isString);
}
bool allLists(const Arguments& arguments) {
  return std::ranges::all_of(arguments, &Tree::isList);
}
bool allFlags(const Arguments& arguments) {
  return std::ranges::all_of(arguments, &Tree::isBool);
}

// ([subscription], [group], type, names ...): the type is the first with a slash.
llvm::Expected<Tree> resourceIdOf(const Arguments& arguments, const Scope& scope) {
  if (!allText(arguments)) return badArguments("resourceId");
  const auto type = std::ranges::find_if(
      arguments, [](const Tree& one) { return one.asString().find('/') != std::string::npos; });
  const auto before = type - arguments.begin();
  if (type == arguments.end() || before > 2) return badArguments("resourceId");
  const std::string subscription = before == 2 ? arguments[0].asString() : scope.subscription_id;
  const std::string group = before > 0 ? arguments[static_cast<std::size_t>(before) - 1].asString()
                                       : textAt(scope.group, "name");
  std::vector<std::string> names;
  for (auto name = type + 1; name != arguments.end(); ++name) names.push_back(name->asString());
  llvm::Expected<std::string> id = resourceId(subscription, group, type->asString(), names);
  if (!id) return id.takeError();
  return Tree(std::move(*id));
}

llvm::Expected<Tree> parameters(const Arguments& arguments, const Scope& scope) {
  if (arguments.size() != 1 || !allText(arguments)) return badArguments("parameters");
  return scope.parameter(arguments[0].asString());
}

llvm::Expected<Tree> variables(const Arguments& arguments, const Scope& scope) {
  if (arguments.size() != 1 || !allText(arguments)) return badArguments("variables");
  return scope.variable(arguments[0].asString());
}

llvm::Expected<Tree> resourceGroup(const Arguments& arguments, const Scope& scope) {
  if (!arguments.empty()) return badArguments("resourceGroup");
  return scope.group;
}

llvm::Expected<Tree> subscription(const Arguments& arguments, const Scope& scope) {
  if (!arguments.empty()) return badArguments("subscription");
  return ir::mapOf("id", "/subscriptions/" + scope.subscription_id, "subscriptionId",
                   scope.subscription_id, "tenantId", scope.tenant_id);
}

llvm::Expected<Tree> deployment(const Arguments& arguments, const Scope& scope) {
  if (!arguments.empty()) return badArguments("deployment");
  return ir::mapOf("name", scope.deployment);
}

llvm::Expected<Tree> concat(const Arguments& arguments, const Scope&) {
  if (!arguments.empty() && allLists(arguments)) {
    Tree all = Tree::list();
    for (const Tree& list : arguments) {
      for (const Tree& item : list.asList()) all.push(item);
    }
    return all;
  }
  std::string all;
  for (const Tree& argument : arguments) {
    if (argument.isMap() || argument.isList()) return badArguments("concat");
    all += textOf(argument);
  }
  return Tree(std::move(all));
}

// "{0} of {1}"; `{{` and `}}` stand for themselves.
llvm::Expected<Tree> format(const Arguments& arguments, const Scope&) {
  if (arguments.empty() || !arguments[0].isString()) return badArguments("format");
  const std::string& text = arguments[0].asString();
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool twice = at + 1 < text.size() && text[at + 1] == text[at];
    if ((text[at] == '{' || text[at] == '}') && twice) {
      out += text[at++];
    } else if (text[at] == '{') {
      std::size_t index = 0;
      const std::size_t end = std::min(text.find('}', at), text.size());
      const auto [stop, error] = std::from_chars(text.data() + at + 1, text.data() + end, index);
      if (error != std::errc() || stop != text.data() + end || index + 1 >= arguments.size())
        return badArguments("format");
      out += textOf(arguments[index + 1]);
      at = end;
    } else {
      out += text[at];
    }
  }
  return Tree(std::move(out));
}

llvm::Expected<Tree> toBase64(const Arguments& arguments, const Scope&) {
  if (arguments.size() != 1 || !allText(arguments)) return badArguments("base64");
  return Tree(base64(arguments[0].asString()));
}

llvm::Expected<Tree> base64ToString(const Arguments& arguments, const Scope&) {
  const std::optional<std::string> text = arguments.size() == 1 && allText(arguments)
                                              ? fromBase64(arguments[0].asString())
                                              : std::nullopt;
  if (!text) return badArguments("base64ToString");
  return Tree(*text);
}

llvm::Expected<Tree> toLower(const Arguments& arguments, const Scope&) {
  if (arguments.size() != 1 || !allText(arguments)) return badArguments("toLower");
  return Tree(lower(arguments[0].asString()));
}

llvm::Expected<Tree> toUpper(const Arguments& arguments, const Scope&) {
  if (arguments.size() != 1 || !allText(arguments)) return badArguments("toUpper");
  std::string text = arguments[0].asString();
  std::ranges::transform(text, text.begin(), [](unsigned char letter) {
    return static_cast<char>(std::toupper(letter));
  });
  return Tree(std::move(text));
}

llvm::Expected<Tree> toText(const Arguments& arguments, const Scope&) {
  if (arguments.size() != 1) return badArguments("string");
  return Tree(textOf(arguments[0]));
}

llvm::Expected<Tree> toInt(const Arguments& arguments, const Scope&) {
  if (arguments.size() == 1 && arguments[0].isInt()) return arguments[0];
  std::int64_t value = 0;
  if (arguments.size() == 1 && arguments[0].isString()) {
    const std::string& text = arguments[0].asString();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size()) return Tree(value);
  }
  return badArguments("int");
}

llvm::Expected<Tree> length(const Arguments& arguments, const Scope&) {
  if (arguments.size() == 1) {
    const Tree& one = arguments[0];
    if (one.isString()) return Tree(static_cast<std::int64_t>(one.asString().size()));
    if (one.isList()) return Tree(static_cast<std::int64_t>(one.asList().size()));
    if (one.isMap()) return Tree(static_cast<std::int64_t>(one.asMap().size()));
  }
  return badArguments("length");
}

llvm::Expected<Tree> replace(const Arguments& arguments, const Scope&) {
  if (arguments.size() != 3 || !allText(arguments) || arguments[1].asString().empty())
    return badArguments("replace");
  std::string text = arguments[0].asString();
  const std::string &from = arguments[1].asString(), &to = arguments[2].asString();
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return Tree(std::move(text));
}

llvm::Expected<Tree> createArray(const Arguments& arguments, const Scope&) {
  return Tree(Tree::List(arguments));
}

llvm::Expected<Tree> createObject(const Arguments& arguments, const Scope&) {
  Tree object = Tree::map();
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    if (!arguments[i].isString() || i + 1 == arguments.size()) return badArguments("createObject");
    object.set(arguments[i].asString(), arguments[i + 1]);
  }
  return object;
}

llvm::Expected<Tree> choose(const Arguments& arguments, const Scope&) {
  if (arguments.size() != 3 || !arguments[0].isBool()) return badArguments("if");
  return arguments[arguments[0].asBool() ? 1 : 2];
}

llvm::Expected<Tree> equals(const Arguments& arguments, const Scope&) {
  if (arguments.size() != 2) return badArguments("equals");
  return Tree(arguments[0] == arguments[1]);
}

llvm::Expected<Tree> negate(const Arguments& arguments, const Scope&) {
  if (arguments.size() != 1 || !allFlags(arguments)) return badArguments("not");
  return Tree(!arguments[0].asBool());
}

llvm::Expected<Tree> allOf(const Arguments& arguments, const Scope&) {
  if (!allFlags(arguments)) return badArguments("and");
  return Tree(std::ranges::all_of(arguments, &Tree::asBool));
}

llvm::Expected<Tree> anyOf(const Arguments& arguments, const Scope&) {
  if (!allFlags(arguments)) return badArguments("or");
  return Tree(std::ranges::any_of(arguments, &Tree::asBool));
}

llvm::Expected<Tree> coalesce(const Arguments& arguments, const Scope&) {
  const auto found = std::ranges::find_if_not(arguments, &Tree::isNull);
  return found == arguments.end() ? Tree() : *found;
}

llvm::Expected<Tree> isEmpty(const Arguments& arguments, const Scope&) {
  if (arguments.size() != 1) return badArguments("empty");
  return Tree(arguments[0].empty());
}

llvm::Expected<Tree> yes(const Arguments&, const Scope&) {
  return Tree(true);
}
llvm::Expected<Tree> no(const Arguments&, const Scope&) {
  return Tree(false);
}
llvm::Expected<Tree> nothing(const Arguments&, const Scope&) {
  return Tree();
}

}  // namespace

Function findFunction(std::string_view name) {
  static const std::map<std::string_view, Function> kFunctions = {
      {"resourceid", resourceIdOf},
      {"parameters", parameters},
      {"variables", variables},
      {"resourcegroup", resourceGroup},
      {"subscription", subscription},
      {"deployment", deployment},
      {"concat", concat},
      {"format", format},
      {"base64", toBase64},
      {"base64tostring", base64ToString},
      {"tolower", toLower},
      {"toupper", toUpper},
      {"string", toText},
      {"int", toInt},
      {"length", length},
      {"replace", replace},
      {"createarray", createArray},
      {"createobject", createObject},
      {"if", choose},
      {"equals", equals},
      {"not", negate},
      {"and", allOf},
      {"or", anyOf},
      {"coalesce", coalesce},
      {"empty", isEmpty},
      {"true", yes},
      {"false", no},
      {"null", nothing}};
  const auto found = kFunctions.find(name);
  return found == kFunctions.end() ? nullptr : found->second;
}

}  // namespace gpuspec::deploy::sandbox::arm
