#include "lang/parse/tree_builder.h"

#include <array>

#include "lang/diag/catalogue.h"

namespace gpuspec::parse {

namespace {

using syntax::Operator;

struct OperatorInfo {
  TokenKind token;
  Operator op;
  unsigned precedence;
  bool chains;
};

constexpr std::array kOperators = {
    OperatorInfo{TokenKind::Or, Operator::Or, 1, true},
    OperatorInfo{TokenKind::And, Operator::And, 2, true},
    OperatorInfo{TokenKind::EqEq, Operator::Equal, 3, false},
    OperatorInfo{TokenKind::Ne, Operator::NotEqual, 3, false},
    OperatorInfo{TokenKind::Lt, Operator::Less, 3, false},
    OperatorInfo{TokenKind::Gt, Operator::Greater, 3, false},
    OperatorInfo{TokenKind::Le, Operator::LessEqual, 3, false},
    OperatorInfo{TokenKind::Ge, Operator::GreaterEqual, 3, false},
    OperatorInfo{TokenKind::DotDot, Operator::Range, 4, false},
    OperatorInfo{TokenKind::Plus, Operator::Add, 5, true},
    OperatorInfo{TokenKind::Minus, Operator::Subtract, 5, true},
    OperatorInfo{TokenKind::Star, Operator::Multiply, 6, true},
    OperatorInfo{TokenKind::Slash, Operator::Divide, 6, true},
    OperatorInfo{TokenKind::Percent, Operator::Modulo, 6, true},
};

const OperatorInfo& infoOf(TokenKind token) {
  for (const OperatorInfo& info : kOperators) {
    if (info.token == token) return info;
  }
  return kOperators[0];
}

bool chains(unsigned precedence) {
  return precedence != 3 && precedence != 4;
}

}  // namespace

void TreeBuilder::attach(SpecTokenStream* tokens, syntax::TreeWriter* writer, diag::Sink* sink,
                         source::FileId file_id) {
  _input = tokens;
  writer_ = writer;
  sink_ = sink;
  file_id_ = file_id;
}

std::vector<NodeId> TreeBuilder::take() {
  operators_.clear();
  depth_ = 0;
  return std::exchange(stack_, {});
}

void TreeBuilder::discard() {
  stack_.clear();
  operators_.clear();
  depth_ = 0;
}

void ContextArena::reset() {
  for (antlr4::ParserRuleContext* context : contexts_) context->~ParserRuleContext();
  contexts_.clear();
  block_ = used_ = 0;
}

void* ContextArena::take(std::size_t bytes) {
  bytes = (bytes + alignof(std::max_align_t) - 1) / alignof(std::max_align_t) *
          alignof(std::max_align_t);
  if (used_ + bytes > kBlockBytes) {
    ++block_;
    used_ = 0;
  }
  if (block_ >= blocks_.size()) blocks_.push_back(std::make_unique<std::byte[]>(kBlockBytes));
  std::byte* place = blocks_[block_].get() + used_;
  used_ += bytes;
  return place;
}

void TreeBuilder::freeContexts() {
  _ctx = nullptr;
  _tracker.reset();
}

void TreeBuilder::enterRule(antlr4::ParserRuleContext* context, size_t state, size_t) {
  if (++depth_ > kMaxRuleDepth) throw NestingLimit{current().begin};
  setState(state);
  context->start = _input->LT(1);
  _ctx = context;
}

void TreeBuilder::exitRule() {
  --depth_;
  setState(_ctx->invokingState);
  _ctx = static_cast<antlr4::ParserRuleContext*>(_ctx->parent);
}

antlr4::Token* TreeBuilder::match(size_t kind) {
  if (static_cast<size_t>(current().kind) != kind) return antlr4::Parser::match(kind);
  _input->consume();
  return nullptr;
}

Mark TreeBuilder::mark() {
  if (chains_.size() <= stack_.size()) chains_.resize(stack_.size() + 16);
  chains_[stack_.size()] = 0;
  return {stack_.size(), current().begin};
}

NodeId TreeBuilder::push(NodeKind kind, std::uint32_t begin, std::uint32_t end, std::uint16_t flags,
                         std::uint8_t op) {
  const NodeId id = writer_->add(kind, begin, end, flags, op);
  stack_.push_back(id);
  return id;
}

void TreeBuilder::finish(NodeKind kind, const Mark& from, std::uint16_t flags, std::uint8_t op) {
  // A suffix belongs to its operand, not to a sign before it.
  const bool suffix = kind == NodeKind::Member || kind == NodeKind::Index || kind == NodeKind::Call;
  const std::uint32_t begin = suffix ? writer_->at(stack_[from.stack]).begin : from.begin;
  if (suffix && ++chains_[from.stack] > kMaxOperators) {
    if (chains_[from.stack] == kMaxOperators + 1) reportTooLong(begin);
    stack_.resize(from.stack + 1);
    return;
  }
  const NodeId id = writer_->add(kind, begin, previous().end, flags, op);
  writer_->adopt(id, stack_, from.stack);
  stack_.resize(from.stack);
  stack_.push_back(id);
}

void TreeBuilder::reportTooLong(std::uint32_t begin) {
  sink_->report(at(begin, previous().end), diag::ExpressionTooLong, kMaxOperators)
      .help("give parts of it a name with `let`, or use a list and a function: join, sum, concat");
}

void TreeBuilder::leaf(NodeKind kind, std::uint32_t skip) {
  push(kind, previous().begin + skip, previous().end, 0, 0);
}

void TreeBuilder::literal() {
  push(NodeKind::Literal, previous().begin, previous().end, 0, previous().detail);
}

void TreeBuilder::plainString(const Mark& from) {
  const auto kind = static_cast<syntax::StringKind>(previous().detail);
  const std::uint32_t quote = kind == syntax::StringKind::Block ? 3 : 1;
  const std::uint32_t begin = previous().begin + quote;
  push(NodeKind::StringPart, begin, previous().end - (previous().unclosed ? 0 : quote), 0, 0);
  finish(NodeKind::String, from, 0, previous().detail);
}

void TreeBuilder::stringPart() {
  const Lexeme& token = previous();
  const bool block = token.detail == static_cast<std::uint8_t>(syntax::StringKind::Block);
  const std::uint32_t quote = block ? 3 : 1;
  const std::uint32_t begin = token.begin + (token.kind == TokenKind::Head ? quote : 1);
  const std::uint32_t tail = token.kind != TokenKind::Tail ? 2 : token.unclosed ? 0 : quote;
  // Empty where the closing part was put in by recovery.
  const std::uint32_t end = token.end >= begin + tail ? token.end - tail : token.end;
  push(NodeKind::StringPart, std::min(begin, end), end, 0, 0);
}

void TreeBuilder::finishString(const Mark& from) {
  finish(NodeKind::String, from, 0, previous().detail);
}

void TreeBuilder::pushUnary() {
  const auto op = previous().kind == TokenKind::Minus ? Operator::Negate : Operator::Not;
  operators_.push_back({op, 0, previous().begin, previous().end, stack_.size()});
}

void TreeBuilder::finishUnary(const Mark&, const Operators& ops) {
  if (operators_.size() - ops.stack > kMaxOperators) {
    reportTooLong(operators_[ops.stack].begin);
    operators_.resize(ops.stack);
  }
  while (operators_.size() > ops.stack) {
    const Pending pending = operators_.back();
    operators_.pop_back();
    finish(NodeKind::Unary, {pending.node, pending.begin}, 0,
           static_cast<std::uint8_t>(pending.op));
  }
}

void TreeBuilder::pushOperator() {
  const Lexeme token = previous();
  const OperatorInfo& info = infoOf(token.kind);
  if (token.first_on_line && info.op == Operator::Subtract) {
    sink_->report(at(token.begin, token.end), diag::ContinuationAtLineStart, std::string("-"))
        .help(
            "move the operator to the end of the line above, or put the expression in parentheses");
  }
  operators_.push_back({info.op, info.precedence, token.begin, token.end, stack_.size()});
}

void TreeBuilder::finishBinary(const Mark& from, const Operators& ops) {
  const std::size_t count = operators_.size() - ops.stack;
  if (count == 0) return;
  if (count > kMaxOperators) reportTooLong(from.begin);
  const std::vector<Pending> pending(operators_.begin() + static_cast<std::ptrdiff_t>(ops.stack),
                                     operators_.end());
  operators_.resize(ops.stack);
  const std::vector<NodeId> operands(stack_.begin() + static_cast<std::ptrdiff_t>(from.stack),
                                     stack_.end());
  stack_.resize(from.stack);
  if (count > kMaxOperators) {
    stack_.push_back(operands[0]);
    return;
  }
  std::vector<NodeId> values{operands[0]};
  std::vector<Pending> waiting;
  bool chained = false;
  const auto reduce = [&] {
    const NodeId right = values.back();
    values.pop_back();
    const NodeId left = values.back();
    values.pop_back();
    const NodeId id =
        writer_->add(NodeKind::Binary, writer_->at(left).begin, writer_->at(right).end, 0,
                     static_cast<std::uint8_t>(waiting.back().op));
    writer_->adopt(id, {left, right}, 0);
    values.push_back(id);
    waiting.pop_back();
  };
  for (std::size_t i = 0; i < pending.size(); ++i) {
    while (!waiting.empty() && waiting.back().precedence >= pending[i].precedence) {
      if (waiting.back().precedence == pending[i].precedence && !chains(pending[i].precedence)) {
        sink_
            ->report(at(pending[i].begin, pending[i].end), diag::ChainedComparison,
                     std::string(syntax::operatorText(pending[i].op)),
                     std::string(syntax::operatorText(waiting.back().op)))
            .note(at(waiting.back().begin, waiting.back().end), "the first one")
            .help("join two comparisons with `&&`, or put one side in parentheses");
        chained = true;
      }
      reduce();
    }
    waiting.push_back(pending[i]);
    values.push_back(operands[i + 1]);
  }
  while (!waiting.empty()) reduce();
  if (chained) {
    // Reported: whatever it was meant to be, nothing more is said of its value.
    const syntax::Node whole = writer_->at(values[0]);
    push(NodeKind::Literal, whole.begin, whole.end, 0,
         static_cast<std::uint8_t>(syntax::LiteralKind::Bad));
    return;
  }
  stack_.push_back(values[0]);
}

void TreeBuilder::comma() {
  if (current().kind != TokenKind::Comma) return;
  sink_->report(at(previous().begin, current().end), diag::EmptyListItem)
      .fix("remove one", {{{file_id_, current().begin, current().end}, ""}});
}

void TreeBuilder::continuation() {
  if (!current().first_on_line) return;
  sink_
      ->report(at(current().begin, current().end), diag::ContinuationAtLineStart,
               std::string(current().kind == TokenKind::LParen ? "(" : "["))
      .help(
          "nothing separates attributes, so this is read as a part of the value above; move it up "
          "if that is meant");
}

}  // namespace gpuspec::parse
