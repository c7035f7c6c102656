#pragma once

// Arithmetic and comparison with units. Pure functions on values.

#include <string>

#include "compiler/eval/value.h"
#include "lang/syntax/tree.h"

namespace gpuspec::eval {

enum class OperatorFault : std::uint8_t { None, Mismatch, Overflow, DivisionByZero };

struct OperatorResult {
  Value value;
  OperatorFault fault = OperatorFault::None;
};

// Everything but `&&` and `||`, which look at the right side only when they need it.
OperatorResult applyBinary(syntax::Operator op, const Value& left, const Value& right);
OperatorResult applyUnary(syntax::Operator op, const Value& value);

// -1, 0, 1; Mismatch for what has no order.
OperatorResult compareValues(const Value& left, const Value& right);

}  // namespace gpuspec::eval
