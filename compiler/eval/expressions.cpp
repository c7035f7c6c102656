// Expressions: literals, strings, operators, collections, comprehensions.

#include <algorithm>

#include "compiler/eval/expression_evaluator.h"
#include "lang/diag/catalogue.h"
#include "lang/syntax/quantity.h"

namespace gpuspec::eval {

namespace {

// In the largest whole unit.
std::string largest(LiteralKind kind) {
  constexpr std::int64_t kMax = INT64_MAX;
  switch (kind) {
    case LiteralKind::Size:
      return std::to_string(kMax >> 50) + "PiB";
    case LiteralKind::Cpu:
      return std::to_string(kMax / 1000) + "cpu";
    case LiteralKind::Duration:
      return std::to_string(kMax / 86'400'000) + "d";
    case LiteralKind::Percent:
      return std::to_string(kMax / 100) + "%";
    case LiteralKind::Money:
      return "$" + std::to_string(kMax / 1'000'000);
    default:
      return std::to_string(kMax);
  }
}

// `a < b < c`, `1..2..3`
bool isChain(Operator op, const Node& left) {
  if (left.kind != NodeKind::Binary) return false;
  const auto compares = [](Operator of) {
    return of >= Operator::Equal && of <= Operator::GreaterEqual;
  };
  const auto inner = static_cast<Operator>(left.op);
  return (compares(op) && compares(inner)) || (op == Operator::Range && inner == Operator::Range);
}

}  // namespace

Value Evaluator::eval(const Code& code, const Type* expected) {
  const Location here = at(code);
  if (!step(here)) return Value::poison();
  if (expression_depth_ >= options_.limits.expression_depth) {
    overLimit(here, options_.limits.expression_depth, "expressions that wait for each other",
              kShortenChain);
    return Value::poison();
  }
  ++expression_depth_;
  Value value = ExpressionEvaluator(*this, code, expected).run().from(here);
  --expression_depth_;
  if (value.weight() > options_.limits.elements) {
    overLimit(here, options_.limits.elements, "values in one list or map");
    return Value::poison();
  }
  if (value.nesting() <= options_.limits.nesting) return value;
  overLimit(here, options_.limits.nesting, "lists and maps inside each other",
            "no target takes objects this deep");
  return Value::poison();
}

Value Evaluator::evalAs(const Code& code, const Type& expected, const std::string& what) {
  return conform(eval(code, &expected), expected, what);
}

Value ExpressionEvaluator::run() {
  switch (node().kind) {
    case NodeKind::Literal:
      return literal();
    case NodeKind::String:
      return string();
    case NodeKind::Name:
      return e_.evalName(code_, expected_);
    case NodeKind::Member:
    case NodeKind::Index:
      return e_.evalPath(code_, expected_);
    case NodeKind::Call:
      return call();
    case NodeKind::Unary:
      return unary();
    case NodeKind::Binary:
      return binary();
    case NodeKind::Conditional:
      return conditional();
    case NodeKind::Paren:
      return e_.eval(child(0), expected_);
    case NodeKind::List:
      return list();
    case NodeKind::Map:
      return map();
    case NodeKind::ListFor:
      return listFor();
    case NodeKind::MapFor:
      return mapFor();
    default:
      return Value::poison();
  }
}

Value ExpressionEvaluator::literal() {
  const auto kind = static_cast<LiteralKind>(node().op);
  switch (kind) {
    case LiteralKind::True:
      return Value::of(true);
    case LiteralKind::False:
      return Value::of(false);
    case LiteralKind::Null:
      return Value();
    case LiteralKind::Decimal:
      return Value::ofNumber(syntax::readDecimal(tree().text(code_.node)));
    case LiteralKind::Bad:
      return Value::poison();
    default:
      return quantity(kind);
  }
}

Value ExpressionEvaluator::quantity(LiteralKind kind) {
  const std::string_view text = tree().text(code_.node);
  const std::optional<syntax::Amount> amount = syntax::readAmount(text, kind);
  if (!amount) {
    if (text.find('.') != std::string_view::npos) {
      e_.sink_.report(at(), diag::FractionOfUnit, std::string(text),
                      std::string(kind == LiteralKind::Cpu    ? "millicores"
                                  : kind == LiteralKind::Size ? "bytes"
                                                              : "its smallest unit"));
    } else {
      e_.sink_.report(at(), diag::NumberTooLarge, std::string(text))
          .fact("the largest is " + largest(kind));
    }
    return Value::poison();
  }
  switch (kind) {
    case LiteralKind::Int:
      return Value::ofInt(amount->value);
    case LiteralKind::Size:
      return Value::ofUnit(ValueKind::Size, amount->value);
    case LiteralKind::Cpu:
      return Value::ofUnit(ValueKind::Cpu, amount->value);
    case LiteralKind::Duration:
      return Value::ofUnit(ValueKind::Duration, amount->value);
    case LiteralKind::Percent:
      return Value::ofUnit(ValueKind::Percent, amount->value);
    case LiteralKind::Money:
      return Value::ofMoney({amount->value, static_cast<Period>(amount->period)});
    case LiteralKind::Profile:
      return Value::ofProfile(amount->profile);
    default:
      return Value::ofCounted({amount->value, amount->profile});
  }
}

bool ExpressionEvaluator::append(std::string& out, const Value& value, const Location& where) {
  switch (value.kind()) {
    case ValueKind::Poison:
      return false;
    case ValueKind::String:
    case ValueKind::Enum:
    case ValueKind::Profile:
      out += value.asText();
      break;
    case ValueKind::Secret:
      e_.sink_.report(where, diag::SecretMisused, std::string("text made of it"))
          .help("text is written down; only an attribute that takes a reference can hold a secret");
      return false;
    case ValueKind::Null:
    case ValueKind::List:
    case ValueKind::Map:
    case ValueKind::Ref: {
      auto report =
          e_.sink_.report(where, diag::TypeMismatch, std::string("text, a number or a quantity"),
                          std::string(kindName(value.kind())));
      if (value.is(ValueKind::List)) report.help("join(list, \", \") makes text of a list");
      if (value.is(ValueKind::Ref)) report.help("write which part of it: `.name` is its name");
      if (value.is(ValueKind::Null))
        report.help("coalesce(x, \"...\") puts a text in place of null");
      return false;
    }
    default:
      out += value.str();
      break;
  }
  return e_.countBytes(out.size(), where);
}

Value ExpressionEvaluator::string() {
  const auto kind = static_cast<syntax::StringKind>(node().op);
  std::vector<std::string_view> raw;
  for (NodeId part : tree().children(code_.node)) {
    if (tree()[part].kind == NodeKind::StringPart) raw.push_back(tree().text(part));
  }
  std::vector<std::string> texts;
  if (kind == syntax::StringKind::Block) {
    texts = syntax::dedent(raw);
  } else {
    for (std::string_view part : raw) texts.push_back(syntax::unescape(part, kind));
  }
  std::string out;
  std::size_t next_text = 0;
  for (NodeId part : tree().children(code_.node)) {
    if (tree()[part].kind == NodeKind::StringPart) {
      out += texts[next_text++];
    } else if (!append(out, e_.eval(codeOf(part)), e_.at(codeOf(part)))) {
      return Value::poison();
    }
  }
  return Value::ofString(std::move(out));
}

Value ExpressionEvaluator::operatorFault(Operator op, OperatorFault fault, const Value& left,
                                         const Value& right) {
  const std::string text = syntax::operatorText(op);
  if (fault == OperatorFault::Overflow) {
    e_.sink_.report(at(), diag::NumberOverflow, "the result of `" + text + "`");
  } else if (fault == OperatorFault::DivisionByZero) {
    e_.sink_.report(right.at().valid() ? right.at() : at(), diag::DivisionByZero);
  } else {
    auto report =
        e_.sink_.report(at(), diag::OperandMismatch, text, std::string(kindName(left.kind())),
                        std::string(kindName(right.kind())));
    if (left.at().valid() && left.at() != at()) report.note(left.at(), "this is " + left.str(60));
    if (right.at().valid() && right.at() != at())
      report.note(right.at(), "this is " + right.str(60));
    if (op == Operator::Add && (left.is(ValueKind::String) || right.is(ValueKind::String)))
      report.help("text is put together in a string: `\"${a}-${b}\"`");
  }
  return Value::poison();
}

Value ExpressionEvaluator::unary() {
  const Value value = e_.eval(child(0));
  if (value.isPoison()) return value;
  const auto op = static_cast<Operator>(node().op);
  const OperatorResult result = applyUnary(op, value);
  if (result.fault == OperatorFault::None) return result.value;
  if (result.fault == OperatorFault::Mismatch) {
    e_.sink_.report(value.at(), diag::TypeMismatch,
                    std::string(op == Operator::Not ? "true or false" : "a number or a quantity"),
                    std::string(kindName(value.kind())));
    return Value::poison();
  }
  return operatorFault(op, result.fault, value, value);
}

Value ExpressionEvaluator::logical(Operator op) {
  for (unsigned side = 0; side < 2; ++side) {
    const Value value = e_.eval(child(side));
    if (value.isPoison()) return value;
    if (!value.is(ValueKind::Bool)) {
      e_.sink_.report(value.at(), diag::TypeMismatch, std::string("true or false"),
                      std::string(kindName(value.kind())));
      return Value::poison();
    }
    if (value.asBool() == (op == Operator::Or)) return value;
  }
  return Value::of(op == Operator::And);
}

Value ExpressionEvaluator::binary() {
  const auto op = static_cast<Operator>(node().op);
  if (op == Operator::And || op == Operator::Or) return logical(op);
  if (isChain(op, tree()[child(0).node])) return Value::poison();  // the parser has reported it
  const Value left = e_.eval(child(0));
  if (left.isPoison()) return left;
  const Value right = left.is(ValueKind::Enum) ? comparedWith() : e_.eval(child(1));
  if (left.isPoison() || right.isPoison()) return Value::poison();
  OperatorResult result = applyBinary(op, left, right);
  if (result.fault != OperatorFault::None) return operatorFault(op, result.fault, left, right);
  if (result.value.is(ValueKind::String) && !e_.countBytes(result.value.asText().size(), at()))
    return Value::poison();
  if (result.value.is(ValueKind::List) && !e_.countElements(result.value.asList().size(), at()))
    return Value::poison();
  return result.value;
}

// `x.mode == system`: the right side is a name of the enumeration that the left side is of, where
// that is known.
Value ExpressionEvaluator::comparedWith() {
  static const schema::TypePtr kName = schema::parseType("name");
  const Code right = child(1);
  const Node written = tree()[right.node];
  const bool text = written.kind == NodeKind::String && tree().childCount(right.node) == 1;
  const Type* names = text || written.kind == NodeKind::Name ? e_.enumerationOf(child(0)) : nullptr;
  if (names == nullptr) return e_.eval(right, kName.get());
  return text ? e_.evalAs(right, *names, std::string(tree().text(right.node)))
              : e_.eval(right, names);
}

Value ExpressionEvaluator::conditional() {
  const Value chosen = e_.eval(child(0));
  if (chosen.isPoison()) return chosen;
  if (!chosen.is(ValueKind::Bool)) {
    e_.sink_.report(chosen.at(), diag::TypeMismatch, std::string("true or false"),
                    std::string(kindName(chosen.kind())));
    return Value::poison();
  }
  return e_.eval(child(chosen.asBool() ? 1 : 2), expected_);
}

bool ExpressionEvaluator::arguments(NodeId id, std::vector<Argument>& out, const Type* expected) {
  bool good = true;
  for (NodeId argument : tree().children(id)) {
    Argument entry;
    NodeId value_node = argument;
    if (tree()[argument].kind == NodeKind::NamedArgument) {
      entry.name = tree().name(tree().child(argument, 0));
      value_node = tree().child(argument, 1);
    }
    const bool spread = tree()[argument].kind == NodeKind::Spread;
    if (spread) value_node = tree().child(argument, 0);
    entry.value = e_.eval(codeOf(value_node), expected);
    good = good && !entry.value.isPoison();
    if (spread && entry.value.is(ValueKind::List)) {
      for (const Value& item : entry.value.asList()) out.push_back({"", item});
    } else {
      out.push_back(std::move(entry));
    }
  }
  return good;
}

Value ExpressionEvaluator::call() {
  const NodeId callee = tree().child(code_.node, 0);
  if (tree()[callee].kind != NodeKind::Name) {
    e_.sink_.report(e_.at(codeOf(callee)), diag::WrongForm, std::string(tree().text(callee)),
                    std::string("a value"), std::string("a function"));
    return Value::poison();
  }
  const std::string name = tree().name(callee);
  std::vector<Argument> args;
  if (!Builtins::exists(name) && e_.queries_ == nullptr) {
    const std::vector<std::string> near = diag::nearest(name, Builtins::names());
    auto report = e_.sink_.report(e_.at(codeOf(callee)), diag::UnknownFunction, name);
    if (!near.empty())
      report.fix("did you mean `" + near[0] + "`?", {{tree().range(callee), near[0]}});
    return Value::poison();
  }
  // coalesce and lookup hand on what is expected of them.
  const bool passes_type = name == "coalesce";
  if (!arguments(tree().child(code_.node, 1), args, passes_type ? expected_ : nullptr))
    return Value::poison();
  return Builtins(e_, code_, name, e_.at(codeOf(callee))).call(args);
}

}  // namespace gpuspec::eval
