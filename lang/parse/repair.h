#pragma once

// One repair of one failure, inside of recovery.cpp's loop: says what is wrong, then mends the
// tokens where it is clear what was meant, or cuts the innermost item out.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/parse/recovery.h"

namespace gpuspec::parse {

class Repair {
 public:
  Repair(Region& region, const Failure& failure, const source::File& file, source::FileId file_id,
         diag::Sink& sink)
      : region_(region),
        tokens_(region.lexemes),
        failure_(failure),
        text_(file.text()),
        file_id_(file_id),
        sink_(sink) {}

  void run(StrayRun& stray);

 private:
  // repair.cpp: brackets, and what is cut out
  bool closeUnclosed();
  bool closeAtLineStart();
  bool openMissingBrace();
  bool dropStrayCloser(StrayRun& stray);
  void closeBefore(std::size_t index, std::size_t opener_index);
  std::optional<std::size_t> innermostOpener() const;
  std::size_t syncPoint() const;
  void cut(StrayRun& stray);

  // mend.cpp: small slips whose meaning is clear
  bool mendCommaBetweenItems();
  bool mendEmptyListItem();
  bool mendMissingEquals();
  bool mendLetWithoutEquals();
  bool mendLabelWithoutEquals();
  bool mendColon(StrayRun& stray);
  bool mendTypeMissing(StrayRun& stray);
  void turnIntoAttribute(std::size_t name_index);

  // repair_messages.cpp
  bool reportMissingValue();
  bool reportTopLevelOnly();
  bool inStrayBracket() const;
  void reportUnexpected();
  void helpWithForm(diag::Report& report) const;
  std::string expectedText() const;
  source::Location badPlace() const;

  const Lexeme& bad() const { return tokens_[failure_.token]; }
  const Lexeme* before(std::size_t n = 1) const {
    return failure_.token >= failure_.unit_start + n ? &tokens_[failure_.token - n] : nullptr;
  }
  bool in(std::size_t rule) const { return !failure_.rules.empty() && failure_.rules[0] == rule; }
  bool within(std::size_t rule) const;
  bool expects(TokenKind kind) const;
  bool atTopLevel() const { return failure_.item_start == failure_.unit_start; }
  std::string textOf(const Lexeme& lexeme) const;
  source::Range rangeOf(const Lexeme& lexeme) const { return {file_id_, lexeme.begin, lexeme.end}; }
  source::Location at(const Lexeme& lexeme) const { return {rangeOf(lexeme), {}}; }
  // Just behind the token before the wrong one: where the missing thing belongs.
  source::Range gap() const;
  void insert(std::size_t index, TokenKind kind, std::uint32_t place);
  void erase(std::size_t index) {
    tokens_.erase(tokens_.begin() + static_cast<std::ptrdiff_t>(index));
  }

  Region& region_;
  std::vector<Lexeme>& tokens_;
  const Failure& failure_;
  std::string_view text_;
  source::FileId file_id_;
  diag::Sink& sink_;
};

inline bool opens(TokenKind kind) {
  return kind == TokenKind::LBrace || kind == TokenKind::LParen || kind == TokenKind::LBrack ||
         kind == TokenKind::Head;
}
inline bool closes(TokenKind kind) {
  return kind == TokenKind::RBrace || kind == TokenKind::RParen || kind == TokenKind::RBrack ||
         kind == TokenKind::Tail;
}
TokenKind counterpart(TokenKind opener);
// Blanks before the first character of the line that holds `offset`.
std::uint32_t indentOf(std::string_view text, std::uint32_t offset);
bool startsDeclaration(const std::vector<Lexeme>& tokens, std::size_t i);

}  // namespace gpuspec::parse
