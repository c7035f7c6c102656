#include "lang/format/parts.h"

#include <algorithm>
#include <utility>

namespace gpuspec::format {

namespace {

bool isBlank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool isWordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

constexpr std::string_view kLongTokens[] = {"...", "..", "=>", "==", "!=", "<=", ">=", "&&", "||"};

class Scanner {
 public:
  Scanner(std::string_view text, std::vector<Part>& out) : text_(text), out_(out) {}

  // The tokens and comments in [from, to); line breaks at the end count for what follows.
  void scan(std::uint32_t from, std::uint32_t to) {
    while (from < to) {
      if (isBlank(text_[from])) {
        if (text_[from] == '\n') ++newlines_;
        ++from;
        continue;
      }
      const std::uint32_t end = std::min(to, pieceEnd(from, to));
      const bool comment = isComment(from, end);
      out_.push_back(
          {comment ? PartKind::Comment : PartKind::Token, from, end, {}, takeNewlines()});
      from = end;
    }
  }
  void child(const syntax::Tree& tree, syntax::NodeId id) {
    out_.push_back({PartKind::Child, tree[id].begin, tree[id].end, id, takeNewlines()});
  }

 private:
  std::uint32_t takeNewlines() { return std::exchange(newlines_, 0); }
  bool isComment(std::uint32_t from, std::uint32_t end) const {
    const std::string_view piece = text_.substr(from, end - from);
    if (piece.substr(0, 2) == "//") return true;
    return piece.size() >= 4 && piece.substr(0, 2) == "/*" &&
           piece.substr(piece.size() - 2) == "*/";
  }
  std::uint32_t pieceEnd(std::uint32_t from, std::uint32_t to) const;

  std::string_view text_;
  std::vector<Part>& out_;
  std::uint32_t newlines_ = 0;
};

std::uint32_t Scanner::pieceEnd(std::uint32_t from, std::uint32_t to) const {
  const std::string_view rest = text_.substr(from, to - from);
  if (rest.substr(0, 2) == "//") {
    const std::size_t line_end = std::min(rest.find('\n'), rest.size());
    return from + static_cast<std::uint32_t>(rest.find_last_not_of(" \t\r", line_end - 1) + 1);
  }
  if (rest.substr(0, 2) == "/*") {
    const std::size_t close = rest.find("*/", 2);
    return close == std::string_view::npos ? to : from + static_cast<std::uint32_t>(close + 2);
  }
  for (std::string_view token : kLongTokens) {
    if (rest.substr(0, token.size()) == token)
      return from + static_cast<std::uint32_t>(token.size());
  }
  std::uint32_t length = 0;
  while (length < rest.size() && isWordByte(rest[length])) ++length;
  return from + (rest[0] == '-' ? 1 : std::max<std::uint32_t>(length, 1));
}

}  // namespace

std::vector<Part> partsOf(const syntax::Tree& tree, std::string_view text, syntax::NodeId id) {
  std::vector<Part> parts;
  Scanner scanner(text, parts);
  const syntax::Node node = tree[id];
  std::uint32_t at = node.begin;
  if (at == 0 && text.substr(0, 3) == "\xEF\xBB\xBF") at = 3;
  for (syntax::NodeId child : tree.children(id)) {
    scanner.scan(at, tree[child].begin);
    scanner.child(tree, child);
    at = tree[child].end;
  }
  scanner.scan(at, node.end);
  return parts;
}

bool isLineComment(std::string_view comment) {
  return comment.substr(0, 2) == "//";
}

bool breaksLine(std::string_view comment) {
  return isLineComment(comment) || comment.find('\n') != std::string_view::npos;
}

std::string normalized(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r' || i + 1 >= text.size() || text[i + 1] != '\n') out += text[i];
  }
  return out;
}

}  // namespace gpuspec::format
