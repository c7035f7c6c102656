#include <algorithm>
#include <utility>

#include "lang/format/printer.h"
#include "lang/format/soundness.h"

// What stands between brackets, and the file as a whole.

namespace gpuspec::format {

namespace {

using syntax::NodeKind;

constexpr unsigned kIndent = 2;

std::string_view separatorOf(NodeKind kind) {
  return kind == NodeKind::Body ? "  " : ", ";
}

// A run of whole lines; grows while a part reaches over its edge.
struct LineSpan {
  std::uint32_t begin, end;

  void growTo(std::string_view text) {
    while (begin > 0 && text[begin - 1] != '\n') --begin;
    end = static_cast<std::uint32_t>(std::min(text.find('\n', end), text.size()));
  }
  bool overlaps(const Part& part) const { return part.begin < end && begin < part.end; }
};

}  // namespace

// The items of the file; what is broken, and text that belongs to no item, is joined to opaque runs
// of lines.
std::vector<Part> Printer::fileParts() const {
  const std::vector<Part> all = partsOf(tree_, text_, tree_.root());
  std::vector<Part> out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Part& part = all[i];
    const bool sound = part.kind == PartKind::Comment ||
                       (part.kind == PartKind::Child && isSound(tree_, text_, part.id));
    if (sound) {
      out.push_back(part);
      continue;
    }
    std::size_t last = i;  // stray tokens between two items make one run
    for (std::size_t j = i; j < all.size() && all[j].kind != PartKind::Child; ++j) {
      if (all[j].kind == PartKind::Token) last = j;
    }
    LineSpan span{part.begin, all[last].end};
    span.growTo(text_);
    std::uint32_t newlines = part.newlines;
    while (!out.empty() && span.begin < out.back().end) {
      span.begin = std::min(span.begin, out.back().begin);
      newlines = out.back().newlines;
      out.pop_back();
      span.growTo(text_);
    }
    while (last + 1 < all.size() && span.overlaps(all[last + 1])) {
      span.end = std::max(span.end, all[++last].end);
      span.growTo(text_);
    }
    out.push_back({PartKind::Opaque, span.begin, span.end, {}, newlines});
    i = last;
  }
  return out;
}

Sequence Printer::readSequence(NodeKind kind, const std::vector<Part>& parts) const {
  const bool file = kind == NodeKind::File;
  Sequence sequence;
  std::vector<Part> above, before;
  bool broken = file;  // the line of the last entry, or of the opener, has ended
  for (std::size_t i = file ? 0 : 1; i < parts.size(); ++i) {
    const Part& part = parts[i];
    const Part* next = i + 1 < parts.size() ? &parts[i + 1] : nullptr;
    const bool followed = next != nullptr && next->newlines == 0;
    if (part.newlines > 0) broken = true;
    if (part.newlines > 0 && part.kind != PartKind::Token) sequence.opened = true;
    if (part.kind == PartKind::Comment) {
      const bool inline_comment = !breaksLine(textOf(part));
      const bool before_item =
          followed && (next->kind == PartKind::Child || next->kind == PartKind::Comment);
      if (inline_comment && before_item && (broken || next->kind == PartKind::Child)) {
        before.push_back(part);
      } else if (!broken && sequence.entries.empty()) {
        sequence.opener_trailing.push_back(part);
      } else if (!broken && inline_comment && followed) {
        sequence.entries.back().after.push_back(part);
      } else if (!broken) {
        sequence.entries.back().trailing.push_back(part);
      } else {
        for (const Part& earlier : before) above.push_back(earlier);
        before.clear();
        above.push_back(part);
      }
      if (!inline_comment) sequence.opened = broken = true;
    } else if (part.kind == PartKind::Token) {
      if (next == nullptr && part.newlines > 0) sequence.opened = true;  // the closing bracket
    } else {
      Entry entry;
      entry.item = part;
      entry.new_line = broken;
      entry.blank_before = (before.empty() ? part : before.front()).newlines > 1;
      entry.above = std::exchange(above, {});
      entry.before = std::exchange(before, {});
      sequence.entries.push_back(std::move(entry));
      broken = part.kind == PartKind::Opaque;
    }
  }
  for (const Part& earlier : before) above.push_back(earlier);
  sequence.below = std::move(above);
  const bool no_comment = sequence.below.empty() && sequence.opener_trailing.empty();
  if (sequence.entries.empty() && no_comment) sequence.opened = false;
  if (!sequence.below.empty()) sequence.opened = true;
  return sequence;
}

