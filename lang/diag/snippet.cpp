#include "lang/diag/snippet.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "lang/diag/line_view.h"

namespace gpuspec::diag {

namespace {

constexpr std::uint32_t kMaxLanes = 3;
constexpr std::uint32_t kMinText =
    24;  // columns that a text beside a mark needs before it is broken

// A mark by lines and bytes of lines. Multi-line marks hang in a lane left of the source.
struct Placed {
  std::uint32_t first = 0;  // lines
  std::uint32_t last = 0;
  std::uint32_t begin = 0;  // bytes of the first line
  std::uint32_t end = 0;    // bytes of the last line
  std::optional<std::uint32_t> lane;
  const Mark* mark = nullptr;
};

std::uint32_t firstNonBlank(std::string_view line) {
  return static_cast<std::uint32_t>(std::min(line.find_first_not_of(" \t"), line.size()));
}

bool isBlank(std::string_view line) {
  return firstNonBlank(line) == line.size();
}

// Line ends at the end of a range belong to the line before.
Placed place(const source::File& file, const Mark& mark) {
  const std::string_view text = file.text();
  const auto size = static_cast<std::uint32_t>(text.size());
  const std::uint32_t begin = std::min(mark.range.begin, size);
  std::uint32_t end = std::clamp(mark.range.end, begin, size);
  while (end > begin && (text[end - 1] == '\n' || text[end - 1] == '\r')) --end;
  Placed placed;
  placed.first = file.position(begin).line;
  placed.last = file.position(end).line;
  placed.begin = begin - file.lineStart(placed.first);
  placed.end = end - file.lineStart(placed.last);
  placed.mark = &mark;
  return placed;
}

class Layout {
 public:
  Layout(const source::File& file, const std::vector<Mark>& marks, const SnippetOptions& options)
      : file_(file), options_(options) {
    for (const Mark& mark : marks) placed_.push_back(place(file, mark));
    std::stable_sort(placed_.begin(), placed_.end(), [](const Placed& a, const Placed& b) {
      return std::tuple(a.first, a.begin) < std::tuple(b.first, b.begin);
    });
    assignLanes();
  }

  std::vector<SnippetRow> run() {
    std::uint32_t before = 0;
    for (const std::uint32_t line : shownLines()) {
      if (before != 0 && line > before + 1) addRow(SnippetRow::Gutter::Gap);
      drawLine(line);
      before = line;
    }
    return std::move(rows_);
  }

 private:
  void assignLanes();
  std::set<std::uint32_t> shownLines() const;
  std::uint32_t openerOf(std::uint32_t line) const;
  void drawLine(std::uint32_t line);
  void drawMarks(const std::vector<const Placed*>& marks, const LineView& view);
  void drawTexts(std::vector<const Placed*> hanging, const LineView& view);
  void drawStart(const Placed& placed, const LineView& view);
  void drawEnd(const Placed& placed, const LineView& view);
  Row& addRow(SnippetRow::Gutter gutter, std::uint32_t line = 0);
  void connect(Row& row, const std::vector<const Placed*>& marks, const LineView& view,
               std::uint32_t until);

  Style styleOf(const Placed& placed) const {
    return placed.mark->primary ? options_.primary : Style::Secondary;
  }
  std::string_view glyph(std::string_view unicode, std::string_view ascii) const {
    return options_.unicode ? unicode : ascii;
  }
  std::uint32_t room() const { return options_.width - indent_; }
  bool startsLine(const Placed& placed) const {
    return placed.begin <= firstNonBlank(file_.line(placed.first));
  }

