#include "compiler/eval/operators.h"

#include <cmath>

namespace gpuspec::eval {

namespace {

using syntax::Operator;

OperatorResult fault(OperatorFault what) {
  return {Value::poison(), what};
}
OperatorResult mismatch() {
  return fault(OperatorFault::Mismatch);
}

bool isUnit(ValueKind kind) {
  return kind == ValueKind::Size || kind == ValueKind::Cpu || kind == ValueKind::Duration ||
         kind == ValueKind::Percent;
}
bool isNumeric(ValueKind kind) {
  return kind == ValueKind::Int || kind == ValueKind::Number;
}
bool isText(ValueKind kind) {
  return kind == ValueKind::String || kind == ValueKind::Enum;
}

double toDouble(const Value& value) {
  return value.is(ValueKind::Int) ? static_cast<double>(value.asInt()) : value.asNumber();
}

OperatorResult integerOf(Operator op, std::int64_t a, std::int64_t b, std::int64_t& out) {
  bool overflow = false;
  switch (op) {
    case Operator::Add:
      overflow = __builtin_add_overflow(a, b, &out);
      break;
    case Operator::Subtract:
      overflow = __builtin_sub_overflow(a, b, &out);
      break;
    case Operator::Multiply:
      overflow = __builtin_mul_overflow(a, b, &out);
      break;
    case Operator::Divide:
    case Operator::Modulo:
      if (b == 0) return fault(OperatorFault::DivisionByZero);
      if (a == INT64_MIN && b == -1) return fault(OperatorFault::Overflow);
      out = op == Operator::Divide ? a / b : a % b;
      break;
    default:
      return mismatch();
  }
  return overflow ? fault(OperatorFault::Overflow) : OperatorResult{};
}

OperatorResult numbers(Operator op, const Value& left, const Value& right) {
  if (left.is(ValueKind::Int) && right.is(ValueKind::Int)) {
    std::int64_t out = 0;
    const OperatorResult result = integerOf(op, left.asInt(), right.asInt(), out);
    return result.fault == OperatorFault::None ? OperatorResult{Value::ofInt(out)} : result;
  }
  const double a = toDouble(left), b = toDouble(right);
  double out = 0;
  switch (op) {
    case Operator::Add:
      out = a + b;
      break;
    case Operator::Subtract:
      out = a - b;
      break;
    case Operator::Multiply:
      out = a * b;
      break;
    case Operator::Divide:
      if (b == 0) return fault(OperatorFault::DivisionByZero);
      out = a / b;
      break;
    default:
      return mismatch();
  }
  if (!std::isfinite(out)) return fault(OperatorFault::Overflow);
  return {Value::ofNumber(out)};
}

// A unit scaled by a plain number; decimals round to the nearest base unit.
OperatorResult scaleUnit(Operator op, ValueKind kind, std::int64_t amount, const Value& by) {
  if (by.is(ValueKind::Int)) {
    std::int64_t out = 0;
    const OperatorResult result = integerOf(op, amount, by.asInt(), out);
    return result.fault == OperatorFault::None ? OperatorResult{Value::ofUnit(kind, out)} : result;
  }
  if (op == Operator::Divide && by.asNumber() == 0) return fault(OperatorFault::DivisionByZero);
  const double out =
      std::round(op == Operator::Multiply ? static_cast<double>(amount) * by.asNumber()
                                          : static_cast<double>(amount) / by.asNumber());
  if (!(std::fabs(out) < 9.2e18)) return fault(OperatorFault::Overflow);
  return {Value::ofUnit(kind, static_cast<std::int64_t>(out))};
}

OperatorResult units(Operator op, const Value& left, const Value& right) {
  const bool scales = op == Operator::Multiply || op == Operator::Divide;
  if (isUnit(left.kind()) && isNumeric(right.kind()) && scales)
    return scaleUnit(op, left.kind(), left.asInt(), right);
  if (isNumeric(left.kind()) && isUnit(right.kind()) && op == Operator::Multiply)
    return scaleUnit(op, right.kind(), right.asInt(), left);
  if (left.kind() != right.kind()) return mismatch();
  std::int64_t out = 0;
  if (op == Operator::Add || op == Operator::Subtract || op == Operator::Modulo) {
    const OperatorResult result = integerOf(op, left.asInt(), right.asInt(), out);
    return result.fault == OperatorFault::None ? OperatorResult{Value::ofUnit(left.kind(), out)}
                                               : result;
  }
  if (op != Operator::Divide) return mismatch();
  if (right.asInt() == 0) return fault(OperatorFault::DivisionByZero);
  if (left.asInt() % right.asInt() == 0) return {Value::ofInt(left.asInt() / right.asInt())};
  return {Value::ofNumber(static_cast<double>(left.asInt()) / static_cast<double>(right.asInt()))};
}

OperatorResult money(Operator op, const Value& left, const Value& right) {
  if (left.is(ValueKind::Money) && right.is(ValueKind::Money)) {
    if (left.asMoney().period != right.asMoney().period) return mismatch();
    std::int64_t out = 0;
    if (op != Operator::Add && op != Operator::Subtract) return mismatch();
    const OperatorResult result = integerOf(op, left.asMoney().micros, right.asMoney().micros, out);
    return result.fault == OperatorFault::None
               ? OperatorResult{Value::ofMoney({out, left.asMoney().period})}
               : result;
  }
  const Value& amount = left.is(ValueKind::Money) ? left : right;
  const Value& by = left.is(ValueKind::Money) ? right : left;
  const bool scales =
      op == Operator::Multiply || (op == Operator::Divide && left.is(ValueKind::Money));
  if (!scales || !isNumeric(by.kind())) return mismatch();
  const OperatorResult scaled = scaleUnit(op, ValueKind::Duration, amount.asMoney().micros, by);
  if (scaled.fault != OperatorFault::None) return scaled;
  return {Value::ofMoney({scaled.value.asInt(), amount.asMoney().period})};
}

// `n * 1g.10gb` is a computed count of slices.
OperatorResult slices(const Value& left, const Value& right) {
  const Value& count = left.is(ValueKind::Int) ? left : right;
  const Value& profile = left.is(ValueKind::Int) ? right : left;
  if (!count.is(ValueKind::Int) || count.asInt() < 0) return mismatch();
  if (profile.is(ValueKind::Profile)) return {Value::ofCounted({count.asInt(), profile.asText()})};
  std::int64_t product = 0;
  if (__builtin_mul_overflow(count.asInt(), profile.asCounted().count, &product))
    return fault(OperatorFault::Overflow);
  return {Value::ofCounted({product, profile.asCounted().profile})};
}

bool isSlice(ValueKind kind) {
  return kind == ValueKind::Profile || kind == ValueKind::Counted;
}

OperatorResult equality(Operator op, const Value& left, const Value& right) {
  const bool comparable = left.kind() == right.kind() || left.isNull() || right.isNull() ||
                          (isNumeric(left.kind()) && isNumeric(right.kind())) ||
                          (isText(left.kind()) && isText(right.kind()));
  if (!comparable || left.is(ValueKind::Secret) || right.is(ValueKind::Secret)) return mismatch();
  return {Value::of((left == right) == (op == Operator::Equal))};
}

OperatorResult rangeOf(const Value& left, const Value& right) {
  if (!left.is(ValueKind::Int) || !right.is(ValueKind::Int)) return mismatch();
  return {Value::ofRange({left.asInt(), right.asInt()})};
}

OperatorResult concatenation(const Value& left, const Value& right) {
  if (isText(left.kind()) && isText(right.kind()))
    return {Value::ofString(left.asText() + right.asText())};
  if (!left.is(ValueKind::List) || !right.is(ValueKind::List)) return mismatch();
  List joined = left.asList();
  joined.insert(joined.end(), right.asList().begin(), right.asList().end());
  return {Value::ofList(std::move(joined))};
}

}  // namespace

OperatorResult compareValues(const Value& left, const Value& right) {
  const auto order = [](auto a, auto b) {
    return OperatorResult{Value::ofInt(a < b ? -1 : b < a ? 1 : 0)};
  };
  if (left.is(ValueKind::Int) && right.is(ValueKind::Int))
    return order(left.asInt(), right.asInt());
  if (isNumeric(left.kind()) && isNumeric(right.kind()))
    return order(toDouble(left), toDouble(right));
  if (isText(left.kind()) && isText(right.kind()))
    return order(left.asText().compare(right.asText()), 0);
  if (left.kind() != right.kind()) return mismatch();
  if (isUnit(left.kind())) return order(left.asInt(), right.asInt());
  if (left.is(ValueKind::Bool)) return order(left.asBool() ? 1 : 0, right.asBool() ? 1 : 0);
  if (left.is(ValueKind::Profile)) return order(left.asText().compare(right.asText()), 0);
  if (left.is(ValueKind::Money) && left.asMoney().period == right.asMoney().period)
    return order(left.asMoney().micros, right.asMoney().micros);
  return mismatch();
}

OperatorResult applyBinary(Operator op, const Value& left, const Value& right) {
  if (op == Operator::Equal || op == Operator::NotEqual) return equality(op, left, right);
  if (op == Operator::Range) return rangeOf(left, right);
  if (op == Operator::Less || op == Operator::LessEqual || op == Operator::Greater ||
      op == Operator::GreaterEqual) {
    if (left.is(ValueKind::Bool)) return mismatch();
    const OperatorResult order = compareValues(left, right);
    if (order.fault != OperatorFault::None) return order;
    const std::int64_t sign = order.value.asInt();
    const bool holds = op == Operator::Less        ? sign < 0
                       : op == Operator::LessEqual ? sign <= 0
                       : op == Operator::Greater   ? sign > 0
                                                   : sign >= 0;
    return {Value::of(holds)};
  }
  if (isNumeric(left.kind()) && isNumeric(right.kind())) return numbers(op, left, right);
  if (left.is(ValueKind::Money) || right.is(ValueKind::Money)) return money(op, left, right);
  if (op == Operator::Multiply && (isSlice(left.kind()) != isSlice(right.kind())))
    return slices(left, right);
  if (isUnit(left.kind()) || isUnit(right.kind())) return units(op, left, right);
  if (op == Operator::Add) return concatenation(left, right);
  return mismatch();
}

OperatorResult applyUnary(Operator op, const Value& value) {
  if (op == Operator::Not)
    return value.is(ValueKind::Bool) ? OperatorResult{Value::of(!value.asBool())} : mismatch();
  if (value.is(ValueKind::Number)) return {Value::ofNumber(-value.asNumber())};
  if (!value.is(ValueKind::Int) && !isUnit(value.kind())) return mismatch();
  if (value.asInt() == INT64_MIN) return fault(OperatorFault::Overflow);
  return {value.is(ValueKind::Int) ? Value::ofInt(-value.asInt())
                                   : Value::ofUnit(value.kind(), -value.asInt())};
}

}  // namespace gpuspec::eval
