#include "backends/deploy/verify/table.h"

#include <algorithm>
#include <sstream>

namespace gpuspec::deploy::verify {

namespace {

constexpr std::size_t kGap = 3;

std::size_t columnsOf(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  std::string out;
  for (std::size_t i = 0; i < cells.size(); ++i)
    out += cells[i] + std::string(widths[i] - columnsOf(cells[i]) + kGap, ' ');
  out.resize(out.find_last_not_of(' ') + 1);
  return out + "\n";
}

std::vector<std::size_t> widthsOf(const Table& table) {
  std::vector<std::size_t> widths;
  for (const std::string& head : table.heads) widths.push_back(columnsOf(head));
  for (const TableRow& row : table.rows) {
    for (std::size_t i = 0; i < row.cells.size(); ++i)
      widths[i] = std::max(widths[i], columnsOf(row.cells[i]));
  }
  return widths;
}

void addRemarks(const TableRow& row, std::size_t indent, std::uint32_t width, bool unicode,
                std::string& out) {
  for (const std::string& remark : row.remarks)
    out += wrapped(std::string(indent, ' ') + (unicode ? "╰ " : "` "), remark, width);
}

std::string asColumns(const Table& table, const std::vector<std::size_t>& widths,
                      std::uint32_t width, bool unicode) {
  std::string out = line(table.heads, widths);
  for (const TableRow& row : table.rows) {
    out += line(row.cells, widths);
    addRemarks(row, widths.front() + kGap, width, unicode, out);
  }
  return out;
}

std::string asLists(const Table& table, std::uint32_t width, bool unicode) {
  std::size_t head_width = 0;
  for (const std::string& head : table.heads) head_width = std::max(head_width, columnsOf(head));
  std::string out;
  for (const TableRow& row : table.rows) {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const std::string& head = table.heads[i];
      const std::string begin =
          (i > 0 ? "  " : "") + head + std::string(head_width - columnsOf(head) + 2, ' ');
      out += wrapped(begin, row.cells[i], width);
    }
    addRemarks(row, 2, width, unicode, out);
  }
  return out;
}

}  // namespace

std::string wrapped(const std::string& first, const std::string& text, std::uint32_t width) {
  const std::size_t indent = columnsOf(first);
  std::string out = first, word;
  std::size_t column = indent;
  std::istringstream words(text);
  bool begins = true;
  while (words >> word) {
    if (!begins && column + 1 + columnsOf(word) > width) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
      begins = true;
    }
    out += (begins ? "" : " ") + word;
    column += (begins ? 0 : 1) + columnsOf(word);
    begins = false;
  }
  return out + "\n";
}

std::string Table::text(std::uint32_t width, bool unicode) const {
  const std::vector<std::size_t> widths = widthsOf(*this);
  std::size_t all = widths.empty() ? 0 : kGap * (widths.size() - 1);
  for (const std::size_t one : widths) all += one;
  return all <= width ? asColumns(*this, widths, width, unicode) : asLists(*this, width, unicode);
}

}  // namespace gpuspec::deploy::verify
