#pragma once

// Rows with remarks below them, as wide as the terminal; internal to the library.

#include <cstdint>
#include <string>
#include <vector>

namespace gpuspec::deploy::verify {

struct TableRow {
  std::vector<std::string> cells;
  std::vector<std::string> remarks;  // sentences below the row
};

struct Table {
  std::vector<std::string> heads;
  std::vector<TableRow> rows;

  // Columns where they fit into `width`, else one line for each cell.
  std::string text(std::uint32_t width, bool unicode) const;
};

// Broken between words; later lines begin below the first.
std::string wrapped(const std::string& first, const std::string& text, std::uint32_t width);

}  // namespace gpuspec::deploy::verify
