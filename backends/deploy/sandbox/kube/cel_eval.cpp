#include <algorithm>
#include <charconv>
#include <regex>

#include "backends/deploy/sandbox/kube/cel.h"
#include "backends/deploy/sandbox/kube/fields.h"
#include "compiler/ir/json.h"

namespace gpuspec::deploy::sandbox::api::cel {
namespace {

using Result = llvm::Expected<Value>;

llvm::Error fail(const std::string& why) {
  return llvm::createStringError(why);
}

Result noOverload(const std::string& name) {
  return fail("no such overload: " + name);
}

double numberOf(const Tree& value) {
  return value.isInt() ? static_cast<double>(value.asInt()) : value.asDouble();
}

bool isNumber(const Tree& value) {
  return value.isInt() || value.isDouble();
}

std::optional<int> order(const Value& a, const Value& b) {
  if (a.quantity && b.quantity) {
    return a.quantity->nano < b.quantity->nano ? -1 : a.quantity->nano > b.quantity->nano ? 1 : 0;
  }
  if (isNumber(a.tree) && isNumber(b.tree)) {
    const double x = numberOf(a.tree), y = numberOf(b.tree);
    return x < y ? -1 : x > y ? 1 : 0;
  }
  if (!a.tree.isString() || !b.tree.isString()) return std::nullopt;
  const int compared = a.tree.asString().compare(b.tree.asString());
  return compared < 0 ? -1 : compared > 0 ? 1 : 0;
}

bool equal(const Value& a, const Value& b) {
  if (a.quantity || b.quantity)
    return a.quantity && b.quantity && a.quantity->nano == b.quantity->nano;
  return same(a.tree, b.tree);
}

Result arithmetic(const std::string& op, const Value& a, const Value& b) {
  if (op == "+" && a.tree.isString() && b.tree.isString())
    return Value(a.tree.asString() + b.tree.asString());
  if (op == "+" && a.tree.isList() && b.tree.isList()) {
    Tree::List out = a.tree.asList();
    out.insert(out.end(), b.tree.asList().begin(), b.tree.asList().end());
    return Value(Tree(std::move(out)));
  }
  if (a.tree.isInt() && b.tree.isInt()) {
    const std::int64_t x = a.tree.asInt(), y = b.tree.asInt();
    std::int64_t out = 0;
    bool overflow = false;
    if (op == "+") overflow = __builtin_add_overflow(x, y, &out);
    if (op == "-") overflow = __builtin_sub_overflow(x, y, &out);
    if (op == "*") overflow = __builtin_mul_overflow(x, y, &out);
    if (op == "/" || op == "%") {
      if (y == 0) return fail("division by zero");
      overflow = y == -1 && x == INT64_MIN;
      if (!overflow) out = op == "/" ? x / y : x % y;
    }
    if (overflow) return fail("integer overflow");
    return Value(Tree(out));
  }
  if (!a.tree.isDouble() || !b.tree.isDouble() || op == "%") return noOverload(op);
  const double x = a.tree.asDouble(), y = b.tree.asDouble();
  return Value(Tree(op == "+" ? x + y : op == "-" ? x - y : op == "*" ? x * y : x / y));
}

class Evaluator {
 public:
  explicit Evaluator(const Scope& scope) : scope_(scope) {}

  Result run(const Node& node) {
    switch (node.kind) {
      case Node::Kind::Literal:
        return Value(node.literal);
      case Node::Kind::Name:
        return name(node);
      case Node::Kind::Member:
        return member(node);
      case Node::Kind::Index:
        return index(node);
      case Node::Kind::List:
        return list(node);
      case Node::Kind::Map:
        return map(node);
      case Node::Kind::Call:
        return call(node);
    }
    return fail("unreachable");
  }

 private:
  Result name(const Node& node) {
    const auto found = scope_.find(node.name);
    if (found == scope_.end()) return fail("undeclared reference to '" + node.name + "'");
    return found->second;
  }

  Result member(const Node& node) {
    // `variables.x` is kept under its whole name, so that quantities survive.
    if (node.children[0]->kind == Node::Kind::Name) {
      const auto whole = scope_.find(node.children[0]->name + "." + node.name);
      if (whole != scope_.end()) return whole->second;
    }
    Result of = run(*node.children[0]);
    if (!of) return of.takeError();
    const Tree* found = of->tree.find(node.name);
    if (found == nullptr) return fail("no such key: " + node.name);
    return Value(*found);
  }

