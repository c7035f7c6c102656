#include "lang/diag/render_human.h"

#include <algorithm>
#include <set>
#include <utility>

#include "lang/diag/snippet.h"

namespace gpuspec::diag {

namespace {

constexpr std::uint32_t kMinWidth = 40;
constexpr std::size_t kMaxSteps = 4;  // of a trace
constexpr std::uint32_t kMaxBinding = 60;

Style styleOf(Level level) {
  if (level == Level::Error) return Style::Error;
  return level == Level::Warning ? Style::Warning : Style::Note;
}

// A file's part of a finding: the primary place first, then the notes in the order they were given.
struct Block {
  source::FileId file_id;
  source::Range first;
  std::vector<Mark> marks;
};

class HumanRenderer {
 public:
  HumanRenderer(const source::SourceMap& sources, const HumanOptions& options)
      : sources_(sources), options_(options), width_(std::max(options.width, kMinWidth)) {}

  void render(const Diagnostic& finding);
  std::string take() { return std::exchange(out_, {}); }

 private:
  void header(const Diagnostic& finding);
  std::vector<Block> blocksOf(const Diagnostic& finding) const;
  void block(const Block& block, const std::vector<SnippetRow>& rows);
  void facts(const Diagnostic& finding);
  void fixes(const Diagnostic& finding);
  void trace(source::TraceId trace_id);
  void repeats(const Diagnostic& finding);
  void fact(std::string_view label, Style style, std::string_view text);
  void closeBlock();
  void gutterRow(const Row& row, std::string_view bar, std::string_view number = "");
  void emit(const Row& row);

  std::string frameText(const source::Frame& frame) const;
  std::string contextOf(const source::Location& at) const;
  std::string noteSuffix(const Diagnostic& finding, const source::Location& at) const;
  std::string lineOf(const source::Range& range) const;
  std::string shown(std::string_view text) const { return printable(text, options_.unicode); }
  std::string_view glyph(std::string_view unicode, std::string_view ascii) const {
    return options_.unicode ? unicode : ascii;
  }

