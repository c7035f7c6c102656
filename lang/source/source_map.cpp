#include "lang/source/source_map.h"

#include <algorithm>
#include <utility>

namespace gpuspec::source {

namespace {

bool isContinuationByte(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

}  // namespace

File::File(std::string path, std::string text) : path_(std::move(path)), text_(std::move(text)) {
  line_starts_.push_back(0);
  for (std::size_t at = text_.find('\n'); at != std::string::npos; at = text_.find('\n', at + 1)) {
    line_starts_.push_back(static_cast<std::uint32_t>(at + 1));
  }
}

std::string_view File::text(const Range& range) const {
  return std::string_view(text_).substr(range.begin, range.end - range.begin);
}

Position File::position(std::uint32_t offset) const {
  offset = std::min<std::uint32_t>(offset, static_cast<std::uint32_t>(text_.size()));
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const auto line = static_cast<std::uint32_t>(after - line_starts_.begin());
  const std::string_view before =
      std::string_view(text_).substr(line_starts_[line - 1], offset - line_starts_[line - 1]);
  const auto code_points =
      std::count_if(before.begin(), before.end(), [](char c) { return !isContinuationByte(c); });
  return {line, static_cast<std::uint32_t>(code_points) + 1};
}

std::uint32_t File::lineStart(std::uint32_t number) const {
  if (number == 0 || number > line_starts_.size()) return static_cast<std::uint32_t>(text_.size());
  return line_starts_[number - 1];
}

std::string_view File::line(std::uint32_t number) const {
  if (number == 0 || number > line_starts_.size()) return {};
  const std::uint32_t begin = line_starts_[number - 1];
  std::size_t end = text_.find('\n', begin);
  if (end == std::string::npos) end = text_.size();
  if (end > begin && text_[end - 1] == '\r') --end;
  return std::string_view(text_).substr(begin, end - begin);
}

FileId SourceMap::add(std::string path, std::string text) {
  files_.emplace_back(std::move(path), std::move(text));
  return FileId{static_cast<std::uint32_t>(files_.size() - 1)};
}

TraceId SourceMap::addFrame(Frame frame) {
  frames_.push_back(std::move(frame));
  return TraceId{static_cast<std::uint32_t>(frames_.size() - 1)};
}

std::string SourceMap::where(const Range& range) const {
  if (!range.valid()) return "<nowhere>";
  const Position at = begin(range);
  return file(range.file_id).path() + ":" + std::to_string(at.line) + ":" +
         std::to_string(at.column);
}

}  // namespace gpuspec::source
