#include "lang/format/printer.h"

#include <utility>

namespace gpuspec::format {

namespace {

using syntax::NodeKind;

constexpr unsigned kIndent = 2, kContinuation = 4;

bool isSequence(NodeKind kind) {
  return kind == NodeKind::Body || kind == NodeKind::List || kind == NodeKind::Map;
}

// Kinds whose parts touch each other.
bool touches(NodeKind kind) {
  return kind == NodeKind::Member || kind == NodeKind::Index || kind == NodeKind::Call ||
         kind == NodeKind::Unary || kind == NodeKind::Paren || kind == NodeKind::Spread ||
         kind == NodeKind::Annotation || kind == NodeKind::Arguments;
}

bool isPlainOperand(NodeKind kind) {
  return kind != NodeKind::Binary && kind != NodeKind::Conditional;
}

}  // namespace

Printer::Printer(const syntax::Tree& tree, std::string_view text, Lines& lines)
    : tree_(tree), text_(text), lines_(lines), measures_(tree.size()) {}

void Printer::add(std::string_view text) {
  if (!measuring_) {
    lines_.add(text);
    return;
  }
  width_ += displayWidth(text);
  if (text.find('\n') != std::string_view::npos) ++hard_count_;
}

void Printer::breakLine(unsigned indent) {
  if (measuring_) {
    ++hard_count_;
  } else {
    lines_.start(indent);
  }
}

void Printer::stop() {
  if (!measuring_) lines_.stop();
}

void Printer::measure(NodeId id) {
  measuring_ = true;
  width_ = hard_count_ = 0;
  print(id);
  measuring_ = false;
}

void Printer::print(NodeId id) {
  const std::uint32_t width = width_, hard_count = hard_count_;
  dispatch(id);
  if (!measuring_) return;
  measures_[id.index].width = width_ - width;
  measures_[id.index].hard = hard_count_ != hard_count;
}

void Printer::dispatch(NodeId id) {
  switch (node(id).kind) {
    case NodeKind::Literal:
    case NodeKind::Name:
    case NodeKind::StringPart:
    case NodeKind::String:
      add(normalized(tree_.text(id)));
      return;
    case NodeKind::ListFor:
    case NodeKind::MapFor:
      printComprehension(id);
      return;
    case NodeKind::Arguments:
      if (text_[node(id).begin] == '(') return printSequence(id);
      return printParts(id);
    case NodeKind::If:
      openBranches(id);
      return printParts(id);
    default:
      return isSequence(node(id).kind) ? printSequence(id) : printParts(id);
  }
}

void Printer::printComment(const Part& comment) {
  if (isLineComment(textOf(comment))) {
    measuring_ ? void(++hard_count_) : lines_.trail(textOf(comment));
  } else {
    add(normalized(textOf(comment)));
  }
}

void Printer::trail(const std::vector<Part>& comments) {
  for (const Part& comment : comments) {
    if (measuring_) {
      ++hard_count_;
    } else {
      lines_.trail(normalized(textOf(comment)));
    }
  }
}

namespace {

// A place where the author's line break stays.
bool keepsBreak(NodeKind kind, std::string_view previous) {
  return kind == NodeKind::Binary || kind == NodeKind::Conditional ||
         (kind == NodeKind::Assert && previous == ",");
}

bool hasBlank(NodeKind kind, std::string_view previous, std::string_view next) {
  switch (kind) {
    case NodeKind::Param:
      return next != ":";
    case NodeKind::FieldType:
      return next != ":" && next != "?";
    case NodeKind::Assert:
    case NodeKind::For:
      return next != ",";
    case NodeKind::ListFor:
      return next != "," && previous != "[" && next != "]";
    case NodeKind::MapFor:
      return next != "," && previous != "{" && next != "}";
    default:
      return !touches(kind);
  }
}

}  // namespace

// What stands between two parts of one node: a line break, a blank or nothing; also marks where
// lines may be aligned.
void Printer::separate(NodeId id, const Part& previous, const Part& part) {
  const NodeKind kind = node(id).kind;
  const auto kindOf = [this](const Part& of) {
    return of.kind == PartKind::Child ? node(of.id).kind : NodeKind::File;
  };
  const auto token = [this](const Part& of) {
    return of.kind == PartKind::Token ? textOf(of) : std::string_view();
  };
  const bool item =
      kind == NodeKind::Attribute || kind == NodeKind::Labelled || kind == NodeKind::CallAttribute;
  const bool entry = (kind == NodeKind::MapEntry || kind == NodeKind::NamedArgument) && head_ == id;
  if (token(part) == "=" && (item || entry)) stop();
  if (kindOf(part) == NodeKind::Body &&
      (kind == NodeKind::Block || (kind == NodeKind::If && token(previous) != "else")))
    stop();

  if (previous.kind == PartKind::Comment && isLineComment(textOf(previous)))
    return breakLine(base_indent_ + kContinuation);
  const bool comment = previous.kind == PartKind::Comment || part.kind == PartKind::Comment;
  if (comment) {
    if (part.kind != PartKind::Comment || !isLineComment(textOf(part))) add(" ");
    return;
  }
  if (part.newlines > 0 && keepsBreak(kind, token(previous)))
    return breakLine(base_indent_ + kContinuation);
  const auto op = static_cast<syntax::Operator>(node(id).op);
  if (kind == NodeKind::Binary && op == syntax::Operator::Range) {
    if (isPlainOperand(node(tree_.child(id, 0)).kind) &&
        isPlainOperand(node(tree_.child(id, 1)).kind))
      return;
  }
  if (kindOf(part) == NodeKind::Arguments && kind != NodeKind::Arguments) return;
  if (hasBlank(kind, token(previous), token(part))) add(" ");
}

void Printer::printParts(NodeId id) {
  const std::vector<Part> parts = partsOf(tree_, text_, id);
  const unsigned tail = tail_;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) separate(id, parts[i - 1], parts[i]);
    const Part& part = parts[i];
    const bool body_follows = i + 1 < parts.size() && parts[i + 1].kind == PartKind::Child &&
                              node(parts[i + 1].id).kind == NodeKind::Body;
    tail_ = body_follows ? 2 : i + 1 == parts.size() ? tail : 0;
    if (part.kind == PartKind::Child) {
      print(part.id);
    } else if (part.kind == PartKind::Comment) {
      printComment(part);
    } else {
      add(textOf(part));
    }
  }
  tail_ = tail;
}