  const source::SourceMap& sources_;
  const HumanOptions& options_;
  std::uint32_t width_;
  std::uint32_t digits_ = 2;  // of the widest line number in this finding
  bool block_open_ = false;   // a frame line is owed before what follows
  std::set<std::uint16_t> explained_;
  std::string out_;
};

void HumanRenderer::emit(const Row& row) {
  row.print(out_, options_.color);
  out_ += '\n';
}

void HumanRenderer::header(const Diagnostic& finding) {
  const std::string title =
      std::string(levelName(finding.level)) + "[" + codeName(finding.info->code) + "]";
  const auto indent = static_cast<std::uint32_t>(title.size()) + 2;
  const std::vector<std::string> lines = wrap(shown(finding.message), width_ - indent);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    Row row;
    if (i == 0) {
      row.put(0, title, styleOf(finding.level));
      row.put(indent - 2, ":", Style::Bold);
    }
    row.put(indent, lines[i], Style::Bold);
    emit(row);
  }
}

std::string HumanRenderer::lineOf(const source::Range& range) const {
  return sources_.file(range.file_id).path() + ":" + std::to_string(sources_.begin(range).line);
}

// "with t = ..." or "in module `eastus`": the innermost step.
std::string HumanRenderer::contextOf(const source::Location& at) const {
  if (!at.trace_id) return sources_.where(at.range);
  const source::Frame& frame = sources_.frame(at.trace_id);
  if (frame.kind == source::FrameKind::Module) return "in module `" + frame.binding + "`";
  return shortened(frame.binding, kMaxBinding, options_.unicode);
}

// A note from another iteration or instance than the finding itself says which.
std::string HumanRenderer::noteSuffix(const Diagnostic& finding, const source::Location& at) const {
  if (!at.trace_id) return "";
  for (source::TraceId id = finding.at.trace_id; id; id = sources_.frame(id).parent_id) {
    if (id == at.trace_id) return "";
  }
  const bool loop = sources_.frame(at.trace_id).kind == source::FrameKind::Loop;
  return std::string(" (") + (loop ? "with " : "") + contextOf(at) + ")";
}

std::vector<Block> HumanRenderer::blocksOf(const Diagnostic& finding) const {
  std::vector<Block> blocks;
  const auto add = [&](const source::Range& range, bool primary, std::string text) {
    auto found = std::find_if(blocks.begin(), blocks.end(),
                              [&](const Block& b) { return b.file_id == range.file_id; });
    if (found == blocks.end()) found = blocks.insert(found, {range.file_id, range, {}});
    found->marks.push_back({range, primary, std::move(text)});
  };
  if (finding.at.valid()) add(finding.at.range, true, shown(finding.mark));
  for (const Label& note : finding.notes) {
    if (note.at.valid()) add(note.at.range, false, shown(note.text + noteSuffix(finding, note.at)));
  }
  return blocks;
}

void HumanRenderer::gutterRow(const Row& content, std::string_view bar, std::string_view number) {
  Row gutter;
  gutter.put(digits_ - static_cast<std::uint32_t>(number.size()), number, Style::Frame);
  gutter.put(digits_ + 1, bar, Style::Frame);
  gutter.print(out_, options_.color);
  std::string source;
  content.print(source, options_.color);
  if (!source.empty()) out_ += " " + source;
  out_ += '\n';
}

void HumanRenderer::closeBlock() {
  if (block_open_) gutterRow(Row(), glyph("│", "|"));
  block_open_ = false;
}

void HumanRenderer::block(const Block& block, const std::vector<SnippetRow>& rows) {
  closeBlock();
  Row place;
  place.put(options_.unicode ? digits_ + 1 : digits_, glyph("┌─", "-->"), Style::Frame);
  place.put(digits_ + 4, shown(sources_.where(block.first)), Style::Plain);
  emit(place);
  gutterRow(Row(), glyph("│", "|"));
  for (const SnippetRow& row : rows) {
    const bool gap = row.gutter == SnippetRow::Gutter::Gap;
    const bool numbered = row.gutter == SnippetRow::Gutter::Number;
    gutterRow(row.row, gap ? glyph("·", ".") : glyph("│", "|"),
              numbered ? std::to_string(row.line) : "");
  }
  block_open_ = true;
}

void HumanRenderer::fact(std::string_view label, Style style, std::string_view text) {
  closeBlock();
  const std::uint32_t at = digits_ + 3;
  const auto column = at + (label.empty() ? 0 : static_cast<std::uint32_t>(label.size()) + 2);
  bool first = true;
  for (const std::string& line : wrap(text, width_ - column)) {
    Row row;
    if (first) {
      row.put(digits_ + 1, "=", Style::Frame);
      row.put(at, label, style);
      if (!label.empty()) row.put(column - 2, ":", Style::Plain);
    }
    row.put(column, line, Style::Plain);
    emit(row);
    first = false;
  }
}

void HumanRenderer::fixes(const Diagnostic& finding) {
  constexpr std::string_view kCommand = "gpuspec check --fix";
  for (const Fix& fix : finding.fixes) {
    std::string text = shown(fix.message);
    if (fix.certain) {
      const auto used = digits_ + 9 + displayWidth(text);
      const bool beside = used + 3 + kCommand.size() <= width_;
      const auto gap = beside ? std::min<std::size_t>(10, width_ - used - kCommand.size()) : 0;
      text += (beside ? std::string(gap, ' ') : "\n") + std::string(kCommand);
    }
    fact("help", Style::Help, text);
  }
}

std::string HumanRenderer::frameText(const source::Frame& frame) const {
  if (frame.kind == source::FrameKind::Module) {
    return "in module `" + frame.binding + "` (" + lineOf(frame.range) + ")";
  }
  return "made by the loop at " + lineOf(frame.range) + " with " +
         shortened(frame.binding, kMaxBinding, options_.unicode);
}

void HumanRenderer::trace(source::TraceId trace_id) {
  std::size_t steps = 0;
  for (; trace_id; trace_id = sources_.frame(trace_id).parent_id, ++steps) {
    if (steps < kMaxSteps) fact("", Style::Plain, shown(frameText(sources_.frame(trace_id))));
  }
  if (steps > kMaxSteps)
    fact("", Style::Plain, "and " + std::to_string(steps - kMaxSteps) + " more steps outwards");
}

void HumanRenderer::repeats(const Diagnostic& finding) {
  if (finding.repeats == 0) return;
  std::string text =
      "and " + std::to_string(finding.repeats) + " more time" + (finding.repeats == 1 ? "" : "s");
  std::vector<std::string> items;
  std::uint32_t used = digits_ + 3 + static_cast<std::uint32_t>(text.size());
  for (const Again& again : finding.again) {
    const bool same = again.message == finding.message;
    items.push_back(shown(same ? contextOf({finding.at.range, again.trace_id}) : again.message));
    used += displayWidth(items.back()) + 2;
  }
  if (finding.repeats > finding.again.size()) items.push_back(shown("…"));
  const bool one_line = used + 5 <= width_;
  for (std::size_t i = 0; i < items.size(); ++i) {
    text += std::string(i == 0 ? ":" : one_line ? ";" : "") + (one_line ? " " : "\n  ") + items[i];
  }
  fact("", Style::Plain, text);
}

void HumanRenderer::facts(const Diagnostic& finding) {
  for (const std::string& text : finding.facts) fact("", Style::Plain, shown(text));
  for (const Label& note : finding.notes) {
    if (!note.at.valid()) fact("note", Style::Note, shown(note.text));
  }
  for (const std::string& text : finding.help) fact("help", Style::Help, shown(text));
  fixes(finding);
  trace(finding.at.trace_id);
  repeats(finding);
  const bool new_code = explained_.insert(finding.info->code).second;
  if (new_code) fact("why", Style::Dim, "gpuspec explain " + codeName(finding.info->code));
}

void HumanRenderer::render(const Diagnostic& finding) {
  block_open_ = false;
  header(finding);
  const std::vector<Block> blocks = blocksOf(finding);
  std::uint32_t last_line = 0;
  for (const Block& block : blocks) {
    for (const Mark& mark : block.marks)
      last_line = std::max(last_line, sources_.end(mark.range).line);
  }
  digits_ =
      std::max<std::uint32_t>(2, static_cast<std::uint32_t>(std::to_string(last_line).size()));
  const SnippetOptions options{options_.unicode, width_ - digits_ - 3, styleOf(finding.level)};
  for (const Block& part : blocks)
    block(part, layOut(sources_.file(part.file_id), part.marks, options));
  facts(finding);
}

}  // namespace

std::string renderHuman(const source::SourceMap& sources, const std::vector<Diagnostic>& findings,
                        const HumanOptions& options) {
  HumanRenderer renderer(sources, options);
  std::string text;
  for (const Diagnostic& finding : findings) {
    if (finding.suppressed) continue;
    renderer.render(finding);
    const std::string one = renderer.take();
    text += (text.empty() ? "" : "\n") + one;
  }
  return text;
}

}  // namespace gpuspec::diag
