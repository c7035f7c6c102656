#include <utility>

#include "lang/diag/catalogue.h"
#include "lang/parse/generated/GpuspecParser.h"
#include "lang/parse/repair.h"

namespace gpuspec::parse {

// `{ a = 1, b = 2 }`: one finding for all commas of the block.
bool Repair::mendCommaBetweenItems() {
  const bool in_body = in(GpuspecParser::RuleBody);
  if (bad().kind != TokenKind::Comma || !(in_body || failure_.token == failure_.unit_start))
    return false;
  std::vector<diag::Edit> edits;
  const Lexeme first = bad();
  int depth = 0;
  bool own = false;  // the next comma belongs to a `for` or an `assert`
  for (std::size_t i = failure_.token; i < tokens_.size() && depth >= 0; ++i) {
    const Lexeme token = tokens_[i];
    if (opens(token.kind)) ++depth;
    if (closes(token.kind)) --depth;
    if (token.kind == TokenKind::For || token.kind == TokenKind::Assert) own = true;
    if (token.kind == TokenKind::In) own = false;
    if (depth != 0 || token.kind != TokenKind::Comma || std::exchange(own, false)) continue;
    if (i != failure_.token && !in_body) continue;
    edits.push_back({rangeOf(token), ""});
    erase(i--);
  }
  const bool several = edits.size() > 1;
  sink_.report(at(first), diag::CommaBetweenItems)
      .fix(several ? "remove the commas of this block" : "remove it", std::move(edits));
  return true;
}

// `[, 1]`
bool Repair::mendEmptyListItem() {
  if (bad().kind != TokenKind::Comma || before() == nullptr || !opens(before()->kind) ||
      before()->kind == TokenKind::Head)
    return false;
  sink_.report(at(bad()), diag::UnexpectedToken, "a value", "`,`")
      .fix("remove it", {{rangeOf(bad()), ""}});
  erase(failure_.token);
  return true;
}

// Makes `name value` the attribute `name = value`.
void Repair::turnIntoAttribute(std::size_t name_index) {
  const Lexeme name = tokens_[name_index];
  const Lexeme& value = tokens_[name_index + 1];
  const source::Range place = {file_id_, name.end, name.end};
  sink_.report(at(name), diag::MissingEquals, textOf(name))
      .fix("write `" + textOf(name) + " = " + textOf(value) + "`", {{place, " ="}});
  tokens_[name_index].kind = TokenKind::Attr;
  insert(name_index + 1, TokenKind::Eq, name.end);
}

// `nodes 3`
bool Repair::mendMissingEquals() {
  const Lexeme* name = before();
  if (name == nullptr || name->kind != TokenKind::Ident || !in(GpuspecParser::RuleNamed) ||
      bad().first_on_line)
    return false;
  const TokenKind kind = bad().kind;
  if (kind != TokenKind::Literal && kind != TokenKind::LBrack && kind != TokenKind::Minus &&
      kind != TokenKind::Head)
    return false;
  turnIntoAttribute(failure_.token - 1);
  return true;
}

// `mode system` and `vm "Standard_x"` in a block: neither braces nor `=` follow.
bool Repair::mendLabelWithoutEquals() {
  const Lexeme *value = before(), *name = before(2);
  if (!in(GpuspecParser::RuleNamed) || atTopLevel() || value == nullptr || name == nullptr)
    return false;
  const bool pair = name->kind == TokenKind::Ident && !value->first_on_line &&
                    (value->kind == TokenKind::Ident || value->kind == TokenKind::String);
  const bool ends =
      bad().first_on_line || bad().kind == TokenKind::Attr || bad().kind == TokenKind::RBrace;
  if (!pair || !ends || failure_.item_start + 2 != failure_.token) return false;
  turnIntoAttribute(failure_.token - 2);
  return true;
}

// `let x 3`, `let x`
bool Repair::mendLetWithoutEquals() {
  if (!in(GpuspecParser::RuleLet) && !in(GpuspecParser::RuleOutput)) return false;
  if (bad().kind != TokenKind::Ident || before() == nullptr || before()->kind == TokenKind::Eq ||
      bad().first_on_line)
    return false;
  const Lexeme& next = tokens_[failure_.token + 1];
  if (next.first_on_line || next.kind == TokenKind::EndOfFile || closes(next.kind)) {
    sink_.report(at(bad()), diag::MissingValue, textOf(bad()));
    erase(failure_.token);
    erase(failure_.token - 1);
    return true;
  }
  const bool value = next.kind == TokenKind::Ident || next.kind == TokenKind::Literal ||
                     next.kind == TokenKind::String ||
                     (opens(next.kind) && next.kind != TokenKind::LParen);
  if (!value) return false;
  turnIntoAttribute(failure_.token);
  return true;
}

// `nodes: 3` and `{ "a": 1 }`
bool Repair::mendColon(StrayRun& stray) {
  if (bad().kind != TokenKind::Colon || before() == nullptr) return false;
  const Lexeme name = *before();
  if (name.kind != TokenKind::Ident && name.kind != TokenKind::String) return false;
  if (!in(GpuspecParser::RuleNamed) && !in(GpuspecParser::RuleEntry)) return false;
  const TokenKind next = tokens_[failure_.token + 1].kind;
  if (in(GpuspecParser::RuleNamed) && next == TokenKind::LBrace) {
    sink_.report(at(bad()), diag::UnexpectedToken, "`{`", "`:`")
        .fix("remove the `:`", {{rangeOf(bad()), ""}});
    erase(failure_.token);
    return true;
  }
  const bool equals_too = next == TokenKind::Eq;
  sink_.report(at(bad()), diag::ColonInMap, textOf(name))
      .fix("write `=`", {{rangeOf(bad()), equals_too ? "" : " ="}});
  tokens_[failure_.token - 1].kind = TokenKind::Attr;
  equals_too ? erase(failure_.token) : void(tokens_[failure_.token].kind = TokenKind::Eq);
  if (in(GpuspecParser::RuleNamed) && atTopLevel()) stray.on = stray.lost = true;
  return true;
}

// `param n = 3`
bool Repair::mendTypeMissing(StrayRun& stray) {
  if (before() == nullptr || before()->kind != TokenKind::Param || bad().kind != TokenKind::Attr)
    return false;
  sink_.report(at(bad()), diag::UnexpectedToken, "`:` and a type", "`=`")
      .mark("has no type")
      .help("a parameter is `param name: type = default \"doc\"`");
  tokens_[failure_.token - 1].kind = TokenKind::Let;  // so that the rest is read
  stray.lost = true;
  region_.removed_at.push_back(bad().begin);
  return true;
}

}  // namespace gpuspec::parse