void Printer::printFile() {
  for (NodeId id : tree_.children(tree_.root())) measure(id);
  const Sequence sequence = readSequence(NodeKind::File, fileParts());
  printGroups(NodeKind::File, sequence, 0, false);
  printBelow(sequence.below, 0, sequence.entries.empty());
}

void Printer::printSequence(NodeId id) {
  const Sequence sequence = readSequence(node(id).kind, partsOf(tree_, text_, id));
  const bool braces = node(id).kind == NodeKind::Body || node(id).kind == NodeKind::Map;
  if (measuring_) {
    if (sequence.opened) ++hard_count_;
    return printClosed(id, sequence);
  }
  const Measure& measured = measures_[id.index];
  const bool empty =
      sequence.entries.empty() && sequence.below.empty() && sequence.opener_trailing.empty();
  const bool open = sequence.opened || (measured.opened && !empty) || (braces && measured.hard) ||
                    (!measured.hard && !fits(measured.width) && !empty);
  open ? printOpen(id, sequence) : printClosed(id, sequence);
}

void Printer::printClosed(NodeId id, const Sequence& sequence) {
  const NodeKind kind = node(id).kind;
  const bool blanks = (kind == NodeKind::Body || kind == NodeKind::Map) &&
                      !(sequence.entries.empty() && sequence.opener_trailing.empty());
  const unsigned tail = std::exchange(tail_, 0);
  add(text_.substr(node(id).begin, 1));
  if (blanks) add(" ");
  for (const Part& comment : sequence.opener_trailing) {
    printComment(comment);
    if (!sequence.entries.empty()) add(" ");
  }
  for (std::size_t i = 0; i < sequence.entries.size(); ++i) {
    if (i > 0 && kind == NodeKind::Body) stop();
    if (i > 0) add(separatorOf(kind));
    printEntry(sequence.entries[i]);
    printAfter(sequence.entries[i]);
    trail(sequence.entries[i].trailing);
  }
  if (measuring_) trail(sequence.below);
  if (blanks) add(" ");
  add(text_.substr(node(id).end - 1, 1));
  tail_ = tail;
}

void Printer::printOpen(NodeId id, const Sequence& sequence) {
  const unsigned outer = lines_.indent();
  const unsigned base = base_indent_, tail = tail_;
  add(text_.substr(node(id).begin, 1));
  trail(sequence.opener_trailing);
  printGroups(node(id).kind, sequence, outer + kIndent, sequence.opened);
  printBelow(sequence.below, outer + kIndent, sequence.entries.empty());
  base_indent_ = base;
  tail_ = tail;
  lines_.start(outer);
  add(text_.substr(node(id).end - 1, 1));
}

void Printer::printBelow(const std::vector<Part>& comments, unsigned indent, bool first) {
  for (const Part& comment : comments) {
    lines_.start(indent, !first && comment.newlines > 1);
    add(normalized(textOf(comment)));
    first = false;
  }
}

void Printer::printGroups(NodeKind kind, const Sequence& sequence, unsigned indent,
                          bool keep_lines) {
  const Entry* begin = sequence.entries.data();
  const Entry* end = begin + sequence.entries.size();
  for (const Entry* first = begin; first != end;) {
    const Entry* last = first + 1;
    while (last != end && kind != NodeKind::File && !last->new_line) ++last;
    printBelow(first->above, indent, first == begin);
    lines_.start(indent, first->blank_before && (first != begin || !first->above.empty()));
    printGroup(kind, first, last, indent, keep_lines);
    first = last;
  }
}

std::uint32_t Printer::entryWidth(const Entry& entry, bool with_after) const {
  std::uint32_t width =
      entry.item.kind == PartKind::Child ? measures_[entry.item.id.index].width : 0;
  for (const Part& comment : entry.before) width += displayWidth(textOf(comment)) + 1;
  for (const Part& comment : entry.after)
    width += !with_after ? 0 : displayWidth(textOf(comment)) + 1;
  return width;
}

bool Printer::isHard(const Entry& entry) const {
  return measures_[entry.item.id.index].hard;
}

