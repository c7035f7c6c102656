#pragma once

// What stands between the bounds of a node, in order: its children, its own tokens, and comments.
// The tree keeps children only; the rest is read from the text again.

#include <cstdint>
#include <string_view>
#include <vector>

#include "lang/syntax/tree.h"

namespace gpuspec::format {

enum class PartKind : std::uint8_t {
  Child,
  Token,
  Comment,
  Opaque,  // whole lines that are copied as they are
};

struct Part {
  PartKind kind = PartKind::Token;
  std::uint32_t begin = 0, end = 0;
  syntax::NodeId id;           // Child
  std::uint32_t newlines = 0;  // in the blanks before it
};

std::vector<Part> partsOf(const syntax::Tree& tree, std::string_view text, syntax::NodeId id);

bool isLineComment(std::string_view comment);
// A comment after which nothing can stand on the same line, or which itself takes several lines.
bool breaksLine(std::string_view comment);
// Line breaks as LF; the end of a line comment without blanks.
std::string normalized(std::string_view text);

}  // namespace gpuspec::format
