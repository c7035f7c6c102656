#include "lang/parse/recovery.h"

#include "lang/diag/catalogue.h"
#include "lang/parse/repair.h"

namespace gpuspec::parse {

Region readRegion(Lexer& lexer, std::string_view text) {
  Region region;
  std::vector<Lexeme>& tokens = region.lexemes;
  tokens.push_back(lexer.next());
  const std::uint32_t indent = indentOf(text, tokens[0].begin);
  int depth = opens(tokens[0].kind) ? 1 : 0;
  bool indented = false;  // the item's content stands further right than the item
  Lexeme token = lexer.next();
  while (token.kind != TokenKind::EndOfFile) {
    if (token.first_on_line) {
      const bool left = indentOf(text, token.begin) <= indent;
      if (!left) indented = true;
      if (left && !closes(token.kind) && (depth <= 0 || indented)) break;
    }
    if (opens(token.kind)) ++depth;
    if (closes(token.kind)) --depth;
    tokens.push_back(token);
    token = lexer.next();
  }
  region.end = token.begin;
  tokens.push_back({TokenKind::EndOfFile, 0, true, false, token.begin, token.begin});
  return region;
}

std::optional<std::uint32_t> orphanedContentEnd(Lexer& lexer, std::string_view text) {
  Lexeme token = lexer.next();
  const std::uint32_t indent = indentOf(text, token.begin);
  if (indent == 0) return std::nullopt;
  for (int depth = 0; token.kind != TokenKind::EndOfFile; token = lexer.next()) {
    if (closes(token.kind) && depth-- == 0) return token.end;
    if (token.first_on_line && !closes(token.kind) && indentOf(text, token.begin) < indent)
      return std::nullopt;
    if (opens(token.kind)) ++depth;
  }
  return std::nullopt;
}

bool beginsUnit(TokenKind kind) {
  switch (kind) {
    case TokenKind::Attr:
    case TokenKind::Ident:
    case TokenKind::Project:
    case TokenKind::Import:
    case TokenKind::Param:
    case TokenKind::Let:
    case TokenKind::Output:
    case TokenKind::Module:
    case TokenKind::Assert:
    case TokenKind::For:
    case TokenKind::If:
    case TokenKind::Allow:
    case TokenKind::ScaleOn:
    case TokenKind::Expect:
    case TokenKind::Annotation:
      return true;
    default:
      return false;
  }
}

void reportStray(const Lexeme& token, const source::Location& at, std::string_view text,
                 diag::Sink& sink) {
  if (closes(token.kind)) {
    sink.report(at, diag::UnmatchedBracket,
                std::string(text.substr(token.begin, token.end - token.begin)))
        .help("remove it, or look above for the opening bracket that is missing");
  } else if (token.kind == TokenKind::Comma) {
    sink.report(at, diag::CommaBetweenItems).fix("remove it", {{at.range, ""}});
  } else {
    sink.report(at, diag::UnexpectedToken, "a declaration such as `pool name { ... }`",
                describe(token, text));
  }
}

void repair(Region& region, const Failure& failure, const source::File& file,
            source::FileId file_id, StrayRun& stray, diag::Sink& sink) {
  // `key: value` at the top of a file comes in runs: somebody wrote YAML.
  diag::Sink unused;
  const Lexeme& bad = region.lexemes[failure.token];
  const bool silent = stray.covers(bad.begin) && failure.item_start == failure.unit_start &&
                      bad.kind == TokenKind::Colon;
  Repair(region, failure, file, file_id, silent ? unused : sink).run(stray);
}

}  // namespace gpuspec::parse
