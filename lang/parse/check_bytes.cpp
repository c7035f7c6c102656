#include <string>

#include "lang/diag/catalogue.h"
#include "lang/parse/characters.h"
#include "lang/parse/lexer.h"

// What a file has to be before it has tokens: not too long, and UTF-8 all through.

namespace gpuspec::parse {

namespace {

std::string megabytes(std::size_t bytes) {
  return std::to_string(bytes >> 20) + " MiB";
}

}  // namespace

std::uint32_t utf8Length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> unsigned {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0;
  };
  const auto inner = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF && inner(1)) return 2;
  if ((first & 0xF0) == 0xE0 && inner(1) && inner(2)) {
    const bool overlong = first == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = first == 0xED && byte(1) >= 0xA0;
    return overlong || surrogate ? 0 : 3;
  }
  if (first >= 0xF0 && first <= 0xF4 && inner(1) && inner(2) && inner(3)) {
    const bool overlong = first == 0xF0 && byte(1) < 0x90;
    const bool too_high = first == 0xF4 && byte(1) >= 0x90;
    return overlong || too_high ? 0 : 4;
  }
  return 0;
}

bool checkBytes(const source::File& file, source::FileId file_id, diag::Sink& sink) {
  const std::string_view text = file.text();
  if (text.size() > kMaxFileBytes) {
    sink.report({{file_id, 0, 0}, {}}, diag::FileTooLarge, megabytes(text.size()),
                megabytes(kMaxFileBytes))
        .help(
            "split the file: `import \"./part.gpuspec\"` joins the parts, and `for` writes what "
            "repeats");
    return false;
  }
  std::uint32_t at = 0;
  while (at < text.size()) {
    if (static_cast<signed char>(text[at]) > 0) {
      ++at;
      continue;
    }
    if (text[at] == '\0') {
      sink.report({{file_id, at, at + 1}, {}}, diag::NulByte)
          .help("is this a text file? A spec is UTF-8 text without NUL bytes");
      return false;
    }
    const std::uint32_t length = utf8Length(text, at);
    if (length == 0) {
      static constexpr char kHex[] = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(text[at]);
      sink.report({{file_id, at, at + 1}, {}}, diag::InvalidUtf8,
                  std::string("0x") + kHex[byte >> 4] + kHex[byte & 15])
          .help("save the file as UTF-8, or convert it: `iconv -f latin1 -t utf-8`");
      return false;
    }
    at += length;
  }
  return true;
}

Lexer::Lexer(const source::File& file, source::FileId file_id, std::uint32_t offset,
             std::uint32_t report_from, diag::Sink& sink)
    : text_(file.text()), file_id_(file_id), pos_(offset), report_from_(report_from), sink_(sink) {
  if (offset == 0 && text_.substr(0, 3) == "\xEF\xBB\xBF") pos_ = 3;  // a byte order mark
}

}  // namespace gpuspec::parse