  Result index(const Node& node) {
    Result of = run(*node.children[0]);
    if (!of) return of.takeError();
    Result at = run(*node.children[1]);
    if (!at) return at.takeError();
    if (of->tree.isMap() && at->tree.isString()) {
      const Tree* found = of->tree.find(at->tree.asString());
      if (found == nullptr) return fail("no such key: " + at->tree.asString());
      return Value(*found);
    }
    if (!of->tree.isList() || !at->tree.isInt()) return noOverload("[]");
    const std::int64_t number = at->tree.asInt();
    if (number < 0 || number >= static_cast<std::int64_t>(of->tree.asList().size()))
      return fail("index out of bounds");
    return Value(of->tree.asList()[static_cast<std::size_t>(number)]);
  }

  Result list(const Node& node) {
    Tree out = Tree::list();
    for (const auto& child : node.children) {
      Result each = run(*child);
      if (!each) return each.takeError();
      out.push(std::move(each->tree));
    }
    return Value(std::move(out));
  }

  Result map(const Node& node) {
    Tree out = Tree::map();
    for (std::size_t i = 0; i + 1 < node.children.size(); i += 2) {
      Result key = run(*node.children[i]);
      if (!key) return key.takeError();
      Result value = run(*node.children[i + 1]);
      if (!value) return value.takeError();
      if (!key->tree.isString()) return noOverload("{}");
      out.set(key->tree.asString(), std::move(value->tree));
    }
    return Value(std::move(out));
  }

  Result call(const Node& node) {
    const std::string& op = node.name;
    if (!node.method && op == "has" && node.children.size() == 1) return has(*node.children[0]);
    if (node.method && node.children.size() == 3 && isMacro(op)) return macro(node);
    if (op == "&&" || op == "||") return logic(node, op == "||");
    if (op == "?:") {
      Result condition = run(*node.children[0]);
      if (!condition) return condition.takeError();
      if (!condition->tree.isBool()) return noOverload(op);
      return run(*node.children[condition->tree.asBool() ? 1 : 2]);
    }
    std::vector<Value> values;
    for (const auto& child : node.children) {
      Result each = run(*child);
      if (!each) return each.takeError();
      values.push_back(std::move(*each));
    }
    if (values.size() == 1) return unary(op, values[0]);
    if (values.size() == 2) return binary(node, values[0], values[1]);
    return noOverload(op);
  }

  Result has(const Node& node) {
    if (node.kind != Node::Kind::Member) return fail("invalid argument to has() macro");
    Result of = run(*node.children[0]);
    if (!of) return of.takeError();
    return Value(Tree(of->tree.find(node.name) != nullptr));
  }

  static bool isMacro(const std::string& name) {
    return name == "all" || name == "exists" || name == "exists_one" || name == "filter" ||
           name == "map";
  }

  Result macro(const Node& node) {
    Result over = run(*node.children[0]);
    if (!over) return over.takeError();
    Tree::List items;
    if (over->tree.isMap()) {
      for (const auto& [key, value] : over->tree.asMap()) items.emplace_back(key);
    } else if (over->tree.isList()) {
      items = over->tree.asList();
    } else {
      return noOverload(node.name);
    }
    if (node.children[1]->kind != Node::Kind::Name) return fail("argument must be a simple name");
    Scope inner = scope_;
    Tree chosen = Tree::list();
    std::size_t yes = 0;
    std::optional<std::string> error;
    for (const Tree& item : items) {
      inner[node.children[1]->name] = Value(item);
      Result each = Evaluator(inner).run(*node.children[2]);
      if (!each) {
        error = llvm::toString(each.takeError());
        continue;
      }
      if (node.name == "map") {
        chosen.push(std::move(each->tree));
        continue;
      }
      if (!each->tree.isBool()) return noOverload(node.name);
      const bool good = each->tree.asBool();
      if (node.name == "all" && !good) return Value(Tree(false));
      if (node.name == "exists" && good) return Value(Tree(true));
      if (good && node.name == "filter") chosen.push(item);
      yes += good ? 1 : 0;
    }
    if (error) return fail(*error);
    if (node.name == "map" || node.name == "filter") return Value(std::move(chosen));
    if (node.name == "exists_one") return Value(Tree(yes == 1));
    return Value(Tree(node.name == "all"));
  }

  // Either side may decide, whatever becomes of the other.
  Result logic(const Node& node, bool decisive) {
    std::optional<std::string> error;
    for (const auto& child : node.children) {
      Result each = run(*child);
      if (!each) {
        error = llvm::toString(each.takeError());
      } else if (!each->tree.isBool()) {
        error = "no such overload: " + node.name;
      } else if (each->tree.asBool() == decisive) {
        return Value(Tree(decisive));
      }
    }
    if (error) return fail(*error);
    return Value(Tree(!decisive));
  }

