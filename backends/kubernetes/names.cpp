#include "backends/kubernetes/names.h"

namespace gpuspec::kubernetes {

namespace {

bool isLower(char c) {
  return c >= 'a' && c <= 'z';
}
bool isUpper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isPlain(char c) {
  return isLower(c) || isUpper(c) || isDigit(c) || c == '-' || c == '_' || c == '.';
}

}  // namespace

std::uint64_t hashOf(std::string_view text, std::uint64_t hash) {
  for (char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  return hash;
}

std::string shortHash(std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  const std::uint64_t hash = hashOf(text);
  const std::uint64_t folded = hash ^ (hash >> 32);
  std::string out;
  for (int shift = 28; shift >= 0; shift -= 4) out += kDigits[(folded >> shift) & 15];
  return out;
}

std::string slug(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    if (isUpper(c)) c = static_cast<char>(c - 'A' + 'a');
    if (isLower(c) || isDigit(c)) {
      out += c;
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out.empty() ? "x" : out;
}

std::string fileName(const std::string& text) {
  constexpr std::size_t kLongest = 100;
  std::string out;
  for (char c : text.substr(0, kLongest)) out += isPlain(c) ? c : '-';
  if (!out.empty() && out[0] == '.') out[0] = '-';
  if (out == text && !out.empty()) return out;
  return out + "-" + shortHash(text);
}

}  // namespace gpuspec::kubernetes
