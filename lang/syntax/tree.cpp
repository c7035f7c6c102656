#include "lang/syntax/tree.h"

#include <algorithm>
#include <array>

namespace gpuspec::syntax {

namespace {

constexpr std::array kKindNames = {
    "File",      "Project", "Import",        "Param",      "Let",           "Output", "Module",
    "Assert",    "Block",   "Attribute",     "Labelled",   "CallAttribute", "For",    "If",
    "Allow",     "ScaleOn", "Expect",        "Annotation", "Body",          "Target", "Arguments",
    "Literal",   "String",  "StringPart",    "Name",       "Member",        "Index",  "Call",
    "Unary",     "Binary",  "Conditional",   "Paren",      "List",          "Map",    "MapEntry",
    "FieldType", "Spread",  "NamedArgument", "ListFor",    "MapFor"};
static_assert(kKindNames.size() == static_cast<std::size_t>(NodeKind::MapFor) + 1);

constexpr std::array kOperatorTexts = {
    "||", "&&", "==", "!=", "<", "<=", ">", ">=", "..", "+", "-", "*", "/", "%", "-", "!"};
static_assert(kOperatorTexts.size() == static_cast<std::size_t>(Operator::Not) + 1);

bool isLeafOfText(NodeKind kind) {
  return kind == NodeKind::Literal || kind == NodeKind::StringPart || kind == NodeKind::Name;
}

// Literals compare without digit separators and with one blank where several stood.
std::string canonicalLiteral(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '_' || ((c == ' ' || c == '\t') && !out.empty() && out.back() == ' ')) continue;
    out += c == '\t' ? ' ' : c;
  }
  return out;
}

std::string leafText(const Tree& tree, NodeId id) {
  switch (tree[id].kind) {
    case NodeKind::Name:
      return tree.name(id);
    case NodeKind::Literal:
      return canonicalLiteral(tree.text(id));
    default:
      return std::string(tree.text(id));
  }
}

// A string's text parts as meant, so that re-indenting a text block changes nothing.
std::vector<std::string> stringTexts(const Tree& tree, NodeId id) {
  std::vector<std::string_view> raw;
  for (NodeId part : tree.children(id)) {
    if (tree[part].kind == NodeKind::StringPart) raw.push_back(tree.text(part));
  }
  const auto kind = static_cast<StringKind>(tree[id].op);
  if (kind == StringKind::Block) return dedent(raw);
  std::vector<std::string> out;
  for (std::string_view part : raw) out.push_back(unescape(part, kind));
  return out;
}

bool same(const Tree& a, NodeId x, const Tree& b, NodeId y) {
  const Node left = a[x];
  const Node right = b[y];
  if (left.kind != right.kind) return false;
  if (left.kind != NodeKind::String && left.op != right.op) return false;
  if ((left.flags & ~kBroken) != (right.flags & ~kBroken)) return false;
  if (left.kind == NodeKind::String && stringTexts(a, x) != stringTexts(b, y)) return false;
  if (left.kind == NodeKind::StringPart) return true;
  if (isLeafOfText(left.kind)) return leafText(a, x) == leafText(b, y);
  NodeId i = left.first_child, j = right.first_child;
  for (; i.valid() && j.valid(); i = a[i].next_sibling, j = b[j].next_sibling) {
    if (!same(a, i, b, j)) return false;
  }
  return i.valid() == j.valid();
}

void dumpNode(const Tree& tree, NodeId id, unsigned depth, std::string& out) {
  const Node node = tree[id];
  out.append(depth * 2, ' ');
  out += kindName(node.kind);
  if (node.kind == NodeKind::Unary || node.kind == NodeKind::Binary) {
    out += std::string(" ") + operatorText(static_cast<Operator>(node.op));
  }
  if (isLeafOfText(node.kind)) out += " " + std::string(tree.text(id));
  if ((node.flags & kBroken) != 0) out += " (broken)";
  out += '\n';
  for (NodeId child : tree.children(id)) dumpNode(tree, child, depth + 1, out);
}

