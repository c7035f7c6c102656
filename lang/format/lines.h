#pragma once

// Lines of output with the places where blanks may be added, and the alignment of neighbours.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gpuspec::format {

struct Line {
  unsigned indent = 0;
  bool blank_before = false;
  std::string text;  // several lines when it ends in a text block or a comment of several lines
  std::string trailing;
  std::string head_class;            // neighbours of one class align at their first stop
  std::string shape;                 // and those of one shape at all stops
  std::vector<std::uint32_t> stops;  // bytes in `text`
};

class Lines {
 public:
  void start(unsigned indent, bool blank_before = false);
  void add(std::string_view text);
  void stop();
  void trail(std::string_view comment);
  // The line holds a single item, which may be aligned with its neighbours.
  void align(std::string head_class, std::string shape);

  // The last line is left as it is, without a line break.
  void leaveOpen() { left_open_ = true; }

  unsigned column() const;
  unsigned indent() const { return lines_.empty() ? 0 : lines_.back().indent; }
  std::size_t count() const { return finished_ + lines_.size(); }
  // Aligns what is left and gives the whole text.
  std::string str();

 private:
  void finish();
  void alignHeads(std::size_t first, std::size_t last);
  void alignTables(std::size_t first, std::size_t last);
  void alignStop(std::size_t first, std::size_t last, std::size_t stop);
  void alignTrailing(std::size_t first, std::size_t last);

  std::vector<Line> lines_;
  std::size_t finished_ = 0;  // lines that are in `out_` already
  std::string out_;
  bool left_open_ = false;
};

// Unicode code points.
unsigned displayWidth(std::string_view text);

}  // namespace gpuspec::format
