#include "compiler/data/block_scalars.h"

#include <algorithm>
#include <optional>

namespace gpuspec::data {

namespace {

struct Header {
  bool folded = false;
  char chomping = ' ';     // `-`, `+`
  std::size_t number = 0;  // 0: the first line tells
  std::size_t length = 0;  // of the indicators
  std::size_t body = 0;    // where the first line begins
};

bool isBlank(char c) {
  return c == ' ' || c == '\t';
}

// Reads lines of a body into the value. `column`: blanks that belong to the indentation.
class Body {
 public:
  Body(const Header& header, std::size_t column) : header_(header), column_(column) {}

  // `line` without its line break.
  void add(std::string_view line, bool has_break) {
    if (line.find_first_not_of(' ') == std::string_view::npos && line.size() <= column_) {
      if (has_break) later_breaks_ += '\n';
      return;
    }
    const std::string_view content = line.substr(column_);
    const bool further = isBlank(content[0]);
    const bool joins = header_.folded && !break_.empty() && !further_ && !further;
    if (!joins) value_ += break_;
    if (joins && later_breaks_.empty()) value_ += ' ';
    value_ += later_breaks_;
    value_ += content;
    later_breaks_.clear();
    break_ = has_break ? "\n" : "";
    further_ = further;
  }

  std::string finish() {
    if (header_.chomping != '-') value_ += break_;
    if (header_.chomping == '+') value_ += later_breaks_;
    return std::move(value_);
  }

 private:
  const Header& header_;
  std::size_t column_;
  std::string value_;
  std::string break_;         // behind the last line that is not empty
  std::string later_breaks_;  // those of the empty lines since
  bool further_ = false;      // the last line began with a blank
};

// Goes through the text as far as it takes to tell where such a text stands, and how deep inside.
class Scan {
 public:
  explicit Scan(std::string_view text) : text_(text) { out_.text = text; }
  BlockScalars run();

 private:
  static constexpr std::size_t kNone = std::string_view::npos;

