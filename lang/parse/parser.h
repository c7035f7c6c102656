#pragma once

// Text to syntax tree. The only home of ANTLR. One top-level item is parsed at a time with a
// strategy that gives up at the first wrong token; only an item that fails is read again, token by
// token, to say what is wrong and to save what is right.

#include "lang/diag/diagnostic.h"
#include "lang/source/source_map.h"
#include "lang/syntax/tree.h"

namespace gpuspec::parse {

// Always a tree: what could not be parsed is missing from it, the blocks around it are marked
// kBroken. Findings go to `sink`; an unreadable file (not UTF-8, too large) gives an empty tree.
syntax::Tree parse(const source::SourceMap& sources, source::FileId file_id, diag::Sink& sink);

}  // namespace gpuspec::parse
