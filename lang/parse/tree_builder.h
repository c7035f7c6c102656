#pragma once

// Superclass of the generated parser: its actions, embedded in GpuspecParser.g4, build the syntax
// tree. Nodes wait on a stack until the rule that owns them finishes. Also counts the nesting
// depth, which is what a hostile file would use to overflow the stack.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>
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

// Memory of the generated rule contexts of one top-level item.
class ContextArena {
 public:
  template <class T, class... Args>
  T* createInstance(Args&&... args) {
    T* context = new (take(sizeof(T))) T(std::forward<Args>(args)...);
    contexts_.push_back(context);
    return context;
  }
  void reset();
  ~ContextArena() { reset(); }

 private:
  static constexpr std::size_t kBlockBytes = 16384;
  void* take(std::size_t bytes);

  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  std::size_t block_ = 0, used_ = 0;
  std::vector<antlr4::ParserRuleContext*> contexts_;
};

// The runtime's bookkeeping is for parse trees, listeners and its own recovery, none of which is
// used; it takes two thirds of the time. The generated code finds the members of this class first
// where a name is also one of the runtime's.
class TreeBuilder : public antlr4::Parser {
 public:
  explicit TreeBuilder(antlr4::TokenStream* input) : antlr4::Parser(input) {}

  void attach(SpecTokenStream* tokens, syntax::TreeWriter* writer, diag::Sink* sink,
              source::FileId file_id);
  // The finished nodes of what was parsed since the last call.
  std::vector<NodeId> take();
  void discard();
  void enterRule(antlr4::ParserRuleContext* context, size_t state, size_t rule) override;
  // Of what take() or discard() has ended.
  void freeContexts();

 protected:
  template <class Action>
  class Finally {
   public:
    explicit Finally(Action action) : action_(std::move(action)) {}
    ~Finally() { action_(); }

   private:
    Action action_;
  };
  template <class Action>
  static Finally<Action> finally(Action action) {
    return Finally<Action>(std::move(action));
  }
  ContextArena _tracker;
  SpecTokenStream* _input = nullptr;
  void exitRule();
  void enterOuterAlt(antlr4::ParserRuleContext*, size_t) override {}
  antlr4::Token* match(size_t kind) override;

  Mark mark();
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

  const Lexeme& previous() const { return _input->previous(); }
  const Lexeme& current() const { return _input->current(); }
  void reportTooLong(std::uint32_t begin);
  NodeId push(NodeKind kind, std::uint32_t begin, std::uint32_t end, std::uint16_t flags,
              std::uint8_t op);
  source::Location at(std::uint32_t begin, std::uint32_t end) const {
    return {{file_id_, begin, end}, {}};
  }

  syntax::TreeWriter* writer_ = nullptr;
  diag::Sink* sink_ = nullptr;
  source::FileId file_id_;
  std::vector<NodeId> stack_;
  std::vector<Pending> operators_;
  std::vector<unsigned> chains_;  // suffixes of the operand that waits at this place of the stack
  unsigned depth_ = 0;
};

inline constexpr unsigned kMaxRuleDepth = 900;      // grammar rules; about 200 brackets
inline constexpr unsigned kMaxReportedDepth = 200;  // what the message says
inline constexpr unsigned kMaxOperators = 1000;     // of one expression

}  // namespace gpuspec::parse
