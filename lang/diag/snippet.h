#pragma once

// The lines of one file that a finding is about, with what is marked in them:
//
//    9 │ pool h100 {
//   10 │   vm = "Standard_ND96isr_H100_v5"
//      │        -------------------------- has 8 x H100 80 GB
//      ·
//   14 │   mig { profile = 1g.99gb }
//      │                   ^^^^^^^ no such profile

#include <cstdint>
#include <string>
#include <vector>

#include "lang/diag/terminal_text.h"
#include "lang/source/source_map.h"

namespace gpuspec::diag {

struct Mark {
  source::Range range;
  bool primary = false;
  std::string text;  // printable; may be empty
};

struct SnippetOptions {
  bool unicode = true;
  std::uint32_t width = 76;  // columns for the source, right of the frame
  Style primary = Style::Error;
};

struct SnippetRow {
  enum class Gutter : std::uint8_t { Number, Bar, Gap };
  Gutter gutter = Gutter::Bar;
  std::uint32_t line = 0;  // of Gutter::Number
  Row row;
};

std::vector<SnippetRow> layOut(const source::File& file, const std::vector<Mark>& marks,
                               const SnippetOptions& options);

}  // namespace gpuspec::diag
