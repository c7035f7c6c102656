#pragma once

#include <utility>
#include <vector>

#include "backends/artifact/artifact.h"

namespace gpuspec::artifact {

// Counts the lines of a text being written and notes where their origin changes.
class OriginRecorder {
 public:
  // A line begins that comes from `at`; an invalid location means "from nowhere".
  void beginLine(const source::Location& at) {
    ++line_;
    if (at == current_) return;
    current_ = at;
    origins_.push_back({line_, at});
  }
  // Further lines of the same node.
  void skipLines(std::uint32_t count) { line_ += count; }
  // No more memory than it needs; what follows begins with line 1 again.
  std::vector<LineOrigin> take() {
    std::vector<LineOrigin> taken(origins_.begin(), origins_.end());
    origins_.clear();
    current_ = {};
    line_ = 0;
    return taken;
  }

 private:
  std::vector<LineOrigin> origins_;
  source::Location current_;
  std::uint32_t line_ = 0;
};

// The place of `own`, or that of the node around it.
inline const source::Location& inherited(const source::Location& own,
                                         const source::Location& around) {
  return own.valid() ? own : around;
}

}  // namespace gpuspec::artifact