  static Result unary(const std::string& op, const Value& value) {
    const Tree& tree = value.tree;
    if (op == "!" && tree.isBool()) return Value(Tree(!tree.asBool()));
    if (op == "negate" && tree.isInt()) return Value(Tree(-tree.asInt()));
    if (op == "negate" && tree.isDouble()) return Value(Tree(-tree.asDouble()));
    if (op == "size") return size(tree);
    if (op == "quantity") {
      const auto quantity = parseQuantity(tree);
      if (!quantity) return fail("quantity: " + ir::toJson(tree) + " is none");
      return Value(*quantity);
    }
    if (op == "isQuantity") return Value(Tree(parseQuantity(tree).has_value()));
    if (op == "string") return Value(tree.isString() ? tree : Tree(ir::toJson(tree)));
    if (op == "int") return toInt(tree);
    if (op == "lowerAscii" && tree.isString()) {
      std::string text = tree.asString();
      for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      return Value(Tree(std::move(text)));
    }
    if (op == "asInteger" && value.quantity) {
      return Value(Tree(static_cast<std::int64_t>(value.quantity->nano / 1'000'000'000)));
    }
    return noOverload(op);
  }

  static Result size(const Tree& tree) {
    if (tree.isString()) return Value(Tree(static_cast<std::int64_t>(tree.asString().size())));
    if (tree.isList()) return Value(Tree(static_cast<std::int64_t>(tree.asList().size())));
    if (tree.isMap()) return Value(Tree(static_cast<std::int64_t>(tree.asMap().size())));
    return noOverload("size");
  }

  static Result toInt(const Tree& tree) {
    if (tree.isInt()) return Value(tree);
    if (tree.isDouble()) return Value(Tree(static_cast<std::int64_t>(tree.asDouble())));
    std::int64_t out = 0;
    if (!tree.isString()) return noOverload("int");
    const std::string& text = tree.asString();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc() || end != text.data() + text.size())
      return fail("type conversion error");
    return Value(Tree(out));
  }

  static Result binary(const Node& node, const Value& a, const Value& b) {
    const std::string& op = node.name;
    if (op == "==") return Value(Tree(equal(a, b)));
    if (op == "!=") return Value(Tree(!equal(a, b)));
    if (op == "in") return contains(b.tree, a);
    if (op == "<" || op == "<=" || op == ">" || op == ">=") {
      const auto ordered = order(a, b);
      if (!ordered) return noOverload(op);
      return Value(Tree(op == "<"    ? *ordered < 0
                        : op == "<=" ? *ordered <= 0
                        : op == ">"  ? *ordered > 0
                                     : *ordered >= 0));
    }
    if (!node.method) return arithmetic(op, a, b);
    return a.quantity && b.quantity ? quantityMethod(op, *a.quantity, *b.quantity)
                                    : textMethod(op, a.tree, b.tree);
  }

  static Result contains(const Tree& in, const Value& value) {
    if (in.isMap() && value.tree.isString())
      return Value(Tree(in.find(value.tree.asString()) != nullptr));
    if (!in.isList()) return noOverload("in");
    return Value(
        Tree(std::any_of(in.asList().begin(), in.asList().end(),
                         [&value](const Tree& item) { return equal(Value(item), value); })));
  }

  static Result quantityMethod(const std::string& op, const Quantity& a, const Quantity& b) {
    if (op == "compareTo") return Value(Tree(a.nano < b.nano ? -1 : a.nano > b.nano ? 1 : 0));
    if (op == "isGreaterThan") return Value(Tree(a.nano > b.nano));
    if (op == "isLessThan") return Value(Tree(a.nano < b.nano));
    if (op == "add") return Value(Quantity{a.format, a.nano + b.nano});
    if (op == "sub") return Value(Quantity{a.format, a.nano - b.nano});
    return noOverload(op);
  }

  static Result textMethod(const std::string& op, const Tree& a, const Tree& b) {
    if (!a.isString() || !b.isString()) return noOverload(op);
    const std::string& text = a.asString();
    const std::string& part = b.asString();
    if (op == "startsWith") return Value(Tree(text.starts_with(part)));
    if (op == "endsWith") return Value(Tree(text.ends_with(part)));
    if (op == "contains") return Value(Tree(text.find(part) != std::string::npos));
    if (op != "matches") return noOverload(op);
    try {
      return Value(Tree(std::regex_search(text, std::regex(part, std::regex::ECMAScript))));
    } catch (const std::regex_error&) {
      return fail("the pattern cannot be read: " + part);
    }
  }

  const Scope& scope_;
};

}  // namespace

llvm::Expected<Value> evaluate(const Node& node, const Scope& scope) {
  return Evaluator(scope).run(node);
}

}  // namespace gpuspec::deploy::sandbox::api::cel
