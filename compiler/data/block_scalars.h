#pragma once

// YAML's `|` and `>` texts. LLVM's reader takes the 2 of `|2` for a column of the file and folds
// lines that are indented further, so their values are worked out here, and the reader gets a text
// in which no number is needed.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gpuspec::data {

struct BlockScalar {
  std::uint32_t begin = 0, end = 0;  // bytes: from the `|` to the end of its last line
  std::string value;
  bool rewritten = false;  // its header had a number, and the text for the reader has none
};

struct BlockScalars {
  std::vector<BlockScalar> scalars;  // in the order of the text
  std::string text;                  // for the reader: as long as the original, places are the same

  // The one that holds this byte; nullptr: none.
  const BlockScalar* find(std::uint32_t offset) const;
};

BlockScalars findBlockScalars(std::string_view text);

}  // namespace gpuspec::data
