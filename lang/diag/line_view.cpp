#include "lang/diag/line_view.h"

#include <algorithm>

namespace gpuspec::diag {

namespace {

constexpr std::uint32_t kContext = 8;     // columns that should be seen behind a mark
constexpr std::uint32_t kLongest = 4096;  // bytes of a line that are looked at
constexpr std::uint32_t kBefore = 1024;   // of these, before the focus

bool isContinuationByte(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

}  // namespace

LineView::LineView(std::string_view line, bool unicode, LineSpan focus)
    : focus_(focus), ellipsis_(unicode ? "…" : "..."), ellipsis_width_(unicode ? 1 : 3) {
  if (line.size() > kLongest) {
    const auto size = static_cast<std::uint32_t>(line.size());
    skipped_ = std::min(focus.begin - std::min(focus.begin, kBefore), size - kLongest);
    while (skipped_ > 0 && isContinuationByte(line[skipped_])) --skipped_;
    std::uint32_t end = skipped_ + kLongest;
    while (end < size && isContinuationByte(line[end])) --end;
    ends_early_ = end < size;
    line = line.substr(skipped_, end - skipped_);
  }
  glyphs_ = glyphs(line, unicode);
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (line.starts_with(kByteOrderMark)) glyphs_.erase(glyphs_.begin());
  for (const Glyph& glyph : glyphs_) width_ += glyph.width;
  stop_ = width_;
}

std::uint32_t LineView::fullColumn(std::uint32_t byte) const {
  byte -= std::min(byte, skipped_);
  std::uint32_t column = 0;
  for (std::size_t i = 0; i < glyphs_.size(); ++i) {
    const bool last = i + 1 == glyphs_.size();
    if (byte <= glyphs_[i].begin || (!last && byte < glyphs_[i + 1].begin)) return column;
    column += glyphs_[i].width;
  }
  return column;
}

LineSpan LineView::columnsOf(LineSpan bytes) const {
  const std::uint32_t low = fullColumn(bytes.begin);
  return {low, std::max(fullColumn(bytes.end), low + 1)};
}

void LineView::fit(std::uint32_t room, LineSpan marked) {
  if (width_ <= room && !cutBefore() && !cutAfter()) return;
  LineSpan seen = columnsOf(marked);
  if (!cutBefore() && seen.end + kContext <= room - ellipsis_width_) {
    stop_ = std::min(width_, room - ellipsis_width_);
    return;
  }
  const std::uint32_t inner = room - 2 * ellipsis_width_;
  if (seen.end - seen.begin > inner) seen = columnsOf(focus_);
  const std::uint32_t span = seen.end - seen.begin;
  const std::uint32_t before = span >= inner ? kContext / 2 : (inner - span) / 2;
  start_ = seen.begin - std::min(seen.begin, before);
  if (start_ + inner > width_) start_ = width_ - std::min(width_, inner);
  stop_ = std::min(width_, start_ + inner);
}

std::uint32_t LineView::column(std::uint32_t byte) const {
  const std::uint32_t full = std::clamp(fullColumn(byte), start_, std::max(start_, stop_));
  return full - start_ + (cutBefore() ? ellipsis_width_ : 0);
}

void LineView::draw(Row& row, std::uint32_t at) const {
  if (cutBefore()) {
    row.put(at, ellipsis_, Style::Dim);
    at += ellipsis_width_;
  }
  std::uint32_t column = 0;
  for (const Glyph& glyph : glyphs_) {
    if (column >= start_ && column + glyph.width <= stop_)
      row.put(at + column - start_, glyph.text, Style::Plain);
    column += glyph.width;
  }
  if (cutAfter()) row.put(at + stop_ - start_, ellipsis_, Style::Dim);
}

}  // namespace gpuspec::diag
