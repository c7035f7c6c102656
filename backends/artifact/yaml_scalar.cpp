#include "backends/artifact/scalar.h"

#include <algorithm>
#include <array>

namespace gpuspec::artifact {

namespace {

enum ByteClass : std::uint8_t {
  kControl = 1,  // never printed as is
  kBreak = 2,    // line feed
  kTab = 4,
  kHigh = 8,            // part of a multi-byte code point
  kSeparator = 16,      // `:` or `#`: structure in YAML beside a space
  kQuoteOrEscape = 32,  // `"` or a backslash
  kIndicator = 64,      // starts something else than plain text
};

constexpr std::array<std::uint8_t, 256> makeByteClasses() {
  std::array<std::uint8_t, 256> classes{};
  for (int byte = 0; byte < 0x20; ++byte) classes[byte] = kControl;
  for (int byte = 0x80; byte < 0x100; ++byte) classes[byte] = kHigh;
  classes[0x7F] = kControl;
  for (const char c : {' ', '?', ':', ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'',
                       '"', '%', '@', '`'}) {
    classes[static_cast<unsigned char>(c)] |= kIndicator;
  }
  classes['\n'] = kBreak;
  classes['\t'] = kTab;
  for (const char c : {':', '#'}) classes[static_cast<unsigned char>(c)] |= kSeparator;
  for (const char c : {'"', '\\'}) classes[static_cast<unsigned char>(c)] |= kQuoteOrEscape;
  return classes;
}
constexpr auto kByteClasses = makeByteClasses();

std::uint8_t classOf(char byte) {
  return kByteClasses[static_cast<unsigned char>(byte)];
}

std::uint8_t classesOf(std::string_view text) {
  std::uint8_t found = 0;
  for (const char byte : text) found |= classOf(byte);
  return found;
}

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

// YAML's c-printable, without what YAML 1.1 takes for a line break and without the byte order mark.
bool printable(char32_t c) {
  if (c < 0x20) return c == '\t' || c == '\n';
  if (c < 0x7F) return true;
  return c >= 0xA0 && c != 0x2028 && c != 0x2029 && c != 0xFEFF && c != 0xFFFE && c != 0xFFFF &&
         c != CodePoint::kInvalid;
}

bool allPrintable(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = codePointAt(text, at);
    if (!printable(point.value)) return false;
    at += point.size;
  }
  return true;
}

bool isReservedWord(std::string_view text) {
  static constexpr std::string_view kWords[] = {"y",   "n",    "yes",   "no",   "on",
                                                "off", "true", "false", "null", "~"};
  if (text.size() > 5 || std::string_view("yYnNoOtTfF~=<").find(text[0]) == std::string_view::npos)
    return false;
  if (text == "=" || text == "<<") return true;
  const auto same = [text](std::string_view word) {
    return std::equal(word.begin(), word.end(), text.begin(), text.end(),
                      [](char w, char t) { return w == lower(t); });
  };
  return std::any_of(std::begin(kWords), std::end(kWords), same);
}

bool allOf(std::string_view text, std::string_view allowed) {
  return text.find_first_not_of(allowed) == std::string_view::npos;
}

// Whether some YAML reader may take the text for a number or a time: integers of every base, floats
// as the grammar of YAML 1.1 has them (any number of dots), base 60, dates and times. Errs on the
// side of quoting.
bool looksNumeric(std::string_view text) {
  if (text.front() == '+' || text.front() == '-') text.remove_prefix(1);
  if (text.empty()) return true;
  if (text.front() != '.' && !isDigit(text.front())) return false;
  if (text.size() > 2 && text[0] == '0' && lower(text[1]) == 'x') return true;
  if (text.size() > 2 && text[0] == '0' && (lower(text[1]) == 'b' || lower(text[1]) == 'o')) {
    return allOf(text.substr(2), "0123456789_");
  }
  if (text.size() == 4 && text[0] == '.') {
    const char word[] = {lower(text[1]), lower(text[2]), lower(text[3])};
    const std::string_view name(word, 3);
    if (name == "inf" || name == "nan") return true;
  }
  return allOf(text, "0123456789_.,:+-eETtZz ");
}

// Precondition: not empty, one line, printable, no tab.
bool isPlain(std::string_view text, std::uint8_t classes) {
  const char first = text.front();
  if ((classOf(first) & kIndicator) != 0) return false;
  if (text.back() == ' ' || text.back() == ':') return false;
  if (first == '-' && (text.size() == 1 || text[1] == ' ')) return false;
  if (text.starts_with("---") || text.starts_with("...")) return false;
  if ((classes & kSeparator) != 0 &&
      (text.find(": ") != std::string_view::npos || text.find(" #") != std::string_view::npos)) {
    return false;
  }
  return !isReservedWord(text) && !looksNumeric(text);
}

// Precondition: printable, with a line break. Blanks at a line's end and tabs before its text are
// legal in a literal block, but editors and readers do not agree on them.
bool isLiteral(std::string_view text) {
  bool has_content = false;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.empty()) continue;
    has_content = true;
    if (line.back() == ' ' || line.back() == '\t') return false;
    if (line[line.find_first_not_of(' ')] == '\t') return false;
  }
  return has_content;
}

