#pragma once

// Bytes to tokens. Written by hand because ANTLR's lexers read 9 MB/s; the token kinds are the
// grammar's. A name or plain string whose next significant byte is `=` (but not `==` or `=>`) is
// one ATTR token, keyword or not.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/diag/diagnostic.h"
#include "lang/source/source_map.h"
#include "lang/syntax/tree.h"

namespace gpuspec::parse {

// In the order of `tokens { }` in GpuspecParser.g4; parser.cpp holds one against the other.
enum class TokenKind : std::uint8_t {
  EndOfFile,
  Attr,
  Ident,
  String,
  Head,
  Mid,
  Tail,
  Literal,
  Project,
  Import,
  Param,
  Secret,
  Let,
  Output,
  Module,
  Assert,
  For,
  If,
  Else,
  In,
  Allow,
  ScaleOn,
  Expect,
  Port,
  Except,
  As,
  From,
  Annotation,
  Eq,
  LBrace,
  RBrace,
  LParen,
  RParen,
  LBrack,
  RBrack,
  Comma,
  Colon,
  Quest,
  Dot,
  Ellipsis,
  DotDot,
  Arrow,
  Lt,
  Gt,
  Le,
  Ge,
  EqEq,
  Ne,
  Plus,
  Minus,
  Star,
  Slash,
  Percent,
  Bang,
  And,
  Or,
};

struct Lexeme {
  TokenKind kind = TokenKind::EndOfFile;
  std::uint8_t detail = 0;  // LiteralKind of a Literal, StringKind of String, Head, Mid, Tail
  bool first_on_line = false;
  bool unclosed = false;  // a string without the quote at its end
  std::uint32_t begin = 0, end = 0;
};

class Lexer {
 public:
  // Findings about bytes before `report_from` are not repeated.
  Lexer(const source::File& file, source::FileId file_id, std::uint32_t offset,
        std::uint32_t report_from, diag::Sink& sink);
  Lexeme next();

 private:
  struct Interpolation {
    syntax::StringKind kind;
    unsigned open_braces;
    std::uint32_t begin;  // of the string
  };

  // The token here, or nothing where a character was reported and passed over.
  std::optional<Lexeme> read();
  void skipBlanks();
  bool skipComment();
  char peek(std::uint32_t ahead = 0) const;
  Lexeme make(TokenKind kind, std::uint32_t begin, std::uint8_t detail = 0);
  Lexeme word();
  std::optional<Lexeme> annotation();
  Lexeme number();
  std::optional<Lexeme> money();
  Lexeme quoted(std::uint32_t begin, syntax::StringKind kind, bool after_interpolation);
  Lexeme raw();
  // The CR of a CRLF is no part of an unclosed string.
  void leaveLineBreak();
  std::optional<Lexeme> punctuation();
  std::optional<Lexeme> invalid();
  void reportInvalid(const std::string& own, std::uint32_t begin);
  TokenKind wordKind(std::string_view text) const;
  bool equalsFollows() const;
  // `7 x 1g.10gb`: moves past the profile when one follows on the same line.
  bool countedSlice();
  bool perPeriod();
  void checkEscapes(std::uint32_t begin, std::uint32_t end);
  bool wanted(std::uint32_t begin) const { return begin >= report_from_; }
  source::Location at(std::uint32_t begin, std::uint32_t end) const {
    return {{file_id_, begin, end}, {}};
  }

  std::string_view text_;
  source::FileId file_id_;
  std::uint32_t pos_;
  std::uint32_t report_from_;
  diag::Sink& sink_;
  std::vector<Interpolation> interpolations_;
  TokenKind last_ = TokenKind::EndOfFile;
  bool line_started_ = true;  // only blanks since the last line break
  bool in_param_line_ = false;
};

// Reports what makes a file unreadable as a whole: size, NUL bytes, invalid UTF-8. False when it
// was.
bool checkBytes(const source::File& file, source::FileId file_id, diag::Sink& sink);

inline constexpr std::uint32_t kMaxFileBytes = 32u << 20;

// "`{`", "the name `x`", "the end of the file": for messages.
std::string describe(const Lexeme& lexeme, std::string_view text);
const char* spelling(TokenKind kind);

}  // namespace gpuspec::parse
