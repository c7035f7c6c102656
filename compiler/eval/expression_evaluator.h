#pragma once

// The evaluation of one expression; private to compiler/eval.

#include "compiler/eval/builtins.h"
#include "compiler/eval/evaluator.h"
#include "compiler/eval/operators.h"

namespace gpuspec::eval {

using syntax::LiteralKind;
using syntax::Operator;

// One evaluation of one expression; short-lived, holds nothing.
class ExpressionEvaluator {
 public:
  ExpressionEvaluator(Evaluator& evaluator, const Code& code, const Type* expected)
      : e_(evaluator), code_(code), expected_(expected) {}
  Value run();

 private:
  const syntax::Tree& tree() const { return *code_.tree; }
  Node node() const { return tree()[code_.node]; }
  Code child(unsigned n) const { return {code_.tree, tree().child(code_.node, n), code_.scope}; }
  Code codeOf(NodeId id) const { return {code_.tree, id, code_.scope}; }
  Location at() const { return e_.at(code_); }

  Value literal();
  Value quantity(LiteralKind kind);
  Value string();
  bool append(std::string& out, const Value& value, const Location& at);
  Value unary();
  Value binary();
  Value logical(Operator op);
  Value comparedWith();
  Value operatorFault(Operator op, OperatorFault fault, const Value& left, const Value& right);
  Value conditional();
  Value list();
  Value map();
  bool mapEntry(NodeId id, Map& out);
  Value listFor();
  Value mapFor();
  Value call();
  bool arguments(NodeId id, std::vector<Argument>& out, const Type* expected);
  Value checked(Map entries, const std::vector<Location>& places);
  const Type* elementType() const;

  Evaluator& e_;
  const Code& code_;
  const Type* expected_;
};

}  // namespace gpuspec::eval