// The letter behind the backslash, or 0.
char yamlEscapeLetter(char32_t c) {
  switch (c) {
    case 0x00:
      return '0';
    case 0x07:
      return 'a';
    case 0x08:
      return 'b';
    case '\t':
      return 't';
    case '\n':
      return 'n';
    case 0x0B:
      return 'v';
    case 0x0C:
      return 'f';
    case '\r':
      return 'r';
    case 0x1B:
      return 'e';
    case '"':
      return '"';
    case '\\':
      return '\\';
    case 0x85:
      return 'N';
    case 0x2028:
      return 'L';
    case 0x2029:
      return 'P';
    default:
      return 0;
  }
}

void appendYamlEscape(std::string& out, char32_t c) {
  out += '\\';
  if (const char letter = yamlEscapeLetter(c)) {
    out += letter;
  } else if (c <= 0xFF) {
    out += 'x';
    appendHex(out, c, 2);
  } else {
    out += 'u';
    appendHex(out, c, 4);
  }
}

void appendDoubleQuoted(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = codePointAt(text, at);
    if (point.value == CodePoint::kInvalid) {
      out += kReplacement;
    } else if (point.value == '"' || point.value == '\\' || point.value == '\n' ||
               point.value == '\t' || !printable(point.value)) {
      appendYamlEscape(out, point.value);
    } else {
      out.append(text, at, point.size);
    }
    at += point.size;
  }
  out += '"';
}

void appendSingleQuoted(std::string& out, std::string_view text) {
  out += '\'';
  for (const char c : text) out.append(c == '\'' ? 2 : 1, c);
  out += '\'';
}

}  // namespace

YamlStyle yamlStyle(std::string_view text) {
  if (text.empty()) return YamlStyle::DoubleQuoted;
  const std::uint8_t classes = classesOf(text);
  if ((classes & kControl) != 0) return YamlStyle::DoubleQuoted;
  if ((classes & kHigh) != 0 && !allPrintable(text)) return YamlStyle::DoubleQuoted;
  if ((classes & kBreak) != 0)
    return isLiteral(text) ? YamlStyle::Literal : YamlStyle::DoubleQuoted;
  if ((classes & kTab) != 0) return YamlStyle::DoubleQuoted;
  if (isPlain(text, classes)) return YamlStyle::Plain;
  return (classes & kQuoteOrEscape) != 0 ? YamlStyle::SingleQuoted : YamlStyle::DoubleQuoted;
}

void appendYamlInline(std::string& out, std::string_view text) {
  appendYamlInline(out, text, yamlStyle(text));
}

void appendYamlInline(std::string& out, std::string_view text, YamlStyle style) {
  switch (style) {
    case YamlStyle::Plain:
      out += text;
      break;
    case YamlStyle::SingleQuoted:
      appendSingleQuoted(out, text);
      break;
    case YamlStyle::DoubleQuoted:
    case YamlStyle::Literal:
      appendDoubleQuoted(out, text);
      break;
  }
}

void appendYamlComment(std::string& out, std::string_view line) {
  for (std::size_t at = 0; at < line.size();) {
    const CodePoint point = codePointAt(line, at);
    if (printable(point.value))
      out.append(line, at, point.size);
    else
      out += ' ';
    at += point.size;
  }
}

}  // namespace gpuspec::artifact
