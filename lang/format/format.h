#pragma once

// `gpuspec fmt`: one way to write a file, without options. The author decides where lines end; the
// formatter decides everything else.
//
// - Two blanks of indentation, LF, no blanks at line ends, at most one blank line between items,
// none at the edges of
//   a block, one line break at the end of the file.
// - A block that stands on one line stays there while it fits 120 columns, its items two blanks
// apart; otherwise the
//   braces are opened. In an open block, items that share a line go on sharing it while they fit.
//   At the top level each item has a line of its own.
// - Lists, maps and arguments are opened where the author broke them, or where they pass 120
// columns: plain values are
//   then filled line by line, others get a line each. What is open ends with a comma, what is
//   closed does not.
// - In consecutive lines that hold one item each, `=` and the braces of unlabelled one-line blocks
// stand in one column;
//   so do the braces of labelled one-line blocks of one kind. One-line blocks with the same items
//   in the same order form a table. Nothing is aligned that would then pass 120 columns.
// - Trailing comments of consecutive lines begin in one column, two blanks after the longest line.
// Comments are never
//   dropped, joined or rewritten.
// - Operators have a blank on both sides, but `..` between plain operands has none. An operator, a
// `?`, a `:` or the
//   message of an assertion that begins a line keeps doing so, four blanks in.
// - Literals and strings stay as they are. So does every top-level item with a syntax error, and
// all text between items
//   that belongs to none.

#include <string>
#include <string_view>

#include "lang/source/source_map.h"
#include "lang/syntax/tree.h"

namespace gpuspec::format {

inline constexpr unsigned kWidth = 120;

// `tree` is the tree of `file`.
std::string format(const syntax::Tree& tree, const source::File& file);
bool isFormatted(const syntax::Tree& tree, const source::File& file);

// What `diff -u` prints, with three lines of context; "" when nothing differs.
std::string unifiedDiff(std::string_view path, std::string_view before, std::string_view after);

}  // namespace gpuspec::format
