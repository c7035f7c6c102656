#include "lang/parse/lexer.h"

#include <algorithm>
#include <array>

#include "lang/diag/catalogue.h"
#include "lang/parse/characters.h"
#include "lang/syntax/quantity.h"

namespace gpuspec::parse {

namespace {

using syntax::LiteralKind;
using syntax::StringKind;

struct Keyword {
  std::string_view text;
  TokenKind kind;
};
constexpr Keyword kKeywords[] = {
    {"project", TokenKind::Project},  {"import", TokenKind::Import}, {"param", TokenKind::Param},
    {"let", TokenKind::Let},          {"output", TokenKind::Output}, {"module", TokenKind::Module},
    {"assert", TokenKind::Assert},    {"for", TokenKind::For},       {"if", TokenKind::If},
    {"else", TokenKind::Else},        {"in", TokenKind::In},         {"allow", TokenKind::Allow},
    {"scale_on", TokenKind::ScaleOn}, {"expect", TokenKind::Expect}, {"port", TokenKind::Port},
    {"except", TokenKind::Except},    {"as", TokenKind::As},         {"from", TokenKind::From},
};

struct Symbol {
  std::string_view text;
  TokenKind kind;
};
constexpr Symbol kSymbols[] = {
    // longest first
    {"...", TokenKind::Ellipsis}, {"..", TokenKind::DotDot}, {"=>", TokenKind::Arrow},
    {"==", TokenKind::EqEq},      {"!=", TokenKind::Ne},     {"<=", TokenKind::Le},
    {">=", TokenKind::Ge},        {"&&", TokenKind::And},    {"||", TokenKind::Or},
    {"=", TokenKind::Eq},         {"{", TokenKind::LBrace},  {"}", TokenKind::RBrace},
    {"(", TokenKind::LParen},     {")", TokenKind::RParen},  {"[", TokenKind::LBrack},
    {"]", TokenKind::RBrack},     {",", TokenKind::Comma},   {":", TokenKind::Colon},
    {"?", TokenKind::Quest},      {".", TokenKind::Dot},     {"<", TokenKind::Lt},
    {">", TokenKind::Gt},         {"+", TokenKind::Plus},    {"-", TokenKind::Minus},
    {"*", TokenKind::Star},       {"/", TokenKind::Slash},   {"%", TokenKind::Percent},
    {"!", TokenKind::Bang},
};

// The first symbol that begins with a byte.
constexpr std::array<std::uint8_t, 256> makeFirstSymbols() {
  std::array<std::uint8_t, 256> first{};
  for (auto& index : first) index = std::size(kSymbols);
  for (std::size_t i = std::size(kSymbols); i-- > 0;)
    first[static_cast<unsigned char>(kSymbols[i].text[0])] = static_cast<std::uint8_t>(i);
  return first;
}
constexpr auto kFirstSymbols = makeFirstSymbols();

bool isWord(std::string_view text, std::string_view word) {
  return text.size() == word.size() && text[0] == word[0] && text == word;
}

// Bit 0 is `a`: what keywords and the words that stand for values begin with.
constexpr std::uint32_t makeFirstLetters() {
  std::uint32_t letters = 0;
  const auto add = [&](std::string_view word) { letters |= 1u << (word[0] - 'a'); };
  for (const Keyword& keyword : kKeywords) add(keyword.text);
  for (const std::string_view word : {"true", "false", "null", "secret", "allow"}) add(word);
  return letters;
}

constexpr std::uint32_t kFirstLetters = makeFirstLetters();

bool mayBeKeyword(char first) {
  return first >= 'a' && first <= 'z' && ((kFirstLetters >> (first - 'a')) & 1) != 0;
}

}  // namespace

std::string describe(const Lexeme& lexeme, std::string_view text) {
  std::string own(text.substr(lexeme.begin, std::min<std::size_t>(lexeme.end - lexeme.begin, 40)));
  if (const std::size_t line_end = own.find_first_of("\r\n"); line_end != std::string::npos)
    own.resize(line_end);
  switch (lexeme.kind) {
    case TokenKind::Attr:
    case TokenKind::Ident:
    case TokenKind::Literal:
    case TokenKind::Annotation:
      return "`" + own + "`";
    case TokenKind::String:
    case TokenKind::Head:
      return "a string";
    case TokenKind::EndOfFile:
      return lexeme.begin < text.size() ? "the next declaration" : spelling(lexeme.kind);
    default:
      return spelling(lexeme.kind);
  }
}

char Lexer::peek(std::uint32_t ahead) const {
  return pos_ + ahead < text_.size() ? text_[pos_ + ahead] : '\0';
}

bool Lexer::skipComment() {
  if (peek() != '/') return false;
  if (peek(1) == '/') {
    const std::size_t line_end = text_.find('\n', pos_);
    pos_ = static_cast<std::uint32_t>(line_end == std::string_view::npos ? text_.size() : line_end);
    return true;
  }
  if (peek(1) != '*') return false;
  const std::size_t close = text_.find("*/", pos_ + 2);
  if (close == std::string_view::npos) {
    if (wanted(pos_))
      sink_.report(at(pos_, pos_ + 2), diag::UnterminatedComment).help("close it with `*/`");
    pos_ = static_cast<std::uint32_t>(text_.size());
    return true;
  }
  if (text_.substr(pos_, close - pos_).find('\n') != std::string_view::npos) line_started_ = true;
  pos_ = static_cast<std::uint32_t>(close + 2);
  return true;
}

void Lexer::skipBlanks() {
  while (pos_ < text_.size()) {
    if (is(text_[pos_], kBlank)) {
      if (text_[pos_] == '\n') {
        line_started_ = true;
        in_param_line_ = false;
      }
      ++pos_;
    } else if (!skipComment()) {
      return;
    }
  }
}

Lexeme Lexer::make(TokenKind kind, std::uint32_t begin, std::uint8_t detail) {
  Lexeme lexeme{kind, detail, line_started_, false, begin, pos_};
  line_started_ = false;
  last_ = kind;
  return lexeme;
}

Lexeme Lexer::next() {
  for (;;) {
    if (const std::optional<Lexeme> lexeme = read()) return *lexeme;
  }
}

std::optional<Lexeme> Lexer::read() {
  skipBlanks();
  if (pos_ >= text_.size()) return make(TokenKind::EndOfFile, pos_);
  const char c = text_[pos_];
  if (is(c, kNameStart)) return word();
  if (is(c, kDigit)) return number();
  switch (c) {
    case '"':
      if (text_.substr(pos_, 3) == "\"\"\"") return quoted(pos_, StringKind::Block, false);
      return quoted(pos_, StringKind::Plain, false);
    case '\'':
      return raw();
    case '$':
      return money();
    case '@':
      return annotation();
    default:
      return punctuation();
  }
}

TokenKind Lexer::wordKind(std::string_view text) const {
  if (!mayBeKeyword(text[0])) return TokenKind::Ident;
  if (last_ == TokenKind::Dot && !line_started_) return TokenKind::Ident;
  // The value of `default = allow`; at the start of a line it is the next item, and the value is
  // missing.
  if (last_ == TokenKind::Eq && !line_started_ && isWord(text, "allow")) return TokenKind::Ident;
  if (isWord(text, "true") || isWord(text, "false") || isWord(text, "null"))
    return TokenKind::Literal;
  if (in_param_line_ && isWord(text, "secret") && last_ != TokenKind::Param)
    return TokenKind::Secret;
  for (const Keyword& keyword : kKeywords) {
    if (!isWord(text, keyword.text)) continue;
    // `module["x"].pool.y` reads an instance; `module x from ...` declares one.
    const bool path = keyword.kind == TokenKind::Module && (peek() == '[' || peek() == '.');
    return path ? TokenKind::Ident : keyword.kind;
  }
  return TokenKind::Ident;
}

Lexeme Lexer::word() {
  const std::uint32_t begin = pos_;
  while (is(peek(), kNameInner) || (peek() == '-' && is(peek(1), kNameInner))) ++pos_;
  const std::string_view text = text_.substr(begin, pos_ - begin);
  const TokenKind kind = wordKind(text);
  if (kind == TokenKind::Param) in_param_line_ = true;
  const bool secret = kind == TokenKind::Secret;  // `= default` may follow
  if (!secret && last_ != TokenKind::Dot && equalsFollows()) return make(TokenKind::Attr, begin);
  if (kind == TokenKind::Literal) {
    const LiteralKind literal = text == "true"    ? LiteralKind::True
                                : text == "false" ? LiteralKind::False
                                                  : LiteralKind::Null;
    return make(kind, begin, static_cast<std::uint8_t>(literal));
  }
  return make(kind, begin);
}

bool Lexer::equalsFollows() const {
  std::size_t at = pos_;
  for (;;) {
    while (at < text_.size() && is(text_[at], kBlank)) ++at;
    if (text_.substr(at, 2) == "//") {
      at = std::min(text_.find('\n', at), text_.size());
    } else if (text_.substr(at, 2) == "/*") {
      const std::size_t close = text_.find("*/", at + 2);
      if (close == std::string_view::npos) return false;
      at = close + 2;
    } else {
      break;
    }
  }
  if (at >= text_.size() || text_[at] != '=') return false;
  return at + 1 >= text_.size() || (text_[at + 1] != '=' && text_[at + 1] != '>');
}

std::optional<Lexeme> Lexer::annotation() {
  const std::uint32_t begin = pos_++;
  if (!is(peek(), kNameStart)) {
    pos_ = begin;
    return invalid();
  }
  while (is(peek(), kNameInner) || (peek() == '-' && is(peek(1), kNameInner))) ++pos_;
  return make(TokenKind::Annotation, begin);
}

Lexeme Lexer::number() {
  const std::uint32_t begin = pos_;
  const syntax::ScannedNumber scanned = syntax::scanNumber(text_.substr(pos_));
  pos_ += scanned.length;
  LiteralKind kind = scanned.kind;
  if (kind == LiteralKind::Int && countedSlice()) kind = LiteralKind::Counted;
  if (kind == LiteralKind::Int && peek() == '.' &&
      peek(1) != '.') {  // `1.`: a number has no members
    kind = LiteralKind::Bad;
    ++pos_;
  }
  if (kind == LiteralKind::Bad && wanted(begin)) {
    auto report = sink_.report(at(begin, pos_), diag::InvalidNumber,
                               std::string(text_.substr(begin, pos_ - begin)));
    if (const std::string hint = syntax::numberHint(text_.substr(begin, pos_ - begin));
        !hint.empty())
      report.help(hint);
  }
  return make(TokenKind::Literal, begin, static_cast<std::uint8_t>(kind));
}

bool Lexer::countedSlice() {
  const auto skipInline = [this](std::uint32_t from) {
    while (from < text_.size() && (text_[from] == ' ' || text_[from] == '\t')) ++from;
    return from;
  };
  const std::uint32_t x = skipInline(pos_);
  if (x == pos_ || x >= text_.size() || text_[x] != 'x') return false;
  const std::uint32_t profile = skipInline(x + 1);
  if (profile == x + 1) return false;
  const syntax::ScannedNumber scanned = syntax::scanNumber(text_.substr(profile));
  if (scanned.kind != LiteralKind::Profile) return false;
  pos_ = profile + scanned.length;
  return true;
}

std::optional<Lexeme> Lexer::money() {
  const std::uint32_t begin = pos_++;
  if (!is(peek(), kDigit)) {
    pos_ = begin;
    return invalid();
  }
  while (is(peek(), kDigit) || (peek() == '_' && is(peek(1), kDigit))) ++pos_;
  if (peek() == '.' && is(peek(1), kDigit)) {
    ++pos_;
    while (is(peek(), kDigit)) ++pos_;
  }
  perPeriod();
  return make(TokenKind::Literal, begin, static_cast<std::uint8_t>(LiteralKind::Money));
}

bool Lexer::perPeriod() {
  std::uint32_t here = pos_;
  const auto blanks = [&] {
    const std::uint32_t from = here;
    while (here < text_.size() && (text_[here] == ' ' || text_[here] == '\t')) ++here;
    return here != from;
  };
  const auto readWord = [&](std::string_view wanted_word) {
    if (text_.substr(here, wanted_word.size()) != wanted_word) return false;
    const std::size_t after = here + wanted_word.size();
    if (after < text_.size() && is(text_[after], kNameInner)) return false;
    here = static_cast<std::uint32_t>(after);
    return true;
  };
  if (!blanks() || !readWord("per") || !blanks()) return false;
  if (!readWord("month") && !readWord("hour") && !readWord("day")) return false;
  pos_ = here;
  return true;
}

void Lexer::leaveLineBreak() {
  if (peek() == '\n' && text_[pos_ - 1] == '\r') --pos_;
}

Lexeme Lexer::raw() {
  const std::uint32_t begin = pos_++;
  while (pos_ < text_.size() && text_[pos_] != '\'' && text_[pos_] != '\n') ++pos_;
  const bool closed = peek() == '\'';
  if (closed) {
    ++pos_;
  } else {
    leaveLineBreak();
    if (wanted(begin)) {
      sink_.report(at(begin, pos_), diag::UnterminatedString)
          .help("close it with `'` on the same line");
    }
  }
  const bool attribute = equalsFollows() && last_ != TokenKind::Dot;
  Lexeme lexeme = make(attribute ? TokenKind::Attr : TokenKind::String, begin,
                       static_cast<std::uint8_t>(StringKind::Raw));
  lexeme.unclosed = !closed;
  return lexeme;
}

void Lexer::checkEscapes(std::uint32_t begin, std::uint32_t end) {
  const std::string_view content = text_.substr(begin, end - begin);
  if (!wanted(begin) || content.find('\\') == std::string_view::npos) return;
  std::size_t bad = std::string_view::npos;
  syntax::unescape(content, StringKind::Plain, &bad);
  if (bad == std::string_view::npos) return;
  const auto from = static_cast<std::uint32_t>(begin + bad);
  const std::uint32_t to = std::min<std::uint32_t>(
      from + 1 + std::max<std::uint32_t>(1, utf8Length(text_, from + 1)), end);
  sink_.report(at(from, to), diag::InvalidEscape, std::string(text_.substr(from, to - from)))
      .help(
          "escapes are \\n \\t \\r \\\\ \\\" \\' \\$ and \\u{1F600}; a raw string '...' has none");
}

Lexeme Lexer::quoted(std::uint32_t begin, StringKind kind, bool after_interpolation) {
  const bool block = kind == StringKind::Block;
  pos_ += after_interpolation ? 1 : block ? 3 : 1;
  const std::uint32_t content = pos_;
  const auto detail = static_cast<std::uint8_t>(kind);
  while (pos_ < text_.size()) {
    const char c = text_[pos_];
    if (c == '\\') {
      pos_ += 2;
    } else if (c == '$' && peek(1) == '{') {
      checkEscapes(content, pos_);
      pos_ += 2;
      if (!after_interpolation) interpolations_.push_back({kind, 0, begin});
      return make(after_interpolation ? TokenKind::Mid : TokenKind::Head, begin, detail);
    } else if (block ? text_.substr(pos_, 3) == "\"\"\"" : c == '"') {
      checkEscapes(content, pos_);
      pos_ += block ? 3 : 1;
      if (after_interpolation) {
        interpolations_.pop_back();
        return make(TokenKind::Tail, begin, detail);
      }
      const bool attribute = !block && last_ != TokenKind::Dot && equalsFollows();
      return make(attribute ? TokenKind::Attr : TokenKind::String, begin, detail);
    } else if (c == '\n' && !block) {
      leaveLineBreak();
      break;
    } else {
      ++pos_;
    }
  }
  pos_ = std::min<std::uint32_t>(pos_, static_cast<std::uint32_t>(text_.size()));
  if (wanted(begin)) {
    sink_.report(at(begin, pos_), diag::UnterminatedString)
        .help(block ? "close it with `\"\"\"`"
                    : "close it with `\"` on the same line; text of several lines stands between "
                      "`\"\"\"`");
  }
  if (after_interpolation) interpolations_.pop_back();
  Lexeme lexeme = make(after_interpolation ? TokenKind::Tail : TokenKind::String, begin, detail);
  lexeme.unclosed = true;
  return lexeme;
}

std::optional<Lexeme> Lexer::punctuation() {
  const std::uint32_t begin = pos_;
  for (std::size_t i = kFirstSymbols[static_cast<unsigned char>(text_[begin])];
       i < std::size(kSymbols); ++i) {
    const Symbol& symbol = kSymbols[i];
    const std::size_t length = symbol.text.size();
    if (peek() != symbol.text[0] || (length > 1 && text_.substr(pos_, length) != symbol.text))
      continue;
    if (symbol.kind == TokenKind::RBrace && !interpolations_.empty()) {
      if (interpolations_.back().open_braces == 0)
        return quoted(begin, interpolations_.back().kind, true);
      --interpolations_.back().open_braces;
    }
    if (symbol.kind == TokenKind::LBrace && !interpolations_.empty())
      ++interpolations_.back().open_braces;
    pos_ += static_cast<std::uint32_t>(length);
    return make(symbol.kind, begin);
  }
  return invalid();
}

// Reports the character; the token that it was probably meant to be, if any.
std::optional<Lexeme> Lexer::invalid() {
  const std::uint32_t begin = pos_;
  pos_ += std::max<std::uint32_t>(1, utf8Length(text_, pos_));
  const std::string own(text_.substr(begin, pos_ - begin));
  if (wanted(begin)) reportInvalid(own, begin);
  if (own == "&") return make(TokenKind::And, begin);
  if (own == "|") return make(TokenKind::Or, begin);
  if (own == "#") pos_ = static_cast<std::uint32_t>(std::min(text_.find('\n', pos_), text_.size()));
  return std::nullopt;
}

void Lexer::reportInvalid(const std::string& own, std::uint32_t begin) {
  const source::Range range = {file_id_, begin, pos_};
  if (own == ";") {
    sink_.report({range, {}}, diag::SemicolonFound).fix("remove it", {{range, ""}});
    return;
  }
  const bool control = static_cast<unsigned char>(own[0]) < 0x20 || own[0] == 0x7F;
  auto report = sink_.report({range, {}}, diag::InvalidCharacter,
                             control ? "a control character" : "`" + own + "`");
  if (own == "#") report.help("comments begin with `//`").fix("write `//`", {{range, "//"}});
  if (own == "&" || own == "|") report.fix("write `" + own + own + "`", {{range, own + own}});
  if (own == "@") report.help("an annotation is `@name(...)`, without a blank");
  if (own == "$")
    report.help("an amount of money is `$3.67`; `${...}` only stands inside a string");
  if (own == "\xE2\x80\x9C" || own == "\xE2\x80\x9D")
    report.help("strings stand between straight quotes, `\"`");
}

}  // namespace gpuspec::parse
