#pragma once

// How single values are spelled in JSON and YAML.

#include <cstdint>
#include <string>
#include <string_view>

namespace gpuspec::artifact {

// One code point of UTF-8 text.
struct CodePoint {
  static constexpr char32_t kInvalid = 0xFFFFFFFF;
  char32_t value = kInvalid;
  std::uint32_t size = 1;  // bytes; 1 for a byte that starts no code point
};
// Precondition: at < text.size().
CodePoint codePointAt(std::string_view text, std::size_t at);

// What stands for bytes that are not UTF-8: U+FFFD.
inline constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
// Upper case, exactly so many digits.
void appendHex(std::string& out, char32_t value, int digits);

void appendInteger(std::string& out, std::int64_t value);
// Shortest form that reads back as the same double, with a dot or an exponent. JSON has no infinity
// and no NaN: null.
void appendJsonDouble(std::string& out, double value);
// As above, and a float to YAML 1.1 as well, which wants a dot before an exponent.
void appendYamlDouble(std::string& out, double value);
// With its quotes. Bytes that are not UTF-8 become U+FFFD.
void appendJsonString(std::string& out, std::string_view text);

enum class YamlStyle : std::uint8_t { Plain, SingleQuoted, DoubleQuoted, Literal };

// The most readable style in which YAML 1.1 and YAML 1.2 readers both get exactly `text` back, as a
// string. Literal only for texts with a line break.
YamlStyle yamlStyle(std::string_view text);
// Plain or quoted on one line; a text whose style is Literal is written double quoted.
void appendYamlInline(std::string& out, std::string_view text);
void appendYamlInline(std::string& out, std::string_view text, YamlStyle style);
// The part of a comment line behind `#`: what YAML does not print becomes a space.
void appendYamlComment(std::string& out, std::string_view line);

}  // namespace gpuspec::artifact