void appendUtf8(std::string& out, std::uint32_t code_point) {
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    out += static_cast<char>(0xC0 | (code_point >> 6));
    out += static_cast<char>(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    out += static_cast<char>(0xE0 | (code_point >> 12));
    out += static_cast<char>(0x80 | ((code_point >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code_point & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code_point >> 18));
    out += static_cast<char>(0x80 | ((code_point >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code_point >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code_point & 0x3F));
  }
}

// `\u{1F600}`; returns the bytes read after the `u`, 0 when it is none.
std::size_t readUnicodeEscape(std::string_view rest, std::uint32_t& code_point) {
  if (rest.empty() || rest[0] != '{') return 0;
  const std::size_t close = rest.find('}');
  if (close == std::string_view::npos || close < 2 || close > 7) return 0;
  code_point = 0;
  for (char c : rest.substr(1, close - 1)) {
    const int digit = c >= '0' && c <= '9'                 ? c - '0'
                      : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                           : -1;
    if (digit < 0) return 0;
    code_point = code_point * 16 + static_cast<std::uint32_t>(digit);
  }
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  return code_point > 0x10FFFF || surrogate || code_point == 0 ? 0 : close + 1;
}

// One escape after a backslash; returns the bytes read, 0 when there is no such escape.
std::size_t readEscape(std::string_view rest, std::string& out) {
  if (rest.empty()) return 0;
  switch (rest[0]) {
    case 'n':
      out += '\n';
      return 1;
    case 't':
      out += '\t';
      return 1;
    case 'r':
      out += '\r';
      return 1;
    case '\\':
    case '"':
    case '\'':
      out += rest[0];
      return 1;
    case '$':
      out += '$';
      return 1;
    case 'u': {
      std::uint32_t code_point = 0;
      const std::size_t read = readUnicodeEscape(rest.substr(1), code_point);
      if (read == 0) return 0;
      appendUtf8(out, code_point);
      return read + 1;
    }
    default:
      return 0;
  }
}

struct TextLine {
  std::string_view text;
  bool starts_line = false;  // false for what follows a `${...}` on the same line
};

std::vector<std::vector<TextLine>> splitLines(const std::vector<std::string_view>& parts) {
  std::vector<std::vector<TextLine>> lines;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::vector<TextLine> of_part;
    std::string_view rest = parts[i];
    bool starts_line = false;
    for (std::size_t at = rest.find('\n'); at != std::string_view::npos; at = rest.find('\n')) {
      of_part.push_back({rest.substr(0, at), starts_line});
      rest.remove_prefix(at + 1);
      starts_line = true;
    }
    of_part.push_back({rest, starts_line});
    lines.push_back(std::move(of_part));
  }
  return lines;
}

bool isBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

const char* kindName(NodeKind kind) {
  return kKindNames[static_cast<std::size_t>(kind)];
}

const char* operatorText(Operator op) {
  return kOperatorTexts[static_cast<std::size_t>(op)];
}

std::string Tree::name(NodeId id) const {
  const std::string_view raw = text(id);
  if (raw.empty() || (raw[0] != '"' && raw[0] != '\'')) return std::string(raw);
  const bool closed = raw.size() >= 2 && raw.back() == raw[0];
  return unescape(raw.substr(1, raw.size() - (closed ? 2 : 1)),
                  raw[0] == '"' ? StringKind::Plain : StringKind::Raw);
}

std::string Tree::plainText(NodeId string) const {
  return unescape(text(child(string, 0)), static_cast<StringKind>((*this)[string].op));
}

NodeId Tree::child(NodeId id, unsigned n) const {
  NodeId at = (*this)[id].first_child;
  for (; n > 0 && at.valid(); --n) at = (*this)[at].next_sibling;
  return at;
}

unsigned Tree::childCount(NodeId id) const {
  unsigned count = 0;
  for (NodeId at = (*this)[id].first_child; at.valid(); at = (*this)[at].next_sibling) ++count;
  return count;
}

std::string Tree::docComment(NodeId id) const {
  std::vector<std::string_view> lines;
  std::size_t end = text_.rfind('\n', (*this)[id].begin);
  while (end != std::string_view::npos) {
    const std::size_t start = end == 0 ? std::string_view::npos : text_.rfind('\n', end - 1);
    const std::size_t begin = start == std::string_view::npos ? 0 : start + 1;
    std::string_view line = text_.substr(begin, end - begin);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (line.substr(0, 3) != "///") break;
    line.remove_prefix(3);
    if (!line.empty() && line[0] == ' ') line.remove_prefix(1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    lines.push_back(line);
    end = start;
  }
  std::string out;
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    if (!out.empty()) out += '\n';
    out += *line;
  }
  return out;
}

void TreeWriter::adopt(NodeId parent, const std::vector<NodeId>& children, std::size_t first) {
  for (std::size_t i = first; i < children.size(); ++i) {
    if (i == first)
      tree_.nodes_.setFirstChild(parent, children[i]);
    else
      tree_.nodes_.setNextSibling(children[i - 1], children[i]);
  }
}

void TreeWriter::mark(NodeId id, std::uint16_t flags) {
  Node node = at(id);
  node.flags |= flags;
  tree_.nodes_.set(id, node);
}

std::string unescape(std::string_view raw, StringKind kind, std::size_t* error_at) {
  if (kind == StringKind::Raw) return std::string(raw);
  std::string out;
  out.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\\') {
      out += raw[i];
      continue;
    }
    const std::size_t read = readEscape(raw.substr(i + 1), out);
    if (read == 0) {
      if (error_at != nullptr) *error_at = i;
      out += raw[i];
    }
    i += read;
  }
  return out;
}

