#pragma once

// `check --fix`: the texts of the files once every certain fix is made.

#include <string>
#include <vector>

#include "lang/diag/diagnostic.h"

namespace gpuspec::diag {

struct FixedFile {
  source::FileId file_id;
  std::string text;
};

// Which fix of which finding, as indices into what was passed.
struct FixRef {
  std::size_t finding = 0;
  std::size_t fix = 0;
};

struct FixResult {
  std::vector<FixedFile> files;  // only those that change, by path
  std::vector<FixRef> applied;
  std::vector<FixRef>
      left;  // certain, but an earlier fix changes the same text; the next run may take them
};

// A fix is made whole or not at all; where two overlap the first wins. Suppressed findings are not
// fixed.
FixResult applyFixes(const source::SourceMap& sources, const std::vector<Diagnostic>& findings);

}  // namespace gpuspec::diag
