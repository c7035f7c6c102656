#pragma once

// Superclass of the generated parser: its actions, embedded in GpuspecParser.g4, build the syntax tree. Nodes wait on a
// stack until the rule that owns them finishes. Also counts the nesting depth, which is what a hostile file would use to
// overflow the stack.

#include <cstdint>
#include <vector>

#include <antlr4-runtime.h>

#include "lang/diag/diagnostic.h"
#include "lang/parse/token_stream.h"
#include "lang/syntax/tree.h"

namespace gpuspec::parse {

using syntax::NodeId;
using syntax::NodeKind;

struct Mark {
  std::size_t stack = 0;    // nodes waiting below this rule
  std::uint32_t begin = 0;  // byte where the rule starts
};

struct Operators {
  std::size_t stack = 0;
};

// Thrown to leave the generated code; caught in parser.cpp.
struct NestingLimit {
  std::uint32_t at;
};

class TreeBuilder : public antlr4::Parser {
 public:
  explicit TreeBuilder(antlr4::TokenStream* input) : antlr4::Parser(input) {}

  void attach(SpecTokenStream* tokens, syntax::TreeWriter* writer, diag::Sink* sink, source::FileId file_id);
  // The finished nodes of what was parsed since the last call.
  std::vector<NodeId> take();
  void discard();
  void enterRule(antlr4::ParserRuleContext* context, size_t state, size_t rule) override;
  void exitRule();  // hides the runtime's, which is not virtual: the generated code calls this one

 protected:
  Mark mark() const;
  Operators operators() const { return {operators_.size()}; }
  void finish(NodeKind kind, const Mark& from, std::uint16_t flags = 0, std::uint8_t op = 0);
  void leaf(NodeKind kind, std::uint32_t skip = 0);
  void literal();
  void plainString(const Mark& from);
  void stringPart();
  void finishString(const Mark& from);
  void pushOperator();
  void pushUnary();
  void finishUnary(const Mark& from, const Operators& ops);
  void finishBinary(const Mark& from, const Operators& ops);
  void comma();
  void continuation();

 private:
  struct Pending {
    syntax::Operator op;
    unsigned precedence;
    std::uint32_t begin, end;
    std::size_t node;  // stack size when it was pushed: its right operand's place
  };

  const Lexeme& previous() const { return tokens_->previous(); }
  const Lexeme& current() const { return tokens_->current(); }
  NodeId push(NodeKind kind, std::uint32_t begin, std::uint32_t end, std::uint16_t flags, std::uint8_t op);
  source::Location at(std::uint32_t begin, std::uint32_t end) const { return {{file_id_, begin, end}, {}}; }

  SpecTokenStream* tokens_ = nullptr;
  syntax::TreeWriter* writer_ = nullptr;
  diag::Sink* sink_ = nullptr;
  source::FileId file_id_;
  std::vector<NodeId> stack_;
  std::vector<Pending> operators_;
  unsigned depth_ = 0;
};

inline constexpr unsigned kMaxRuleDepth = 900;      // grammar rules; about 200 brackets
inline constexpr unsigned kMaxReportedDepth = 200;  // what the message says
inline constexpr unsigned kMaxOperators = 1000;     // of one expression

}  // namespace gpuspec::parse