std::vector<std::string> dedent(const std::vector<std::string_view>& parts) {
  const auto lines = splitLines(parts);
  std::size_t indent = std::string_view::npos;
  for (std::size_t p = 0; p < lines.size(); ++p) {
    for (std::size_t i = 0; i < lines[p].size(); ++i) {
      const TextLine& line = lines[p][i];
      const bool last_of_part = i + 1 == lines[p].size();
      const bool goes_on = last_of_part && p + 1 < lines.size();  // `${...}` follows
      if (!line.starts_line || (isBlank(line.text) && !goes_on)) continue;
      const std::size_t own = std::min(line.text.find_first_not_of(" \t"), line.text.size());
      indent = std::min(indent, own);
    }
  }
  if (indent == std::string_view::npos) indent = 0;
  std::vector<std::string> out;
  for (std::size_t p = 0; p < lines.size(); ++p) {
    std::string text;
    for (std::size_t i = 0; i < lines[p].size(); ++i) {
      const TextLine& line = lines[p][i];
      const bool opening = p == 0 && i == 0;
      const bool closing = p + 1 == lines.size() && i + 1 == lines[p].size();
      if (opening && isBlank(line.text) && lines[p].size() > 1)
        continue;  // the rest of the line with """
      std::string_view content = line.text;
      if (line.starts_line) content.remove_prefix(std::min(indent, content.size()));
      const bool first_line = opening || (p == 0 && i == 1 && isBlank(lines[0][0].text));
      if (line.starts_line && !first_line) text += '\n';
      if (closing && line.starts_line && isBlank(content)) continue;
      const bool line_ends = i + 1 < lines[p].size();
      if (line_ends && !content.empty() && content.back() == '\r') content.remove_suffix(1);
      text += content;
    }
    out.push_back(unescape(text, StringKind::Plain));
  }
  return out;
}

bool sameStructure(const Tree& a, const Tree& b) {
  return same(a, a.root(), b, b.root());
}

std::string dump(const Tree& tree) {
  std::string out;
  dumpNode(tree, tree.root(), 0, out);
  return out;
}

}  // namespace gpuspec::syntax
