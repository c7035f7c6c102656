#include "lang/parse/repair.h"

#include <algorithm>

#include "lang/diag/catalogue.h"
#include "lang/parse/generated/GpuspecParser.h"

namespace gpuspec::parse {

TokenKind counterpart(TokenKind opener) {
  switch (opener) {
    case TokenKind::LBrace:
      return TokenKind::RBrace;
    case TokenKind::LParen:
      return TokenKind::RParen;
    case TokenKind::LBrack:
      return TokenKind::RBrack;
    default:
      return TokenKind::Tail;
  }
}

std::uint32_t indentOf(std::string_view text, std::uint32_t offset) {
  const std::size_t found = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
  const auto begin = static_cast<std::uint32_t>(found == std::string_view::npos ? 0 : found + 1);
  std::uint32_t at = begin;
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return at - begin;
}

bool startsDeclaration(const std::vector<Lexeme>& tokens, std::size_t i) {
  const TokenKind kind = tokens[i].kind;
  const auto isLabel = [](TokenKind label) {
    return label == TokenKind::Ident || label == TokenKind::String;
  };
  if (kind == TokenKind::Project || kind == TokenKind::Import || kind == TokenKind::Param ||
      kind == TokenKind::Let || kind == TokenKind::Output || kind == TokenKind::Module ||
      kind == TokenKind::Assert)
    return true;
  if (kind != TokenKind::Ident || i + 1 >= tokens.size()) return false;
  if (tokens[i + 1].kind == TokenKind::LBrace) return true;
  return isLabel(tokens[i + 1].kind) && i + 2 < tokens.size() &&
         tokens[i + 2].kind == TokenKind::LBrace;
}

bool Repair::within(std::size_t rule) const {
  return std::find(failure_.rules.begin(), failure_.rules.end(), rule) != failure_.rules.end();
}

bool Repair::expects(TokenKind kind) const {
  return std::find(failure_.expected.begin(), failure_.expected.end(),
                   static_cast<std::size_t>(kind)) != failure_.expected.end();
}

std::string Repair::textOf(const Lexeme& lexeme) const {
  return std::string(
      text_.substr(lexeme.begin, std::min<std::uint32_t>(lexeme.end - lexeme.begin, 40)));
}

source::Range Repair::gap() const {
  const std::uint32_t place = failure_.token > 0 ? tokens_[failure_.token - 1].end : bad().begin;
  return {file_id_, place, place};
}

void Repair::insert(std::size_t index, TokenKind kind, std::uint32_t place) {
  tokens_.insert(tokens_.begin() + static_cast<std::ptrdiff_t>(index),
                 Lexeme{kind, 0, false, false, place, place});
}

// The bracket that the wrong token stands in.
std::optional<std::size_t> Repair::innermostOpener() const {
  int depth = 0;
  for (std::size_t i = failure_.token; i-- > failure_.unit_start;) {
    if (closes(tokens_[i].kind)) ++depth;
    if (opens(tokens_[i].kind) && depth-- == 0) return i;
  }
  return std::nullopt;
}

// Reports the opener and puts its counterpart in before the token `index`.
void Repair::closeBefore(std::size_t index, std::size_t opener_index) {
  const Lexeme opener = tokens_[opener_index];
  const TokenKind closer = counterpart(opener.kind);
  auto report = sink_.report(at(opener), diag::UnclosedBracket, textOf(opener));
  const std::uint32_t end = tokens_[index - 1].end;
  if (tokens_[index].kind != TokenKind::EndOfFile) {
    report.note({{file_id_, end, end}, {}},
                std::string(spelling(closer)) + " is expected before this line's end or below");
  }
  insert(index, closer, end);
  region_.removed_at.push_back(opener.begin);
}

// At the end of the region with brackets open: the one whose content is left by indentation is to
// blame.
bool Repair::closeUnclosed() {
  if (bad().kind != TokenKind::EndOfFile) return false;
  std::vector<std::size_t> open;
  for (std::size_t i = failure_.unit_start; i < failure_.token; ++i) {
    const Lexeme& token = tokens_[i];
    if (token.first_on_line && !open.empty()) {
      const std::uint32_t indent = indentOf(text_, token.begin),
                          outer = indentOf(text_, tokens_[open.back()].begin);
      // A closing brace may stand as far left as the line of its opener, but no further.
      const bool left = closes(token.kind) ? open.size() > 1 && indent < outer : indent <= outer;
      if (left) {
        if (tokens_[open.back()].kind == TokenKind::Head) return false;
        closeBefore(i, open.back());
        return true;
      }
    }
    if (opens(token.kind)) open.push_back(i);
    if (closes(token.kind) && !open.empty()) open.pop_back();
  }
  if (open.empty() || tokens_[open.back()].kind == TokenKind::Head) return false;
  closeBefore(failure_.token, open.back());
  return true;
}

// A line that begins with an attribute, a declaration or an outer block's end: the list above it
// was not closed.
bool Repair::closeAtLineStart() {
  const bool fits = bad().kind == TokenKind::Attr || bad().kind == TokenKind::RBrace ||
                    startsDeclaration(tokens_, failure_.token);
  const auto opener = innermostOpener();
  if (!fits || !bad().first_on_line || !opener) return false;
  const TokenKind open = tokens_[*opener].kind;
  const bool list = open == TokenKind::LBrack || open == TokenKind::LParen;
  const bool expected = expects(counterpart(open));
  if (!list || !expected) return false;
  std::size_t index = failure_.token;
  int depth = 0;
  for (std::size_t i = *opener + 1; i < failure_.token;
       ++i) {  // an attribute above reads as a named argument
    if (depth == 0 && tokens_[i].kind == TokenKind::Attr && tokens_[i].first_on_line) {
      index = i;
      break;
    }
    if (opens(tokens_[i].kind)) ++depth;
    if (closes(tokens_[i].kind)) --depth;
  }
  closeBefore(index, *opener);
  return true;
}

// `pool gpu cluster = ml }`: the brace is put in where the one that closes it is there.
bool Repair::openMissingBrace() {
  if (!expects(TokenKind::LBrace) || expects(TokenKind::Literal) ||
      failure_.token == failure_.unit_start)
    return false;
  int depth = 0;
  for (std::size_t i = failure_.token; i < tokens_.size(); ++i) {
    if (opens(tokens_[i].kind)) ++depth;
    if (!closes(tokens_[i].kind) || depth-- > 0) continue;
    const bool own = tokens_[i].kind == TokenKind::RBrace && i > failure_.token && atTopLevel();
    if (!own) return false;
    sink_.report({gap(), {}}, diag::UnexpectedToken, "`{`", describe(bad(), text_))
        .note(at(tokens_[i]), "this `}` would close it")
        .fix("write `{`", {{gap(), " {"}}, false);
    region_.removed_at.push_back(tokens_[failure_.item_start].begin);
    insert(failure_.token, TokenKind::LBrace, gap().begin);
    return true;
  }
  return false;
}

bool Repair::dropStrayCloser(StrayRun& stray) {
  if (!closes(bad().kind) || failure_.token != failure_.unit_start) return false;
  if (!stray.covers(bad().begin)) reportStray(bad(), at(bad()), text_, sink_);
  stray.lost = true;
  erase(failure_.token);
  return true;
}

// The token where parsing can go on when everything from the innermost item on is cut out.
std::size_t Repair::syncPoint() const {
  const std::size_t start = failure_.item_start;
  const std::uint32_t indent = indentOf(text_, tokens_[start].begin);
  std::vector<TokenKind> open;
  for (std::size_t i = start; i + 1 < tokens_.size(); ++i) {
    const Lexeme& token = tokens_[i];
    if (i > start && i >= failure_.token) {
      const bool new_line = token.first_on_line && !closes(token.kind);
      if (new_line && indentOf(text_, token.begin) <= indent) return i;
      const bool attribute = token.kind == TokenKind::Attr &&
                             (token.first_on_line || (i > failure_.token && !atTopLevel()));
      if (open.empty() && (attribute || startsDeclaration(tokens_, i))) return i;
    }
    if (closes(token.kind)) {
      while (!open.empty() && counterpart(open.back()) != token.kind) open.pop_back();
      // Items stand in braces: a lone `)` or `]` belongs to what is cut out.
      if (open.empty() && token.kind != TokenKind::RBrace && i >= failure_.token) continue;
      if (open.empty()) return i;
      open.pop_back();
      if (open.empty() && token.kind == TokenKind::RBrace && i >= failure_.token) return i + 1;
    }
    if (opens(token.kind)) open.push_back(token.kind);
  }
  return tokens_.size() - 1;
}

void Repair::cut(StrayRun& stray) {
  const std::size_t from = failure_.item_start;
  std::size_t to = std::max(syncPoint(), from + (bad().kind == TokenKind::EndOfFile ? 0 : 1));
  if (atTopLevel()) {
    stray.lost = true;
    // What is left of a lost item on its line is no finding of its own.
    while (to + 1 < tokens_.size() && closes(tokens_[to].kind) && !tokens_[to].first_on_line) ++to;
  }
  region_.removed_at.push_back(tokens_[from].begin);
  const std::size_t last = std::min(to, tokens_.size() - 1);  // EndOfFile stays
  tokens_.erase(tokens_.begin() + static_cast<std::ptrdiff_t>(from),
                tokens_.begin() + static_cast<std::ptrdiff_t>(last));
}

void Repair::run(StrayRun& stray) {
  if (mendLetWithoutEquals() || mendLabelWithoutEquals() || openMissingBrace() || closeUnclosed() ||
      closeAtLineStart())
    return;
  if (dropStrayCloser(stray) || mendCommaBetweenItems() || mendEmptyListItem() ||
      mendMissingEquals() || mendColon(stray))
    return;
  if (mendTypeMissing(stray)) return;
  if (!inStrayBracket() && !reportMissingValue() && !reportTopLevelOnly()) reportUnexpected();
  cut(stray);
}

}  // namespace gpuspec::parse
