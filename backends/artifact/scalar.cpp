#include "backends/artifact/scalar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace gpuspec::artifact {

namespace {

std::string_view toShortest(double value, std::array<char, 40>& buffer) {
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return std::string_view(buffer.data(), static_cast<std::size_t>(result.ptr - buffer.data()));
}

char jsonEscapeLetter(char c) {
  switch (c) {
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    case '"':
      return '"';
    case '\\':
      return '\\';
    default:
      return 0;
  }
}

void appendJsonEscape(std::string& out, char c) {
  out += '\\';
  if (const char letter = jsonEscapeLetter(c)) {
    out += letter;
  } else {
    out += 'u';
    appendHex(out, static_cast<unsigned char>(c), 4);
  }
}

}  // namespace

CodePoint codePointAt(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80) return {lead, 1};
  const std::uint32_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || at + size > text.size()) return {};
  char32_t value = lead & (0x7Fu >> size);
  for (std::uint32_t i = 1; i < size; ++i) {
    const auto next = static_cast<unsigned char>(text[at + i]);
    if ((next & 0xC0) != 0x80) return {};
    value = value << 6 | (next & 0x3F);
  }
  const bool overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
  if (overlong || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return {};
  return {value, size};
}

void appendInteger(std::string& out, std::int64_t value) {
  std::array<char, 24> buffer;
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  out.append(buffer.data(), result.ptr);
}

void appendJsonDouble(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  std::array<char, 40> buffer;
  const std::string_view text = toShortest(value, buffer);
  out += text;
  if (text.find_first_of(".e") == std::string_view::npos) out += ".0";
}

void appendYamlDouble(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += std::isnan(value) ? ".nan" : value < 0 ? "-.inf" : ".inf";
    return;
  }
  std::array<char, 40> buffer;
  const std::string_view text = toShortest(value, buffer);
  const std::size_t exponent = std::min(text.find('e'), text.size());
  out += text.substr(0, exponent);
  if (text.find('.') == std::string_view::npos) out += ".0";
  out += text.substr(exponent);
}

void appendJsonString(std::string& out, std::string_view text) {
  out += '"';
  std::size_t copied = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\') {
      ++at;
      continue;
    }
    const CodePoint point = codePointAt(text, at);
    if (point.value < 0x80 || point.value == CodePoint::kInvalid) {
      out.append(text, copied, at - copied);
      if (point.value == CodePoint::kInvalid) {
        out += kReplacement;
      } else {
        appendJsonEscape(out, text[at]);
      }
      copied = at + 1;
    }
    at += point.size;
  }
  out.append(text, copied);
  out += '"';
}

void appendHex(std::string& out, char32_t value, int digits) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
    out += "0123456789ABCDEF"[(value >> shift) & 0xF];
}

}  // namespace gpuspec::artifact
