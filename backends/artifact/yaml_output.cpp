#include "backends/artifact/yaml_output.h"

#include <algorithm>

#include "backends/artifact/scalar.h"

namespace gpuspec::artifact {

namespace {

// YAML readers look no further than 1024 characters for the `:` of a key without `?`.
constexpr std::size_t kLongestSimpleKey = 1000;

std::string_view view(llvm::StringRef text) {
  return {text.data(), text.size()};
}

}  // namespace

YamlOutput::NodeScope::NodeScope(YamlOutput& output, const ir::Tree& node, const std::string* key)
    : output_(output), outer_(output.at_) {
  if (node.location().valid()) output.at_ = node.location();
  if (!node.comment().empty()) output.comments_.push_back(&node.comment());
  output.next_key_ = key;
}

void YamlOutput::beginDocument(const source::Location& at) {
  if (!first_document_) {
    origins_.beginLine(at);
    out_ += "---\n";
  }
  first_document_ = false;
}

void YamlOutput::commentLines(std::string_view text) {
  if (!text.empty()) comment(text, 0, {});
}

File YamlOutput::take(std::string path) {
  File file{std::move(path), out_, origins_.take()};
  out_.clear();
  first_document_ = true;
  return file;
}

void YamlOutput::push(Shape shape) {
  const std::size_t indent = childIndent(shape);
  levels_.push_back({shape, true, indent});
}

void YamlOutput::pop(std::string_view when_empty) {
  const bool empty = levels_.back().empty;
  levels_.pop_back();
  if (empty) verbatim(when_empty);
}

std::size_t YamlOutput::childIndent(Shape shape) const {
  if (levels_.empty()) return 0;
  const Level& level = levels_.back();
  return level.shape == Shape::Map && shape == Shape::List ? level.indent : level.indent + 2;
}

void YamlOutput::endLine() {
  out_ += '\n';
  after_key_ = false;
}

void YamlOutput::openItem(Level& level) {
  if (level.empty && after_key_) endLine();
  level.empty = false;
}

bool YamlOutput::preflightKey(const char* key, bool required, bool same_as_default,
                              bool& use_default, void*& save) {
  use_default = false;
  save = nullptr;
  if (!required && same_as_default) return false;
  Level& level = levels_.back();
  openItem(level);
  startLine(level.indent);
  writeKey(next_key_ != nullptr ? std::string_view(*next_key_) : std::string_view(key),
           level.indent);
  next_key_ = nullptr;
  after_key_ = true;
  return true;
}

void YamlOutput::writeKey(std::string_view key, std::size_t indent) {
  const YamlStyle style = yamlStyle(key);
  if (style == YamlStyle::Plain && key.size() <= kLongestSimpleKey) {
    out_ += key;
    out_ += ':';
    return;
  }
  key_buffer_.clear();
  appendYamlInline(key_buffer_, key, style);
  const bool simple = key_buffer_.size() <= kLongestSimpleKey;
  if (!simple) out_ += "? ";
  out_ += key_buffer_;
  if (!simple) {
    out_ += '\n';
    origins_.skipLines(1);
    out_.append(indent, ' ');
  }
  out_ += ':';
}

unsigned YamlOutput::beginSequence() {
  push(Shape::List);
  return 0;
}

bool YamlOutput::preflightElement(unsigned, void*& save) {
  save = nullptr;
  Level& level = levels_.back();
  openItem(level);
  if (dashes_ == 0) dash_indent_ = level.indent;
  ++dashes_;
  return true;
}

void YamlOutput::startLine(std::size_t indent) {
  const std::size_t column = dashes_ > 0 ? dash_indent_ : indent;
  for (const std::string* text : comments_) comment(*text, column, at_);
  comments_.clear();
  origins_.beginLine(at_);
  out_.append(column, ' ');
  for (; dashes_ > 0; --dashes_) out_ += "- ";
}

void YamlOutput::startScalar() {
  if (after_key_) {
    out_ += ' ';
  } else {
    startLine(levels_.empty() ? 0 : levels_.back().indent);
  }
}

void YamlOutput::verbatim(std::string_view value) {
  startScalar();
  out_ += value;
  endLine();
}

void YamlOutput::integer(std::int64_t value) {
  startScalar();
  appendInteger(out_, value);
  endLine();
}

void YamlOutput::number(double value) {
  startScalar();
  appendYamlDouble(out_, value);
  endLine();
}

void YamlOutput::text(std::string_view value) {
  YamlStyle style = yamlStyle(value);
  // What an indentation indicator counts from is disputed for a document that is nothing but a
  // string.
  const bool needs_indicator = style == YamlStyle::Literal && (value[0] == ' ' || value[0] == '\n');
  if (levels_.empty() && needs_indicator) style = YamlStyle::DoubleQuoted;
  startScalar();
  if (style == YamlStyle::Literal) return literal(value);
  appendYamlInline(out_, value, style);
  endLine();
}

void YamlOutput::literal(std::string_view value) {
  const std::size_t indent = levels_.empty() ? 2 : levels_.back().indent + 2;
  out_ += '|';
  if (value[0] == ' ' || value[0] == '\n') out_ += '2';
  if (!value.ends_with('\n'))
    out_ += '-';
  else if (value.ends_with("\n\n"))
    out_ += '+';
  endLine();
  while (!value.empty()) {
    const std::string_view line = value.substr(0, value.find('\n'));
    value.remove_prefix(std::min(line.size() + 1, value.size()));
    if (!line.empty()) out_.append(indent, ' ');
    out_ += line;
    out_ += '\n';
    origins_.skipLines(1);
  }
}

void YamlOutput::comment(std::string_view text, std::size_t indent, const source::Location& at) {
  for (bool more = true; more;) {
    const std::string_view line = text.substr(0, text.find('\n'));
    more = line.size() < text.size();
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    origins_.beginLine(at);
    out_.append(indent, ' ');
    out_ += line.empty() ? "#" : "# ";
    appendYamlComment(out_, line);
    out_ += '\n';
  }
}

void YamlOutput::scalarString(llvm::StringRef& value, llvm::yaml::QuotingType quoting) {
  if (quoting == llvm::yaml::QuotingType::None)
    verbatim(view(value));
  else
    text(view(value));
}

bool YamlOutput::matchEnumScalar(const char* name, bool match) {
  if (match && !enum_written_) {
    text(name);
    enum_written_ = true;
  }
  return false;
}

bool YamlOutput::beginBitSetScalar(bool& do_clear) {
  do_clear = false;
  push(Shape::List);
  return true;
}

bool YamlOutput::bitSetMatch(const char* name, bool match) {
  void* save = nullptr;
  if (match && preflightElement(0, save)) text(name);
  return false;
}

}  // namespace gpuspec::artifact
