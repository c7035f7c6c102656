#pragma once

// Files, byte ranges and where things come from. A Range is a span of bytes of one file; a Trace
// tells through which module instances and loop iterations the evaluator came there; a Location is
// both, and is what every declared, checked and emitted thing carries down to the output.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "lang/source/id.h"

namespace gpuspec::source {

using FileId = Id<struct FileTag>;
using TraceId = Id<struct TraceTag>;

struct Range {
  FileId file_id;
  std::uint32_t begin = 0;  // byte offset
  std::uint32_t end = 0;    // byte offset, exclusive

  bool valid() const { return file_id.valid(); }
  friend auto operator<=>(const Range&, const Range&) = default;
};

struct Location {
  Range range;
  TraceId trace_id;

  bool valid() const { return range.valid(); }
  friend auto operator<=>(const Location&, const Location&) = default;
};

// 1-based; columns count Unicode code points, as the JSON contract says.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  friend auto operator<=>(const Position&, const Position&) = default;
};

class File {
 public:
  File(std::string path, std::string text);

  const std::string& path() const { return path_; }  // relative to the project root, `/` separated
  std::string_view text() const { return text_; }
  std::string_view text(const Range& range) const;
  Position position(std::uint32_t offset) const;  // offsets past the end give the end
  std::uint32_t lineCount() const { return static_cast<std::uint32_t>(line_starts_.size()); }
  // The text of a 1-based line without its line end; empty when there is no such line.
  std::string_view line(std::uint32_t number) const;
  std::uint32_t lineStart(std::uint32_t number) const;  // byte offset of a 1-based line

 private:
  std::string path_;
  std::string text_;
  std::vector<std::uint32_t> line_starts_;
};

enum class FrameKind : std::uint8_t { Loop, Module };

// One step on the way from the entry file to a declaration.
struct Frame {
  FrameKind kind = FrameKind::Loop;
  Range range;          // the `for` head or the module instance
  std::string binding;  // "t = { name = \"ml\" }" for a loop, the instance name for a module
  TraceId parent_id;
};

class SourceMap {
 public:
  FileId add(std::string path, std::string text);
  TraceId addFrame(Frame frame);

  const File& file(FileId file_id) const { return files_[file_id.index]; }
  std::uint32_t fileCount() const { return static_cast<std::uint32_t>(files_.size()); }
  const Frame& frame(TraceId trace_id) const { return frames_[trace_id.index]; }
  std::string_view text(const Range& range) const { return file(range.file_id).text(range); }
  Position begin(const Range& range) const { return file(range.file_id).position(range.begin); }
  Position end(const Range& range) const { return file(range.file_id).position(range.end); }
  // "pools.gpuspec:14:19"
  std::string where(const Range& range) const;

 private:
  std::deque<File> files_;  // deque: references stay valid while files are added
  std::vector<Frame> frames_;
};

}  // namespace gpuspec::source
