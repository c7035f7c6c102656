#include "lang/diag/terminal_text.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/Unicode.h"

namespace gpuspec::diag {

namespace {

constexpr std::uint32_t kTabWidth = 4;

struct Ascii {
  std::string_view unicode;
  std::string_view ascii;
};
constexpr Ascii kAscii[] = {{"…", "..."}, {"·", "."},  {"×", "x"},  {"–", "-"},
                            {"—", "-"},   {"→", "->"}, {"≤", "<="}, {"≥", ">="},
                            {"“", "\""},  {"”", "\""}, {"‘", "'"},  {"’", "'"}};

// Pictographs that terminals draw two columns wide, whatever an older width table says.
bool isWidePictograph(std::uint32_t c) {
  return (c >= 0x1F300 && c <= 0x1F64F) || (c >= 0x1F680 && c <= 0x1F6FF) ||
         (c >= 0x1F900 && c <= 0x1F9FF) || (c >= 0x1FA70 && c <= 0x1FAFF);
}

struct Decoded {
  std::uint32_t value = 0;
  std::uint32_t size = 0;  // bytes; 0: no character begins here
};

Decoded decode(std::string_view text) {
  const auto* begin = reinterpret_cast<const llvm::UTF8*>(text.data());
  const llvm::UTF8* at = begin;
  llvm::UTF32 value = 0;
  const auto result =
      llvm::convertUTF8Sequence(&at, begin + text.size(), &value, llvm::strictConversion);
  if (result != llvm::conversionOK) return {};
  return {value, static_cast<std::uint32_t>(at - begin)};
}

std::string hexEscape(const char* pattern, std::uint32_t value) {
  std::array<char, 16> buffer{};
  std::snprintf(buffer.data(), buffer.size(), pattern, value);
  return buffer.data();
}

Glyph escaped(std::uint32_t value, std::uint32_t begin) {
  std::string text = hexEscape(value < 0x80 ? "\\x%02x" : "\\u{%x}", value);
  const auto width = static_cast<std::uint32_t>(text.size());
  return {std::move(text), width, begin};
}

Glyph asciiGlyph(std::string_view character, std::uint32_t value, std::uint32_t begin) {
  for (const Ascii& entry : kAscii) {
    if (entry.unicode != character) continue;
    return {std::string(entry.ascii), static_cast<std::uint32_t>(entry.ascii.size()), begin};
  }
  return escaped(value, begin);
}

Glyph wideGlyph(std::string_view character, std::uint32_t value, std::uint32_t begin) {
  if (llvm::sys::unicode::isFormatting(static_cast<int>(value))) return escaped(value, begin);
  const int width = llvm::sys::unicode::columnWidthUTF8(character);
  if (width < 0) return escaped(value, begin);
  return {std::string(character), isWidePictograph(value) ? 2 : static_cast<std::uint32_t>(width),
          begin};
}

}  // namespace

std::vector<Glyph> glyphs(std::string_view text, bool unicode) {
  std::vector<Glyph> result;
  std::uint32_t column = 0;
  for (std::uint32_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    Glyph glyph{std::string(1, text[i]), 1, i};
    std::uint32_t size = 1;
    if (byte == '\t') {
      glyph.width = kTabWidth - column % kTabWidth;
      glyph.text.assign(glyph.width, ' ');
    } else if (byte < 0x20 || byte == 0x7F) {
      glyph = escaped(byte, i);
    } else if (byte >= 0x80) {
      const Decoded decoded = decode(text.substr(i));
      size = std::max(decoded.size, 1u);
      const std::string_view character = text.substr(i, size);
      if (decoded.size == 0) {
        glyph.text = hexEscape("\\x%02x", byte);
        glyph.width = 4;
      } else {
        glyph = unicode ? wideGlyph(character, decoded.value, i)
                        : asciiGlyph(character, decoded.value, i);
      }
      if (glyph.width == 0 && result.empty()) glyph = escaped(decoded.value, i);
    }
    i += size;
    column += glyph.width;
    if (glyph.width == 0) {
      result.back().text += glyph.text;
    } else {
      result.push_back(std::move(glyph));
    }
  }
  return result;
}

std::string printable(std::string_view text, bool unicode) {
  std::string result;
  for (std::size_t begin = 0;;) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    for (const Glyph& glyph : glyphs(text.substr(begin, end - begin), unicode))
      result += glyph.text;
    if (end == text.size()) return result;
    result += '\n';
    begin = end + 1;
  }
}

