#pragma once

// What to say about an item that does not parse, and how to go on: the wrong part is cut out (or
// mended where the fix is certain) and the rest of the item is parsed again.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "lang/diag/diagnostic.h"
#include "lang/parse/failure.h"
#include "lang/parse/lexer.h"

namespace gpuspec::parse {

// The tokens of one top-level item (or a few that cannot be told apart), closed by EndOfFile.
struct Region {
  std::vector<Lexeme> lexemes;
  std::uint32_t end = 0;                  // byte where the next item starts
  std::vector<std::uint32_t> removed_at;  // bytes where something was cut out
};

Region readRegion(Lexer& lexer, std::string_view text);

// One finding is enough for a run of attributes, stray brackets and the like outside of any block.
struct StrayRun {
  bool on = false;
  bool lost = false;  // some whole declaration could not be read, or stands elsewhere than meant
  std::uint32_t orphans_end =
      0;  // the run is the content of a block without its head: up to the bracket that closes it
  int braces = 0;  // opened by what was passed over

  bool covers(std::uint32_t offset) const { return on || offset < orphans_end; }
};

// `lexer` stands before content of a block whose head is missing: the end of the bracket that
// closes it. None when a line further left comes first, so that it is no such content.
std::optional<std::uint32_t> orphanedContentEnd(Lexer& lexer, std::string_view text);
bool beginsUnit(TokenKind kind);
// A token that cannot begin a declaration, outside of any block.
void reportStray(const Lexeme& token, const source::Location& at, std::string_view text,
                 diag::Sink& sink);

// Reports the failure and changes `region` so that it gets further the next time.
void repair(Region& region, const Failure& failure, const source::File& file,
            source::FileId file_id, StrayRun& stray, diag::Sink& sink);

}  // namespace gpuspec::parse
