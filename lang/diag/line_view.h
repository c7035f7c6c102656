#pragma once

// One source line as it fits the terminal: the part around its marks, and the column where each
// byte is drawn.

#include <cstdint>
#include <string_view>
#include <vector>

#include "lang/diag/terminal_text.h"

namespace gpuspec::diag {

// Bytes of a line.
struct LineSpan {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

class LineView {
 public:
  // Of a very long line only what is near `focus` is looked at.
  LineView(std::string_view line, bool unicode, LineSpan focus);

  // Chooses the part to show: the line, or `room` columns around all that is marked, or else around
  // the focus.
  void fit(std::uint32_t room, LineSpan marked);
  // The column of a byte of the line; what is cut away lies at the edge.
  std::uint32_t column(std::uint32_t byte) const;
  void draw(Row& row, std::uint32_t at) const;

 private:
  bool cutBefore() const { return start_ > 0 || skipped_ > 0; }
  bool cutAfter() const { return stop_ < width_ || ends_early_; }
  std::uint32_t fullColumn(std::uint32_t byte) const;

  LineSpan columnsOf(LineSpan bytes) const;

  LineSpan focus_;
  std::uint32_t skipped_ = 0;  // bytes before the glyphs
  bool ends_early_ = false;    // bytes remain behind the glyphs
  std::vector<Glyph> glyphs_;
  std::uint32_t width_ = 0;
  std::uint32_t start_ = 0;  // first column shown
  std::uint32_t stop_ = 0;
  std::string_view ellipsis_;
  std::uint32_t ellipsis_width_;
};

}  // namespace gpuspec::diag
