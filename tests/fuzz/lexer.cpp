// Tokens are ordered and inside of the text; what lies between them is blanks and comments; reading
// on from a line that begins outside of every string gives the same tokens again.

#include <algorithm>

#include "lang/diag/diagnostic.h"
#include "lang/parse/lexer.h"
#include "lang/source/check.h"
#include "lang/syntax/quantity.h"
#include "tests/fuzz/targets.h"

namespace gpuspec::fuzz {

namespace {

using parse::Lexeme;
using parse::TokenKind;

struct Reading {
  std::vector<Lexeme> lexemes;  // the last one is EndOfFile
  bool clean = false;           // without a finding
};

Reading read(const source::SourceMap& sources, source::FileId file_id, std::uint32_t from) {
  Reading out;
  diag::Sink sink;
  parse::Lexer lexer(sources.file(file_id), file_id, from, from, sink);
  do {
    out.lexemes.push_back(lexer.next());
  } while (out.lexemes.back().kind != TokenKind::EndOfFile);
  out.clean = sink.size() == 0;
  return out;
}

bool isBlank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Nothing but blanks and whole comments.
bool isGap(std::string_view text) {
  while (!text.empty()) {
    std::size_t length = 1;
    if (text.substr(0, 2) == "//") {
      length = std::min(text.find('\n'), text.size());
    } else if (text.substr(0, 2) == "/*") {
      const std::size_t close = text.find("*/", 2);
      if (close == std::string_view::npos) return false;
      length = close + 2;
    } else if (!isBlank(text[0])) {
      return false;
    }
    text.remove_prefix(length);
  }
  return true;
}

void checkOrder(const Reading& reading, std::string_view text) {
  std::uint32_t end = text.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0;
  bool first = true;
  for (const Lexeme& lexeme : reading.lexemes) {
    GPUSPEC_CHECK(lexeme.begin >= end, "a token begins inside the one before it");
    GPUSPEC_CHECK(lexeme.end <= text.size(), "a token ends behind the text");
    const bool at_end = lexeme.kind == TokenKind::EndOfFile;
    GPUSPEC_CHECK(at_end ? lexeme.begin == text.size() : lexeme.end > lexeme.begin,
                  "a token is empty, or the end is not the end");
    const std::string_view gap = text.substr(end, lexeme.begin - end);
    GPUSPEC_CHECK(!reading.clean || isGap(gap), "text belongs to no token and no finding");
    const bool broken = first || gap.find('\n') != std::string_view::npos;
    GPUSPEC_CHECK(!reading.clean || at_end || lexeme.first_on_line == broken,
                  "a token does not know whether it begins its line");
    first = false;
    end = lexeme.end;
  }
}

void readValue(const Lexeme& lexeme, std::string_view text) {
  const std::string_view own = text.substr(lexeme.begin, lexeme.end - lexeme.begin);
  parse::describe(lexeme, text);
  if (lexeme.kind == TokenKind::Literal) {
    const auto kind = static_cast<syntax::LiteralKind>(lexeme.detail);
    if (kind == syntax::LiteralKind::Decimal)
      syntax::readDecimal(own);
    else
      syntax::readAmount(own, kind);
  } else if (lexeme.kind == TokenKind::String) {
    syntax::unescape(own, static_cast<syntax::StringKind>(lexeme.detail));
  }
}

// The first token behind the middle that begins a line, is in no string, and does not hang on the
// token before it.
std::size_t restartOf(const std::vector<Lexeme>& lexemes) {
  int open = 0;
  for (std::size_t i = 0; i < lexemes.size(); ++i) {
    if (i > lexemes.size() / 2 && open == 0 && lexemes[i].first_on_line &&
        lexemes[i - 1].kind != TokenKind::Dot)
      return i;
    open += lexemes[i].kind == TokenKind::Head ? 1 : lexemes[i].kind == TokenKind::Tail ? -1 : 0;
  }
  return lexemes.size();
}

void checkRestart(const Reading& whole, const source::SourceMap& sources, source::FileId file_id) {
  const std::size_t start = restartOf(whole.lexemes);
  if (start == whole.lexemes.size() || !whole.clean) return;
  const Reading rest = read(sources, file_id, whole.lexemes[start].begin);
  GPUSPEC_CHECK(rest.lexemes.size() == whole.lexemes.size() - start,
                "reading on gives other tokens");
  for (std::size_t i = 0; i < rest.lexemes.size(); ++i) {
    const Lexeme &a = rest.lexemes[i], &b = whole.lexemes[start + i];
    GPUSPEC_CHECK(a.kind == b.kind && a.begin == b.begin && a.end == b.end && a.detail == b.detail,
                  "reading on gives another token");
  }
}

}  // namespace

void lexer(std::string_view input) {
  source::SourceMap sources;
  const source::FileId file_id = sources.add("x", std::string(input));
  diag::Sink sink;
  parse::checkBytes(sources.file(file_id), file_id, sink);
  const std::string_view text = sources.file(file_id).text();
  const Reading reading = read(sources, file_id, 0);
  checkOrder(reading, text);
  for (const Lexeme& lexeme : reading.lexemes) readValue(lexeme, text);
  checkRestart(reading, sources, file_id);
}

}  // namespace gpuspec::fuzz
