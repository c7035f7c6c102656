#include "lang/format/lines.h"

#include <algorithm>

#include "lang/format/format.h"

namespace gpuspec::format {

namespace {

constexpr std::size_t kLinesKept = 256;

// Calls `use(first, last)` for each longest run of neighbours that belong together.
template <class Together, class Use>
void forRuns(std::size_t first, std::size_t last, Together together, Use use) {
  for (std::size_t i = first; i < last;) {
    std::size_t end = i + 1;
    while (end < last && together(end - 1, end)) ++end;
    use(i, end);
    i = end;
  }
}

unsigned segmentWidth(const Line& line, std::size_t stop) {
  const std::uint32_t from = stop == 0 ? 0 : line.stops[stop - 1];
  return displayWidth(std::string_view(line.text).substr(from, line.stops[stop] - from));
}

}  // namespace

unsigned displayWidth(std::string_view text) {
  return static_cast<unsigned>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

void Lines::start(unsigned indent, bool blank_before) {
  // Alignment never reaches over a change of indentation.
  if (lines_.size() >= kLinesKept && lines_.back().indent != indent) finish();
  lines_.emplace_back();
  lines_.back().indent = indent;
  lines_.back().blank_before = blank_before && count() > 1;
}

void Lines::add(std::string_view text) {
  lines_.back().text += text;
}

void Lines::stop() {
  lines_.back().stops.push_back(static_cast<std::uint32_t>(lines_.back().text.size()));
}

void Lines::trail(std::string_view comment) {
  std::string& trailing = lines_.back().trailing;
  if (!trailing.empty()) trailing += ' ';
  trailing += comment;
}

void Lines::align(std::string head_class, std::string shape) {
  lines_.back().head_class = std::move(head_class);
  lines_.back().shape = std::move(shape);
}

unsigned Lines::column() const {
  const Line& line = lines_.back();
  const std::size_t line_break = line.text.rfind('\n');
  if (line_break == std::string::npos) return line.indent + displayWidth(line.text);
  return displayWidth(std::string_view(line.text).substr(line_break + 1));
}

// Pads the text before one stop to a common width, unless a line would become too long by it.
void Lines::alignStop(std::size_t first, std::size_t last, std::size_t stop) {
  unsigned widest = 0;
  for (std::size_t i = first; i < last; ++i)
    widest = std::max(widest, segmentWidth(lines_[i], stop));
  for (std::size_t i = first; i < last; ++i) {
    const unsigned width = lines_[i].indent + displayWidth(lines_[i].text);
    if (width <= kWidth && width + widest - segmentWidth(lines_[i], stop) > kWidth) return;
  }
  for (std::size_t i = first; i < last; ++i) {
    Line& line = lines_[i];
    const unsigned missing = widest - segmentWidth(line, stop);
    line.text.insert(line.stops[stop], missing, ' ');
    for (std::size_t s = stop; s < line.stops.size(); ++s) line.stops[s] += missing;
  }
}

void Lines::alignTables(std::size_t first, std::size_t last) {
  const auto same_shape = [this](std::size_t a, std::size_t b) {
    return !lines_[a].shape.empty() && lines_[a].shape == lines_[b].shape &&
           lines_[a].stops.size() == lines_[b].stops.size();
  };
  forRuns(first, last, same_shape, [this](std::size_t from, std::size_t to) {
    if (to - from < 2) return;
    for (std::size_t stop = 1; stop < lines_[from].stops.size(); ++stop) alignStop(from, to, stop);
  });
}

void Lines::alignHeads(std::size_t first, std::size_t last) {
  if (lines_[first].head_class.empty() || last - first < 2) return;
  alignStop(first, last, 0);
  alignTables(first, last);
}

void Lines::alignTrailing(std::size_t first, std::size_t last) {
  if (lines_[first].trailing.empty()) return;
  unsigned widest = 0;
  for (std::size_t i = first; i < last; ++i)
    widest = std::max(widest, displayWidth(lines_[i].text));
  for (std::size_t i = first; i < last; ++i) {
    Line& line = lines_[i];
    const bool one_line = line.text.find('\n') == std::string::npos;
    line.text.append(one_line ? widest - displayWidth(line.text) + 2 : 2, ' ');
    line.text += line.trailing;
  }
}

void Lines::finish() {
  const auto neighbours = [this](std::size_t a, std::size_t b) {
    return !lines_[b].blank_before && lines_[a].indent == lines_[b].indent;
  };
  const auto same_class = [&](std::size_t a, std::size_t b) {
    return neighbours(a, b) && lines_[a].head_class == lines_[b].head_class;
  };
  const auto both_trail = [&](std::size_t a, std::size_t b) {
    const bool one_line = lines_[a].text.find('\n') == std::string::npos &&
                          lines_[b].text.find('\n') == std::string::npos;
    return neighbours(a, b) && one_line && !lines_[a].trailing.empty() &&
           !lines_[b].trailing.empty();
  };
  forRuns(0, lines_.size(), same_class,
          [this](std::size_t from, std::size_t to) { alignHeads(from, to); });
  forRuns(0, lines_.size(), both_trail,
          [this](std::size_t from, std::size_t to) { alignTrailing(from, to); });
  for (const Line& line : lines_) {
    if (line.blank_before) out_ += '\n';
    if (!line.text.empty()) out_.append(line.indent, ' ');
    out_ += line.text;
    out_ += '\n';
  }
  finished_ += lines_.size();
  lines_.clear();
}

std::string Lines::str() {
  finish();
  if (left_open_) out_.pop_back();
  return std::move(out_);
}

}  // namespace gpuspec::format
