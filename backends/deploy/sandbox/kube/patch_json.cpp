#include <charconv>
#include <optional>

#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/patch.h"
#include "backends/deploy/sandbox/kube/status.h"
#include "compiler/ir/json.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

using Route = std::vector<std::string>;

// "/a/b~1c" -> a, b/c
std::optional<Route> parsePointer(std::string_view text) {
  Route out;
  if (text.empty()) return out;
  if (text[0] != '/') return std::nullopt;
  text.remove_prefix(1);
  for (;;) {
    const std::size_t slash = text.find('/');
    std::string token;
    for (std::size_t i = 0; i < std::min(slash, text.size()); ++i) {
      const bool escaped =
          text[i] == '~' && i + 1 < text.size() && (text[i + 1] == '0' || text[i + 1] == '1');
      token += escaped ? (text[++i] == '0' ? '~' : '/') : text[i];
    }
    out.push_back(std::move(token));
    if (slash == std::string_view::npos) return out;
    text.remove_prefix(slash + 1);
  }
}

std::optional<std::size_t> indexOf(const std::string& token) {
  std::size_t out = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), out);
  if (error != std::errc() || end != token.data() + token.size()) return std::nullopt;
  return out;
}

Tree* childOf(Tree& tree, const std::string& token) {
  if (tree.isMap()) return tree.find(token);
  const auto index = indexOf(token);
  if (!tree.isList() || !index || *index >= tree.asList().size()) return nullptr;
  return &tree.asList()[*index];
}

Tree* walk(Tree& tree, const Route& route, std::size_t length) {
  Tree* at = &tree;
  for (std::size_t i = 0; i < length && at != nullptr; ++i) at = childOf(*at, route[i]);
  return at;
}

bool addAt(Tree& tree, const Route& route, Tree value) {
  if (route.empty()) {
    tree = std::move(value);
    return true;
  }
  Tree* parent = walk(tree, route, route.size() - 1);
  if (parent == nullptr) return false;
  if (parent->isMap()) {
    parent->set(route.back(), std::move(value));
    return true;
  }
  if (!parent->isList()) return false;
  Tree::List& list = parent->asList();
  const auto index = route.back() == "-" ? list.size() : indexOf(route.back());
  if (!index || *index > list.size()) return false;
  list.insert(list.begin() + static_cast<std::ptrdiff_t>(*index), std::move(value));
  return true;
}

bool removeAt(Tree& tree, const Route& route) {
  if (route.empty() || walk(tree, route, route.size()) == nullptr) return false;
  Tree* parent = walk(tree, route, route.size() - 1);
  if (parent->isMap()) {
    parent->erase(route.back());
  } else {
    Tree::List& list = parent->asList();
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(*indexOf(route.back())));
  }
  return true;
}

// "" = done
std::string run(Tree& tree, const Tree& operation) {
  const std::string& op = textAt(operation, {"op"});
  const std::string& path = textAt(operation, {"path"});
  const auto route = parsePointer(path);
  if (!route) return op + " operation does not apply: the path \"" + path + "\" is no JSON pointer";
  const std::string missing =
      op + " operation does not apply: doc is missing path: \"" + path + "\": missing value";
  const Tree* value = operation.find("value");
  const bool needs_value = op == "add" || op == "replace" || op == "test";
  if (needs_value && value == nullptr) return op + " operation does not apply: it has no value";
  if (op == "add") return addAt(tree, *route, *value) ? "" : missing;
  if (op == "remove") return removeAt(tree, *route) ? "" : missing;
  if (op == "replace") {
    Tree* there = walk(tree, *route, route->size());
    if (there == nullptr) return missing;
    *there = *value;
    return "";
  }
  if (op == "test") {
    const Tree* there = walk(tree, *route, route->size());
    const bool good = there == nullptr ? value->isNull() : same(*there, *value);
    return good ? "" : "testing value " + path + " failed: test failed";
  }
  if (op != "move" && op != "copy") return "unexpected kind: " + op;
  const auto from = parsePointer(textAt(operation, {"from"}));
  const Tree* source = from ? walk(tree, *from, from->size()) : nullptr;
  if (source == nullptr) return missing;
  Tree moved = *source;
  if (op == "move") removeAt(tree, *from);
  return addAt(tree, *route, std::move(moved)) ? "" : missing;
}

}  // namespace

llvm::Expected<Tree> patchedByJson(const Tree& live, const Tree& operations) {
  if (!operations.isList()) return badRequest("the JSON patch is no list of operations");
  Tree out = live;
  for (const Tree& operation : operations.asList()) {
    const std::string error = run(out, operation);
    if (!error.empty()) {
      return statusError(
          422, "Invalid",
          "the server rejected our request due to an error in our request: " + error);
    }
  }
  return out;
}

}  // namespace gpuspec::deploy::sandbox::api
