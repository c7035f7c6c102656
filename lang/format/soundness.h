#pragma once

#include <string_view>

#include "lang/syntax/tree.h"

namespace gpuspec::format {

// True when the item holds exactly the tokens that its kinds of nodes are written with: nothing was
// mended or cut out while it was parsed, so that it can be printed from its tree.
bool isSound(const syntax::Tree& tree, std::string_view text, syntax::NodeId id);

}  // namespace gpuspec::format