  const source::File& file_;
  const SnippetOptions& options_;
  std::vector<Placed> placed_;
  std::vector<const Placed*> active_;  // multi-line marks that the row being drawn lies in
  std::uint32_t indent_ = 0;           // columns of the lanes
  std::vector<SnippetRow> rows_;
};

void Layout::assignLanes() {
  std::vector<std::uint32_t> free_from;  // by lane: the first line where it is free
  for (Placed& placed : placed_) {
    if (placed.first == placed.last) continue;
    auto lane = std::find_if(free_from.begin(), free_from.end(),
                             [&](std::uint32_t line) { return line <= placed.first; });
    if (lane == free_from.end() && free_from.size() == kMaxLanes) {
      placed.last = placed.first;
      placed.end = static_cast<std::uint32_t>(file_.line(placed.first).size());
      continue;
    }
    if (lane == free_from.end()) lane = free_from.insert(lane, 0);
    *lane = placed.last + 1;
    placed.lane = static_cast<std::uint32_t>(lane - free_from.begin());
  }
  indent_ = 2 * static_cast<std::uint32_t>(free_from.size());
}

// The line of the declaration that `line` stands in, 0 when there is none: so that one sees which
// pool it is about.
std::uint32_t Layout::openerOf(std::uint32_t line) const {
  constexpr std::uint32_t kFarthest = 200;
  if (firstNonBlank(file_.line(line)) == 0) return 0;
  for (std::uint32_t i = line - 1; i > 0 && line - i <= kFarthest; --i) {
    const std::string_view text = file_.line(i);
    if (isBlank(text) || firstNonBlank(text) > 0) continue;
    const std::size_t last = text.find_last_not_of(" \t");
    return text[last] == '{' ? i : 0;
  }
  return 0;
}

std::set<std::uint32_t> Layout::shownLines() const {
  std::set<std::uint32_t> lines;
  for (const Placed& placed : placed_) {
    lines.insert(placed.first);
    lines.insert(placed.last);
    if (const std::uint32_t opener = openerOf(placed.first)) lines.insert(opener);
    const bool insertion_on_blank = isBlank(file_.line(placed.first)) && placed.first > 1;
    if (insertion_on_blank) lines.insert(placed.first - 1);
  }
  // A gap of one line takes no more room than the line itself.
  const std::vector<std::uint32_t> marked(lines.begin(), lines.end());
  for (const std::uint32_t line : marked) {
    if (lines.contains(line + 2)) lines.insert(line + 1);
  }
  return lines;
}

Row& Layout::addRow(SnippetRow::Gutter gutter, std::uint32_t line) {
  SnippetRow& added = rows_.emplace_back();
  added.gutter = gutter;
  added.line = line;
  for (const Placed* placed : active_)
    added.row.put(2 * *placed->lane, glyph("│", "|"), styleOf(*placed));
  return added.row;
}

void Layout::drawLine(std::uint32_t line) {
  std::vector<const Placed*> here;
  std::optional<LineSpan> marked;
  std::optional<LineSpan> focus;
  for (const Placed& placed : placed_) {
    const bool starts = placed.first == line;
    const bool ends = placed.last == line;
    if (!starts && !ends) continue;
    if (starts && ends) here.push_back(&placed);
    const LineSpan span{starts ? placed.begin : placed.end, ends ? placed.end : placed.begin};
    marked = marked ? LineSpan{std::min(marked->begin, span.begin), std::max(marked->end, span.end)}
                    : span;
    if (!focus || placed.mark->primary) focus = span;
  }
  LineView view(file_.line(line), options_.unicode, focus.value_or(LineSpan{}));
  view.fit(room(), marked.value_or(LineSpan{}));
  Row& source = addRow(SnippetRow::Gutter::Number, line);
  view.draw(source, indent_);
  for (const Placed& placed : placed_) {
    if (!placed.lane || placed.first != line || !startsLine(placed)) continue;
    source.put(2 * *placed.lane, glyph("╭", "/"), styleOf(placed));
    active_.push_back(&placed);
  }
  if (!here.empty()) drawMarks(here, view);
  for (const Placed& placed : placed_) {
    if (placed.lane && placed.first == line && !startsLine(placed)) drawStart(placed, view);
  }
  for (const Placed& placed : placed_) {
    if (placed.lane && placed.last == line) drawEnd(placed, view);
  }
}

// An underscore row from the lane to where the mark begins.
void Layout::drawStart(const Placed& placed, const LineView& view) {
  Row& row = addRow(SnippetRow::Gutter::Bar);
  const std::uint32_t at = indent_ + view.column(placed.begin);
  row.fill(2 * *placed.lane + 1, at, glyph("─", "_"), styleOf(placed));
  row.put(2 * *placed.lane, glyph("╭", " "), styleOf(placed));
  row.put(at, placed.mark->primary ? "^" : "-", styleOf(placed));
  active_.push_back(&placed);
}

void Layout::drawEnd(const Placed& placed, const LineView& view) {
  Row& row = addRow(SnippetRow::Gutter::Bar);
  std::erase(active_, &placed);
  const std::uint32_t end = view.column(placed.end);
  const std::uint32_t at = indent_ + (end > 0 ? end - 1 : 0);
  row.fill(2 * *placed.lane + 1, at, glyph("─", "_"), styleOf(placed));
  row.put(2 * *placed.lane, glyph("╰", "|"), styleOf(placed));
  row.put(at, placed.mark->primary ? "^" : "-", styleOf(placed));
  if (placed.mark->text.empty()) return;
  std::uint32_t column = at + 2;
  const bool beside =
      column + std::min(kMinText, displayWidth(placed.mark->text)) <= options_.width;
  if (!beside) column = indent_;
  bool first = beside;
  for (const std::string& text : wrap(placed.mark->text, options_.width - column)) {
    (first ? rows_.back().row : addRow(SnippetRow::Gutter::Bar)).put(column, text, styleOf(placed));
    first = false;
  }
}

void Layout::connect(Row& row, const std::vector<const Placed*>& marks, const LineView& view,
                     std::uint32_t until) {
  for (const Placed* placed : marks) {
    const std::uint32_t column = indent_ + view.column(placed->begin);
    if (column < until) row.put(column, glyph("│", "|"), styleOf(*placed));
  }
}

void Layout::drawMarks(const std::vector<const Placed*>& marks, const LineView& view) {
  Row& under = addRow(SnippetRow::Gutter::Bar);
  std::vector<const Placed*> hanging;
  for (const bool primary : {false, true}) {
    for (const Placed* placed : marks) {
      if (placed->mark->primary != primary) continue;
      const std::uint32_t begin = indent_ + view.column(placed->begin);
      const std::uint32_t end = std::max(indent_ + view.column(placed->end), begin + 1);
      under.fill(begin, end, primary ? "^" : "-", styleOf(*placed));
    }
  }
  for (const Placed* placed : marks) {
    if (!placed->mark->text.empty()) hanging.push_back(placed);
  }
  if (hanging.empty()) return;
  const Placed* inlined = hanging.back();
  const std::uint32_t own_end =
      std::max(indent_ + view.column(inlined->end), indent_ + view.column(inlined->begin) + 1);
  const std::uint32_t column = under.width() + 1;
  const bool fits =
      column + std::min(kMinText, displayWidth(inlined->mark->text)) <= options_.width;
  if (own_end != under.width() || !fits) return drawTexts(std::move(hanging), view);
  hanging.pop_back();
  const std::vector<std::string> lines = wrap(inlined->mark->text, options_.width - column);
  under.put(column, lines[0], styleOf(*inlined));
  for (std::size_t i = 1; i < lines.size(); ++i) {
    Row& row = addRow(SnippetRow::Gutter::Bar);
    connect(row, hanging, view, column);
    row.put(column, lines[i], styleOf(*inlined));
  }
  drawTexts(std::move(hanging), view);
}

// Below the marks, from right to left, each joined to its mark by a line.
void Layout::drawTexts(std::vector<const Placed*> hanging, const LineView& view) {
  if (hanging.empty()) return;
  connect(addRow(SnippetRow::Gutter::Bar), hanging, view, options_.width);
  while (!hanging.empty()) {
    const Placed* placed = hanging.back();
    hanging.pop_back();
    const std::uint32_t wanted = std::min(displayWidth(placed->mark->text), room() / 2);
    const std::uint32_t column =
        std::max(indent_, std::min(indent_ + view.column(placed->begin), options_.width - wanted));
    for (const std::string& text : wrap(placed->mark->text, options_.width - column)) {
      Row& row = addRow(SnippetRow::Gutter::Bar);
      connect(row, hanging, view, column);
      row.put(column, text, styleOf(*placed));
    }
  }
}

}  // namespace

std::vector<SnippetRow> layOut(const source::File& file, const std::vector<Mark>& marks,
                               const SnippetOptions& options) {
  return Layout(file, marks, options).run();
}

}  // namespace gpuspec::diag
