#include "lang/diag/catalogue.h"

#include <algorithm>
#include <charconv>

#include "lang/diag/declared.h"

namespace gpuspec::diag {

namespace {

std::vector<const CodeInfo*> sortedCatalogue() {
  std::vector<const CodeInfo*> codes = {
#define GPUSPEC_DIAG(code, name, level, kind, format, ...) &name##Info,
#include "lang/diag/catalogue/all.def"
#undef GPUSPEC_DIAG
  };
  std::sort(codes.begin(), codes.end(),
            [](const CodeInfo* a, const CodeInfo* b) { return a->code < b->code; });
  return codes;
}

std::string upperCase(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

}  // namespace

const std::vector<const CodeInfo*>& allCodes() {
  static const std::vector<const CodeInfo*> codes = sortedCatalogue();
  return codes;
}

const CodeInfo* findCode(std::uint16_t code) {
  if (isDeclared(code)) return findDeclared(code);
  const std::vector<const CodeInfo*>& codes = allCodes();
  const auto found = std::lower_bound(
      codes.begin(), codes.end(), code,
      [](const CodeInfo* info, std::uint16_t wanted) { return info->code < wanted; });
  return found != codes.end() && (*found)->code == code ? *found : nullptr;
}

std::string codeName(std::uint16_t code) {
  if (const CodeInfo* declared = isDeclared(code) ? findDeclared(code) : nullptr)
    return declarationOf(*declared)->code;
  std::string digits = std::to_string(code);
  return "GS" + std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits;
}

std::uint16_t parseCode(std::string_view text) {
  if (const CodeInfo* declared = findDeclared(upperCase(text))) return declared->code;
  const bool prefixed =
      text.size() > 2 && (text[0] == 'G' || text[0] == 'g') && (text[1] == 'S' || text[1] == 's');
  if (prefixed) text.remove_prefix(2);
  std::uint16_t code = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && !isDeclared(code) && findCode(code) != nullptr ? code : 0;
}

std::string_view levelName(Level level) {
  switch (level) {
    case Level::Error:
      return "error";
    case Level::Warning:
      return "warning";
    case Level::Note:
      return "note";
  }
  return "";
}

}  // namespace gpuspec::diag