// A value without inner structure: such are filled line by line.
bool Printer::isPlain(const Entry& entry) const {
  const NodeKind kind = node(entry.item.id).kind;
  return kind == NodeKind::Literal || kind == NodeKind::String || kind == NodeKind::Name ||
         kind == NodeKind::Member || kind == NodeKind::Unary || kind == NodeKind::Index;
}

// Entries that share a line go on doing so when they can. The first line is begun already.
void Printer::printGroup(NodeKind kind, const Entry* first, const Entry* last, unsigned indent,
                         bool keep_lines) {
  const bool commas = kind != NodeKind::Body && kind != NodeKind::File;
  tail_ = commas ? 1 : 0;
  std::uint32_t width = indent;
  bool hard = false, plain = commas;
  for (const Entry* entry = first; entry != last; ++entry) {
    width += entryWidth(*entry, commas || entry + 1 != last) + (entry + 1 != last ? 2 : tail_);
    hard = hard || (last - first > 1 && isHard(*entry));
    plain = plain && isPlain(*entry);
  }
  const bool together = keep_lines && !hard && width <= kWidth;
  const bool alone = last - first == 1 || (!together && !plain);
  for (const Entry* entry = first; entry != last; ++entry) {
    const bool shares_line = together || (plain && fits(1 + entryWidth(*entry, true)));
    if (entry != first && shares_line) add(commas ? " " : "  ");
    if (entry != first && !shares_line) lines_.start(indent);
    base_indent_ = indent;
    alone ? printLoneEntry(kind, *entry) : printEntry(*entry);
    if (commas || !(alone || entry + 1 == last)) {
      printAfter(*entry);
    } else {
      trail(entry->after);  // nothing follows on the line
    }
    if (commas) add(",");
    trail(entry->trailing);
  }
}

void Printer::printEntry(const Entry& entry) {
  for (const Part& comment : entry.before) {
    printComment(comment);
    add(" ");
  }
  if (entry.item.kind == PartKind::Child) return print(entry.item.id);
  const std::string text = normalized(textOf(entry.item));
  // A string or comment that is never closed holds all there is up to the end of the file.
  const bool to_the_end = entry.item.end == text_.size();
  if (to_the_end) lines_.leaveOpen();
  add(to_the_end ? text : text.substr(0, text.find_last_not_of("\r\n") + 1));
}

void Printer::printAfter(const Entry& entry) {
  for (const Part& comment : entry.after) {
    add(" ");
    printComment(comment);
  }
}

// An entry with a line of its own may be aligned with its neighbours.
void Printer::printLoneEntry(NodeKind kind, const Entry& entry) {
  if (entry.item.kind != PartKind::Child) return printEntry(entry);
  const std::size_t line = lines_.count();
  const NodeId head = std::exchange(head_, entry.item.id);
  printEntry(entry);
  head_ = head;
  if (lines_.count() == line && !isHard(entry))
    lines_.align(headClass(kind, entry.item.id), shape(entry.item.id));
}

std::string Printer::headClass(NodeKind parent, NodeId id) const {
  switch (node(id).kind) {
    case NodeKind::Attribute:
    case NodeKind::Labelled:
    case NodeKind::CallAttribute:
    case NodeKind::MapEntry:
    case NodeKind::NamedArgument:
      return "=";
    case NodeKind::If:
      return tree_.childCount(id) == 2 ? "if" : "";
    case NodeKind::Block: {
      const bool labelled = (node(id).flags & syntax::kHasLabel) != 0 || parent == NodeKind::File;
      return labelled ? "block " + std::string(tree_.text(tree_.child(id, 0))) : "=";
    }
    default:
      return "";
  }
}

// Equal for items that can be the rows of one table; "" for what has no columns.
std::string Printer::shape(NodeId id) const {
  std::string out = syntax::kindName(node(id).kind);
  const NodeId name = tree_.child(id, 0);
  if (name.valid() && node(name).kind == NodeKind::Name) out += " " + std::string(tree_.text(name));
  bool columns = false;
  for (NodeId child : tree_.children(id)) {
    if (node(child).kind != NodeKind::Body) continue;
    columns = true;
    out += '{';
    for (NodeId item : tree_.children(child)) out += shape(item) + ';';
    out += '}';
  }
  return columns || node(id).kind != NodeKind::Block ? out : "";
}

}  // namespace gpuspec::format