  bool startLine();
  void skipString(char quote);
  void startValue(bool of_key, std::size_t column);
  void quotedText();
  void plainText();
  bool endsKey(std::size_t at) const;
  bool isIndicator() const;  // `- `, `? `, `: `
  std::optional<Header> header() const;
  void blockScalar(const Header& header);
  std::size_t columnOf(std::size_t at) const;
  std::size_t lineEnd(std::size_t at) const { return std::min(text_.find('\n', at), text_.size()); }
  std::size_t indentOf(std::size_t line) const;
  bool isEmptyLine(std::size_t line) const;
  bool isMarker(std::size_t line) const;  // `---`, `...`
  std::size_t firstIndent(std::size_t line) const;
  void rewrite(const Header& header, std::size_t column, std::size_t end);
  bool endsWord(std::size_t at) const {
    return at >= text_.size() || isBlank(text_[at]) || text_[at] == '\n' || text_[at] == '\r';
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = kNone;    // where the line begins that `at_` is in
  std::size_t flow_ = 0;        // open `[` and `{`
  std::ptrdiff_t parent_ = -1;  // column of the key or dash that the next value belongs to
  bool waits_ = true;           // and that value has not begun
  std::optional<std::size_t>
      properties_;  // column of the first `&a` or `!t` before it, in this line
  BlockScalars out_;
};

std::size_t Scan::columnOf(std::size_t at) const {
  const std::string_view before = text_.substr(line_, at - line_);
  return static_cast<std::size_t>(std::count_if(before.begin(), before.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::size_t Scan::indentOf(std::size_t line) const {
  return std::min(text_.find_first_not_of(' ', line), text_.size()) - line;
}

bool Scan::isEmptyLine(std::size_t line) const {
  const std::size_t at = line + indentOf(line);
  return at >= text_.size() || text_[at] == '\n' || text_.substr(at, 2) == "\r\n";
}

bool Scan::isMarker(std::size_t line) const {
  const std::string_view start = text_.substr(line, 3);
  return (start == "---" || start == "...") && endsWord(line + 3);
}

// True when the line is dealt with.
bool Scan::startLine() {
  line_ = at_;
  properties_.reset();
  if (flow_ == 0 && isMarker(at_)) {
    parent_ = -1;
    waits_ = true;
    at_ += 3;
    return true;
  }
  if (text_.substr(at_, 3) == "\xEF\xBB\xBF") line_ = at_ += 3;
  if (flow_ > 0 || at_ >= text_.size() || text_[at_] != '%') return false;
  at_ = lineEnd(at_);
  return true;
}

void Scan::skipString(char quote) {
  for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
    if (quote == '"' && text_[at_] == '\\') ++at_;
    if (at_ < text_.size() && text_[at_] == '\n') line_ = at_ + 1;
  }
  at_ = std::min(at_ + 1, text_.size());
}

bool Scan::endsKey(std::size_t at) const {
  if (at >= text_.size() || text_[at] != ':') return false;
  return endsWord(at + 1) || (flow_ > 0 && std::string_view(",[]{}").find(text_[at + 1]) != kNone);
}

// Behind a key or a scalar.
void Scan::startValue(bool of_key, std::size_t column) {
  waits_ = of_key;
  if (of_key) parent_ = static_cast<std::ptrdiff_t>(properties_.value_or(column));
  properties_.reset();
}

void Scan::quotedText() {
  const std::size_t column = columnOf(at_);
  skipString(text_[at_]);
  std::size_t after = at_;
  while (after < text_.size() && isBlank(text_[after])) ++after;
  const bool key = endsKey(after);
  if (key) at_ = after + 1;
  startValue(flow_ == 0 && key, column);
}

void Scan::plainText() {
  const std::size_t begin = at_;
  const std::size_t end = lineEnd(at_);
  for (; at_ < end && !endsKey(at_); ++at_) {
    if (text_[at_] == '#' && at_ > begin && isBlank(text_[at_ - 1])) break;
    if (flow_ > 0 && std::string_view(",[]{}").find(text_[at_]) != kNone) break;
  }
  const bool key = at_ < end && text_[at_] == ':';
  startValue(flow_ == 0 && key, columnOf(begin));
  if (key || at_ == begin) ++at_;
}

bool Scan::isIndicator() const {
  const char c = text_[at_];
  return flow_ == 0 && (c == '-' || c == '?' || c == ':') && endsWord(at_ + 1);
}

std::optional<Header> Scan::header() const {
  Header found;
  found.folded = text_[at_] == '>';
  std::size_t at = at_ + 1;
  for (; at < text_.size() && !endsWord(at); ++at) {
    if (text_[at] >= '1' && text_[at] <= '9' && found.number == 0)
      found.number = static_cast<std::size_t>(text_[at] - '0');
    else if ((text_[at] == '-' || text_[at] == '+') && found.chomping == ' ')
      found.chomping = text_[at];
    else
      return std::nullopt;
  }
  found.length = at - at_;
  const std::size_t end = lineEnd(at);
  const std::size_t rest = text_.find_first_not_of(" \t\r", at);
  if (rest < end && (text_[rest] != '#' || rest == at)) return std::nullopt;
  found.body = std::min(end + 1, text_.size());
  return found;
}

// The indentation of the first line that is not empty.
std::size_t Scan::firstIndent(std::size_t line) const {
  while (line < text_.size() && isEmptyLine(line)) line = lineEnd(line) + 1;
  return line < text_.size() ? indentOf(line) : 0;
}

// In the reader's text the header has no number, and every line begins where it says.
void Scan::rewrite(const Header& header, std::size_t column, std::size_t end) {
  std::string& text = out_.text;
  for (std::size_t i = 1; i < header.length; ++i)
    text[at_ + i] = i == 1 && header.chomping != ' ' ? header.chomping : ' ';
  for (std::size_t line = header.body; line < end; line = lineEnd(line) + 1) {
    if (lineEnd(line) > line + column && isBlank(text_[line + column])) text[line + column] = 'x';
  }
}

void Scan::blockScalar(const Header& header) {
  const std::size_t least = static_cast<std::size_t>(parent_ + 1);
  const std::size_t column =
      header.number > 0
          ? static_cast<std::size_t>(std::max<std::ptrdiff_t>(parent_, 0)) + header.number
          : std::max(firstIndent(header.body), least);
  Body body(header, column);
  std::size_t line = header.body;
  while (line < text_.size()) {
    const std::size_t end = lineEnd(line);
    if (!isEmptyLine(line) && (indentOf(line) < column || (column == 0 && isMarker(line)))) break;
    std::string_view content = text_.substr(line, end - line);
    if (end < text_.size() && content.ends_with('\r')) content.remove_suffix(1);
    body.add(content, end < text_.size());
    line = end + 1;
  }
  line = std::min(line, text_.size());
  if (header.number > 0) rewrite(header, column, line);
  out_.scalars.push_back({static_cast<std::uint32_t>(at_), static_cast<std::uint32_t>(line),
                          body.finish(), header.number > 0});
  at_ = line;
  line_ = kNone;
  waits_ = false;
}

BlockScalars Scan::run() {
  while (at_ < text_.size()) {
    const bool line_starts = line_ == kNone || text_[at_ - 1] == '\n';
    if (line_starts && line_ != at_ && startLine()) continue;
    if (at_ >= text_.size()) break;
    const char c = text_[at_];
    const bool word_starts = at_ == line_ || isBlank(text_[at_ - 1]);
    if (isBlank(c) || c == '\n' || c == '\r') {
      ++at_;
    } else if (c == '#' && word_starts) {
      at_ = lineEnd(at_);
    } else if (c == '"' || c == '\'') {
      quotedText();
    } else if (c == '[' || c == '{') {
      ++flow_;
      ++at_;
      waits_ = false;
    } else if (flow_ > 0 && (c == ']' || c == '}' || c == ',')) {
      if (c != ',') --flow_;
      ++at_;
    } else if (isIndicator()) {
      startValue(true, columnOf(at_));
      ++at_;
    } else if (c == '&' || c == '!') {
      if (!properties_) properties_ = columnOf(at_);
      while (!endsWord(at_)) ++at_;
    } else if (const auto found = waits_ && flow_ == 0 && (c == '|' || c == '>')
                                      ? header()
                                      : std::optional<Header>()) {
      blockScalar(*found);
    } else {
      plainText();
    }
  }
  return std::move(out_);
}

}  // namespace

const BlockScalar* BlockScalars::find(std::uint32_t offset) const {
  const auto after = std::upper_bound(
      scalars.begin(), scalars.end(), offset,
      [](std::uint32_t at, const BlockScalar& scalar) { return at < scalar.begin; });
  if (after == scalars.begin()) return nullptr;
  const BlockScalar& scalar = *std::prev(after);
  return offset <= scalar.end ? &scalar : nullptr;  // the reader places an empty one at its end
}

BlockScalars findBlockScalars(std::string_view text) {
  return Scan(text).run();
}

}  // namespace gpuspec::data
