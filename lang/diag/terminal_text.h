#pragma once

// Text as a terminal shows it: what may not reach it raw is written as an escape, and widths are
// counted in columns.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gpuspec::diag {

enum class Style : std::uint8_t { Plain, Bold, Error, Warning, Note, Frame, Secondary, Help, Dim };

struct Glyph {
  std::string
      text;  // what is written: the character with its combining marks, or an escape such as \x1b
  std::uint32_t width = 1;  // columns
  std::uint32_t begin = 0;  // byte offset in the source text
};

// Without `unicode` nothing but ASCII comes out. A tab is one glyph of blanks up to the next
// multiple of 4.
std::vector<Glyph> glyphs(std::string_view text, bool unicode);
std::string printable(std::string_view text, bool unicode);
// Of text that `printable` made.
std::uint32_t displayWidth(std::string_view text);
// Breaks at blanks and line ends; a word longer than the width stays whole. Never empty.
std::vector<std::string> wrap(std::string_view text, std::uint32_t width);
// Cut to `width` columns, with an ellipsis where something is missing.
std::string shortened(std::string_view text, std::uint32_t width, bool unicode);

// One line of output, drawn column by column.
class Row {
 public:
  void put(std::uint32_t column, std::string_view text, Style style, bool unicode = true);
  void fill(std::uint32_t begin, std::uint32_t end, std::string_view glyph, Style style);
  std::uint32_t width() const { return static_cast<std::uint32_t>(cells_.size()); }
  // Without blanks at the end and without a line end.
  void print(std::string& out, bool color) const;

 private:
  struct Cell {
    std::string text = " ";  // empty: the right half of the glyph before
    Style style = Style::Plain;
  };
  Cell& cell(std::uint32_t column);
  std::vector<Cell> cells_;
};

}  // namespace gpuspec::diag
