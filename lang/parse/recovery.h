#pragma once

// What to say about an item that does not parse, and how to go on: the wrong part is cut out (or mended where the fix is
// certain) and the rest of the item is parsed again.

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
  Lexeme next;                            // the token that stands there
  std::vector<std::uint32_t> removed_at;  // bytes where something was cut out
};

Region readRegion(Lexer& lexer, std::string_view text);

// `lexer` stands before content of a block whose head is missing: the end of the bracket that closes it. None when a line
// further left comes first, so that it is no such content.
std::optional<std::uint32_t> orphanedContentEnd(Lexer& lexer, std::string_view text);
// A token that cannot begin a declaration, outside of any block.
void reportStray(const Lexeme& token, const source::Location& at, std::string_view text, diag::Sink& sink);

// Reports the failure and changes `region` so that it gets further the next time. `stray_run`: attributes outside of a
// block were reported just before, so a closing brace belongs to them. Sets `lost` when a whole declaration was cut out.
void repair(Region& region, const Failure& failure, const source::File& file, source::FileId file_id, bool stray_run,
            diag::Sink& sink, bool& lost);

}  // namespace gpuspec::parse