bool Printer::opensComprehension(NodeId id, const std::vector<Part>& parts) const {
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (parts[i].newlines > 0) return true;
  }
  return !measuring_ && !measures_[id.index].hard && !fits(measures_[id.index].width);
}

// `[for t in teams : t.name if t.gpus > 0]`, or opened before `for`, `if` and the closing bracket.
void Printer::printComprehension(NodeId id) {
  const std::vector<Part> parts = partsOf(tree_, text_, id);
  const bool opened = opensComprehension(id, parts);
  if (opened && measuring_) ++hard_count_;
  const unsigned outer = lines_.indent(),
                 base = std::exchange(base_indent_, opened ? outer + kIndent : base_indent_);
  const unsigned tail = std::exchange(tail_, 0);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Part& part = parts[i];
    const std::string_view token = part.kind == PartKind::Token ? textOf(part) : std::string_view();
    const std::string_view previous =
        i > 0 && parts[i - 1].kind == PartKind::Token ? textOf(parts[i - 1]) : std::string_view();
    const bool last = i + 1 == parts.size();
    if (opened && !measuring_ && i > 0 &&
        (previous == "[" || previous == "{" || token == "if" || last)) {
      breakLine(last ? outer : outer + kIndent);
    } else if (opened && !measuring_ && part.newlines > 0 &&
               (previous == ":" || previous == "=>")) {
      breakLine(base_indent_ + kContinuation);
    } else if (i > 0) {
      separate(id, parts[i - 1], part);
    }
    if (part.kind == PartKind::Child) {
      print(part.id);
    } else if (part.kind == PartKind::Comment) {
      printComment(part);
    } else {
      add(textOf(part));
    }
  }
  tail_ = tail;
  base_indent_ = base;
}

void Printer::collectBranches(NodeId if_id, std::vector<NodeId>& bodies) const {
  for (NodeId child : tree_.children(if_id)) {
    if (node(child).kind == NodeKind::Body) bodies.push_back(child);
    if (node(child).kind == NodeKind::If && child != tree_.child(if_id, 0))
      collectBranches(child, bodies);
  }
}

// The branches of an `if` are all open or all on one line.
void Printer::openBranches(NodeId if_id) {
  if (measuring_) return;
  std::vector<NodeId> bodies;
  collectBranches(if_id, bodies);
  if (bodies.size() < 2 || measures_[bodies[0].index].opened) return;
  bool open = !fits(measures_[if_id.index].width);
  for (NodeId body : bodies) open = open || measures_[body.index].hard;
  for (NodeId body : bodies) measures_[body.index].opened = open;
}

}  // namespace gpuspec::format