std::uint32_t displayWidth(std::string_view text) {
  std::uint32_t width = 0;
  for (const Glyph& glyph : glyphs(text, true)) width += glyph.width;
  return width;
}

std::vector<std::string> wrap(std::string_view text, std::uint32_t width) {
  std::vector<std::string> lines(1);
  std::uint32_t used = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '\n') {
      lines.emplace_back();
      used = 0;
      ++i;
      continue;
    }
    const std::size_t word = std::min(text.find_first_not_of(' ', i), text.size());
    const std::size_t end = std::min(text.find_first_of(" \n", word), text.size());
    const std::string_view piece = text.substr(i, end - i);  // with the blanks before it
    const std::uint32_t piece_width = displayWidth(piece);
    if (used > 0 && used + piece_width > width && word < end) {
      lines.emplace_back(text.substr(word, end - word));
      used = piece_width - static_cast<std::uint32_t>(word - i);
    } else {
      lines.back() += piece;
      used += piece_width;
    }
    i = end;
  }
  return lines;
}

std::string shortened(std::string_view text, std::uint32_t width, bool unicode) {
  const std::vector<Glyph> all = glyphs(text, unicode);
  const std::string_view ellipsis = unicode ? "…" : "...";
  const std::uint32_t ellipsis_width = unicode ? 1 : 3;
  std::string result;
  std::string fitting;  // the longest beginning that leaves room for the ellipsis
  std::uint32_t used = 0;
  for (const Glyph& glyph : all) {
    if (used + glyph.width > width) return fitting + std::string(ellipsis);
    result += glyph.text;
    used += glyph.width;
    if (used + ellipsis_width <= width) fitting = result;
  }
  return result;
}

Row::Cell& Row::cell(std::uint32_t column) {
  if (cells_.size() <= column) cells_.resize(column + 1);
  return cells_[column];
}

void Row::put(std::uint32_t column, std::string_view text, Style style, bool unicode) {
  for (const Glyph& glyph : glyphs(text, unicode)) {
    cell(column + glyph.width - 1);
    const bool blank = glyph.text.find_first_not_of(' ') == std::string::npos;
    for (std::uint32_t i = 0; i < glyph.width; ++i) {
      cells_[column + i] = {blank ? " " : i == 0 ? glyph.text : "", style};
    }
    column += glyph.width;
  }
}

void Row::fill(std::uint32_t begin, std::uint32_t end, std::string_view glyph, Style style) {
  for (std::uint32_t column = begin; column < end; ++column)
    cell(column) = {std::string(glyph), style};
}

void Row::print(std::string& out, bool color) const {
  static constexpr const char* kCodes[] = {"",           "\x1b[1m",    "\x1b[1;31m",
                                           "\x1b[1;33m", "\x1b[1;36m", "\x1b[34m",
                                           "\x1b[36m",   "\x1b[32m",   "\x1b[2m"};
  std::size_t end = cells_.size();
  while (end > 0 && cells_[end - 1].text.find_first_not_of(' ') == std::string::npos &&
         !cells_[end - 1].text.empty()) {
    --end;
  }
  Style current = Style::Plain;
  for (std::size_t i = 0; i < end; ++i) {
    const Cell& cell = cells_[i];
    const bool blank = cell.text == " ";
    if (color && !blank && cell.style != current) {
      if (current != Style::Plain) out += "\x1b[0m";
      out += kCodes[static_cast<std::size_t>(cell.style)];
      current = cell.style;
    }
    out += cell.text;
  }
  if (color && current != Style::Plain) out += "\x1b[0m";
}

}  // namespace gpuspec::diag
