#include <gtest/gtest.h>

#include "lang/diag/diagnostic.h"
#include "lang/parse/lexer.h"

namespace gpuspec::parse {
namespace {

using Kinds = std::vector<TokenKind>;

struct Lexed {
  explicit Lexed(std::string text) {
    source::SourceMap sources;
    const source::FileId file_id = sources.add("x", std::move(text));
    diag::Sink sink;
    Lexer lexer(sources.file(file_id), file_id, 0, 0, sink);
    for (Lexeme lexeme = lexer.next(); lexeme.kind != TokenKind::EndOfFile; lexeme = lexer.next()) {
      kinds.push_back(lexeme.kind);
      details.push_back(lexeme.detail);
      texts.emplace_back(
          sources.file(file_id).text().substr(lexeme.begin, lexeme.end - lexeme.begin));
      if (lexeme.first_on_line) ++lines;
    }
    errors = sink.errorCount();
  }
  Kinds kinds;
  std::vector<std::uint8_t> details;
  std::vector<std::string> texts;
  std::size_t lines = 0, errors = 0;
};

std::uint8_t detail(syntax::LiteralKind kind) {
  return static_cast<std::uint8_t>(kind);
}

TEST(Lexer, AWordBeforeAnEqualsSignIsAnAttribute) {
  for (const char* text : {"port = 1", "for=1", "x /* c */ = 1", "x // c\n = 1", "\"a b\" = 1",
                           "'a' = 1", "let\n= 1"}) {
    EXPECT_EQ(Lexed(text).kinds[0], TokenKind::Attr) << text;
  }
  EXPECT_EQ(Lexed("x == 1").kinds[0], TokenKind::Ident);
  EXPECT_EQ(Lexed("x => 1").kinds[0], TokenKind::Ident);
  EXPECT_EQ(Lexed("\"a${b}\" = 1").kinds[0], TokenKind::Head);
  EXPECT_EQ(Lexed("a.b = 1").kinds, (Kinds{TokenKind::Ident, TokenKind::Dot, TokenKind::Ident,
                                           TokenKind::Eq, TokenKind::Literal}));
}

TEST(Lexer, Keywords) {
  EXPECT_EQ(Lexed("project import param let output module assert for if else in allow scale_on "
                  "expect port except as from")
                .kinds,
            (Kinds{TokenKind::Project, TokenKind::Import, TokenKind::Param, TokenKind::Let,
                   TokenKind::Output, TokenKind::Module, TokenKind::Assert, TokenKind::For,
                   TokenKind::If, TokenKind::Else, TokenKind::In, TokenKind::Allow,
                   TokenKind::ScaleOn, TokenKind::Expect, TokenKind::Port, TokenKind::Except,
                   TokenKind::As, TokenKind::From}));
  EXPECT_EQ(Lexed("lets form projects fo").kinds, Kinds(4, TokenKind::Ident));
  EXPECT_EQ(Lexed("a.for").kinds[2], TokenKind::Ident);
  EXPECT_EQ(Lexed("a.\nfor").kinds[2], TokenKind::For);
  EXPECT_EQ(Lexed("module[x] module.a module x").kinds[0], TokenKind::Ident);
  EXPECT_EQ(Lexed("param x: string secret").kinds.back(), TokenKind::Secret);
  EXPECT_EQ(Lexed("secret").kinds[0], TokenKind::Ident);
}

TEST(Lexer, NamesMayHoldMinusInside) {
  EXPECT_EQ(Lexed("team-a").texts, (std::vector<std::string>{"team-a"}));
  EXPECT_EQ(Lexed("n-1").texts, (std::vector<std::string>{"n-1"}));
  EXPECT_EQ(Lexed("n - 1").kinds, (Kinds{TokenKind::Ident, TokenKind::Minus, TokenKind::Literal}));
  EXPECT_EQ(Lexed("n- 1").kinds, (Kinds{TokenKind::Ident, TokenKind::Minus, TokenKind::Literal}));
  EXPECT_EQ(Lexed("_a1").texts, (std::vector<std::string>{"_a1"}));
}

TEST(Lexer, Literals) {
  const struct {
    const char* text;
    syntax::LiteralKind kind;
  } cases[] = {{"1_000", syntax::LiteralKind::Int},
               {"1.5", syntax::LiteralKind::Decimal},
               {"80GiB", syntax::LiteralKind::Size},
               {"1.5TB", syntax::LiteralKind::Size},
               {"500mcpu", syntax::LiteralKind::Cpu},
               {"4cpu", syntax::LiteralKind::Cpu},
               {"90s", syntax::LiteralKind::Duration},
               {"7d", syntax::LiteralKind::Duration},
               {"$3.67", syntax::LiteralKind::Money},
               {"$40_000 per month", syntax::LiteralKind::Money},
               {"33%", syntax::LiteralKind::Percent},
               {"1g.10gb", syntax::LiteralKind::Profile},
               {"1g.10gb+me", syntax::LiteralKind::Profile},
               {"7 x 1g.10gb", syntax::LiteralKind::Counted},
               {"true", syntax::LiteralKind::True},
               {"false", syntax::LiteralKind::False},
               {"null", syntax::LiteralKind::Null}};
  for (const auto& each : cases) {
    const Lexed lexed(each.text);
    ASSERT_EQ(lexed.kinds, Kinds{TokenKind::Literal}) << each.text;
    EXPECT_EQ(lexed.details[0], detail(each.kind)) << each.text;
    EXPECT_EQ(lexed.errors, 0u);
  }
}

TEST(Lexer, LiteralsOfSeveralWordsKeepToOneLine) {
  EXPECT_EQ(Lexed("7\nx 1g.10gb").kinds.size(), 3u);
  EXPECT_EQ(Lexed("$5 per\nmonth").kinds.size(), 3u);
  EXPECT_EQ(Lexed("nodes = 7  x = 3").texts,
            (std::vector<std::string>{"nodes", "=", "7", "x", "=", "3"}));
  EXPECT_EQ(Lexed("$5 per month_x").kinds.size(), 3u);
}

TEST(Lexer, PercentTouchesModuloStandsApart) {
  EXPECT_EQ(Lexed("33%").kinds, Kinds{TokenKind::Literal});
  EXPECT_EQ(Lexed("33 % 2").kinds,
            (Kinds{TokenKind::Literal, TokenKind::Percent, TokenKind::Literal}));
}

TEST(Lexer, RangesAreNotDecimals) {
  EXPECT_EQ(Lexed("1..3").texts, (std::vector<std::string>{"1", "..", "3"}));
  EXPECT_EQ(Lexed("1...x").texts, (std::vector<std::string>{"1", "...", "x"}));
  EXPECT_EQ(Lexed("1.5..2.5").texts, (std::vector<std::string>{"1.5", "..", "2.5"}));
}

TEST(Lexer, Strings) {
  EXPECT_EQ(Lexed(R"("a\"b")").texts.size(), 1u);
  EXPECT_EQ(Lexed(R"('a\')").texts.size(), 1u);
  EXPECT_EQ(Lexed("\"\"\"a\n\"b\" \"\"\"").kinds, Kinds{TokenKind::String});
  EXPECT_EQ(Lexed(R"("\${a}")").kinds, Kinds{TokenKind::String});
  EXPECT_EQ(Lexed("\"\"").kinds, Kinds{TokenKind::String});
}

TEST(Lexer, Interpolation) {
  EXPECT_EQ(Lexed(R"("a${b}c${d}e")").kinds,
            (Kinds{TokenKind::Head, TokenKind::Ident, TokenKind::Mid, TokenKind::Ident,
                   TokenKind::Tail}));
  EXPECT_EQ(Lexed(R"("${{ a = 1 }}")").kinds,
            (Kinds{TokenKind::Head, TokenKind::LBrace, TokenKind::Attr, TokenKind::Eq,
                   TokenKind::Literal, TokenKind::RBrace, TokenKind::Tail}));
  EXPECT_EQ(Lexed(R"("a${"b${c}"}")").kinds,
            (Kinds{TokenKind::Head, TokenKind::Head, TokenKind::Ident, TokenKind::Tail,
                   TokenKind::Tail}));
}

TEST(Lexer, Comments) {
  EXPECT_EQ(Lexed("a // b\nc /* d\n e */ f /// g").texts,
            (std::vector<std::string>{"a", "c", "f"}));
  EXPECT_EQ(Lexed("a // b\nc /* d\n e */ f").lines, 3u);
  EXPECT_EQ(Lexed("/* a /* b */ c").texts, (std::vector<std::string>{"c"}));
}

TEST(Lexer, FindingsAreNotRepeatedBelowAPlace) {
  source::SourceMap sources;
  const source::FileId file_id = sources.add("x", "~ ~ ~");
  diag::Sink sink;
  Lexer lexer(sources.file(file_id), file_id, 0, 3, sink);
  EXPECT_EQ(lexer.next().kind, TokenKind::EndOfFile);
  EXPECT_EQ(sink.errorCount(), 1u);
}

TEST(Lexer, SpellingsAndDescriptions) {
  EXPECT_STREQ(spelling(TokenKind::LBrace), "`{`");
  EXPECT_STREQ(spelling(TokenKind::Or), "`||`");
  EXPECT_STREQ(spelling(TokenKind::Expect), "`expect`");
  EXPECT_EQ(describe({TokenKind::Ident, 0, false, false, 0, 3}, "abc"), "`abc`");
  EXPECT_EQ(describe({TokenKind::EndOfFile, 0, false, false, 3, 3}, "abc"), "the end of the file");
  EXPECT_EQ(describe({TokenKind::EndOfFile, 0, false, false, 1, 1}, "abc"), "the next declaration");
}

}  // namespace
}  // namespace gpuspec::parse
