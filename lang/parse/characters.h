#pragma once

// Classes of bytes, and UTF-8; internal to the library.

#include <array>
#include <cstdint>
#include <string_view>

namespace gpuspec::parse {

inline constexpr std::uint8_t kNameStart = 1, kNameInner = 2, kDigit = 4, kBlank = 8;

constexpr std::array<std::uint8_t, 256> makeClasses() {
  std::array<std::uint8_t, 256> classes{};
  for (unsigned c = 'a'; c <= 'z'; ++c) classes[c] = classes[c - 32] = kNameStart | kNameInner;
  for (unsigned c = '0'; c <= '9'; ++c) classes[c] = kNameInner | kDigit;
  classes['_'] = kNameStart | kNameInner;
  for (unsigned char c : {' ', '\t', '\r', '\n'}) classes[c] = kBlank;
  return classes;
}
inline constexpr auto kClasses = makeClasses();

inline bool is(char c, std::uint8_t what) {
  return (kClasses[static_cast<unsigned char>(c)] & what) != 0;
}

// Bytes of one UTF-8 character at `at`, 0 when it is none.
std::uint32_t utf8Length(std::string_view text, std::size_t at);

}  // namespace gpuspec::parse
